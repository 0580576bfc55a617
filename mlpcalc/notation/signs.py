"""Mathematical signs in LaTeX, and formulas made from templates."""

import re
from collections.abc import Mapping
from functools import lru_cache

from mlpcalc.notation import mathml
from mlpcalc.notation.formulas import Formula

SIGNS: Mapping[str, str] = {
    "×": r"\times",
    "·": r"\cdot",
    "→": r"\to",
    "←": r"\leftarrow",
    "∂": r"\partial",
    "∞": r"\infty",
    "⊙": r"\odot",
    "≥": r"\geq",
    "≤": r"\leq",
    "≠": r"\ne",
    "≈": r"\approx",
    "∈": r"\in",
    "∑": r"\sum",
    "√": r"\surd",
    "ᵀ": r"^\top",
    "−": "-",
    "±": r"\pm",
    "′": "'",
    "✓": r"\surd",
    "✗": r"\times",
    "○": r"\circ",
    "▫": r"\diamond",
}
NAME = re.compile(r"\$(\w+)", re.ASCII)
"""A name in a template, to be filled in."""

# Constructions of several signs, the longest first. What may stand between brackets is bounded, so that the
# patterns take linear time.
_CONSTRUCTIONS = tuple(
    (re.compile(signs, re.ASCII), command)
    for signs, command in (
        (r"\((∂.{0,99})\) / v²", r"\\left(\1\\right) / v^2"),
        (r"∂(L|u|v|\$\w+|\(.{0,99}?\))/∂(\$\w+)", r"\\frac{\\partial \1}{\\partial \2}"),
        (r"δ\[(\w),(\w)\]", r"\\delta_{\1\2}"),
        (r"Σ_\{?([\w≠]+)\}?", r"\\sum_{\1}"),
        (r"‖(.{0,99}?)‖_F", r"\\left\\|\1\\right\\|_F"),
        (r"Tr\[(.{0,99}?)\]", r"\\operatorname{Tr}\\left[\1\\right]"),
        (r"\bexp\(", r"\\exp("),
        (r"( if |, else |, the shape of )", r"\\text{\1}"),
    )
)
_SPACED = str.maketrans({sign: f"{SIGNS[sign]} " for sign in "ᵀ≠⊙∂"} | {"²": "^2", "×": f" {SIGNS['×']} "})


def from_template(template: str, **names: Formula) -> Formula:
    """Make a formula from a template such as `∂$of/∂$by`; names: the formulas for $of and $by."""
    return Formula(
        NAME.sub(lambda found: names[found[1]].text, template),
        NAME.sub(lambda found: names[found[1]].latex, _in_latex(template)),
        lambda: mathml.from_template(template, lambda name: names[name].mathml),
    )


@lru_cache(maxsize=512)
def _in_latex(template: str) -> str:
    for signs, command in _CONSTRUCTIONS:
        template = signs.sub(command, template)
    return template.translate(_SPACED)
