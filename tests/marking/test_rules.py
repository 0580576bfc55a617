"""One ordered list of rules decides a verdict, one table has its words; what follows says from what."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.arrays import Mask
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.reports.words import VERDICTS, filled
from mlpcalc.marking.rules import RULES, Rule, judge
from mlpcalc.marking.verdicts import Figures, Verdict
from mlpcalc.report.blocks import plain
from tests.support.marked import marked

ONE_ROW = cast("Question", SimpleNamespace(figures=Figures(np.zeros((1, 1, 4)), np.zeros((1, 1, 4)))))


DIGITS = {"written": "1 decimal", "asked": "4"}


def cells(*numbers: int) -> Mask:
    """A mask over a row of four cells."""
    mask = np.zeros((1, 1, 4), bool)
    mask[0, 0, list(numbers)] = True
    return mask


def test_the_first_rule_that_holds_decides_and_what_none_decides_is_wrong() -> None:
    rules = [
        Rule(Verdict.BLANK, lambda *_: cells(0)),
        Rule(Verdict.CORRECT, lambda *_: cells(0, 1)),
        Rule(Verdict.ROUNDING, lambda *_: cells(1, 2)),
    ]
    verdicts = [Verdict.BLANK, Verdict.CORRECT, Verdict.ROUNDING, Verdict.WRONG]
    assert judge(ONE_ROW, rules).tolist() == [[verdicts]]


def test_a_rule_is_told_what_is_undecided_and_not_asked_once_all_is_decided() -> None:
    seen: list[list[int]] = []

    def rest(_: Question, undecided: Mask) -> Mask:
        seen.append(undecided.nonzero()[2].tolist())
        return undecided

    judge(ONE_ROW, [Rule(Verdict.CORRECT, lambda *_: cells(1, 3)), *[Rule(Verdict.FOLLOWS, rest)] * 2])
    assert seen == [[0, 2]]


def test_every_verdict_comes_of_some_rule_and_has_words() -> None:
    assert {rule.verdict for rule in RULES} == set(Verdict) == VERDICTS.keys()
    for verdict, words in VERDICTS.items():
        assert words.name == verdict.name.lower()
        for template in (words.meaning, words.student):
            said = plain(
                filled(template, names="S1", follow="follows", source="Z1", what="one cell", **DIGITS)
            )
            assert said
            assert not {"{", "}"} & {*said}


SHEET = """
S1: |
  0.4580 0.1205 -0.4420 0.1195
  0.8690 0.1615 -0.1810 0.1185
  0.7040 0.0440  0.7040 -0.0440
Delta1: |
  -0.0045 -0.0049 0.0053 0.0050
  -0.0068 -0.0074 0.0080 0.0075
  -0.0203 -0.0222 0.0239 0.0226
"""


@pytest.mark.parametrize(
    ("more", "name", "sources"),
    [
        ("dW1: -0.0073 0.0000; -0.0110 0.0002; -0.0330 0.0005", "dW1", ["Delta1"]),
        ("dW1: -0.0073 0.0000; -0.0110 0.0002; -0.0330 0.0005", "S1", []),
        # Through a quantity that was not written, and through one that follows itself.
        ("W1_new: 0.6037 0.0100; 0.7055 0.4299; 0.0165 0.8798", "W1_new", ["Delta1"]),
        (
            "dW1: -0.0073 0.0000; -0.0110 0.0002; -0.0330 0.0005\n"
            "W1_new: 0.6037 0.0100; 0.7055 0.4299; 0.0165 0.8798",
            "W1_new",
            ["Delta1"],
        ),
    ],
)
def test_what_follows_says_from_which_wrong_answers(more: str, name: str, sources: list[str]) -> None:
    marks = {
        symbol.plain: mark
        for symbol, mark in marked(solve(load("exercise2")), SHEET + more).quantities.items()
    }
    assert (marks[name].verdict == Verdict.FOLLOWS) == bool(sources)
    assert [symbol.plain for symbol in marks[name].follows_from] == sources
