"""The blocks that reports consist of, independent of form.

Numbers keep full precision; renderers round them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from mlpcalc.arrays import Array
from mlpcalc.errors import Problem
from mlpcalc.notation.formulas import Formula as Formula  # a part of blocks: offered here again
from mlpcalc.numerics.rounding import Digits
from mlpcalc.report.workings import Place, Workings

_SOME_SHEETS = 10  # that are named on a page

Phrase = str | Formula | Sequence[str | Formula]
"""Words with formulas among them."""


def plain(phrase: Phrase) -> str:
    """A phrase as text."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces(phrase))


def pieces(phrase: Phrase) -> Sequence[str | Formula]:
    """The words and formulas of a phrase, in their order."""
    return [phrase] if isinstance(phrase, str | Formula) else phrase


class Header(NamedTuple):
    """The header of a report: title, origin of the exercise, and lines of facts."""

    title: str
    origin: str
    lines: Sequence[Sequence[Phrase]] = ()


class Heading(NamedTuple):
    """The title of a section.

    step: the number of the step that the section is about, of several; 0 for any other. level: 2 for a part
    of a section.
    """

    text: Phrase
    step: int = 0
    level: int = 1

    @property
    def capitalised(self) -> Phrase:
        """The title with a capital letter, if it begins with a word."""
        return self.text[:1].upper() + self.text[1:] if isinstance(self.text, str) else self.text


class Matrix(NamedTuple):
    """A quantity with its formula.

    values: shape (rows, columns); one row for a flat list, (1, 1) for a number.
    shape: as it is shown, such as "3×4"; empty for a number.
    rows, columns: the labels.
    cells: the figures as typed in the exercise, for givens.
    counts: what the axes stand for, such as ("unit", "sample"); one word for a list.
    upright: whether a flat list is a column in formulas.
    blank: whether the cells are empty, to be filled in.
    worth: what the answer counts, such as "2 points"; empty where that is not said.
    name, key: its name in formulas, and the plain one, by which pages refer to it; "" where nothing does.
    workings: how its cells were computed, where that can be asked.
    """

    formula: Formula
    shape: str
    values: Array
    rows: Sequence[str]
    columns: Sequence[str]
    digits: Digits
    cells: Sequence[Sequence[str]] | None = None
    counts: Sequence[str] = ()
    upright: bool = False
    blank: bool = False
    worth: str = ""
    name: Formula | None = None
    key: str = ""
    workings: Workings | None = None

    def place(self, i: int, j: int) -> Place:
        """The cell at a row and a column from 0; one index in a list, none for a number."""
        if not self.shape:
            return Place(self.key, ())
        indices = (i + 1, j + 1) if len(self.counts) == 2 else (max(i, j) + 1,) * len(self.counts)
        return Place(self.key, indices)

    @property
    def described(self) -> str:
        """`3×4, a row for each unit, a column for each sample`; nothing for a number."""
        if not self.shape:
            return ""
        ways = ("one",) if len(self.counts) == 1 else ("a row", "a column")
        words = [f"{way} for each {noun}" for way, noun in zip(ways, self.counts, strict=False)]
        return ", ".join([self.shape, *words])


class MarkedMatrix(NamedTuple):
    """A quantity of an answer sheet as typed, with marks on its cells.

    rows, columns: the labels; one empty label where there is only one.
    cells: the figures as typed; signs: the mark of each cell, "" for none, "✗" for wrong.
    remarks: sentences about the cells, row by row. sign: the mark of the quantity, that of its worst cells.
    """

    name: Formula
    shape: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]
    signs: Sequence[Sequence[str]]
    remarks: Sequence[Sequence[str]]
    sign: str = "✗"


class Room(NamedTuple):
    """Room to write in by hand; lines: its height."""

    lines: int


