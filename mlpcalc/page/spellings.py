"""How people write the names of quantities: other letters, marks and orders than those of the table.

Names in the letters of a course are read in that notation first; then exact spellings, and last those in
any letter case, where exactly one quantity fits.
"""

import re
from collections.abc import Iterator, Mapping

from mlpcalc.errors import Problem, UnknownQuantityError
from mlpcalc.page.symbols import AT, KINDS, LETTERS, PRIME, UPDATED, Symbol, quantities
from mlpcalc.text.wording import clipped, counted, nearest, one_of

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
    return name[:-1] + UPDATED if len(name) > 1 and name.endswith(PRIME) else name


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
    after = {spec.plain + UPDATED for spec in KINDS.values() if spec.updated}
    after |= {
        written + UPDATED
        for written, meant in _SPELLINGS.items()
        if meant.replace("{last}", "{k}") + UPDATED in after
    }
    layer, prime = "[1-9₁-₉][0-9₀-₉]*", "['′’]"
    names = [f"f_?{layer}{prime}(?:\\([^()]*\\))?", f"f{prime}_?{layer}"]
    for name in sorted({*plain, *_SPELLINGS, *after}):
        pattern = name.replace("0", "[0₀]").replace("Delta", "(?:Delta|[Δδ])")
        if pattern.endswith(UPDATED):
            pattern = f"{pattern.removesuffix(UPDATED)}(?:{UPDATED}|{prime})"
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
    names = {_written(symbol, in_use) for symbol in known.values()} if letters else set()
    for name, symbol in known.items():
        if letters and (own := _written(symbol, in_use)) != _written(symbol, LETTERS):
            accepted[own] = symbol
        else:
            accepted.setdefault(name, symbol)
        if letters and symbol.kind == "Delta":
            derivative = _canonical(f"d{in_use['S']}{symbol.layer}")
            if derivative not in names:
                accepted[derivative] = symbol
    for name, symbol in known.items():
        accepted.setdefault(name, symbol)
    for written, meant in _SPELLINGS.items():
        for k in range(1, depth + 1):
            for tail in ("", UPDATED):
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
        """The quantity that a name means; raises `UnknownQuantityError`, with the names that are read."""
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
            expected=None if near and len(names) > _FEW_NAMES else one_of(names, " "),
            hint=f"did you mean {self.first(self._accepted[near])}?" if near else None,
        )
