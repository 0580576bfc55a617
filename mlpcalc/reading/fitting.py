"""Check that shapes agree; convert to the page's layout."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Layer
from mlpcalc.page.functions import Activation, Targets
from mlpcalc.page.losses import LOSSES, MATCHED
from mlpcalc.page.network import Conventions
from mlpcalc.page.symbols import Orientation, Symbol
from mlpcalc.reading import keys
from mlpcalc.reading.matrices import Grid, miscount_hint
from mlpcalc.reading.source import Document, Node, ScalarNode
from mlpcalc.text.wording import counted

Written = dict[Symbol, tuple[tuple[str, ...], ...]]


class LayerGrids(NamedTuple):
    """A layer as written: with weights or, the first one, with pre-activations."""

    weights: Grid | None
    pre_activations: Grid | None
    bias: Grid | None
    activation: Activation
    shared_bias: bool


class Classes(NamedTuple):
    """Targets as class numbers, counted from 1."""

    node: Node
    cells: Sequence[tuple[ScalarNode, int]]


class Givens(NamedTuple):
    """The matrices of an exercise, with samples in columns, and the texts of their cells."""

    inputs: Array
    pre_activations: Array | None
    targets: Array | None
    output_gradient: Array | None
    layers: tuple[Layer, ...]
    written: Written


class Fitting:
    """Check the matrices of one document against each other, and report where shapes disagree."""

    def __init__(self, document: Document, conventions: Conventions) -> None:
        self._document = document
        self._layout = conventions.layout
        self._written: Written = {}

    def givens(
        self,
        inputs: Grid | None,
        targets: Grid | Classes | None,
        output_gradient: Grid | None,
        layers: Sequence[LayerGrids],
        kind: Targets,
    ) -> Givens | None:
        """All matrices as arrays in the page's layout; None, with the problems reported, if shapes disagree.

        inputs: None where the first layer has pre-activations. kind: which targets the loss requires.
        """
        noted = len(self._document.problems)
        weights = [grids.weights for grids in layers if grids.weights is not None]
        stated = layers[0].pre_activations or inputs
        assert stated is not None  # noqa: S101  # the reader has seen to that
        first = self._of_the_samples(stated, weights[0] if weights else None)
        units, samples = first.shape
        built, source = [], first
        if layers[0].pre_activations is None:
            below = f"the inputs have {self._count(units, 'samples', 0)}"
        else:
            below = f"layer 1 has {counted(units, 'unit')}"
            built.append(Layer(np.zeros((units, 0)), None, layers[0].activation))
        for k, grids in enumerate(layers[len(built) :], start=len(built) + 1):
            layer, units = self._layer(k, grids, units, below, source)
            below, source = f"layer {k} has {counted(units, 'unit')}", grids.weights or first
            built.append(layer)
        T = self._targets(targets, (units, samples), kind)
        dY = output_gradient and self._like_the_outputs(output_gradient, (units, samples), "output_gradient")
        if len(self._document.problems) > noted:
            return None
        given_S = layers[0].pre_activations is not None
        return Givens(
            np.zeros((0, samples)) if given_S else self._array(Symbol("X"), first),
            self._array(Symbol("S", 1), first) if given_S else None,
            T,
            self._array(Symbol("dZ", len(layers)), dY) if dY else None,
            tuple(built),
            self._written,
        )

    def _of_the_samples(self, grid: Grid, weights: Grid | None) -> Grid:
        """The inputs, or what is stated in their place.

        weights: those that they are multiplied by. A flat list that fits both ways is one sample.
        """
        X = self._in_page_layout(grid, "samples")
        if not X.flat:
            return X
        first = weights and self._in_page_layout(weights, "weights")
        takes = None if first is None or first.flat else first.shape[1]
        both_flat_as_row = first is not None and first.flat and len(first.rows[0]) != len(X.rows[0])
        return X.oriented(1 if both_flat_as_row else takes, None, column_first=True)

    def _layer(self, k: int, grids: LayerGrids, inputs: int, below: str, source: Grid) -> tuple[Layer, int]:
        """Layer k, and how many units it has."""
        assert grids.weights is not None  # noqa: S101  # only the first layer may have none
        W = self._in_page_layout(grids.weights, "weights")
        W = W.oriented(None, inputs, column_first=inputs == 1)
        units, columns = W.shape
        if columns != inputs:
            transposed = units == inputs
            counted_columns = self._count(columns, "weights", 1)
            if transposed:  # go on as if it were not, so as not to blame what is right
                units = columns
            rows, cols = self._layout.axes("weights", (units, inputs))
            axis = "row" if self._layout.is_transposed("weights") else "column"
            whose = "input" if k == 1 else f"unit of layer {k - 1}"
            self._document.complain(
                grids.weights.node,
                f"weights of layer {k}: {counted_columns}, but {below}",
                expected=f"{rows} × {cols} (one {axis} for each {whose}, line {source.node.line})",
                hint="transposed?" if transposed else miscount_hint(self._document, grids.weights.rows[0]),
            )
        bias = None
        if grids.bias is not None:
            bias = self._bias(k, grids.bias, 1 if grids.shared_bias else units, shared=grids.shared_bias)
        return Layer(self._array(Symbol("W", k), W), bias, grids.activation, grids.shared_bias), units

    def _bias(self, k: int, grid: Grid, units: int, *, shared: bool) -> Array | None:
        """The bias of layer k as a column; a single number counts for every unit.

        units: those with a bias of their own; one where it is shared.
        """
        cells = [[cell] for row in grid.rows for cell in row]
        repeated = units if len(cells) == 1 else 1
        if len(cells) * repeated != units or min(grid.shape) != 1:
            rows, columns = grid.shape
            written = counted(len(cells), "number") if min(grid.shape) == 1 else f"{rows} × {columns}"
            self._document.complain(
                grid.node,
                f"bias of layer {k}: {written}, but "
                + ("it is shared" if shared else f"the layer has {counted(units, 'unit')}"),
                expected="one number" if shared else "one number for each unit, or one for all",
                hint=miscount_hint(self._document, grid.rows[0]) if min(grid.shape) == 1 else None,
            )
            return None
        column = np.repeat(grid.values.reshape(-1, 1), repeated, axis=0)
        return self._array(Symbol("b", k), Grid(grid.node, cells * repeated, column))

    def _targets(self, targets: Grid | Classes | None, shape: tuple[int, int], kind: Targets) -> Array | None:
        if targets is None:
            return None
        if isinstance(targets, Classes):
            return self._one_hot(targets, shape)
        T = self._like_the_outputs(targets, shape, "targets")
        if T is None:
            return None
        self._check_targets(T, kind)
        return self._array(Symbol("T"), T)

    def _like_the_outputs(self, grid: Grid, shape: tuple[int, int], what: str) -> Grid | None:
        """A grid with a number for each output unit and sample."""
        found = self._in_page_layout(grid, "samples").oriented(*shape, column_first=shape[1] == 1)
        if found.shape == shape:
            return found
        want, got = (self._layout.axes("samples", each) for each in (shape, found.shape))
        rows, columns = self._layout.axes("samples", ("output unit", "sample"))
        self._document.complain(
            grid.node,
            f"{what}: {got[0]} × {got[1]}, but the outputs are {want[0]} × {want[1]}",
            expected=f"{want[0]} × {want[1]} (one row for each {rows}, one column for each {columns})",
            hint="transposed?" if found.shape == shape[::-1] else miscount_hint(self._document, grid.rows[0]),
        )
        return None

    def _one_hot(self, classes: Classes, shape: tuple[int, int]) -> Array | None:
        units, samples = shape
        if len(classes.cells) != samples:
            self._document.complain(
                classes.node,
                f"{counted(len(classes.cells), 'class')}, but there are {counted(samples, 'sample')}",
                expected="one class for each sample",
            )
            return None
        T = np.zeros(shape)
        for n, (cell, number) in enumerate(classes.cells):
            if not keys.FIRST_CLASS <= number <= units:
                self._document.complain(
                    cell,
                    f"class {number}, but there are {counted(units, 'output unit')}",
                    expected=f"{keys.FIRST_CLASS} to {units}",
                )
            else:
                T[number - keys.FIRST_CLASS, n] = 1
        self._written[Symbol("T")] = tuple(tuple(f"{cell:g}" for cell in row) for row in T.tolist())
        return T

    def _check_targets(self, grid: Grid, kind: Targets) -> None:
        """Are the targets such that the loss is defined? One complaint, at the first cell that is not."""
        T = grid.values
        allowed = {
            "nonnegative": (T >= 0, "0 or more"),
            "probability": ((T >= 0) & (T <= 1), "between 0 and 1"),
            "sign": (np.abs(T) == 1, "-1 or 1"),
            "distribution": ((T >= 0) & (T <= 1), "probabilities"),
            "one-hot": ((T == 0) | (T == 1), "0 or 1, one 1 for each sample"),
        }
        if kind not in allowed:
            return
        right, values = allowed[kind]
        expected = f"{values}, for {' or '.join(_asking_for(kind))}"
        wrong = np.argwhere(~right)
        if len(wrong):
            i, n = wrong[0]
            cell = grid.rows[i][n]
            self._document.complain(cell, f"invalid target {cell.text} of sample {n + 1}", expected=expected)
        elif kind in ("distribution", "one-hot"):
            sums = T.sum(axis=0)
            for n in np.flatnonzero(np.abs(sums - 1) > 1e-9)[:1]:
                self._document.complain(
                    grid.rows[0][n],
                    f"the targets of sample {n + 1} add up to {sums[n]:g}",
                    expected=f"1; {expected}",
                    hint="for several classes at once, use sigmoid with binary_cross_entropy",
                )

    def _array(self, symbol: Symbol, grid: Grid) -> Array:
        self._written[symbol] = grid.texts
        # The same order in memory whatever the file's layout: sums then round the same, to the last bit.
        return np.ascontiguousarray(grid.values)

    # -- the file's layout against the page's

    def _in_page_layout(self, grid: Grid, orientation: Orientation) -> Grid:
        """The grid as the page has it; a flat list, which fits either layout, as it is."""
        return grid.turned if self._layout.is_transposed(orientation) and not grid.flat else grid

    def _count(self, number: int, orientation: Orientation, axis: int) -> str:
        """So many rows or columns, as the file has them, along an axis of the page."""
        return counted(number, self._layout.axes(orientation, ("row", "column"))[axis])


def _asking_for(kind: Targets) -> list[str]:
    """The losses that need such targets."""
    return [
        *(loss.name for loss in LOSSES.values() if loss.targets == kind),
        *(f"{loss} after {output}" for (output, loss), matched in MATCHED.items() if matched.targets == kind),
    ]