class Table(NamedTuple):
    """A table of text; `below` has lines of text to print under each row.

    cut: whether a last column that is too wide is cut off rather than wrapped. bars: the length of a bar at
    the end of each row, from 0 to 1, where a form draws bars. across: whether a terminal has its rows side by
    side, as many as fit, without bars.
    """

    columns: Sequence[Phrase]
    rows: Sequence[Sequence[Phrase]]
    below: Sequence[Sequence[Phrase]] = ()
    cut: bool = False
    bars: Sequence[float] = ()
    across: bool = False


class Frequency(NamedTuple):
    """How often something was found: what, where, how many times, and on which sheets (or some of them)."""

    what: str
    where: str
    times: int
    who: Sequence[str]

    @property
    def first_names(self) -> str:
        """The names of the first sheets, as many as there is room for on a page."""
        shown = self.who[:_SOME_SHEETS]
        return ", ".join([*shown, *(["…"] if self.times > len(shown) else [])])


class Tally(NamedTuple):
    """Frequencies with a bar for each; columns: the headings of what, where and who."""

    columns: tuple[str, str, str]
    rows: Sequence[Frequency]


class Aligned(NamedTuple):
    """Lines whose pieces are aligned in columns.

    In a line with fewer pieces than the longest, the last piece may extend to the right.
    """

    rows: Sequence[Sequence[Formula]]


class Chain(NamedTuple):
    """A product of derivatives, with lines under each factor: its value, its shape."""

    product: Formula
    factors: Sequence[Sequence[Formula]]


class Note(NamedTuple):
    """A remark."""

    text: Phrase


class ListItem(NamedTuple):
    """A remark with a mark in front, such as ✓ or (1).

    level: depth of indentation. below: lines under the text.
    """

    mark: str
    text: Phrase
    level: int = 0
    below: Sequence[Phrase] = ()


class More(NamedTuple):
    """A note that something is left out; the terminal adds the option that shows it.

    what: the topic in the table of options. text: a sentence for every form, "" if there is only the option.
    level: depth of indentation.
    """

    what: Literal["operands", "equations", "sheets", "steps", "everything"]
    text: str = ""
    level: int = 0


class Layer(NamedTuple):
    """A layer in the picture of a network; the inputs are one too.

    function: the activation in words. values, errors: the matrices of what its units pass on, and of the
    error signals that come back to them. weights: those of its inputs, None for the inputs of the network.
    keys, error_keys: of all matrices, shown or not, that have a value for each of the units and each sample:
    of the forward pass, and of the error signals. biases: of its units, None without any.
    """

    function: str
    values: Matrix
    errors: Matrix | None
    weights: Matrix | None
    keys: Sequence[str]
    error_keys: Sequence[str] = ()
    biases: Matrix | None = None


class Network(NamedTuple):
    """The picture of a network: units, weights, and what they hold for one sample.

    samples: their labels. samples_in_rows, inputs_in_rows: the layouts of values and of weights. step: as in
    `Heading`.
    """

    layers: Sequence[Layer]
    samples: Sequence[str]
    samples_in_rows: bool
    inputs_in_rows: bool
    step: int = 0


class Curve(NamedTuple):
    """The course of a quantity over several steps.

    name: of the quantity. labels: of the points, such as the number of the step. values: may be infinite.
    """

    name: Formula
    labels: Sequence[str]
    values: Sequence[float]
    digits: Digits


class Background(NamedTuple):
    """What pages show beside a report, and other forms leave out: a picture, what the figures come from.

    title: of what is folded away until it is wanted; "" for what is shown at once. start: the address of the
    cell whose working is shown first.
    """

    blocks: "Callable[[], Iterable[Block]]"
    title: str = ""
    start: str = ""


class Problems(NamedTuple):
    """The problems of a file, with their places."""

    problems: Sequence[Problem]


class Group(NamedTuple):
    """Blocks without blank lines between them."""

    blocks: "Sequence[Block]"


Block = (
    Header
    | Heading
    | Matrix
    | MarkedMatrix
    | Room
    | Table
    | Tally
    | Aligned
    | Chain
    | Note
    | ListItem
    | More
    | Network
    | Curve
    | Background
    | Problems
    | Group
)
