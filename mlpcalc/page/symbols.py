"""The names of all quantities: one table, and how people write them.

A quantity is a `Symbol`: its kind (a row of `KINDS`), its layer, whether it stands before or after the
update, and the step it belongs to. Everything that depends on the name alone stands in that row: how it is
spelled in files and in formulas, the stage it belongs to, its dimensions, and what it is oriented like. No
other module takes a name apart.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from mlpcalc.errors import Problem, UnknownQuantityError
from mlpcalc.text.wording import clipped, counted, nearest


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


_UPDATED = "_new"  # what a name has after it, in files
_PRIME = "'"  # and in formulas
AT = "@"  # between a name and its step
STEP_BEFORE = 0  # in equations as they are written for any step


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
        return (_UPDATED if self.updated else "") + (f"{AT}{self.step}" if self.step > 1 else "")

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

    def in_formulas(self, template: str, layer: str, letters: Mapping[str, str], prime: str = _PRIME) -> str:
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
        return frozenset((self.kind, self.kind + _UPDATED) if self.updated else (self.kind,))

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


def clashes(letters: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Pairs of letters with a name that would have two meanings, if courses wrote quantities like that.

    letters: also those of numbers, each of which is a name by itself.
    """
    meant = {letter: (key, key) for key, letter in letters.items() if key not in LETTERS}
    told = set()
    for forms in zip(*map(quantities, (1, 2, 3)), strict=True):
        for symbol in forms:
            name, meaning = _written(symbol, letters), (_letter_of(symbol), f"{symbol.kind} {symbol.updated}")
            other = meant.setdefault(name, meaning)
            pair = other[0], meaning[0]
            if other != meaning and pair not in told:
                told.add(pair)
                yield (*pair, name)


def _letter_of(symbol: Symbol) -> str:
    """The letter that a name is made with, if any: `dW1` with W."""
    found = re.search(r"\{(\w\w+|[A-Zb])\}", symbol.spec.text)
    return found[1] if found else ""


# What people write for a quantity, beside its plain name; {k} is a layer number, {last} that of the output.
_SPELLINGS = {
    "L": "loss",
    "J": "loss",
    "cost": "loss",
    "Y": "Z{last}",
    "Y_out": "Z{last}",
    "Y_hat": "Z{last}",
    "y_hat": "Z{last}",
    "dY": "dZ{last}",
    "dY_out": "dZ{last}",
    "Delta_out": "Delta{last}",
    "delta_out": "Delta{last}",
    "Z0": "X",
    "dZ0": "dX",
    "E": "err",
    "dS{k}": "Delta{k}",
    "delta{k}": "Delta{k}",
    "D{k}": "Delta{k}",
    "f{k}prime": "fprime{k}",
    "f{k}_prime": "fprime{k}",
}
_LETTERS = str.maketrans("₀₁₂₃₄₅₆₇₈₉′’", "0123456789''") | str.maketrans(
    {"Δ": "Delta", "δ": "Delta", "∂": "d", "{": None, "}": None}
)
_STEP = re.compile(rf"([^{AT}]*){AT} *([1-9]\d{{0,8}}) *", re.ASCII)
_FEW_NAMES = 10  # are listed also where one of them is suggested
_LONGEST = 100  # characters; no name is as long
_DERIVATIVE = re.compile(r"^(?:d[LEJC](?:_?/_?|_)d|grad_)", re.IGNORECASE)
_PRIME_OF_F = re.compile(r"^f_?(\d+)'(?:\(\w+\))?$|^f'_?(\d+)$")
_LAYER_IN_BRACKETS = re.compile(r"\^[(\[](\d{1,9})[)\]]")
_BEFORE_LAYER = re.compile(r"(?<![\s_^])[\s_^]++(?=\d)")
_GAP = re.compile(r"(?<![\s^])[\s^]++")
_NUMBER = re.compile(r"\d{1,9}")


def _canonical(name: str) -> str:
    """The name in the plain form: letters spelled out, and the marks of layers, derivatives and primes."""
    if len(name) > _LONGEST:
        return name
    name = name.strip().translate(_LETTERS)
    name = _BEFORE_LAYER.sub("", _LAYER_IN_BRACKETS.sub(r"\1", name))
    name = _DERIVATIVE.sub("d", _GAP.sub("_", name))
    if found := _PRIME_OF_F.match(name):
        return f"fprime{found[1] or found[2]}"
    return name[:-1] + _UPDATED if len(name) > 1 and name.endswith(_PRIME) else name


def split_step(name: str) -> tuple[str, int | None]:
    """`S1@2` as the name and the step; None for a name alone."""
    found = _STEP.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, None)


