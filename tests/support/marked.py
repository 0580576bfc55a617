"""Small sheets marked, for tests that type out an exercise, the answers, and every verdict."""

from functools import lru_cache

from mlpcalc.answers.reader import Submission
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import Diagnosis, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.reading import read_answers

DEEP = """
inputs: [[1.5], [-0.5]]
targets: [[1]]
layers:
  - {weights: [[0.4, -0.2], [0.3, 0.5]], activation: tanh}
  - {weights: [[0.7, -0.4], [0.2, 0.9]], activation: tanh}
  - {weights: [[0.8, -0.6]]}
loss: {name: squared_error, factor: 1/2}
"""


@lru_cache
def solved(exercise: str) -> Solution:
    """The solution of an exercise that is typed out."""
    return Solution(read_exercise(Document(exercise, "exercise.yaml"), ""))


def submission(solution: Solution, sheet: str) -> Submission:
    """A sheet as it is read."""
    return read_answers(Document(sheet, "sheet.yaml"), solution)


def marked(exercise: str | Solution, sheet: str) -> SheetMarks:
    """The marks of a sheet that is typed out."""
    solution = solved(exercise) if isinstance(exercise, str) else exercise
    (marks,) = Marker(solution).mark([submission(solution, sheet)])
    return marks


def verdicts(marks: SheetMarks) -> dict[str, str]:
    """In words: one if it is that of all cells, else all of them, as the page has them: `wrong; blank`."""
    found = {}
    for symbol, quantity in marks.quantities.items():
        rows = [[Verdict(verdict).name.lower() for verdict in row] for row in quantity.verdicts.tolist()]
        words = {word for row in rows for word in row}
        found[symbol.plain] = words.pop() if len(words) == 1 else "; ".join(map(" ".join, rows))
    return found


def verdict(marks: SheetMarks, name: str) -> str:
    """The verdicts on one quantity, as in `verdicts`."""
    return verdicts(marks)[name]


def diagnoses(marks: SheetMarks, name: str) -> list[Diagnosis]:
    """What is said to explain the mistakes of one quantity."""
    return [diagnosis for symbol, diagnosis in marks.diagnoses() if symbol.plain == name]


def mistakes(marks: SheetMarks, name: str) -> list[str]:
    """The names of the mistakes that explain one quantity, the most telling first."""
    return list(dict.fromkeys(diagnosis.mistake for diagnosis in diagnoses(marks, name)))
