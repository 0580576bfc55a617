"""Marks of sheets that cannot be read everywhere, and of infinities."""

import numpy as np
import pytest

from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.answers.test_reader import EXERCISE_2
from tests.support.reading import read_answers

S1 = "S1: 0.4580 0.1205 -0.4420 0.1195; 0.8690 {} -0.1810 0.1185; 0.7040 0.0440 0.7040 -0.0440\n"
Z1 = "Z1: 0.4580 0.1205 0 0.1195; 0.8690 0.1615 0 0.1185; 0.7040 0.0440 0.7040 0\n"
SATURATED = """
inputs: [[1, 2]]
targets: {classes: [1, 2]}
layers: [{weights: [[5], [-5]], activation: softmax}]
loss: cross_entropy
decimals: 3
"""


def marks(text: str, of: Solution = EXERCISE_2) -> SheetMarks:
    (found,) = Marker(of).mark([read_answers(Document(text, "sheet.yaml"), of)])
    return found


def verdicts(text: str, of: Solution = EXERCISE_2) -> dict[str, str]:
    return {symbol.plain: each.verdict.name.lower() for symbol, each in marks(text, of).quantities.items()}


# ---------------------------------------------------------------------------- unread


def test_a_cell_that_cannot_be_read_earns_nothing_and_the_rest_is_marked() -> None:
    found = marks(S1.format("oops") + Z1)
    S, Z = found.quantities.values()
    assert (S.verdict, Z.verdict) == (Verdict.UNREAD, Verdict.CORRECT)
    assert S.cells(Verdict.UNREAD) == ((1, 1),)
    assert len(S.cells(Verdict.CORRECT)) == 11
    assert S.share == pytest.approx(11 / 12)
    assert [problem.message for problem in found.not_understood] == ["S1: 'oops' is not a number"]


def test_what_follows_is_worked_out_as_if_an_unread_cell_were_not_written() -> None:
    unread, blank = (verdicts(S1.format(text) + Z1) for text in ("x", "~"))
    assert unread == {**blank, "S1": "unread"}
    wrong = Z1.replace("0.8690", "0.8691").replace("0.1615", "0.7")
    assert verdicts(S1.format("x") + wrong)["Z1"] == "wrong"


def test_a_ragged_matrix_is_unread_everywhere_and_what_follows_is_marked() -> None:
    found = marks("S1: 0.4580 0.1205; 0.8690\n" + Z1)
    S, Z = found.quantities.values()
    assert (S.verdicts == Verdict.UNREAD).all()
    assert S.verdicts.shape == (3, 4)
    assert (S.share, Z.verdict) == (0, Verdict.CORRECT)


def test_wrong_is_worse_than_unread_and_unread_worse_than_all_else() -> None:
    assert verdicts(S1.format("x").replace("0.4580", "0.7"))["S1"] == "wrong"
    assert marks(S1.format("x")).worst == Verdict.UNREAD
    assert sorted(Verdict)[-2:] == [Verdict.UNREAD, Verdict.WRONG]


def test_a_convention_is_seen_on_a_sheet_with_a_cell_that_cannot_be_read() -> None:
    text = (
        "Delta2: 0.2254 0.2472 -0.2658 -0.2515\n"
        "Delta1: 0.0045 0.0049 0 -0.0050; 0.0068 0.0074 0 -0.0075; 0.0203 0.0222 -0.0239 0\n"
        "dW2: -0.1029 -0.2060 0.0176\nW2_new: 0.0715 {} 0.0812\n"
    )
    convention = marks(text.format("0.1330")).convention
    assert convention is not None
    found = marks(text.format("oops"))
    assert found.convention == convention
    assert {each.verdict for each in found.quantities.values()} == {Verdict.CORRECT, Verdict.UNREAD}


def test_an_unread_cell_is_no_wrong_zero() -> None:
    """What follows from a 0 that is not written, but follows itself, is not called trivial for it."""
    zeros = "S1: 0.4580 0.1205 -0.4420 0.1195; 0.8690 0.1615 -0.1810 0.1185; 0.7040 0.0440 0.7040 -0.0440\n"
    found = verdicts(zeros + Z1.replace(" 0 ", " x ", 1) + "fprime1: 1 1 0 1; 1 1 0 1; 1 1 1 0\n")
    assert found == {"S1": "correct", "Z1": "unread", "fprime1": "correct"}


def test_sheets_that_cannot_be_read_everywhere_are_marked_in_a_stack_as_alone() -> None:
    texts = [S1.format(cell) + Z1 for cell in ("0.1615", "x", "0.7", "~", "nan")]
    texts += ["S1: 1 2; 3\n" + Z1, "S1: {a: 1}\n" + Z1, S1.format("0.1615") + "Z1: inf 1; 2\n"]
    sheets = [read_answers(Document(text, "sheet.yaml"), EXERCISE_2) for text in texts]
    together = Marker(EXERCISE_2).mark(sheets)
    for text, found in zip(texts, together, strict=True):
        alone = marks(text)
        for symbol, each in found.quantities.items():
            np.testing.assert_array_equal(each.verdicts, alone.quantities[symbol].verdicts)
            assert each.share == alone.quantities[symbol].share


# ---------------------------------------------------------------------------- infinities


@pytest.fixture(scope="module")
def saturated() -> Solution:
    return Solution(read_exercise(Document(SATURATED, "e.yaml"), "e.yaml"))


Z = "Z1: 1.000 1.000; 0.000 0.000\n"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (Z + "loss: inf\n", "loss", "correct"),
        (Z + "losses: [0.000, inf]\n", "losses", "correct"),
        (Z + "losses: [0.000, inf]\nloss: inf\n", "loss", "correct"),
        (Z + "dZ1: -1.000 0; 0 -inf\n", "dZ1", "correct"),
        (Z + "loss: -inf\n", "loss", "wrong"),
        (Z + "losses: [inf, inf]\n", "losses", "wrong"),
        (Z + "dZ1: -1.000 0; 0 inf\n", "dZ1", "wrong"),
        (Z + "loss: 20.000\n", "loss", "correct"),
        ("loss: inf\n", "loss", "wrong"),
        ("Z1: 1.000 0.999; 0.000 0.001\nloss: inf\n", "loss", "wrong"),
        ("Z1: 0.000 1.000; 1.000 0.000\nlosses: [inf, inf]\n", "losses", "follows"),
        ("S1: inf 10; -5 -10\n", "S1", "wrong"),
    ],
)
def test_an_infinity_follows_where_the_written_figures_give_it(
    text: str, name: str, expected: str, saturated: Solution
) -> None:
    assert verdicts(text, saturated)[name] == expected


def test_what_follows_from_an_infinity_is_not_held_against_anybody(saturated: Solution) -> None:
    """Infinity times 0 is nothing that can be checked."""
    found = verdicts("dZ1: -1.000 0; 0 -inf\nDelta1: 0 1; 0 -1\nloss: 20\n", saturated)
    assert found["dZ1"] == "wrong"
    assert found["Delta1"] in ("correct", "unchecked")


@pytest.mark.parametrize("figure", ["inf", "-inf"])
def test_infinities_everywhere_earn_nothing(figure: str) -> None:
    with np.errstate(all="raise"):
        found = marks(
            "".join(
                f"{symbol.plain}: {'; '.join([' '.join([figure] * columns)] * rows)}\n"
                for symbol, (rows, columns) in (
                    (symbol, np.atleast_2d(EXERCISE_2.value(symbol)).shape)
                    for symbol in EXERCISE_2.computed.page
                )
            )
        )
    assert sum(each.share for each in found.quantities.values()) == 0
