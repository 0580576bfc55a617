r"""Names in plain letters, whatever they are typeset in: `\mathbf W^{(1)}`, `𝐖₁`, `∂L/∂W₁`."""

import re
import unicodedata

from mlpcalc.answers.forms.latex_commands import FONTS, SETTINGS, SIZES_OF_BRACKETS, alternatives

_IN_PARENTHESES = (r"([_^])\(((?:[^()]|\([\dA-Za-z]{1,6}\)){1,80})\)", r"\1{\2}")
_ASCII_MATH = tuple(  # W_(1), (del L)/(del W^((1))), bb W, hat y
    (re.compile(pattern), written)
    for pattern, written in (
        _IN_PARENTHESES,
        _IN_PARENTHESES,  # around others
        (r"([_^])\"(\w{1,20})\"", r"\1{\2}"),
        (r"(?<![A-Za-z])(?:grad|nabla)_(?=\{)", "∇_"),
        (
            r"\((?:del|partial|∂) ?([^()]{1,40})\)/"
            r"\((?:del|partial|∂) ?([^()]{1,80}(?:\(\d{1,6}\)[^()]{0,80})?)\)",
            r"∂\1/∂\2",
        ),
        (r"(?<![A-Za-z])([d∂] ?[A-Z])/\(([d∂][^()]{1,80}(?:\(\d{1,6}\)[^()]{0,80})?)\)", r"\1/\2"),
        (r"(?<![A-Za-z])(?:bb|bbb|cc|tt|sf|fr|vec) ?(?=[A-Za-z](?![a-z]))", ""),
        (r"(?<![A-Za-z])hat ?(?:\{(\w)\}|\((\w)\)|(\w))(?![a-z])", r"\1\2\3_hat"),
    )
)
_AROUND = {"operatorname", "vec", "underline", "mathop", "ensuremath", "mathord", "boxed"}
_COLORS = r"(?:text)?color\{[a-z]*\}"
_STYLES = re.compile(
    rf"\\(?:(?:{alternatives(FONTS | SETTINGS | SIZES_OF_BRACKETS | _AROUND)})\*?(?![A-Za-z])|{_COLORS})"
)
_SPACES = re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|[~$`&\s]+|\\phantom\{[^{}]*\}")
_HAT = re.compile(r"\\(?:wide)?hat\s*(?:\{\s*(\\?[A-Za-z]+)\s*\}|(\\[A-Za-z]+|[A-Za-z]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_FRACTION = re.compile(r"\\[dtc]?frac\s*(?=\{)")
_WORDS = {"partial": "∂", "nabla": "∇", "ell": "L", "prime": "'", "lbrace": "", "rbrace": ""}


def plain(text: str) -> str | None:
    """A name without LaTeX and typeset letters: scripts are in braces, quotients have a slash."""
    if any(
        sign in text
        for sign in ("ᵀ", "⊤", "⊙", "·", "×", "Σ", r"\sum", r"\cdot", r"\odot", r"\times", r"\top", "==")
    ):
        return None
    text = _letters(text)
    if "\\" not in text:
        for pattern, written in _ASCII_MATH:
            text = pattern.sub(written, text)
    text = _STYLES.sub("", text)
    text = _HAT.sub(lambda hat: f"{(hat[1] or hat[2]).lstrip(chr(92))}_hat", text)
    text = text.replace(r"\_", "_")
    if r"\frac" in text or r"\dfrac" in text or r"\tfrac" in text:
        text = _quotients(text)
    text = _COMMAND.sub(_command, text)
    text = _SPACES.sub("", text)
    text = _braces(text)
    return None if "\\" in text or not text else text


def _letters(text: str) -> str:
    """Typeset letters and digits as plain ones; raised and lowered ones as scripts."""
    if text.isascii():
        return text
    pieces: list[str] = []
    mark = ""
    for sign in unicodedata.normalize("NFD", text):
        kind = unicodedata.decomposition(sign).partition(" ")[0]
        now = {"<sub>": "_", "<super>": "^"}.get(kind, "")
        if mark and now != mark:
            pieces.append("}")
        if now and now != mark:
            pieces.append(f"{now}{{")
        mark = now
        if sign == "\N{COMBINING CIRCUMFLEX ACCENT}":
            pieces.append("_hat")
        elif unicodedata.combining(sign):
            continue
        else:
            plain = unicodedata.normalize("NFKC", sign) if kind else sign
            pieces.append({"′": "'", "’": "'", "𝜕": "∂", "ℓ": "L", "−": "-"}.get(plain, plain))
    return "".join([*pieces, "}" if mark else ""])


def _quotients(text: str) -> str:
    r"""\frac{A}{B} as A/B."""
    while (found := _FRACTION.search(text)) is not None:
        first = _group(text, found.end())
        second = _group(text, first) if first else 0
        if not second:
            return "\\"
        above, below = text[found.end() + 1 : first - 1], text[text.index("{", first) + 1 : second - 1]
        text = f"{text[: found.start()]}{above}/{below}{text[second:]}"
    return text


def _group(text: str, place: int) -> int:
    """Where the group in braces ends that begins at a place; 0 if none does."""
    while place < len(text) and text[place].isspace():
        place += 1
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] == "{") - (text[end] == "}")
        if depth == 0:
            return end + 1 if text[place] == "{" else 0
    return 0


def _command(found: re.Match[str]) -> str:
    name = found[1]
    if name in _WORDS:
        return _WORDS[name]
    word = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta"}.get(name, name)
    size = "CAPITAL" if word[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {word.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return found[0] if name not in ("exp",) else "exp"


def _braces(text: str) -> str:
    """Braces only where they hold a script together: {W_1}_{12} is W_1_{12}."""
    pieces: list[str] = []
    kept: list[bool] = []
    for place, sign in enumerate(text):
        if sign == "{":
            kept.append(place > 0 and text[place - 1] in "_^" and True not in kept)
            pieces.append("{" if kept[-1] else "")
        elif sign == "}":
            keep = kept.pop() if kept else False
            pieces.append("}" if keep else "")
        else:
            pieces.append(sign)
    return "".join(pieces)
