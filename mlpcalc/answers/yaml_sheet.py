"""Answer sheets in YAML, or in what is nearly YAML, as statements."""

import re
from collections.abc import Iterator
from itertools import groupby, takewhile

from mlpcalc.answers.blocks import Block, blocks_of
from mlpcalc.answers.forms.documents import matrix_in
from mlpcalc.answers.statements import LABELS, LONGEST_TEXT, WRAPPER, Sheet, Statement
from mlpcalc.errors import InputError, Problem, refuse
from mlpcalc.page.cells import cell_in_step
from mlpcalc.page.spellings import STEP_BLOCK
from mlpcalc.reading.matrices import NotRowsError, is_flat, rows_of
from mlpcalc.reading.source import (
    Document,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    TooManyValuesError,
)

EXPECTED = "quantities, such as S1: [[0.5, -0.25], [1.5, 2]]"
_NO_KEYS = f"{WRAPPER} must have keys"
_OTHER_FORM = re.compile(r"\s*(?:\$|\\|[\[({]|(?:np\.|torch\.)?(?:array|[tT]ensor|matrix|Matrix)\()")
_NO_CELL = re.compile(r"[\[\](){}|*⎡⎢⎣⎛⎜⎝│×]")
_SHOWN = 20  # lines of what cannot be read
_COMMENT = re.compile(r"(?<!\S)#.*")
_INDICATOR = re.compile(r"[|>][-+\d]{0,2}\s*(?:#.*)?")
_NO_MATRIX = "&*!{\"'"
_UNMATCHED = Problem("the brackets do not match", hint="look for a missing or an extra bracket")
_TOKEN = re.compile(r"[\[\];]|[^\s\[\];]+")

Rows = list[list[ScalarNode]]


def read_sheet(document: Document, most: int) -> Sheet:
    """The statements of a sheet. most: the largest number of cells of one statement.

    A text that is no YAML as a whole is taken apart into entries, so that what is wrong with one of them
    concerns no other. Raises `InputError` where there is none.
    """
    try:
        root = document.root
    except TooManyValuesError:
        raise
    except InputError as error:
        return _by_entries(document, most, error)
    if not isinstance(root, MappingNode):
        what = "a list" if isinstance(root, SequenceNode) else "text"
        fault = _no_sheet(document, root, f"a sheet of answers was expected, not {what}")
        return _by_entries(document, most, fault)
    if any(key.text == "layers" for key, _ in root.pairs):
        raise _no_sheet(document, root, "this is an exercise, not a sheet of answers")
    for key, value in root.pairs:
        if is_wrapper(key.text) and isinstance(value, ScalarNode) and not value.blank:
            return _by_entries(document, most, _no_sheet(document, value, _NO_KEYS))
    return _sheet(_pairs(document, root, most))


def _by_entries(document: Document, most: int, fault: InputError) -> Sheet:
    """The entries one by one of what is no YAML as a whole; raises the fault where there are none."""
    blocks = _blocks_of_steps(blocks_of(document, is_text=is_label))
    sheet = _sheet(_pair(document, block, most) for block in blocks)
    statements = [each for each in sheet.statements if not is_wrapper(each.name.text)]
    if not (statements or sheet.labels):
        raise fault
    return sheet._replace(statements=statements)


def _no_sheet(document: Document, node: Node, message: str) -> InputError:
    return refuse(message, document.place(node), expected=EXPECTED)


def is_label(key: str) -> bool:
    """Whether a key is one of the labels of a sheet, in any letter case."""
    return key.lower() in LABELS


def is_wrapper(key: str) -> bool:
    """Whether a key is that of a block with all answers."""
    return key.lower() == WRAPPER


def _sheet(pairs: Iterator[tuple[ScalarNode, Statement | str]]) -> Sheet:
    labels: dict[str, str] = {}
    statements = []
    for key, value in pairs:
        if isinstance(value, Statement):
            statements.append(value)
        else:
            labels[key.text.lower()] = labels.get(key.text.lower()) or value
    return Sheet(statements, labels)


# ---------------------------------------------------------------------------- YAML


