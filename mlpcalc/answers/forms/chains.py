"""Chains of equals signs in plain text: `S2 = W2 Z1 = Z2 = [0.1, 0.2]`, `loss: 0.49`, `W1 <- [[…]]`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlpcalc.answers.forms.brackets import PAIRS, literal
from mlpcalc.answers.forms.figures import DECIMAL_COMMA, LONGEST, figure_text, is_cell
from mlpcalc.answers.forms.passages import Grid, grid_of
from mlpcalc.answers.forms.words import ADVERBS, ADVERBS_BEHIND
from mlpcalc.text.wording import clipped

_SIGN = re.compile(r":=|<-|<=|>=|!=|~=|==|->|=>|[=≈≃≅≡←→:]|[\[({]|[\])}]")
_ARROWS = {"<-", "←"}
_NO_RELATIONS = {"<=", ">=", "!="}
LONGEST_NAME = 80
_DECORATION = re.compile(
    r"\s*(?:(?:In|Out)\s?\[\s?\d*\s?\](?://MatrixForm)?:?=?|>>>|\.\.\.(?=\s)|julia>|octave:\d+>|sage:|>>|>|R>|#+|[-*+•·](?=\s)|\(?\d{1,3}[.)](?=\s)|"
    r"\(?[a-h]\)(?=\s))\s*"
)
_EMPHASIS = re.compile(r"\*\*|__(?=\W|$)|(?<!\w)__|`")
_ROW_END = re.compile(r"[;\n]")
_WORDS = re.compile(r"[,\s]*[,\s\t|&]\s*")
_COMMA_OR_BRACKET = re.compile(r"[,;\[({\])}]")
_RELATION = re.compile(r"(?<![<>!=~:])=(?!=)|:=|:(?=\s)")
_COMMAS = {",", ";"}
_CLOSING = ("]", ")", "}")
_PERHAPS_TWO = re.compile(r"[0-9.]{1,9}\s+[^\W\d][\w₀-₉']{0,20}")
_REMARK = re.compile(
    r"(?<!\s)\s++\((?:[^()=]{0,40}=[^()]{0,40}|[A-Za-z]{3,20}(?:[ ,.-]{1,2}[A-Za-z0-9]{1,20}){0,8})\)$"
)
_WORDS_BEHIND = re.compile(r"(?<=[0-9.,\])}])(?:[ ,]{1,2}[^\W\d_]{2,20}){1,12}[.!?]?$")
_ADVERB_BEFORE = re.compile(rf"(?:{ADVERBS}|approx\.?)\s{{1,9}}(?=[-+−–]?[.0-9])", re.IGNORECASE)
_ADVERB_BEHIND = re.compile(rf"(?<=[0-9])\s{{1,9}}(?:{ADVERBS_BEHIND}|approx)(?=[.,;]?$)", re.IGNORECASE)
_RELATION_OR_COMMA = re.compile(rf"{_RELATION.pattern}|[,;\[({{\])}}]")
_LINKS = (
    "and|for|if|with|at|when|where|while|so|that|then|but|since|because|which|we|get|have|obtain|the|this|gives|"
    "giving|hence|thus|therefore|und|also|et|donc|y|entonces|logo"
)
_LAST_WORD = re.compile(
    rf"(?<![ \t])(?P<gap>[ \t]++)(?P<words>(?:(?:{_LINKS})[ \t]{{1,9}}){{1,6}})?"
    r"(?P<name>[^\W\d][^\s=+*⊙×·]{0,40}+)[ \t]{0,5}$"
)
_CLAUSE_END = re.compile(r"[,;.](?=\s)|[\[({\])}]")
_LEADING_LINKS = re.compile(
    rf"(?:(?i:{_LINKS})[ \t]{{1,9}}){{1,6}}(?=[\\∂∇]|d?\{{|\S{{1,200}}\s{{0,5}}(?:=|≈|:\s))"
)
_SURELY_FIGURE = 4  # digits
_NEXT_NAME = re.compile(
    rf"\s{{0,20}}(?:(?:(?i:{_LINKS}))\s{{1,9}}){{0,6}}(?P<name>\\?[^\W\d][\w'′₀-₉^{{}}()\[\]\\/∂]{{0,40}})\s{{0,5}}(?::?=(?!=)|:(?=\s))"
)
_CALCULATION = re.compile(r"[0-9)] [-+−–] [0-9.(]")
_IN_SEQUENCE = re.compile(r"\d{1,3}\.(?:weight|bias)")  # parameters as PyTorch names them
_SHAPE = re.compile(
    r"(?:(?<=\])|(?<=\]\)))\s*(?:,?\s*(?:shape|size)\s*[:=]?\s*)?"
    r"(?:\(\d+,\s?\d*\)|torch\.Size\(\[[\d, ]*\]\))$"
)
_FIELDS = re.compile(
    r"(?:[A-Za-z_][\w.]{0,80}\s?[=:]\s{0,2})?(?P<open>(?:(?:Ordered|default)?[dD]ict\()?\{(?=\s?['\"])"
    r"|(?:OrderedDict\()?\[(?=\(\s?['\"])|[A-Z]\w{0,60}\((?=\s?[A-Za-z_]\w{0,60}=))"
)
_FIELD = re.compile(
    r"\s*+(?:(?P<tuple>\()\s?)?(?:['\"](?P<quoted>[^'\"]{1,80})['\"]\s?[:,]|(?P<word>[A-Za-z_]\w{0,60})=)"
    r"(?P<value>.*+)",
    re.DOTALL,
)
_TRANSPOSED = re.compile(r"(?:\.T|\^\{?\s?(?:T|⊤|\\top|\\intercal|\\mathsf\{T\})\s?\}?|ᵀ|⊤|(?<=[\])])')$")
_TRAILING = re.compile(r"(?<=[0-9\])}Tp⊤ᵀ])\s*[.;,]$")


class Chain(NamedTuple):
    """What a text has between its relations.

    names: what is no value, as typed. values: the figures. open: whether nothing follows the last relation.
    fault: why its figures cannot be used.
    """

    names: tuple[str, ...]
    values: tuple[Grid, ...]
    assigned: bool = False
    open: bool = False
    fault: str = ""


def undecorated(line: str) -> str:
    """A line without prompts, bullets, numbers of lists, and signs of emphasis."""
    found = _DECORATION.match(line)
    text = line[found.end() :] if found else line
    if "│" in text[:LONGEST_NAME]:
        text = text.strip(" │").rpartition("│")[2]  # a box drawn around
    return _EMPHASIS.sub("", text).strip() if len(text) <= 4 * LONGEST else text.strip()


def chain(text: str) -> Chain | None:
    """The chain that a text is; None where it has no relation."""
    parts, assigned = _parts(text)
    if len(parts) < 2:
        return None
    names: list[str] = []
    values: list[Grid] = []
    fault = ""
    for part in parts:
        found = value(part)
        if isinstance(found, Grid):
            values.append(found)
        elif isinstance(found, str):
            fault = found
        elif part not in ("", "|", ">", "|2"):
            _, gap, behind = part.rpartition("  ")
            figure = figure_text(behind) if gap and part is parts[-1] else None
            if figure is not None:
                values.append(Grid(((figure,),), flat=True))
            names.append(part)
    if len(values) == 1 and values[0].size == 1 and any(map(_PERHAPS_TWO.fullmatch, parts[1:-1])):
        fault = fault or "a product, or two statements without a comma between them"
    if not values and not fault and (words := _WORDS_BEHIND.search(parts[-1])):
        doubtful = value(parts[-1][: words.start()])
        if isinstance(doubtful, Grid):
            values, fault = [doubtful], f"words after the figure: {clipped(parts[-1], 40)}"
    return Chain(tuple(names), tuple(values), assigned, not parts[-1], fault)


def _parts(text: str) -> tuple[list[str], bool]:
    """What stands between the relations that are in no brackets; whether there is an arrow to the left."""
    parts, start, assigned = list[str](), 0, False
    for found in _outside_brackets(_SIGN, text, 0, len(text)):
        sign = found[0]
        if sign in _NO_RELATIONS or (sign == ":" and not _is_label(text, found.start(), parts)):
            continue
        assigned = assigned or sign in _ARROWS
        parts.append(text[start : found.start()].strip())
        start = found.end()
    return [*parts, text[start:].strip()], assigned


def _outside_brackets(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where a pattern, which finds brackets as well, finds something that stands in no brackets."""
    depth = 0
    for found in pattern.finditer(text, start, end):
        if found[0] in "[({":
            depth += 1
        elif found[0] in "])}":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield found


