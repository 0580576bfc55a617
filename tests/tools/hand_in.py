"""How much of what is handed in is read, and whether any of it is read as something else.

    python -m tests.tools.hand_in EXERCISES [SEED]

writes every quantity of the bundled exercises and of so many random ones in every form, reads it again, and
prints for each form how many quantities were written, read, left out, and read as another quantity or with
another figure. The exit code is 0 only if none was and at least 97 of 100 were read, form by form.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc import load, solve
from mlpcalc.answers.digits import figure
from mlpcalc.answers.forms import documents
from mlpcalc.answers.meaning import Understood, understood
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.library import bundled_names
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.solving.solution import Solution
from tests.support.hand_in import WRITERS, Handed, Written
from tests.support.networks import random_exercise

LEAST = 0.97
DETAILS = 0.3  # the share of documents that have all details too


class Trip(NamedTuple):
    """A document that was written and read again."""

    form: str
    handed: Handed
    understood: Understood

    @property
    def read(self) -> list[Written]:
        """What was read, figure for figure."""
        return [
            each
            for each in self.handed.written
            if any(_same(each, answer) for answer in self._of(each.symbol))
        ]

    @property
    def misread(self) -> list[str]:
        """Quantities that the document does not have like that."""
        written = {each.symbol: each for each in self.handed.written}
        return [
            f"{answer.symbol.plain} from {answer.name!r} on line {answer.line}"
            for answer in self.understood.answers
            if answer.symbol not in written or not _same(written[answer.symbol], answer)
        ]

    @property
    def missing(self) -> list[Symbol]:
        """What was written but not read."""
        read = {each.symbol for each in self.read}
        return [each.symbol for each in self.handed.written if each.symbol not in read]

    def _of(self, symbol: Symbol) -> Iterator["object"]:
        return (answer for answer in self.understood.answers if answer.symbol == symbol)


def _same(written: Written, answer: object) -> bool:
    """Whether an answer has the figures that were written, in their rows."""
    rows = answer.grid.rows  # type: ignore[attr-defined]
    values = [[_value(text) for text in row] for row in rows]
    wanted = written.values
    if written.flat or (answer.grid.flat and 1 in (len(wanted), len(wanted[0]))):  # type: ignore[attr-defined]
        values, wanted = [[v for row in values for v in row]], [[v for row in wanted for v in row]]
    return values == wanted


def _value(text: str) -> float:
    try:
        return figure(text).value
    except NumeralError:
        return float("nan")


def solutions(count: int, seed: int) -> Iterator[Solution]:
    """The bundled exercises, then so many random ones."""
    for name in bundled_names():
        if (exercise := load(name)).steps == 1:  # these forms have no headings of steps
            yield solve(exercise)
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield solve(random_exercise(rng))


def trip(form: str, solution: Solution, rng: np.random.Generator) -> Trip:
    """Write the quantities of an exercise in a form, and read them again."""
    handed = WRITERS[form](solution, chosen(solution, rng), rng)
    return Trip(form, handed, understood(documents.read(handed.text, f"homework.{handed.ending}"), solution))


def chosen(solution: Solution, rng: np.random.Generator) -> Sequence[Symbol]:
    """What a document has: all that is asked for, some with every detail, in the order of the page."""
    details = rng.random() < DETAILS
    givens = solution.exercise.givens()
    return [
        symbol
        for symbol in solution.symbols.values()
        if symbol not in givens and (details or not symbol.spec.detail)
    ]


def run(count: int, seed: int) -> bool:
    """Write, read and count; whether all is as it must be."""
    written: Counter[str] = Counter()
    read: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    rng = np.random.default_rng(seed + 1)
    for solution in solutions(count, seed):
        for form in WRITERS:
            done = trip(form, solution, rng)
            written[form] += len(done.handed.written)
            read[form] += len(done.read)
            wrong[form] += len(done.misread)
            for kind, what in (("misread", done.misread), ("missing", done.missing)):
                if what:
                    shown[f"{form} {kind}"] += 1
                    if shown[f"{form} {kind}"] <= 2:
                        _tell(done, kind, what, solution)
    print(f"{'':24}{'written':>9}{'read':>9}{'share':>9}{'misread':>9}")  # noqa: T201  # this is a program
    for form in WRITERS:
        share = read[form] / max(1, written[form])
        print(f"{form:24}{written[form]:9}{read[form]:9}{share:9.2%}{wrong[form]:9}")  # noqa: T201  # as above
    total, good = written.total(), read.total()
    print(f"{'all':24}{total:9}{good:9}{good / total:9.2%}{wrong.total():9}")  # noqa: T201  # as above
    return not wrong.total() and all(read[form] >= LEAST * written[form] for form in WRITERS)


def _tell(done: Trip, kind: str, what: Sequence[object], solution: Solution) -> None:
    print("=" * 60, done.form, kind, [getattr(each, "plain", each) for each in what], solution.exercise.title)  # noqa: T201  # as above
    for line, message in done.understood.left_out[:8]:
        print(f"   line {line}: {message}")  # noqa: T201  # as above
        print(f"      {done.handed.text.splitlines()[line - 1][:150]}")  # noqa: T201  # as above


if __name__ == "__main__":
    sys.exit(not run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
