"""Answer sheets: an exercise without its answers, to print, or as YAML to fill in and have marked.

The YAML is what `check` reads: a key for each quantity, a `~` for each cell, and in comments what people
need beside it. Texts of the exercise come into comments and quoted texts only, on one line each. What the
exercise gives is filled in, and exact from there on, as `given_figures` has it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from mlpcalc.answers.contents import BLANK, figures, given_figures, given_values, on_sheet, remarks
from mlpcalc.answers.digits import Asked
from mlpcalc.arrays import Array
from mlpcalc.errors import UnknownQuantityError
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.asked import asked
from mlpcalc.page.cells import cell_in_step
from mlpcalc.page.symbols import LETTERS, Stage, Symbol
from mlpcalc.reading.schema import modeline
from mlpcalc.report.blocks import Background, Block, Formula, Header, Heading, Matrix, Note, Room, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.header import header, header_data
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.quantities import Cells
from mlpcalc.solving.report import TITLES, solution_report, step_in_words
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.encoding import encodable
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import points_in_figures

_WIDTH = 100
_NAME = Note(["Name: ", Formula("_" * 30, r"\rule{15em}{0.4pt}")])
_HOW_TO = (
    "Replace each ~ by a number with {digits}. Write a decimal point: 0.5, not 0,5.",
    "Leave the ~ where you have no answer. Lines that begin with # are comments.",
)
_SIMPLE = re.compile(r"[^\W\d_][\w^]*(?:@\d+)?")  # a key that needs no quotes
_NO_YAML = {0xFFFE: None, 0xFFFF: None}  # code points that YAML does not allow, comments included


def sheet(
    solution: Solution, selection: Selection, *, givens: bool = True, formulas: bool = True, room: int = 0
) -> Report:
    """A blank sheet to print: what is asked for, as empty matrices with their formulas.

    givens: whether inputs, targets and parameters are shown first. formulas: whether it says how the answers
    are computed. room: lines for working, under each answer.

    Raises `InputError` for a layer or a name that the exercise does not have, a stage it does not reach, or
    a selection of which nothing is asked.
    """
    symbols = on_sheet(solution, selection)
    return Report(
        blocks=lambda: _blocks(solution, symbols, givens=givens, formulas=formulas, room=room),
        data=lambda: _data(solution, symbols, formulas=formulas),
    )


def sheet_yaml(
    solution: Solution,
    selection: Selection,
    *,
    formulas: bool = True,
    ascii_only: bool = False,
    closing: Sequence[str] = (),
) -> str:
    """A blank sheet of what is asked for, as YAML to fill in.

    formulas: as for `sheet`. closing: sentences to follow the instructions, such as how to have the sheet
    marked. ascii_only: for an output that is not encoded as UTF-8, which is what sheets are read as.

    Raises `InputError` as `sheet` does.
    """
    symbols = on_sheet(solution, selection)
    given = solution.exercise.given
    cells = {
        symbol: solution.in_exercise_layout(symbol, given_figures(solution, symbol))
        if symbol in given
        else np.full(solution.value(symbol).shape, BLANK)
        for symbol in symbols
    }
    how_to = [line.format(digits=Asked.of(solution.exercise).in_words) for line in _HOW_TO]
    told = map(plain, remarks(solution, symbols))
    how_to += [*told, *closing]
    return _document(solution, cells, how_to, formulas=formulas, ascii_only=ascii_only)


def filled(
    solution: Solution, values: Mapping[Symbol, Array], digits: Digits, *, ascii_only: bool = False
) -> str:
    """A sheet as YAML, filled in with these values rounded to so many digits.

    values: by quantity, in the layout of the page (samples in columns), in any order; values that are not
    finite, or too large to be read, are left blank.
    """
    cells = {
        symbol: solution.in_exercise_layout(symbol, figures(values[symbol], digits))
        for symbol in solution.symbols.values()
        if symbol in values
    }
    return _document(solution, cells, (), ascii_only=ascii_only)


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


# ---------------------------------------------------------------------------- to print


def _blocks(
    solution: Solution, symbols: Sequence[Symbol], *, givens: bool, formulas: bool, room: int
) -> Iterator[Block]:
    """The page of the solution with nothing in the matrices that are asked for."""
    yield header(solution)
    yield _NAME
    yield Note(f"Write every number with {Asked.of(solution.exercise).in_words}.")
    yield from map(Note, remarks(solution, symbols))
    if givens:
        stated = solution_report(solution, Selection([Stage.GIVENS], details=True))
        yield from (block for block in stated.blocks() if not isinstance(block, Header | Background))
    several = solution.exercise.steps > 1
    names = [
        cell_in_step(solution.spelling(symbol), symbol.step) if several else solution.spelling(symbol)
        for symbol in symbols
    ]
    shown, on_sheet = iter(symbols), Selection(only=names)
    for block in solution_report(solution, on_sheet).blocks():
        match block:
            case Heading():
                yield block
            case Matrix():
                symbol = next(shown)
                blank = symbol not in solution.exercise.given
                yield sheet_matrix(solution, symbol, formulas=formulas)._replace(blank=blank)
                if blank and room:
                    yield Room(room)


def sheet_matrix(solution: Solution, symbol: Symbol, *, formulas: bool) -> Matrix:
    """A quantity with what the exercise says that it is worth; without formulas by its name alone."""
    block, exercise = matrix(solution, symbol, solution.digits()), solution.exercise
    worth = asked(exercise).get(symbol)
    if worth is not None and (exercise.points or exercise.ask is not None):
        block = block._replace(worth=f"{points_in_figures(worth)} {'point' if worth == 1 else 'points'}")
    if formulas:
        return block
    notation = solution.notation.at_step(symbol.step)
    return block._replace(formula=notation.both(lambda notation: notation.name(symbol)))


def _data(solution: Solution, symbols: Sequence[Symbol], *, formulas: bool) -> dict[str, Any]:
    """As for solve, with null for every figure but those that are given."""
    exercise = solution.exercise
    worth = asked(exercise)
    return {
        **header_data(exercise),
        "digits": Asked.of(exercise).in_words,
        "quantities": {
            symbol.plain: {
                "key": key(solution, symbol),
                "points": worth.get(symbol, 0.0),
                "given": symbol in exercise.given,
                "stage": symbol.stage,
                "shape": solution.value(symbol).shape,
                "formula": sheet_matrix(solution, symbol, formulas=formulas).formula.text,
                "values": solution.in_exercise_layout(symbol, given_values(solution, symbol))
                if symbol in exercise.given
                else np.full(solution.value(symbol).shape, np.nan),
            }
            for symbol in symbols
        },
    }


# ---------------------------------------------------------------------------- to fill in


def _document(
    solution: Solution,
    cells: Mapping[Symbol, Cells[np.str_]],
    how_to: Sequence[str],
    *,
    formulas: bool = True,
    ascii_only: bool,
) -> str:
    """A sheet with these texts in its cells, in the exercise's layout."""
    lines = opening(solution, how_to, ascii_only=ascii_only)
    stage, step = None, 1
    for symbol, texts in cells.items():
        if symbol.step != step:
            stage, step = None, symbol.step
            lines += ["", *comment(f"======== {step_in_words(solution.exercise, step)} ========")]
        if symbol.stage != stage:
            stage = symbol.stage
            lines += ["", *comment(f"---- {TITLES[stage]} ----")]
        block = sheet_matrix(solution, symbol, formulas=formulas)
        given = "given" if symbol in solution.exercise.given else ""
        name = key(solution, symbol, ascii_only=ascii_only)
        lines += ["", *comment("   ".join(filter(None, [block.formula.text, block.described, given])))]
        lines += entry_lines(key_text(name, ascii_only=ascii_only), texts)
    text = "\n".join(lines) + "\n"
    return encodable(text, "ascii") if ascii_only else text