def _pairs(
    document: Document, block: MappingNode, most: int, step: str = ""
) -> Iterator[tuple[ScalarNode, Statement | str]]:
    """The keys of a sheet with what they say, those inside `answers` and of the blocks of steps included.

    step: that of the block, "" outside of one.
    """
    for key, value in block.pairs:
        of_step = STEP_BLOCK.fullmatch(key.text.strip())
        if is_label(key.text):
            yield key, _label(document, value)
        elif not (of_step or is_wrapper(key.text)):
            named = _of_step(key, step)
            yield named, _statement(document, named, value, most)
        elif isinstance(value, MappingNode):
            yield from _pairs(document, value, most, of_step[1] if of_step else step)
        elif not (isinstance(value, ScalarNode) and value.blank):
            message = f"{key.text} must have keys"
            problem = Problem(message, document.place(value), expected=EXPECTED)
            yield key, Statement(key, _lines(document, value), fault=problem)


def _of_step(key: ScalarNode, step: str) -> ScalarNode:
    """The key of a quantity in the block of a step, "" outside of one."""
    return key._replace(text=cell_in_step(key.text, step)) if step else key


def _label(document: Document, value: Node) -> str:
    """A label as text; what is no text as it stands in its line."""
    if isinstance(value, ScalarNode):
        return "" if value.blank else value.text
    return document.lines[value.line - 1][value.column - 1 :]


def _statement(document: Document, key: ScalarNode, value: Node, most: int) -> Statement:
    if _is_empty(value):
        return Statement(key, ())
    typed = value if isinstance(value, ScalarNode) else None
    if typed and _OTHER_FORM.match(typed.text) and (found := _in_another_form(key, typed)):
        return found
    try:
        rows = rows_of(document, value, key.text, most, blanks=True)
    except NotRowsError as error:
        fault = error.problem._replace(place=document.place(error.node))
        return Statement(key, _lines(document, value), fault=fault)
    if typed and _are_no_rows(rows) and (found := _in_another_form(key, typed, faults=False)):
        return found
    text = value.items[0] if isinstance(value, SequenceNode) and len(value.items) == 1 else value
    if isinstance(text, ScalarNode):
        if "#" in text.text:
            rows = [_without_comment(row) for row in rows]
        if not text.block:
            rows = _by_lines(text, rows)
    return Statement(key, rows, flat=is_flat(value, rows))


def _in_another_form(key: ScalarNode, value: ScalarNode, *, faults: bool = True) -> Statement | None:
    """A matrix as LaTeX or a program writes it, pasted into a block; None for anything else.

    faults: whether a matrix that cannot be used is told as one.
    """
    grid = matrix_in(value.text)
    if grid is None or (isinstance(grid, str) and not faults):
        return None
    line = value.line + 1 if value.block else value.line
    if isinstance(grid, str):
        text = ScalarNode(value.text.strip()[:LONGEST_TEXT], line, 1)
        return Statement(key, [[text]], fault=Problem(f"{key.text}: {grid}"))
    rows = [[ScalarNode(text, line, value.column) for text in row] for row in grid.rows]
    return Statement(key, rows, flat=grid.flat)


def _are_no_rows(rows: Rows) -> bool:
    """Whether words are more than rows of numbers: labels, factors and strokes stand around these."""
    return len({len(row) for row in rows}) > 1 or any(
        _NO_CELL.search(cell.text) for row in rows for cell in row
    )


def _is_empty(node: Node) -> bool:
    """Whether there is nothing at all: no text, no items."""
    if isinstance(node, ScalarNode):
        return node.blank or not node.text.strip("\n ;,")
    return isinstance(node, SequenceNode) and all(
        isinstance(item, SequenceNode) and not item.items for item in node.items
    )


def _by_lines(value: ScalarNode, rows: Rows) -> Rows:
    """The rows of a text that was written without the | that keeps lines apart."""
    cells = [cell for row in rows for cell in row]
    if ";" in value.text or not cells or cells[0].line == cells[-1].line:
        return rows
    return [list(cells) for row in rows for _, cells in groupby(row, key=lambda cell: cell.line)]