STEP_BLOCK = re.compile(r"(?:step|update) {0,9}#? {0,9}([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)
"""What stands above the quantities of a step: `step 2`."""


def name_pattern() -> str:
    """A regular expression for the names of all quantities, of any layer, in every spelling.

    For other programs, in what all dialects of regular expressions have. Letters of a course are not in it.
    """
    plain = {spec.plain for spec in KINDS.values()}
    after = {spec.plain + _UPDATED for spec in KINDS.values() if spec.updated}
    after |= {
        written + _UPDATED
        for written, meant in _SPELLINGS.items()
        if meant.replace("{last}", "{k}") + _UPDATED in after
    }
    layer, prime = "[1-9₁-₉][0-9₀-₉]*", "['′’]"
    names = [f"f_?{layer}{prime}(?:\\([^()]*\\))?", f"f{prime}_?{layer}"]
    for name in sorted({*plain, *_SPELLINGS, *after}):
        pattern = name.replace("0", "[0₀]").replace("Delta", "(?:Delta|[Δδ])")
        if pattern.endswith(_UPDATED):
            pattern = f"{pattern.removesuffix(_UPDATED)}(?:{_UPDATED}|{prime})"
        pattern = re.sub("^d(?!elta)", "(?:[d∂](?:[LEJC]/[d∂])?)", pattern)
        names.append(pattern.replace("{k}", layer))
    return f"(?:{'|'.join(names)})"


def spellings(known: Mapping[str, Symbol], depth: int, letters: Mapping[str, str]) -> dict[str, Symbol]:
    """Every accepted spelling of the quantities in `known` (by plain name), in a network of `depth` layers.

    Names in the letters of the course, where it has its own, come before plain ones: with Z for the
    pre-activations, Z1 is S1 and dZ1 is dL/dS1.
    """
    accepted: dict[str, Symbol] = {}
    in_use = {**LETTERS, **letters}
    for name, symbol in known.items():
        if letters and (own := _written(symbol, in_use)) != _written(symbol, LETTERS):
            accepted[own] = symbol
        else:
            accepted.setdefault(name, symbol)
        if letters and symbol.kind == "Delta":
            accepted[_canonical(f"d{in_use['S']}{symbol.layer}")] = symbol
    for name, symbol in known.items():
        accepted.setdefault(name, symbol)
    for written, meant in _SPELLINGS.items():
        for k in range(1, depth + 1):
            for tail in ("", _UPDATED):
                found = known.get(meant.format(k=k, last=depth) + tail)
                if found is not None:
                    accepted.setdefault(written.format(k=k) + tail, found)
    return accepted


def _written(symbol: Symbol, letters: Mapping[str, str]) -> str:
    """The name of a quantity in formulas with these letters, as far as it can be typed."""
    return _canonical(symbol.in_letters(letters))


class Spellings:
    """What names mean in one network: exact spellings first, then other ways to write them."""

    def __init__(self, accepted: Mapping[str, Symbol]) -> None:
        self._accepted = accepted
        self._folded: dict[str, Symbol | None] = {}  # in any letter case; None where several quantities fit
        for name, symbol in accepted.items():
            if self._folded.setdefault(name.lower(), symbol) != symbol:
                self._folded[name.lower()] = None

    def find(self, name: str) -> Symbol | None:
        """The quantity that a name means, if any; in any letter case where exactly one then fits."""
        symbol = self._accepted.get(name)
        if symbol is None:
            plain = _canonical(name)
            symbol = self._accepted.get(plain) or self._folded.get(plain.lower())
        return symbol

    def symbol(self, name: str) -> Symbol:
        """The same; raises `UnknownQuantityError` where there is none, in names as they are read here."""
        symbol = self.find(name)
        if symbol is None:
            raise UnknownQuantityError([self._unknown(name)])
        return symbol

    def first(self, symbol: Symbol) -> str:
        """The first spelling that means it: the plain name, or that of a course with its own letters."""
        return next(name for name, meant in self._accepted.items() if meant == symbol)

    def _unknown(self, name: str) -> Problem:
        plain = _canonical(name)
        message = f"unknown quantity {clipped(name)!r}"
        if self.find(_NUMBER.sub("1", plain)) is not None:
            depth = max(symbol.layer for symbol in self._accepted.values())
            return Problem(message, hint=f"the network has {counted(depth, 'layer')}")
        near = nearest(plain, self._accepted)
        names = [self.first(each) for each in dict.fromkeys(self._accepted.values())]
        return Problem(
            message,
            expected=None if near and len(names) > _FEW_NAMES else "one of " + " ".join(names),
            hint=f"did you mean {self.first(self._accepted[near])}?" if near else None,
        )
