"""Answer sheets: an exercise without its answers, to print, or as YAML to fill in and have marked.

The YAML is what `check` reads: a key for each quantity, a `~` for each cell, and in comments what people
need beside it. Texts of the exercise come into comments and quoted texts only, on one line each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from textwrap import wrap
from typing import Any

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import UnknownQuantityError
from mlpcalc.numerics.rounding import rounded
from mlpcalc.page.symbols import LETTERS, Stage, Symbol
from mlpcalc.reading.schema import modeline
from mlpcalc.report.blocks import Block, Formula, Header, Heading, Matrix, Note, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.report import Selection, header, matrix, selected, solution_report
from mlpcalc.solving.solution import Cells, Solution
from mlpcalc.text.encoding import encodable
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import counted

BLANK = "~"
_WIDTH = 100
_LARGE = 1e9  # from here on figures are written with an exponent
_LARGEST = 1e300  # as of the numbers that are read
_NAME = Note(["Name: ", Formula("_" * 30, r"\rule{15em}{0.4pt}")])
_HOW_TO = (
    "Replace each ~ by a number, rounded to {places}, with a decimal point: 0.5, not 0,5.",
    "Leave the ~ where you have no answer. Lines that begin with # are comments.",
)
_SIMPLE = re.compile(r"[^\W\d_][\w^]*")  # a key that needs no quotes
_NO_YAML = {0xFFFE: None, 0xFFFF: None}  # code points that YAML does not allow, comments included


def sheet(solution: Solution, selection: Selection, *, givens: bool = True) -> Report:
    """A blank sheet to print: the selected quantities as empty matrices with their formulas.

    givens: whether inputs, targets and parameters are shown first.

    Raises `InputError` for a layer or a name that the exercise does not have, or a stage it does not reach.
    """
    symbols = asked_for(solution, selection)
    asked = _without_givens(selection)
    return Report(
        blocks=lambda: _blocks(solution, asked, givens=givens), data=lambda: _data(solution, symbols)
    )


def sheet_yaml(
    solution: Solution, selection: Selection, *, ascii_only: bool = False, closing: Sequence[str] = ()
) -> str:
    """A blank sheet of the selected quantities as YAML to fill in.

    closing: sentences to follow the instructions, such as how to have the sheet marked.
    ascii_only: for an output that is not encoded as UTF-8, which is what sheets are read as.

    Raises `InputError` as `sheet` does.
    """
    symbols = asked_for(solution, selection)
    cells = {symbol: np.full(solution.value(symbol).shape, BLANK) for symbol in symbols}
    places = counted(decimals, "decimal") if (decimals := solution.decimals()) else "whole numbers"
    how_to = [line.format(places=places) for line in _HOW_TO]
    return _document(solution, cells, [*how_to, *closing], ascii_only=ascii_only)


def filled(
    solution: Solution, values: Mapping[Symbol, Array], decimals: int, *, ascii_only: bool = False
) -> str:
    """A sheet as YAML, filled in with these values rounded to `decimals`.

    values: by quantity, in the layout of the page (samples in columns), in any order; values that are not
    finite, or too large to be read, are left blank.
    """
    cells = {
        symbol: solution.in_exercise_layout(symbol, written_figures(values[symbol], decimals))
        for symbol in solution.symbols.values()
        if symbol in values
    }
    return _document(solution, cells, (), ascii_only=ascii_only)


def asked_for(solution: Solution, selection: Selection) -> list[Symbol]:
    """The quantities that a sheet asks for; raises `InputError` as `sheet` does."""
    details = selection.details or bool(selection.only)
    return selected(solution, _without_givens(selection), details=details)


def key(solution: Solution, symbol: Symbol, *, ascii_only: bool = False) -> str:
    """The name of a quantity in a sheet, in the symbols of the course if the exercise declares any.

    Reading the name gives the same quantity again: names with another meaning in this course are avoided.
    """
    course = solution.exercise.letters
    if not course:
        return symbol.plain
    usual = {**LETTERS, "Delta": "Delta"}
    as_usual, own = symbol.in_letters(usual), symbol.in_letters({**usual, **course})
    names = [symbol.plain, own] if own == as_usual else [own, symbol.plain]
    meant = [name for name in names if _means(solution, name, symbol)]
    simple = (name for name in meant if _SIMPLE.fullmatch(name) and (name.isascii() or not ascii_only))
    return next(simple, [*meant, symbol.plain][0])


def _means(solution: Solution, name: str, symbol: Symbol) -> bool:
    try:
        return solution.symbol(name) == symbol
    except UnknownQuantityError:
        return False


def _without_givens(selection: Selection) -> Selection:
    return selection._replace(stages=[stage for stage in selection.stages if stage != Stage.GIVENS])


# ---------------------------------------------------------------------------- to print


def _blocks(solution: Solution, asked: Selection, *, givens: bool) -> Iterator[Block]:
    """The page of the solution with nothing in its matrices."""
    yield header(solution)
    yield _NAME
    if givens:
        stated = solution_report(solution, Selection([Stage.GIVENS], details=True))
        yield from (block for block in stated.blocks() if not isinstance(block, Header))
    for block in solution_report(solution, asked).blocks():
        match block:
            case Heading():
                yield block
            case Matrix():
                yield block._replace(blank=True)


def _data(solution: Solution, symbols: Sequence[Symbol]) -> dict[str, Any]:
    """As for solve, with null for every figure."""
    exercise = solution.exercise
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "conventions": exercise.conventions._asdict(),
        "quantities": {
            symbol.plain: {
                "key": key(solution, symbol),
                "stage": symbol.stage,
                "shape": solution.value(symbol).shape,
                "formula": solution.notation.equation(symbol),
                "values": np.full(solution.value(symbol).shape, np.nan),
            }
            for symbol in symbols
        },
    }


# ---------------------------------------------------------------------------- to fill in


def _document(
    solution: Solution, cells: Mapping[Symbol, Cells[np.str_]], how_to: Sequence[str], *, ascii_only: bool
) -> str:
    """A sheet with these texts in its cells, which lie as in the exercise."""
    head = header(solution)
    facts = ["   ".join(map(plain, line)) for line in head.lines]
    lines = [line for text in (head.title, *facts) for line in _comment(text)]
    if how_to:
        lines += ["#", *(line for text in how_to for line in _comment(text))]
    lines += modeline("answers")
    file = re.split(r"[\\/]", head.origin.removesuffix(" (bundled)"))[-1]
    lines += [f"exercise: {_value(file, ascii_only=ascii_only)}" if file else "exercise: ~", "student: ~"]
    stage = None
    for symbol, texts in cells.items():
        if symbol.stage != stage:
            stage = symbol.stage
            lines += ["", *_comment(f"---- {stage} ----")]
        block = matrix(solution, symbol, 0)
        name = key(solution, symbol, ascii_only=ascii_only)
        lines += ["", *_comment("   ".join(filter(None, [block.formula.text, block.described])))]
        lines += _entry(name if _SIMPLE.fullmatch(name) else _value(name, ascii_only=ascii_only), texts)
    text = "\n".join(lines) + "\n"
    return encodable(text, "ascii") if ascii_only else text


def _entry(name: str, texts: Cells[np.str_]) -> Iterator[str]:
    """A quantity: a row of its matrix a line, columns under one another."""
    if texts.ndim == 0:
        yield f"{name}: {texts.item()}"
        return
    if texts.ndim == 1:
        yield f"{name}: [{', '.join(texts.tolist())}]"
        return
    widths = [max(map(len, column)) for column in texts.T.tolist()]
    rows = [
        " ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True))
        for row in texts.tolist()
    ]
    # A first row that begins with spaces would be taken for a deeper indentation, unless it is said.
    yield f"{name}: |{2 if rows[0].startswith(' ') else ''}"
    yield from (f"  {row}" for row in rows)


def written_figures(values: Array, decimals: int) -> Cells[np.str_]:
    """Values as a sheet has them: rounded, or blank if they could not be read again."""
    texts = [written_figure(value, decimals) for value in values.ravel().tolist()]
    return np.array(texts, dtype=np.str_).reshape(values.shape)


def written_figure(value: float, decimals: int) -> str:
    """A value as a sheet has it: rounded, or blank if it could not be read again."""
    if not isfinite(value) or abs(value) > _LARGEST:
        return BLANK
    return f"{value:.{decimals}e}" if abs(value) >= _LARGE else f"{rounded(value, decimals):f}"


def _comment(text: str) -> list[str]:
    """Any text as lines of a comment."""
    return wrap(
        _harmless(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _value(text: str, *, ascii_only: bool) -> str:
    """Any text as a value; in quotes unless it is the name of a file like any other."""
    if re.fullmatch(r"[A-Za-z][\w-]*\.ya?ml", text, re.ASCII):
        return text
    return quoted(text).encode("ascii", "backslashreplace").decode() if ascii_only else quoted(text)


def quoted(text: str) -> str:
    """Any text as a value in quotes."""
    return '"' + _harmless(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _harmless(text: str) -> str:
    """The text on one line, of characters that YAML allows."""
    return clean(text).translate(_NO_YAML)
