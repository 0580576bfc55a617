"""Simulated students: whole answer sheets, worked out as people work them out.

An honest student computes every quantity from the figures he wrote or from his own unrounded ones, and
from nothing else. A wrong student is the same but for one equation.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Conventions
from mlpcalc.page.symbols import Symbol, quantities
from tests.support.handwriting import ARITHMETIC, Form, Hand, Ties
from tests.support.student_equations import Change, Routes, StuckError
from tests.support.student_training import rules_of_steps

Item = TypeVar("Item")
Carry = Literal["rounded", "full", "mixed", "fickle"]
Layout = Literal["rows", "lines", "block", "text", "quoted", "cells"]


class Style(NamedTuple):
    """How a student works and writes.

    form, digits, ties, trim, signed_zero: as of a `Hand`.
    carry: does he go on with what he wrote, with what his calculator has, with either ("mixed": decided for
    each quantity; "fickle": for each use of it)?
    scratch: whether what he does not write is rounded in the same way, where rounded figures are carried.
    products: whether each product of a sum is rounded before they are added, by who rounds what he carries.
    after_terms: whether the terms of the loss after the update are figures of their own, to be rounded.
    answered: everything, everything but the details, or some of all. share: how much of all,
    if it is not drawn. blanks: the share of cells left blank.
    layout: how matrices are typed.
    """

    form: Form = "decimals"
    digits: int = 4
    carry: Carry = "rounded"
    scratch: bool = True
    products: bool = False
    routes: Routes = Routes()
    after_terms: bool = False
    answered: Literal["all", "usual", "some"] = "all"
    share: float | None = None
    blanks: float = 0.0
    layout: Layout | Literal["random"] = "random"
    trim: bool = False
    signed_zero: bool = False
    ties: Ties = "away"

    @property
    def hand(self) -> Hand:
        """How this student writes."""
        return Hand(self.form, self.digits, self.ties, self.trim, self.signed_zero)

    @property
    def in_single_precision(self) -> bool:
        """Whether it all is computed in float32."""
        return ARITHMETIC.get(self.form) == "float32"


OTHER_ROUTES = Routes("from Z", "chain rule", "from S", "from expS")
STYLES: Mapping[str, Style] = {
    **{f"every step rounded to {d} decimals": Style(digits=d) for d in (2, 3, 4, 6)},
    **{f"full precision, written to {d} decimals": Style(digits=d, carry="full") for d in (2, 3, 4, 6)},
    **{f"every step to {d} significant figures": Style("significant", d) for d in (3, 4, 5)},
    "only what is written is rounded": Style(scratch=False, answered="some"),
    "some figures carried rounded": Style(carry="mixed", answered="some"),
    "the same figure now rounded, now not": Style(carry="fickle", answered="usual"),
    "with blanks": Style(blanks=0.3),
    "zeros left out": Style(trim=True),
    "the other routes": Style(routes=OTHER_ROUTES),
    "a program in float64": Style("python", carry="full"),
    "a program in float32": Style("float32", carry="full"),
    "float32, as str shows it": Style("float32 str", carry="full", answered="usual"),
    "float32, some of it, as str shows it": Style("float32 str", carry="full", answered="some"),
    "float32, print(array)": Style("float32 printed", carry="full", answered="usual"),
    "float32, .tolist(), some of it": Style("float32", carry="full", answered="some"),
    "float64, print(array)": Style("python printed", carry="full", answered="usual"),
    "float32, print(tensor)": Style("torch", carry="full", answered="usual"),
    "float32, print(tensor), some of it": Style("torch", carry="full", answered="some"),
    **{
        f"every product rounded to {d} decimals": Style(digits=d, products=True, answered="usual")
        for d in (2, 3, 4)
    },
    "every product rounded, some written": Style(products=True, answered="some"),
    "every product to 4 significant figures": Style("significant", products=True, answered="usual"),
    **{f"half to even, {d} decimals": Style(digits=d, ties="even", answered="usual") for d in (2, 4)},
    "half to even, full precision": Style(digits=3, carry="full", ties="even"),
    "now 3 and now 5 significant figures": Style("mixed", 3, carry="mixed", answered="usual"),
    "now 3 and now 5 significant figures, full precision": Style("mixed", 3, carry="full"),
    "scientific notation": Style("scientific", answered="usual"),
    "scientific notation, full precision": Style("scientific", carry="full", answered="some"),
}

CUTTING: Mapping[str, Style] = {
    "last digits cut off, full precision": Style(carry="full", ties="cut"),
    "last digits cut off, carried": Style(ties="cut"),
    "last digits cut off, carried, some written": Style(ties="cut", answered="some"),
}
"""Students who do not round. Their figures are off, and what follows from them too; most pass."""


def random_style(rng: np.random.Generator) -> Style:
    """Any student, except that the terms of a later loss are not rounded and err is not carried."""
    form: Form = _pick(rng, ("decimals", "decimals", "decimals", "significant", "python", "float32"))
    style = Style(
        form=form,
        digits=_pick(rng, (2, 3, 4, 6) if form == "decimals" else (3, 4, 5)),
        carry=_pick(rng, ("rounded", "full", "mixed", "fickle")),
        scratch=_pick(rng, (True, False)),
        routes=Routes(
            fprime=_pick(rng, ("from S", "from Z")),
            delta=_pick(rng, ("Y - T", "chain rule")),
            loss=_pick(rng, ("from Y", "from S")),
            softmax=_pick(rng, ("from S", "from expS")),
        ),
        answered=_pick(rng, ("all", "usual", "some", "some")),
        blanks=_pick(rng, (0.0, 0.0, 0.1, 0.5)),
        trim=rng.random() < 1 / 8,
        signed_zero=rng.random() < 1 / 8,
    )
    by_hand = style.form not in ARITHMETIC and style.carry == "rounded" and style.scratch
    return style._replace(products=bool(by_hand and rng.random() < 1 / 4))


def honest_sheet(exercise: Exercise, rng: np.random.Generator, style: Style) -> str | None:
    """An honest student's answers, as the text of an answer file.

    None where the work gets stuck: log 0 or a division by 0 after rounding; figures too large or too small
    to be written; and, for programs, noise in the last bits that decides which side of a kink is taken.
    """
    return _sheet(exercise, rng, style, {})


def wrong_sheet(
    exercise: Exercise, rng: np.random.Generator, style: Style, changes: Mapping[str, Change]
) -> str | None:
    """The sheet of a student who is honest but for some quantities, which he computes by `changes`.

    Everything later follows from them. With an equal `rng` the sheet is the honest one otherwise: the same
    quantities, blanks, layouts, and the same figures carried rounded. Names are plain; a change that has
    another shape than its quantity is written so, and raises `ValueError` where later steps cannot use it.
    A step that the style's routes pass by (fprime and dZ of a collapsed Δ) changes nothing later.

    Raises `KeyError` for a quantity that this exercise does not have.
    """
    return _sheet(exercise, rng, style, changes)


# ---------------------------------------------------------------------------- the figures


class _Figures(NamedTuple):
    """A quantity as computed, as written (all cells in a row), and the numbers that the written cells are."""

    value: Array
    texts: list[str]
    rounded: Array


class Student:
    """One student at one exercise. What is answered, left blank and carried rounded is decided beforehand."""

    def __init__(
        self, exercise: Exercise, rng: np.random.Generator, style: Style, changes: Mapping[str, Change]
    ) -> None:
        self._style = style
        self._dtype: Any = np.float32 if style.in_single_precision else np.float64
        rounding = self._rounded_products if style.products and style.carry != "full" else None
        arithmetic = ARITHMETIC.get(style.form, "paper")
        rules = dict(rules_of_steps(exercise, style.routes, arithmetic, rounding))
        for name in changes.keys() - rules.keys():
            raise KeyError(name)
        self._rules = {**rules, **changes}
        symbols = _symbols(len(exercise.layers), exercise.steps)
        self.symbols = {name: symbols[name] for name in self._rules if name in symbols}
        self._shapes = {name: exercise.shape(symbol) for name, symbol in self.symbols.items()}
        self._numbers = {name: i for i, name in enumerate(self._rules)}
        self._coins = rng.random((len(self._rules), len(self._rules))) < 0.5
        self.answers = self._chosen(rng)
        self._blanks: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {}
        if style.blanks:
            for name in self.answers:
                self._blanks[name] = rng.random(int(np.prod(self._shapes[name]))) < style.blanks
        self._rounded = self._names_rounded()
        self._givens: dict[str, Array] = {
            symbol.plain: given.astype(self._dtype) for symbol, given in exercise.givens().items()
        }
        self._known: dict[str, _Figures] = {}

    def _chosen(self, rng: np.random.Generator) -> dict[str, None]:
        """The names of what is answered, in the order of the sheet."""
        names = list(self.symbols)
        match self._style.answered:
            case "usual":
                names = [name for name, symbol in self.symbols.items() if not symbol.spec.detail]
            case "some":
                drawn = rng.uniform(0.1, 0.9)
                share = drawn if self._style.share is None else self._style.share
                taken = (rng.random(len(names)) < share).tolist()
                names = [name for name, here in zip(names, taken, strict=True) if here] or ["loss"]
                if rng.random() < 0.5:
                    names = [names[i] for i in rng.permutation(len(names)).tolist()]
        return dict.fromkeys(names)

    def _names_rounded(self) -> set[str]:
        """The quantities that are rounded: those written, and scratch work by those who round it."""
        style = self._style
        if not style.scratch or style.carry == "full" or style.form in ARITHMETIC:
            return set(self.answers)
        terms = re.compile("loss(?:es|_terms)_new.*")
        return {name for name in self._rules if style.after_terms or not terms.fullmatch(name)}

    def figures(self, name: str) -> _Figures:
        """A quantity, computed from the figures that this student uses for it."""
        if name not in self._known:
            value = self._computed(name)
            rounded = name in self._rounded
            self._known[name] = self._written(name, value) if rounded else _Figures(value, [], value)
        return self._known[name]

    def value(self, name: str) -> Array:
        """A quantity before it is rounded."""
        return self.figures(name).value

    def _computed(self, name: str) -> Array:
        value: Array = self._rules[name](partial(self._used, name))
        value = np.asarray(value, dtype=self._dtype)
        if name in self.symbols:
            shape = _page_shape(self._shapes[name], self.symbols[name])
            if value.shape != shape and _fits(value.shape, shape):
                value = value + np.zeros(shape, self._dtype)
        if not np.isfinite(value).all():
            raise StuckError(name)
        return value

    def _used(self, user: str, name: str) -> Array:
        """The figure of a quantity that goes into another: the written one or the unrounded one."""
        if name in self._givens:
            return self._givens[name]
        figures, numbers = self.figures(name), self._numbers
        match self._style.carry:
            case "rounded":
                rounded = True
            case "full":
                rounded = False
            case "mixed":
                rounded = bool(self._coins[numbers[name], numbers[name]])
            case "fickle":
                rounded = bool(self._coins[numbers[user], numbers[name]])
        if _SQUARED.fullmatch(name):  # nobody divides by what rounding has made 0
            return (
                np.where(figures.rounded == 0, figures.value, figures.rounded) if rounded else figures.value
            )
        return figures.rounded if rounded else figures.value

    def _written(self, name: str, value: Array) -> _Figures:
        style = self._style
        cells = value.ravel().tolist()
        smallest = _SMALLEST_FLOAT32 if style.in_single_precision else _SMALLEST
        if any(cell and not smallest < abs(cell) < _LARGEST for cell in cells):
            raise StuckError(name)
        texts = style.hand.texts(value)
        rounded = np.array([float(text) for text in texts], dtype=self._dtype).reshape(value.shape)
        blanks = self._blanks.get(name)
        if blanks is not None and blanks.size == len(texts):
            texts = ["~" if blank else text for text, blank in zip(texts, blanks.tolist(), strict=True)]
            if not style.scratch:
                rounded = np.where(blanks.reshape(value.shape), value, rounded)
        return _Figures(value, texts, rounded)

    def _rounded_products(self, products: Array) -> Array:
        texts = self._style.hand.texts(products)
        return np.array([float(text) for text in texts]).reshape(products.shape)


_SQUARED = re.compile(r"V(?:hat)?_[Wb]\d+(?:@\d+)?")

# Outside of these figures answer files cannot hold them, and float32 has fewer digits left.
_LARGEST, _SMALLEST, _SMALLEST_FLOAT32 = 1e12, 1e-290, 1e-30


@lru_cache
def _symbols(depth: int, steps: int) -> dict[str, Symbol]:
    """All quantities that a network of this depth may have in so many steps, by plain name."""
    every = (symbol for k in range(1, depth + 1) for symbol in quantities(k))
    found = (symbol._replace(step=step) for symbol in every for step in range(1, steps + 1))
    return {symbol.plain: symbol for symbol in found}


def _page_shape(shape: tuple[int, ...], symbol: Symbol) -> tuple[int, ...]:
    """With two axes for flat quantities."""
    if len(shape) != 1:
        return shape
    return (1, *shape) if symbol.kind == "losses" else (*shape, 1)


def _fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(found, wanted) == wanted
    except ValueError:
        return False


# ---------------------------------------------------------------------------- the sheet


def _sheet(
    exercise: Exercise, rng: np.random.Generator, style: Style, changes: Mapping[str, Change]
) -> str | None:
    student = Student(exercise, rng, style, changes)
    layouts = rng.integers(len(_LAYOUTS), size=len(student.answers)).tolist()
    labelled, wrapped = rng.random(2) < 0.5
    try:
        with np.errstate(all="ignore"):
            figures = {name: student.figures(name) for name in student.answers}
    except StuckError:
        return None
    lines = ["student: s0001"] if labelled else []
    indent = "  " if wrapped else ""
    if wrapped:
        lines.append("answers:")
    for (name, found), number in zip(figures.items(), layouts, strict=True):
        layout = _LAYOUTS[number] if style.layout == "random" else style.layout
        typed = _typed(name, _lying(found, student.symbols[name], exercise.conventions), layout)
        lines += [indent + line for line in typed]
    return "\n".join(lines) + "\n"


Cells = str | list[str] | list[list[str]]


def _lying(figures: _Figures, symbol: Symbol, conventions: Conventions) -> Cells:
    """The texts of a quantity as the exercise has it: a number, a list, or rows."""
    texts, shape, orientation = figures.texts, figures.value.shape, symbol.spec.orientation
    if not shape:
        return texts[0]
    if orientation == "flat" and 1 in shape:
        return texts
    columns = shape[-1]
    rows = [texts[i : i + columns] for i in range(0, len(texts), columns)]
    turned = conventions.product in (("W^T X", "X W") if orientation == "weights" else ("X W", "X W^T"))
    return [list(column) for column in zip(*rows, strict=True)] if turned else rows


_LAYOUTS: tuple[Layout, ...] = ("rows", "rows", "lines", "block", "block", "text", "quoted", "cells")


def _typed(name: str, cells: Cells, layout: Layout) -> list[str]:
    """The lines of a quantity in an answer file."""
    if isinstance(cells, str):
        return [f"{name}: {cells}"]
    if not isinstance(cells[0], list):
        listed = layout in ("rows", "lines", "cells")
        return [f"{name}: " + (_in_brackets(cells) if listed else " ".join(map(str, cells)))]
    rows = [row for row in cells if isinstance(row, list)]
    match layout:
        case "rows":
            return [f"{name}: " + _in_brackets([_in_brackets(row) for row in rows])]
        case "lines":
            return [f"{name}:", *(f"  - {_in_brackets(row)}" for row in rows)]
        case "block":
            return [f"{name}: |", *("  " + " ".join(row) for row in rows)]
        case "text":
            return [f"{name}: " + "; ".join(" ".join(row) for row in rows)]
        case "quoted":
            return [f'{name}: "' + "; ".join(" ".join(row) for row in rows) + '"']
    cell_by_cell = [(i, j, text) for i, row in enumerate(rows, 1) for j, text in enumerate(row, 1)]
    return [f"{name}[{i},{j}]: {text}" for i, j, text in cell_by_cell]


def _in_brackets(items: Iterable[object]) -> str:
    return f"[{', '.join(map(str, items))}]"


def _pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(rng.integers(len(items)))]
