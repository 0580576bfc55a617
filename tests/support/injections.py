"""Mistakes to be made on purpose: every misconception of the catalogue, and slips of the pen and of the eye.

The slips are worked out here from the definitions, by NumPy and on texts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.mistakes import Edits
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution
from tests.support.student_equations import Change, Equations, Lookup, Routes

DECIMALS = 4
RATES = (0.01, 0.03, 0.05, 0.2, 0.25, 0.3, 0.6, 1.5)


class Injection(NamedTuple):
    """A mistake by name, the quantity that it is made in, and what is computed there instead.

    slip: whether it is one of a moment, made in writing, and not of a rule.
    """

    mistake: str
    symbol: Symbol
    change: Change
    slip: bool


def injections(solution: Solution, rng: np.random.Generator) -> Iterator[Injection]:
    """All mistakes that can be made in an exercise; slips at places drawn from `rng`."""
    for symbol, found in Edits(solution.exercise, solution.notation.name).items():
        for edit in found:
            yield Injection(
                edit.mistake.name, symbol, _computed(solution, symbol, edit.expression), slip=False
            )
    for symbol, equation in solution.computed.page.items():
        right = _computed(solution, symbol, equation.expression)
        for name, change in _slips(solution, symbol, right, rng):
            yield Injection(name, symbol, change, slip=True)


def _computed(solution: Solution, symbol: Symbol, expression: Expr) -> Change:
    """An expression on the figures of a student."""
    shape = solution.computed[symbol].shape

    def change(look: Lookup) -> Array:
        context = Context(lambda other: look(other.plain), solution.exercise.coefficients, careful=True)
        with np.errstate(all="ignore"):
            return np.broadcast_to(evaluate(expression, context), shape)

    return change


Slip = tuple[str, Change]


def _slips(solution: Solution, symbol: Symbol, right: Change, rng: np.random.Generator) -> Iterator[Slip]:
    shape = solution.computed[symbol].shape
    yield from _of_the_pen(right, shape, rng)
    rows_first = not solution.exercise.layout.is_transposed(symbol)
    yield from _of_place(right, shape, rng, rows_first=rows_first)
    yield from _of_terms(solution, symbol, right, rng)
    yield from _of_the_eye(solution, symbol, right, rng)
    eta = solution.exercise.learning_rate
    if symbol.kind in ("W", "b") and eta and solution.computed[symbol].size > 1:
        times = float(rng.choice(RATES)) / float(eta)
        yield "another_learning_rate", _with_step(solution, symbol, right, times)


def _with_step(solution: Solution, symbol: Symbol, right: Change, times: float) -> Change:
    """A parameter after a step so many times as long; what was rounded is the gradient, not the step."""
    step = symbol._replace(kind=f"step_{symbol.kind}", updated=False)
    of_gradient = _computed(solution, step, solution.computed.page[step].expression)

    def change(look: Lookup) -> Array:
        longer = times * of_gradient(look)
        return right(lambda name: longer if name == step.plain else look(name))

    return change


# ---------------------------------------------------------------------------- one figure


def _of_the_pen(right: Change, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Slip]:
    """One figure miswritten."""
    cell = tuple(int(rng.integers(length)) for length in shape)
    for name, miswrite in PEN.items():
        where = float(rng.random())

        def change(
            look: Lookup, miswrite: Callable[[str, float], str] = miswrite, where: float = where
        ) -> Array:
            value = np.array(right(look), dtype=float)
            value[cell] = float(miswrite(f"{value[cell]:.{DECIMALS}f}", where))
            return value

        yield name, change


def _digits(text: str) -> list[int]:
    """Where the digits of a text are, from the first that counts."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    counting = [place for place in places if text[place] != "0"]
    return [place for place in places if counting and place >= counting[0]]


def _digits_swapped(text: str, where: float) -> str:
    pairs = [(a, b) for a, b in zip(_digits(text), _digits(text)[1:], strict=False) if text[a] != text[b]]
    if not pairs:
        return text
    a, b = pairs[int(where * len(pairs))]
    signs = list(text)
    signs[a], signs[b] = text[b], text[a]
    return "".join(signs)


def _before_the_point(text: str) -> list[int]:
    """Where one may add or leave out a digit and still have as many decimals."""
    return [place for place in _digits(text) if place < text.index(".")]


def _digit_inserted(text: str, where: float) -> str:
    places = _before_the_point(text)
    place = places[int(where * len(places))] if places else 0
    return text[:place] + str(int(10 * where)) + text[place:] if places else text


def _digit_dropped(text: str, where: float) -> str:
    places = _before_the_point(text)
    place = places[int(where * len(places))] if len(places) > 1 else 0
    return text[:place] + text[place + 1 :] if len(places) > 1 else text


def _point_shifted(text: str, where: float) -> str:
    return str(float(text) * (10 if where < 1 / 2 else 0.1))


