"""The names of all quantities: one table; what else people write for them is in `spellings`.

A quantity is a `Symbol`: its kind (a row of `KINDS`), its layer, whether it stands before or after the
update, and the step it belongs to. Everything that depends on the name alone stands in that row: how it is
spelled in files and in formulas, the stage it belongs to, its dimensions, and what it is oriented like. No
other module looks at a name to find that out.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple


class Stage(StrEnum):
    """The parts of a solution, in the order of the page."""

    GIVENS = "givens"
    FORWARD = "forward"
    ERRORS = "errors"
    GRADIENTS = "gradients"
    UPDATE = "update"
    AFTER = "after"


Dimension = Literal["N", "in", "out", "last"]
"""N: samples. in, out: units of the layer below and of the layer itself. last: units of the output layer."""

Axis = int | Literal["N", "one"]
"""What an axis of a value counts: samples, the units of layer k, or nothing: it has a single number."""

Orientation = Literal["samples", "weights", "flat"]
"""What a quantity is oriented like: the inputs, the weights, or a flat list (a number, units, samples)."""


LETTERS: Mapping[str, str] = {letter: letter for letter in "SZWbXT"} | {"Delta": "Δ", "loss": "L"}
"""The letters of the quantities; a course may have its own."""


class Kind(NamedTuple):
    """One row of the table of names.

    `plain` is the name in files, on the command line and in JSON; `text` and `latex` are the name in
    formulas, where {S}, {Z}, … stand for the letters that the course uses. A `detail` is shown on request
    only. `updated` is the stage of the quantity after the update, None where there is no such quantity;
    `remembered` whether an optimiser starts from it in the next step.
    """

    plain: str
    text: str
    latex: str
    stage: Stage
    shape: tuple[Dimension, ...]
    orientation: Orientation = "samples"
    detail: bool = False
    updated: Stage | None = None
    remembered: bool = False


def _of_parameters(name: str, latex: str, *, remembered: bool = False) -> dict[str, Kind]:
    """A quantity of each parameter, shaped like it: `V_W1` and `V_b1`."""
    return {
        f"{name}_{p}": Kind(
            f"{name}_{p}{{k}}",
            f"{name}_{{{p}}}{{k}}",
            f"{latex}_{{{{{{{p}}}_{{k}}}}}}",
            Stage.UPDATE,
            ("out", "in") if p == "W" else ("out",),
            "weights" if p == "W" else "flat",
            remembered=remembered,
        )
        for p in ("W", "b")
    }


_G, _F, _E, _D, _U, _A = Stage
KINDS: Mapping[str, Kind] = {
    "X": Kind("X", "{X}", "{X}", _G, ("out", "N")),
    "T": Kind("T", "{T}", "{T}", _G, ("last", "N")),
    "W": Kind("W{k}", "{W}{k}", "{W}_{k}", _G, ("out", "in"), "weights", updated=_U),
    "b": Kind("b{k}", "{b}{k}", "{b}_{k}", _G, ("out",), "flat", updated=_U),
    "S": Kind("S{k}", "{S}{k}", "{S}_{k}", _F, ("out", "N"), updated=_A),
    "expS": Kind("expS{k}", "exp({S}{k})", r"\exp({S}_{k})", _F, ("out", "N"), detail=True),
    "Z": Kind("Z{k}", "{Z}{k}", "{Z}_{k}", _F, ("out", "N"), updated=_A),
    "loss_terms": Kind("loss_terms", "loss_terms", r"\text{{loss terms}}", _F, ("last", "N"), detail=True),
    "losses": Kind("losses", "losses", r"\text{{losses}}", _F, ("N",), "flat", detail=True),
    "loss": Kind("loss", "{loss}", "{loss}", _F, (), "flat", updated=_A),
    "err": Kind("err", "err", r"\mathrm{{err}}", _E, ("last", "N"), detail=True),
    "dZ": Kind("dZ{k}", "d{Z}{k}", "d{Z}_{k}", _E, ("out", "N"), detail=True),
    "fprime": Kind("fprime{k}", "f{k}'({S}{k})", "f_{k}'({S}_{k})", _E, ("out", "N"), detail=True),
    "Delta": Kind("Delta{k}", "{Delta}{k}", "{Delta}_{k}", _E, ("out", "N")),
    "dX": Kind("dX", "d{X}", "d{X}", _E, ("out", "N"), detail=True),
    "dW": Kind("dW{k}", "d{W}{k}", "d{W}_{k}", _D, ("out", "in"), "weights"),
    "db": Kind("db{k}", "d{b}{k}", "d{b}_{k}", _D, ("out",), "flat"),
    **_of_parameters("M", "M", remembered=True),
    **_of_parameters("V", "V", remembered=True),
    **_of_parameters("Mhat", r"\hat M"),
    **_of_parameters("Vhat", r"\hat V"),
    "step_W": Kind(
        "step_W{k}", "step_{W}{k}", r"\mathrm{{step}}({W}_{k})", _U, ("out", "in"), "weights", detail=True
    ),
    "step_b": Kind(
        "step_b{k}", "step_{b}{k}", r"\mathrm{{step}}({b}_{k})", _U, ("out",), "flat", detail=True
    ),
}


UPDATED = "_new"  # what a name has after it, in files
PRIME = "'"  # and in formulas
AT = "@"  # between a name and its step
STEP_BEFORE = 0  # in equations as they are written for any step


def step_suffix(step: int) -> str:
    """What a name has after it in files: `@2`, and nothing in step 1."""
    return f"{AT}{step}" if step > 1 else ""


class Symbol(NamedTuple):
    """One quantity of one network: `Symbol("dW", 2)` is the gradient of the weights of layer 2.

    Quantities that no layer owns (X, T, the loss, …) have layer 0. `updated` are those after the update: the
    new parameters, and what the forward pass gives with them. step: the update that it belongs to, from 1.
    """

    kind: str
    layer: int = 0
    updated: bool = False
    step: int = 1

    @property
    def spec(self) -> Kind:
        """The row of the table that describes this kind of quantity."""
        return KINDS[self.kind]

    @property
    def plain(self) -> str:
        """The name in files, on the command line and in JSON: `Delta1`, `W1_new`, `S1@2`."""
        return self.spec.plain.format(k=self.layer) + self._tail

    @property
    def _tail(self) -> str:
        return (UPDATED if self.updated else "") + step_suffix(self.step)

    @property
    def is_parameter(self) -> bool:
        """Whether it is a weight matrix or a bias, of any step."""
        return self.kind in ("W", "b")

    @property
    def is_carried_on(self) -> bool:
        """Whether the next step starts from it."""
        return self.spec.remembered or (self.updated and self.is_parameter)

    def in_letters(self, letters: Mapping[str, str]) -> str:
        """The name in the letters of a course, as it is typed in files: `θ1_new`."""
        return self.spec.text.format(k=self.layer, **letters) + self._tail

    def in_formulas(self, template: str, layer: str, letters: Mapping[str, str], prime: str = PRIME) -> str:
        """The name in formulas, in the letters of a course, from a template such as that of its kind.

        layer, prime: the number of the layer, and the mark of updated quantities, as they are written.
        """
        return template.format(k=layer, **letters) + (prime if self.updated else "")

    @property
    def stage(self) -> Stage:
        """The stage of the solution that this quantity belongs to."""
        return self.spec.updated if self.updated and self.spec.updated else self.spec.stage

    @property
    def groups(self) -> frozenset[str]:
        """The names of all quantities like it, of any layer: `S` of S1 and S1_new, `S_new` of S1_new."""
        return frozenset((self.kind, self.kind + UPDATED) if self.updated else (self.kind,))

    def dimensions(self, depth: int) -> tuple[Axis, ...]:
        """What each axis counts, in a network of `depth` layers: "N" for samples, k for units of layer k."""
        layers = {"in": self.layer - 1, "out": self.layer, "last": depth}
        return tuple("N" if axis == "N" else layers[axis] for axis in self.spec.shape)

    def counted(self, axis: Axis) -> Literal["sample", "input", "unit"]:
        """What an axis of it counts, in a word."""
        if axis == "N":
            return "sample"
        return "input" if axis == 0 or (axis != "one" and axis < self.layer) else "unit"


def quantities(layer: int) -> Iterator[Symbol]:
    """Every quantity that there is of a layer or of a network as a whole, in the order of the table."""
    for kind, spec in KINDS.items():
        number = layer if "{k}" in spec.plain else 0
        yield Symbol(kind, number)
        if spec.updated:
            yield Symbol(kind, number, updated=True)