def _without_comment(row: list[ScalarNode]) -> list[ScalarNode]:
    return [*takewhile(lambda cell: not cell.text.startswith("#"), row)]


def _lines(document: Document, node: Node) -> Rows:
    """What stands at a node, as far as it is on one line."""
    text = document.lines[node.line - 1][node.column - 1 :][:LONGEST_TEXT].strip()
    return [[ScalarNode(text, node.line, node.column)]]


# ---------------------------------------------------------------------------- one entry by itself


def _blocks_of_steps(blocks: Iterator[Block]) -> Iterator[Block]:
    """The entries, those that are indented below `step 2:` with that step in their names."""
    step, indent = "", 0
    for block in blocks:
        of_step = STEP_BLOCK.fullmatch(block.key.text.strip())
        if of_step and not block.text.strip():
            step, indent = of_step[1], block.key.column
            continue
        if block.key.column <= indent:
            step = ""
        yield block._replace(key=_of_step(block.key, step))


def _pair(document: Document, block: Block, most: int) -> tuple[ScalarNode, Statement | str]:
    """What one entry says: as YAML if it is that, else as rows of words, with or without brackets."""
    key, text = block.key, block.text.strip()
    part = document.part(block.text, block.line, block.column)
    if is_label(key.text):
        return key, _label_by_itself(part)
    if not text or text.startswith("#"):
        return key, Statement(key, ())
    if not _INDICATOR.fullmatch(text.partition("\n")[0]):
        try:
            root = part.root
        except InputError as error:
            (fault, *_) = error.problems
        else:
            statement = _statement(part, key, root, most)
            if statement.fault is None:
                return key, statement
            fault = statement.fault
        if text[0] in _NO_MATRIX:
            return key, Statement(key, _typed_lines(block), fault=fault)
    else:
        fault = None
    return key, _by_words(block, most, fault)


def _label_by_itself(part: Document) -> str:
    try:
        return _label(part, part.root)
    except InputError:
        return part.text.strip()


def _by_words(block: Block, most: int, fault: Problem | None) -> Statement:
    """A matrix by its words, lines and brackets. fault: what is wrong if the brackets do not match."""
    text = _INDICATOR.sub("", block.text.partition("\n")[0]) + "\n" + block.text.partition("\n")[2]
    pasted = ScalarNode(text, block.line, 1)
    if _NO_CELL.search(text) and (found := _in_another_form(block.key, pasted, faults=False)):
        return found
    rows: Rows = [[]]
    depth = deepest = words = 0
    continues = False  # after a comma at the end of a line in brackets
    for number, line in enumerate(block.text.split("\n")):
        column = 1 if number else block.column
        if depth < 2 and not continues:
            rows.append([])
        for token in _TOKEN.finditer(_COMMENT.sub("", line)):
            sign = token[0]
            if sign in "[];":
                depth += {"[": 1, "]": -1, ";": 0}[sign]
                deepest = max(deepest, depth)
                if depth < 0 or deepest > 2:
                    return Statement(block.key, _typed_lines(block), fault=fault or _UNMATCHED)
                rows.append([])
                continue
            word = sign.strip(",")
            continues = depth > 0 and sign.endswith(",")
            if word and not (number == 0 and _INDICATOR.fullmatch(word)):
                rows[-1].append(ScalarNode(word, block.line + number, column + token.start()))
                words += 1
                if words > most:
                    too_large = Problem(f"{block.key.text}: too large", expected=f"at most {most:,} cells")
                    return Statement(block.key, _typed_lines(block), fault=too_large)
    if depth:
        return Statement(block.key, _typed_lines(block), fault=fault or _UNMATCHED)
    rows = [row for row in rows if row]
    return Statement(block.key, rows, flat=len(rows) == 1 and deepest < 2)


def _typed_lines(block: Block) -> Rows:
    """The first lines of an entry as they stand."""
    lines = block.text[: _SHOWN * LONGEST_TEXT].split("\n", _SHOWN)[:_SHOWN]
    return [
        [ScalarNode(line.strip()[:LONGEST_TEXT], block.line + number, 1)]
        for number, line in enumerate(lines)
        if line.strip()
    ]