def _is_label(text: str, place: int, parts: list[str]) -> bool:
    """Whether a colon ends a name, as in `loss: 0.5`; not in `1:3`."""
    return (
        not parts and 0 < place <= LONGEST_NAME and text[place + 1 : place + 2] in ("", " ", "\t", "\n", "[")
    )


def value(text: str) -> Grid | str | None:
    """The figures that a text is: a number, a matrix in brackets, rows of numbers; None for anything else."""
    text = text.strip()
    if text.endswith(">") and "<" not in text:
        text = text[:-1].rstrip()  # the end of what TensorFlow prints
    if not text:
        return None
    if text[0].isalpha() and (adverb := _ADVERB_BEFORE.match(text)):
        text = text[adverb.end() :]
    elif text[0] not in "[({" and (adverb := _ADVERB_BEHIND.search(text[-LONGEST_NAME:])):
        text = text[: len(text) - len(text[-LONGEST_NAME:]) + adverb.start()]
    if text[0] not in "[({" and not text[0].isalpha():
        if text.endswith(")") and (remark := _REMARK.search(text[-2 * LONGEST_NAME :])):
            return number(text[: len(text) - len(remark[0])])
        return number(text) or numbers(text)
    end = _TRAILING.search(text[-4:])
    if end:
        text = text[: len(text) - len(text[-4:]) + end.start()]
    turned = _TRANSPOSED.search(text[-12:])
    if turned:
        text = text[: len(text) - len(turned[0])]
    found_there = literal(_without_remark(text))
    return found_there.turned if turned and isinstance(found_there, Grid) else found_there


