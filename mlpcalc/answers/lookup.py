"""The quantities of an exercise that the names of a document mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mlpcalc.answers.forms import names
from mlpcalc.answers.forms.passages import Passage
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_ACTIVATIONS = {"a", "A", "h", "H"}
_PARAMETERS = {"W", "b", "dW", "db"}
_IN_SEQUENCE = re.compile(
    r"(?:[A-Za-z_][A-Za-z_.]{0,40}[.\[])?(?P<number>\d{1,3})\]?\.(?P<what>weight|bias)(?P<rest>(?:\.grad|\.data)?)"
)


class Meant(NamedTuple):
    """What a name means: a quantity, or one of its cells; loose if only in another letter case."""

    symbol: Symbol
    indices: tuple[int, ...] | None
    loose: bool


class Lookup:
    """Gives the names of a document their meaning, in the way in which it numbers layers.

    unsure: letters that mean something else there than in the exercise.
    """

    def __init__(self, solution: Solution, passages: Sequence[Passage]) -> None:
        self._solution = solution
        self._depth = len(solution.exercise.layers)
        self._known: dict[str, Meant | None] = {}
        typed = {name for passage in passages if not passage.plain for name in passage.names}
        self._modules = _modules(typed, self._depth)
        self._from_zero: set[str] = set()
        self._from_zero = self._counted_from_zero(typed)
        self._known.clear()
        self.unsure = self._unsure_letters(passages)

    def meaning(self, typed: str, *, plain: bool = False) -> Meant | None:
        """The quantity that a name means by itself; plain: in the names of the program's own files."""
        if plain:
            symbol = self._solution.called_plainly(typed)
            return None if symbol is None else Meant(symbol, None, loose=False)
        if typed not in self._known:
            self._known[typed] = self._looked_up(self._modules.get(typed, typed))
        return self._known[typed]

    def _looked_up(self, typed: str) -> Meant | None:
        for name in names.readings(typed):
            if name.layer == 0 and self._from_zero:
                meant = self._meant(name._replace(layer=1))
                if meant is not None and meant.symbol.kind in self._from_zero:
                    return meant
                continue
            meant = self._meant(name)
            if meant is None:
                continue
            symbol = meant.symbol
            if symbol.kind in self._from_zero and typed not in self._modules.values():
                symbol = symbol._replace(layer=symbol.layer + 1)
                return meant._replace(symbol=symbol) if symbol.plain in self._solution.symbols else None
            return meant
        return None

    def _meant(self, name: names.Name) -> Meant | None:
        """What one way to understand a name means."""
        find = self._solution.find
        spelled = name.spelled(self._depth)
        if spelled is None:
            return None
        symbol = find(spelled)
        if symbol is None and self._depth == 1 and name.layer is None:
            symbol = find(name._replace(layer=1).spelled(1) or "")
        if symbol is None:
            return None
        loose = spelled[:1].islower() and symbol.plain[:1].isupper() and not spelled.startswith("delta")
        return Meant(symbol, name.indices, loose)

    def _counted_from_zero(self, typed: Iterable[str]) -> set[str]:
        """The kinds of quantities that are numbered from 0: there is a W0, but no weights of the last layer.

        Z0 may be the inputs, and says nothing.
        """
        first: set[str] = set()
        last: set[str] = set()
        for text in typed:
            for name in names.readings(text):
                meant = self._meant(name._replace(layer=1)) if name.layer == 0 else self._meant(name)
                if meant is not None and meant.symbol.kind not in ("Z", "dZ"):
                    kinds = _PARAMETERS if meant.symbol.kind in _PARAMETERS else {meant.symbol.kind}
                    if name.layer == 0:
                        first |= kinds
                    elif meant.symbol.layer == self._depth:
                        last |= kinds
        return first - last

    def _unsure_letters(self, passages: Iterable[Passage]) -> set[str]:
        """Letters that mean something else here than in the exercise: Z beside A is what S is elsewhere."""
        letters = self._solution.exercise.letters
        if "Z" in letters or "S" in letters:
            return set()
        bases = {names.base(name) for passage in passages for name in passage.names[:1] if not passage.plain}
        return {"z", "Z"} if bases & _ACTIVATIONS and not bases & {"s", "S"} else set()


def _modules(typed: Iterable[str], depth: int) -> Mapping[str, str]:
    """Names of parameters in a sequence of modules, 0.weight and 2.weight, as those of its layers.

    Nothing where the sequence has not as many layers as the exercise.
    """
    found = {text: match for text in typed if (match := _IN_SEQUENCE.fullmatch(text))}
    numbers = sorted({int(match["number"]) for match in found.values()})
    if len(numbers) != depth:
        return {}
    letters = {"weight": "W", "bias": "b"}
    return {
        text: f"{letters[match['what']]}{numbers.index(int(match['number'])) + 1}{match['rest']}"
        for text, match in found.items()
    }
