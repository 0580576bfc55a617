r"""LaTeX's commands for how something looks, and not for what it is: names without the backslash."""

from collections.abc import Iterable

FONTS = {
    "mathbf", "mathrm", "mathit", "mathsf", "mathtt", "mathcal", "mathscr", "mathfrak", "mathbb",
    "mathnormal", "boldsymbol", "bm", "pmb", "bf", "rm", "it", "sf", "cal", "text", "textbf",
    "textit", "textrm", "texttt", "textsf", "emph",
}  # fmt: skip
"""With what they are for behind them, in braces or up to the next one."""

SETTINGS = {
    "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "tiny", "scriptsize",
    "footnotesize", "small", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "boldmath",
    "limits", "nolimits", "centering", "noindent", "allowbreak", "strut", "mathstrut",
}  # fmt: skip
"""By themselves."""

SIZES_OF_BRACKETS = {
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr",
    "biggl", "biggr", "Biggl", "Biggr",
}  # fmt: skip
"""Before a bracket."""


def alternatives(names: Iterable[str]) -> str:
    """A regular expression for any of the names."""
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))