def _without_remark(text: str) -> str:
    """A matrix without a comment of a program, or words in brackets, behind it."""
    for sign in ("  #", " # ", " % ", " // "):
        text = text.partition(sign)[0] if "\n" not in text else text
    if (found := _SHAPE.search(text[-60:])) and len(text) > len(found[0]):
        text = text[: len(text) - len(found[0])]
    if text.endswith(")"):
        before, _, inside = text.rpartition(" (")
        if before.rstrip().endswith(("]", ")", "}")) and inside[:1].isalpha():
            return before.rstrip()
    return text.rstrip()


def several(text: str) -> list[str]:
    """The statements of a line that has several: `x = [1, 2], y = 1`, `x = [1 2]  y = 1`, `x: 1 y: 2`."""
    links = _LEADING_LINKS.match(text)
    pieces, start = list[str](), links.end() if links else 0
    if len(_RELATION.findall(text)) < 2:
        return [text[start:]]
    before = -1  # where the relation before this one ends
    for found in _outside_brackets(_RELATION_OR_COMMA, text, 0, len(text)):
        following = None
        if found[0] in _COMMAS:
            following = _NEXT_NAME.match(text, found.end())
        else:
            if before >= start:
                following = _name_after_value(text, before, found.start())
            before = found.end()
        if following is not None:
            end = found.start() if found[0] in _COMMAS else following.start()
            pieces.append(text[start:end].strip())
            start = following.start("name")
    return [*pieces, text[start:].strip()]


