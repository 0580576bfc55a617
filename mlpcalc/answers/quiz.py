"""An exercise as questions for Moodle's question bank, in Moodle's XML: a number to type for each cell.

A question has the cells of one quantity as Cloze subquestions, `{1:NUMERICAL:=0.4580:0.0001}`. What it is
worth in Moodle is the sum of their weights, which are whole numbers: these are such that the questions are in
the ratio of their points. What the exercise gives is a description before them. Moodle compares every cell
with the solution alone, and knows nothing of what follows from what.

https://docs.moodle.org/en/Moodle_XML_format says what is in such a file; the figures must fit the patterns of
question/type/multianswer/questiontype.php in https://github.com/moodle/moodle.
"""

import html
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from mlpcalc.answers.blank import sheet_matrix
from mlpcalc.answers.contents import BLANK, figures, given_figures, on_sheet, remarks
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Matrix, Phrase, plain
from mlpcalc.report.html.markup import element
from mlpcalc.solving.header import header
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean

_FINEST = 1000  # parts of a point that are told apart
_TOLERANCE = "Each number may be off by one in its last digit."


def quiz_xml(solution: Solution, selection: Selection, *, givens: bool = True, formulas: bool = True) -> str:
    """The questions for what is asked, as XML in ASCII; givens, formulas: as for `sheet`.

    Raises `InputError` as `sheet` does.
    """
    symbols = on_sheet(solution, selection)
    title = header(solution).title
    category = element("category", _text(f"$course$/{_in_path(title)}"))
    questions = [
        element("question", category, type="category"),
        _question("description", title, _page(solution, symbols, givens=givens)),
    ]
    given = solution.exercise.given
    weights = _weights(solution, [symbol for symbol in symbols if symbol not in given])
    for number, (symbol, weight) in enumerate(weights.items(), start=1):
        name = f"{number:02} {solution.notation.name(symbol)}"
        questions.append(_question("cloze", name, _to_answer(solution, symbol, weight, formulas=formulas)))
    body = "\n".join(questions)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}\n</quiz>\n'
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _weights(solution: Solution, symbols: Sequence[Symbol]) -> dict[Symbol, int]:
    """The weight of each cell of these quantities: the least whole numbers in the ratio of points a cell."""
    points = asked(solution.exercise)
    shares = {
        symbol: Fraction(points.get(symbol, 1.0)).limit_denominator(_FINEST) / solution.value(symbol).size
        for symbol in symbols
    }
    common = lcm(*(share.denominator for share in shares.values()))
    weights = {symbol: int(share * common) for symbol, share in shares.items()}
    least = gcd(*weights.values())
    return {symbol: weight // least for symbol, weight in weights.items()}


def _page(solution: Solution, symbols: Sequence[Symbol], *, givens: bool) -> str:
    """What is given, and how to answer, in HTML."""
    head, exercise = header(solution), solution.exercise
    facts = ["; ".join(map(plain, line)) for line in head.lines]
    how_to = [f"Write every number with {solution.digits().in_words}.", _TOLERANCE]
    said: list[Phrase] = [*facts, *how_to, *remarks(solution, symbols)]
    parts = [f"<p>{_plain(plain(line))}</p>" for line in said]
    for symbol in exercise.givens() if givens else ():
        block = matrix(solution, symbol, solution.digits())
        cells = figures(block.values, block.digits) if block.cells is None else np.array(block.cells)
        parts += _table(block, cells.ravel().tolist())
    for symbol in symbols:
        if symbol in exercise.given:
            cells = solution.in_exercise_layout(symbol, given_figures(solution, symbol))
            parts += _table(matrix(solution, symbol, solution.digits()), cells.ravel().tolist())
    return "\n".join(parts)


def _to_answer(solution: Solution, symbol: Symbol, weight: int, *, formulas: bool) -> str:
    """A table of boxes for one quantity, in HTML."""
    texts = solution.in_exercise_layout(symbol, figures(solution.computed[symbol], solution.digits()))
    block = sheet_matrix(solution, symbol, formulas=formulas)
    return "\n".join(_table(block, [_box(text, weight) for text in texts.ravel().tolist()]))


def _box(figure: str, weight: int) -> str:
    """A box for a number, within one of its last digit; a sign for what is not finite and cannot be typed."""
    if figure == BLANK:
        return "∞"
    last_digit = Decimal((0, (1,), int(Decimal(figure).as_tuple().exponent)))
    return f"{{{weight}:NUMERICAL:={figure}:{last_digit}}}"


def _table(block: Matrix, cells: Iterable[str]) -> Iterator[str]:
    """A quantity as a table with its formula above; cells: in HTML, row by row."""
    remaining = iter(cells)
    shape = f" &nbsp; {_plain(block.described)}" if block.shape else ""
    yield f"<p><b>{_plain(block.formula.text)}</b>{shape}</p>"
    rows = [["", *map(_plain, block.columns)]] if block.shape else []
    rows += [[_plain(label), *(next(remaining) for _ in block.columns)] for label in block.rows]
    yield "<table>"
    yield from (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    yield "</table>"


# ---------------------------------------------------------------------------- XML


def _question(kind: str, name: str, page: str) -> str:
    """A question; `page` is its HTML."""
    content = element("name", _text(clean(name))) + element("questiontext", _text(page), format="html")
    return element("question", content, type=kind)


def _text(text: str) -> str:
    return element("text", html.escape(text, quote=False))


def _in_path(title: str) -> str:
    """A title as the name of a category, in which a single slash would begin another one."""
    return clean(title).replace("/", "//")


def _plain(text: str) -> str:
    """Any text as HTML in which nothing is markup, nor the beginning of a subquestion."""
    return html.escape(clean(text)).replace("{", "&#123;").replace("}", "&#125;")
