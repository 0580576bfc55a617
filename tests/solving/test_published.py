"""The bundled exercises beside the figures printed in their sources: only the authors' slips are wrong.

exercises/NAME.answers.yaml has the figures as the author printed them, slips included. What the marker makes
of them is checked by trying: figures anywhere inside the printed digits must lead to what it expects.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import mlpcalc
from mlpcalc import Solution, load, solve
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.equations import Equation
from mlpcalc.page.expr import Expr, Ref
from mlpcalc.page.functions import Activation
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import bind
from mlpcalc.reading.source import Document
from tests.conftest import Run
from tests.support.marked import mistakes
from tests.support.reading import read_answers

EXERCISES = Path(mlpcalc.__file__).parents[1] / "exercises"
TRIALS = 100

Cell = tuple[int, ...]

# What the authors got wrong, by the cells as they are counted in the exercise; () is the loss.
SLIPS: Mapping[tuple[str, str], set[Cell]] = {
    # of hidden gradients that were taken with the already updated output weights
    ("mazur", "loss_new"): {()},
    # with the already updated W2
    ("handout", "Delta1"): {(1, 1), (2, 1)},
    # the pre-activations
    ("ist_tanh", "Z2"): {(1, 1), (2, 1), (3, 1)},
    # Y - T, which is already Delta2
    ("double_fprime", "dZ2"): {(1, 1)},
}
EXPLAINED = {
    ("handout", "Delta1"): "weights_already_updated",
    ("ist_tanh", "Z2"): "activation_left_out",
    ("double_fprime", "dZ2"): "error_called_dZ",
}
NAMES = sorted(path.name.removesuffix(".answers.yaml") for path in EXERCISES.glob("*.answers.yaml"))


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


@cache
def printed(name: str) -> Submission:
    """What the author printed."""
    file = EXERCISES / f"{name}.answers.yaml"
    return read_answers(Document(file.read_text(encoding="utf-8"), str(file)), solution(name))


@cache
def marks(name: str) -> SheetMarks:
    (found,) = Marker(solution(name)).mark([printed(name)])
    return found


QUANTITIES = [(name, symbol.plain) for name in NAMES for symbol in printed(name).answers]


@pytest.mark.parametrize(("name", "quantity"), QUANTITIES, ids=str)
def test_every_printed_cell_but_the_slips_is_right(name: str, quantity: str) -> None:
    symbol = solution(name).symbol(quantity)
    found = marks(name).quantities[symbol]
    layout = solution(name).exercise.layout
    wrong = {layout.cell(symbol, cell) for cell in found.cells(Verdict.WRONG)}
    assert wrong == SLIPS.get((name, quantity), set())
    assert not found.cells(Verdict.TRIVIAL)


@pytest.mark.parametrize(("name", "quantity"), EXPLAINED)
def test_what_the_author_did_is_named(name: str, quantity: str) -> None:
    assert EXPLAINED[name, quantity] in mistakes(marks(name), quantity)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_marked_in_the_conventions_of_its_author(name: str) -> None:
    assert marks(name).convention is None
    assert not marks(name).muddled


def test_all_that_follows_from_a_slip_has_full_credit() -> None:
    found = marks("double_fprime")
    assert (found.points, found.most_points) == (12, 13)
    assert found.quantities[solution("double_fprime").symbol("Delta1")].verdict == Verdict.FOLLOWS


def test_printed_answers_are_checked_by_name(run: Run) -> None:
    assert run("check", "mazur", "mazur").code == 1
    assert run("check", "insper", "insper").code == 0


@pytest.mark.parametrize("name", NAMES)
def test_figures_twice_as_large_would_be_noticed(name: str) -> None:
    marker, sheet = Marker(solution(name)), printed(name)
    before: dict[Symbol, Answer] = {}
    for symbol, answer in sheet.answers.items():
        if (name, symbol.plain) in SLIPS:
            continue
        precise = np.abs(answer.value) > 4 * answer.half  # 0.1 may be 0.15, so 0.2
        twice = answer._replace(value=np.where(precise, 2 * answer.value, answer.value))
        if precise.any():
            wrong = sheet._replace(answers={**before, symbol: twice})
            (marks,) = marker.mark_as_asked([wrong], diagnose=False)
            assert marks.worst == Verdict.WRONG
        before[symbol] = answer


def routes(equation: Equation, f: Activation | None) -> Iterator[Expr]:
    """The ways to work a quantity out that authors choose from."""
    yield equation.expression
    if equation.chain_rule is not None:
        yield equation.chain_rule
    if f is not None:
        k, step = equation.symbol.layer, equation.symbol.step
        yield bind(f.derivative, s=Ref(Symbol("S", k, step=step)), z=Ref(Symbol("Z", k, step=step)))


def drawn(answer: Answer, rng: np.random.Generator, exact: Array, otherwise: Array) -> Array:
    """A value inside the digits of each printed cell, often at an end; an exact figure is what it is."""
    half = np.where(np.isclose(answer.value, exact, rtol=1e-12, atol=0), 0.0, answer.half)
    inside = answer.value + half * np.clip(rng.uniform(-2, 2, half.shape), -1, 1)
    return np.where(np.isnan(answer.value), otherwise, inside)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_printed_digits_stand_for_leads_to_what_the_marker_expects(name: str) -> None:
    solved, sheet = solution(name), printed(name)
    rng = np.random.default_rng(NAMES.index(name))
    for _ in range(TRIALS):
        # What follows from the figures as printed, and from what the slips among them should have been.
        tried, right = dict(solved.exercise.givens()), dict(solved.exercise.givens())
        for symbol, equation in solved.computed.page.items():
            exact = solved.computed[symbol].reshape(solved.computed[symbol].shape or (1, 1))
            f = solved.exercise.layers[symbol.layer - 1].activation if symbol.kind == "fprime" else None
            lines = [
                [
                    np.broadcast_to(evaluate(way, _context(solved, known)), exact.shape)
                    for way in routes(equation, f)
                ]
                for known in (tried, right)
            ]
            chosen = rng.integers(len(lines[0]))
            tried[symbol], right[symbol] = (line[chosen] for line in lines)
            if symbol in sheet.answers:
                value, radius = marks(name).quantities[symbol].expected
                assert any(
                    all(
                        (np.abs(each - value) <= radius + 1e-12 * np.abs(each) + 1e-15).all() for each in line
                    )
                    for line in lines
                ), symbol.plain
                answer, slip = sheet.answers[symbol], (name, symbol.plain) in SLIPS
                if slip and answer.asked is not None:
                    answer = answer._replace(half=answer.asked)  # read to the digits asked
                tried[symbol] = drawn(answer, rng, exact, tried[symbol])
                right[symbol] = right[symbol] if slip else tried[symbol]


def _context(solved: Solution, known: dict[Symbol, Array]) -> Context:
    return Context(known.__getitem__, solved.exercise.coefficients, careful=True)


def test_all_that_was_printed_is_looked_at() -> None:
    assert len(NAMES) == 14
    answers = [answer for name in NAMES for answer in printed(name).answers.values()]
    assert sum(np.isfinite(answer.value).sum() for answer in answers) == 573
    assert set(SLIPS) <= set(QUANTITIES)


def test_without_its_slip_mazurs_last_loss_is_another() -> None:
    assert f"{float(solution('mazur')['loss_new']):.9f}" == "0.291027774"