def opening(solution: Solution, how_to: Sequence[str], student: str = "", *, ascii_only: bool) -> list[str]:
    """The first lines of a sheet: which exercise it is of, what to do with it, and the labels."""
    head = header(solution)
    facts = ["   ".join(map(plain, line)) for line in head.lines]
    lines = [line for text in (head.title, *facts) for line in comment(text)]
    if how_to:
        lines += ["#", *(line for text in how_to for line in comment(text))]
    lines += modeline("answers")
    file = re.split(r"[\\/]", head.origin.removesuffix(" (bundled)"))[-1]
    named = value_text(student, ascii_only=ascii_only) if student else "~"
    labels = f"exercise: {value_text(file, ascii_only=ascii_only)}" if file else "exercise: ~"
    return [*lines, labels, f"student: {named}"]


def key_text(name: str, *, ascii_only: bool) -> str:
    """A name as the key of a sheet, in quotes if it needs them."""
    return name if _SIMPLE.fullmatch(name) else value_text(name, ascii_only=ascii_only)


def entry_lines(name: str, texts: Cells[np.str_]) -> Iterator[str]:
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


def comment(text: str) -> list[str]:
    """Any text as lines of a comment."""
    return wrap(
        _harmless(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def value_text(text: str, *, ascii_only: bool) -> str:
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
