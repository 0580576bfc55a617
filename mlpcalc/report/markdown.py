r"""Reports as Markdown with formulas between dollar signs, as GitHub and Jupyter show them.

GitHub parses Markdown before mathematics, Jupyter the other way round. Both understand
displays between lines of two dollar signs, rows that end in `\cr`, and in formulas no backslash before
anything but a letter, no asterisk, and no underscore that could be part of an emphasis. GitHub also
rejects some macros, such as those for invisible text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from mlpcalc.report import blocks as kinds
from mlpcalc.report.blocks import Formula, Phrase, pieces, plain
from mlpcalc.report.displays import Layout, aligned, aligned_width, beginnings, chain, displays
from mlpcalc.report.figures import BLANK, hand_width, is_numeric, shown
from mlpcalc.report.marked import part
from mlpcalc.report.output import Output
from mlpcalc.report.problems import render as problems_text

_WIDTH = 48  # em
_SOME_COLUMNS, _SOME_REMARKS = 12, 4  # of a marked answer
_SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]#|~$^"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)

_SPELLED = {"|": r"\Vert ", ",": r"\thinspace ", ";": r"\thickspace ", "{": r"\lbrace ", "}": r"\rbrace "}
_UNSEEN = {".": r"\thickspace", "0": r"\enspace"}  # spaces as wide as the invisible character
# What GitHub rejects, with its replacement.
_REJECTED: Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = (
    (re.compile(r"\\operatorname\{([^{}]*)\}"), r"\\text{\1}"),
    (re.compile(r"\\phantom\{([.0]*)\}"), lambda found: "".join(map(_UNSEEN.__getitem__, found[1]))),
    (re.compile(r"\\allowbreak ?"), ""),
)


def write(blocks: Callable[[], Iterable[kinds.Block]], output: Output) -> Iterator[str]:
    """Write the blocks of a report, with character references for what the encoding lacks."""
    text = render(blocks(), full=output.full)
    yield text.encode(output.encoding, "xmlcharrefreplace").decode(output.encoding)


def render(blocks: Iterable[kinds.Block], *, full: bool = False) -> str:
    """Write blocks as Markdown; full: whether large matrices are shown in full."""
    layout = Layout(_WIDTH, r"\cr", full)
    return "\n\n".join(part for block in blocks for part in _block(block, layout)) + "\n"


def _block(block: kinds.Block, layout: Layout) -> Iterator[str]:
    match block:
        case kinds.Header(title, origin, lines):
            yield f"# {escape(title)}"
            if origin:
                yield f"*{escape(origin)}*"
            yield from ("; ".join(map(_phrase, facts)) for facts in lines)  # no dot, which means a product
        case kinds.Heading():
            yield f"## {_phrase(block.capitalised)}"
        case kinds.Matrix(blank=True):
            yield from _to_fill_in(block, layout)
        case kinds.Matrix():
            for display in displays(block, layout):
                caption = rf" \qquad \small {_words(display.caption)}" if display.caption else ""
                yield _displayed(display.math + caption)
        case kinds.Aligned(rows):
            yield _displayed(_aligned(rows, layout))
        case kinds.Chain(product, factors):
            yield _displayed(chain(product, factors, layout))
        case kinds.Room(lines):
            yield "<br>" * lines
        case kinds.Table():
            yield _table(block)
        case kinds.Problems(problems):
            text = problems_text(problems)
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            yield f"{fence}text\n{text}{fence}"
        case kinds.Note(text):
            yield _phrase(text)
        case kinds.ListItem(mark, text, level, below):
            item = [f"{escape(mark)} {_phrase(text)}".strip(), *map(_phrase, below)]
            yield ("- " if level else "") + "<br>".join(item)
        case kinds.More(_, text, level):
            if text:
                yield ("- " if level else "") + escape(text)
        case kinds.MarkedMatrix():
            yield from _written(block)
        case kinds.Tally(columns, rows):
            cells = [(row.what, row.where, str(row.times), row.first_names) for row in rows]
            yield _table(kinds.Table((*columns, ""), cells))
        case kinds.Group(blocks):
            for each in blocks:
                yield from _block(each, layout)


def _to_fill_in(matrix: kinds.Matrix, layout: Layout) -> Iterator[str]:
    """A table of empty cells, in blocks of columns if it is wide; for a number, a line to write on."""
    formula = _phrase([matrix.formula])
    worth = f" · {matrix.worth}" if matrix.worth else ""
    if not matrix.shape:
        yield f"{formula} = {escape(2 * BLANK)}{worth}"
        return
    per_block = max(1, int(layout.width / (hand_width(matrix) + 1.5)))
    rows, columns = shown(matrix, per_block, full=layout.full)
    yield f"{formula} · {matrix.described}{', in part' if None in [*rows, *columns] else ''}{worth}"
    margin = "&emsp;" * round(hand_width(matrix) / 2)  # a column is as wide as its label
    for start in range(0, len(columns), per_block):
        block = columns[start : start + per_block]
        labels = [margin + _label(matrix.columns, j) + margin for j in block]
        lines = [["", *labels], ["---"] * (len(block) + 1)]
        lines += [[_label(matrix.rows, i), *("…" if None in (i, j) else "    " for j in block)] for i in rows]
        yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _written(block: kinds.MarkedMatrix) -> Iterator[str]:
    """A table with wrong figures in bold and remarks at the end of their rows."""
    name = f"{block.sign} {_phrase(block.name)}"
    remarks = [
        escape(", ".join(line[:_SOME_REMARKS]) + (", …" if len(line) > _SOME_REMARKS else ""))
        for line in block.remarks
    ]
    if not block.shape:
        yield f"{name} **{escape(block.cells[0][0])}** {remarks[0]}"
        return
    rows, columns = part(block, _SOME_COLUMNS)
    lines = [
        [name, *(escape(block.columns[j]) for j in columns), ""],
        ["---:"] * (len(columns) + 1) + ["---"],
    ]
    for i in rows:
        figures = [escape(f"{block.signs[i][j]} {block.cells[i][j]}".strip()) for j in columns]
        bold = [
            f"**{text}**" if block.signs[i][j] == block.sign else text
            for j, text in zip(columns, figures, strict=True)
        ]
        lines.append([escape(block.rows[i]), *bold, remarks[i]])
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if len(rows) < len(block.rows) or len(columns) < len(block.columns):
        yield f"in part, of {escape(block.shape)}"


def _label(labels: Sequence[str], i: int | None) -> str:
    return "…" if i is None else escape(labels[i])


def _displayed(math: str) -> str:
    lines = [line.strip() for line in _math(math).split("\n")]
    return "\n".join(["$$", *lines, "$$"])


def _math(latex: str) -> str:
    """Rewrite a formula without what Markdown takes for emphasis or escapes, and what GitHub rejects."""
    for rejected, accepted in _REJECTED:
        latex = rejected.sub(accepted, latex)
    spelled = re.sub(r"\\([^a-zA-Z\s])", lambda found: _SPELLED[found[1]], latex)
    return re.sub(r"(?<=\})_|_(?=\{)", " _ ", spelled).strip()  # with spaces around it, it marks no emphasis


def _words(caption: Sequence[str | Formula]) -> str:
    """Write the words beside a displayed formula."""
    return " ".join(rf"\text{{{piece}}}" if isinstance(piece, str) else piece.latex for piece in caption)


def _aligned(rows: Sequence[Sequence[Formula]], layout: Layout) -> str:
    """Lines with all pieces aligned if they are equally many and fit, otherwise only the first two."""
    columns = max(map(len, rows))
    if min(map(len, rows)) < columns or aligned_width(rows) > layout.width:
        lines = [" & {}".join(piece.latex for piece in row) for row in beginnings(rows)]
        return aligned(lines, layout.row_end)
    lines = [" & ".join(f"{{}}{piece.latex}" for piece in row) for row in rows]
    body = f" {layout.row_end}\n".join(lines)
    return f"\\begin{{array}}{{{'l' * columns}}}\n{body}\n\\end{{array}}"


def _table(table: kinds.Table) -> str:
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    sides = ["--:" if is_numeric(map(plain, column)) else "---" for column in columns]
    lines = [[_phrase(text).strip() for text in table.columns], sides]
    for i, row in enumerate(table.rows):
        cells = [_phrase(text).strip() for text in row]
        below = table.below[i] if table.below else ()
        lines.append(["<br>".join([cells[0], *map(_phrase, below)]), *cells[1:]])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _phrase(phrase: Phrase) -> str:
    """Write words and formulas in a line of text."""
    line = "".join(escape(piece) if isinstance(piece, str) else _inline(piece) for piece in pieces(phrase))
    return re.sub(r"^(\d+(?=[.)]\s)|(?=[-+=]))", r"\1\\", line)  # no list, no underlining


def _inline(formula: Formula) -> str:
    """Write a formula between dollar signs; a blank to write on as text."""
    return f"${_math(formula.latex)}$" if formula.text.strip("_") else escape(formula.text)


def escape(text: str) -> str:
    """Write any text so that nothing in it is markup, HTML or mathematics."""
    return re.sub(r"\s+", " ", text).translate(_SPECIAL)