def _name_after_value(text: str, start: int, end: int) -> re.Match[str] | None:
    """The name of another statement in what stands between two relations, `0.51  a1`; or None.

    A short number before a name may be its factor, as in dW = 0.5 W = 1, unless it is set apart.
    """
    found = _LAST_WORD.search(text, max(start, end - 2 * LONGEST_NAME), end)
    if found is None:
        return None
    written = text[start : found.start()].strip()
    apart = found["words"] or found["gap"] != " " or written[-1:] in _CLOSING
    apart = apart or text[start] != " " or text[end] == ":"
    if not apart and sum(map(str.isdigit, written)) < _SURELY_FIGURE:
        return None
    return found if isinstance(value(written), Grid) else None


def first_clause(text: str) -> tuple[str, str]:
    """What stands before the first comma or point of a sentence, and after it: `L = 0.5, which is right`."""
    for found in _outside_brackets(_CLAUSE_END, text, 0, len(text)):
        return text[: found.start()].strip(), text[found.end() :].strip()
    return text, ""


def fields(text: str) -> list[tuple[str, str]]:
    """The keys and values of a dictionary or record as it is printed, else nothing.

    {'W1': array([[…]]), …}, OrderedDict([('fc1.weight', tensor(…)), …]), Gradients(W1=array(…), …)
    """
    found = _FIELDS.match(text)
    closing = "".join(PAIRS[sign] for sign in reversed(found["open"]) if sign in PAIRS) if found else ""
    if found is None or not text.endswith(closing):
        return []
    pieces, start, end = list[str](), found.end(), len(text) - len(closing)
    for comma in _outside_brackets(_COMMA_OR_BRACKET, text, start, end):
        pieces.append(text[start : comma.start()])
        start = comma.end()
    pieces.append(text[start:end])
    return [
        (pair["quoted"] or pair["word"], pair["value"].strip().removesuffix(")" if pair["tuple"] else ""))
        for piece in pieces
        if (pair := _FIELD.fullmatch(piece))
    ]


def number(text: str) -> Grid | None:
    """A single number."""
    figure = figure_text(text, comma=True)
    return None if figure is None else Grid(((figure,),), flat=True)


def numbers(text: str) -> Grid | str | None:
    """Rows of numbers: between semicolons or on lines of their own, apart by spaces or commas."""
    if not text[:1] or text[0] not in "0123456789.-+−–~?…,;" or _CALCULATION.search(text):
        return None
    rows = [cells for row in _ROW_END.split(text) if (cells := row_cells(row))]
    if not rows or not all(is_cell(cell) for row in rows for cell in row):
        return None
    return grid_of(rows, flat=len(rows) == 1)


def row_cells(row: str) -> list[str]:
    """The cells of a row of plain text."""
    text = row.strip().rstrip(",")
    if not text:
        return []
    words = text.split()
    if all(DECIMAL_COMMA.fullmatch(word) for word in words) and (len(words) > 1 or text[:2] in ("0,", "-0")):
        return [word.replace(",", ".") for word in words]
    return [word.strip() for word in _WORDS.split(text)]


def begins_name(text: str) -> bool:
    """Whether a name may begin like that."""
    return text[:1].isalpha() or text[:1] in ("∂", "∇", "\\") or _IN_SEQUENCE.match(text) is not None


def named_before(text: str) -> tuple[str, Grid | str] | None:
    """`S1 [[0.1]]`, as print writes what it is given, as the name and the figures."""
    name, _, rest = (
        text.partition(" ") if len(text.partition("\n")[0].split(" ", 1)) == 2 else text.partition("\n")
    )
    rest = rest.lstrip()
    if not begins_name(name) or len(name) > LONGEST_NAME or rest[:1] not in _BEGINS_VALUE:
        return None
    found = value(rest) if rest[:1] in "[({<" or rest[:1].isalpha() else None
    return None if found is None else (name, found)


_BEGINS_VALUE = {*"[({<", *"tanTAMcdmFD"}