PEN: Mapping[str, Callable[[str, float], str]] = {
    "digits_swapped": _digits_swapped,
    "digit_inserted": _digit_inserted,
    "digit_dropped": _digit_dropped,
    "point_shifted": _point_shifted,
    "sign_lost": lambda text, _: text[1:] if text[0] == "-" else f"-{text}",
}

# ---------------------------------------------------------------------------- places


def _of_place(
    right: Change, shape: tuple[int, ...], rng: np.random.Generator, *, rows_first: bool
) -> Iterator[Slip]:
    """The right figures in the wrong places; `rows_first`: what are rows here are rows on the sheet."""
    if len(shape) != 2:
        return
    rows, columns = shape
    names = ("rows_swapped", "columns_swapped") if rows_first else ("columns_swapped", "rows_swapped")
    if rows > 1:
        a, b = rng.choice(rows, 2, replace=False)
        yield names[0], lambda look: right(look)[_swapped(rows, a, b)]
    if columns > 1:
        c, d = rng.choice(columns, 2, replace=False)
        yield names[1], lambda look: right(look)[:, _swapped(columns, c, d)]
    if rows == columns > 1:
        yield "transposed", lambda look: right(look).T
    if rows > 1 < columns:
        yield "column_order", lambda look: right(look).reshape(shape, order="F")
    if rows * columns > 1:
        one, other = rng.choice(rows * columns, 2, replace=False)

        def swapped(look: Lookup) -> Array:
            return right(look).ravel()[_swapped(rows * columns, one, other)].reshape(shape)

        def copied(look: Lookup) -> Array:
            value = right(look).ravel().copy()
            value[one] = value[other]
            return np.asarray(value.reshape(shape))

        yield "cells_swapped", swapped
        yield "copied", copied


def _swapped(length: int, a: int, b: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    order = np.arange(length)
    order[[a, b]] = order[[b, a]]
    return order


# ---------------------------------------------------------------------------- sums


def _of_terms(solution: Solution, symbol: Symbol, right: Change, rng: np.random.Generator) -> Iterator[Slip]:
    """A product of matrices with one term missing, negative, or ten times too large, in a row or a cell."""
    k, new = symbol.layer, "_new" if symbol.updated else ""
    below = f"Z{k - 1}{new}" if k > 1 else "X"
    conventions = Equations(solution.exercise, Routes(), "paper")
    scale = conventions.sign * conventions.average_in["gradients"] if symbol.kind == "dW" else 1.0

    def factors(look: Lookup) -> tuple[Array, Array]:
        return (
            (look(f"Delta{k}"), look(below).T) if symbol.kind == "dW" else (look(f"W{k}{new}"), look(below))
        )

    if symbol.kind not in ("S", "dW"):
        return
    count = solution.exercise.samples if symbol.kind == "dW" else solution.exercise.sizes[k - 1]
    if count < 2:
        return
    term, throughout = int(rng.integers(count)), rng.random() < 1 / 2
    row = int(rng.integers(solution.computed[symbol].shape[0]))
    column = int(rng.integers(solution.computed[symbol].shape[1]))

    def changed(times: float) -> Change:
        def change(look: Lookup) -> Array:
            value = np.array(right(look), dtype=float)
            left, other = factors(look)
            where = (row, slice(None) if throughout else column)
            value[where] += (times * scale * np.outer(left[:, term], other[term]))[where]
            return value

        return change

    for name, times in (("term_left_out", -1.0), ("term_sign", -2.0), ("term_times_ten", 9.0)):
        yield name, changed(times)
    if symbol.kind == "dW":

        def last(look: Lookup) -> Array:
            left, other = factors(look)
            return right(look) + scale * (np.outer(left[:, -1], other[-1]) - left @ other)

        yield "one_sample_only", last


# ---------------------------------------------------------------------------- givens


def _of_the_eye(
    solution: Solution, symbol: Symbol, right: Change, rng: np.random.Generator
) -> Iterator[Slip]:
    """A given misread: without its sign, its digits the other way round, or the one beside it."""
    used = {
        "S": [Symbol("W", symbol.layer), *([Symbol("X")] if symbol.layer == 1 else [])],
        "err": [Symbol("T")],
    }
    givens = [] if symbol.updated else used.get(symbol.kind, [])
    if not givens:
        return
    given = givens[int(rng.integers(len(givens)))]
    figures = solution.computed[given]
    cell = tuple(int(rng.integers(length)) for length in figures.shape)
    way, where = int(rng.integers(3)), float(rng.random())

    def misread(value: Array) -> Array:
        variant = value.copy()
        text = repr(float(value[cell]))
        if way == 0:
            variant[cell] = -value[cell]
        elif way == 1 and "e" not in text:
            variant[cell] = float(_digits_swapped(text, where))
        else:
            variant[cell] = value.ravel()[int(where * value.size)]
        return variant

    def change(look: Lookup) -> Array:
        return right(lambda name: misread(look(name)) if name == given.plain else look(name))

    yield "given_misread", change
