"""The quantities of an exercise that the names of a document mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mlpcalc.answers import conventions
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
    """Gives the names of a document their meaning, in the way in which it numbers layers and cells.

    unsure: letters that mean something else there than in the exercise.
    """

    def __init__(self, solution: Solution, passages: Sequence[Passage]) -> None:
        self._solution = solution
        self._depth = len(solution.exercise.layers)
        self._known: dict[str, Meant | None] = {}
        typed = {name for passage in passages if not passage.plain for name in passage.names}
        self._modules = _modules(typed, self._depth)
        statements = conventions.stated(passages, self._depth)
        self._offsets = {
            parameters: conventions.offset(solution, statements, parameters=parameters)
            for parameters in (False, True)
        }
        self._letters = conventions.letters(solution, statements, self._offsets[False])
        self._cells_from_zero = {
            conventions.is_bracketed(name) for name in typed if conventions.has_zero(name)
        }
        self._turned = conventions.cells_are_turned(solution, statements)
        self._through = {
            letter: conventions.numbered_through(solution, statements, letter) for letter in ("w", "b")
        }
        self._from_zero: set[str] = set()
        self._from_zero = self._counted_from_zero(typed)
        self._known.clear()
        self.unsure = self._unsure_letters(passages)
        self._not_layers: set[str] = set()
        self._not_layers = self._numbered_otherwise(passages)

    def meaning(self, typed: str, *, plain: bool = False) -> Meant | None:
        """The quantity that a name means by itself; plain: in the names of the program's own files."""
        if plain:
            symbol = self._solution.called_plainly(typed)
            return None if symbol is None else Meant(symbol, None, loose=False)
        if typed not in self._known:
            self._known[typed] = self._looked_up(self._modules.get(typed, typed))
        return self._known[typed]

    def _looked_up(self, typed: str) -> Meant | None:
        bracketed = conventions.is_bracketed(typed)
        meant = self._in_layers(typed, from_zero=bracketed in self._cells_from_zero)
        if meant is None or meant.indices is None or bracketed not in self._turned:
            return meant
        is_weight = meant.symbol.spec.orientation == "weights"
        return meant._replace(indices=meant.indices[::-1]) if is_weight else meant

    def _in_layers(self, typed: str, *, from_zero: bool) -> Meant | None:
        """The quantity, or its cell as the document counts it."""
        for name in names.readings(typed):
            if from_zero and name.indices is not None:
                name = name._replace(indices=tuple(index + 1 for index in name.indices))
            letter = self._letter(name.spelling)
            otherwise = letter in self._letters or self._through.get(letter) or any(self._offsets.values())
            if name.layer is None and otherwise and any(map(str.isdecimal, name.spelling)):
                continue  # the letter with its number, as the exercise would understand it
            if isinstance(name.layer, int):
                name = name._replace(layer=name.layer + self._offset_of(name))
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
        typed = name.spelling
        if isinstance(name.layer, int) and (cells := self._through.get(typed.removeprefix("d"))):
            return None if name.indices else self._numbered_through(name, cells.get(name.layer))
        name = name._replace(spelling=self._in_own_letters(typed))
        spelled = name.spelled(self._depth)
        if spelled is None:
            return None
        symbol = find(spelled)
        if symbol is None and self._depth == 1 and name.layer is None:
            symbol = find(name._replace(layer=1).spelled(1) or "")
        if symbol is None:
            return None
        loose = typed[:1].islower() and symbol.plain[:1].isupper() and not typed.startswith("delta")
        return Meant(symbol, name.indices, loose)

    def _numbered_through(self, name: names.Name, cell: conventions.Cell | None) -> Meant | None:
        """The one weight or bias that w_5 means, or what belongs to it."""
        if cell is None:
            return None
        of, indices = cell
        kind = f"d{of.kind}" if name.spelling.startswith("d") else of.kind
        symbol = self._solution.symbols.get(of._replace(kind=kind, updated=name.updated).plain)
        return None if symbol is None else Meant(symbol, indices, loose=False)

    def _in_own_letters(self, spelling: str) -> str:
        """A name with S and Z for the letters that stand for them in this document: dS for dz."""
        meant = self._letters.get(spelling.removeprefix("d").lower())
        return spelling if meant is None else ("d" if spelling.startswith("d") else "") + meant

    def _letter(self, typed: str) -> str:
        """The letter that a name begins with, without the d of a derivative, in lower case."""
        return names.base(typed).removeprefix("d").lower()

    def _offset_of(self, name: names.Name) -> int:
        """How far the number of a layer is from that of the exercise."""
        if not any(self._offsets.values()):
            return 0
        meant = self._meant(name._replace(layer=self._depth, indices=None))
        if meant is None:
            return 0
        return self._offsets[meant.symbol.kind.removeprefix("d") in ("W", "b")]

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
        if "Z" in letters or "S" in letters or self._letters:
            return set()
        bases = {names.base(name) for passage in passages for name in passage.names if not passage.plain}
        return {"z", "Z"} if bases & _ACTIVATIONS and not bases & {"s", "S"} else set()

    def _numbered_otherwise(self, passages: Iterable[Passage]) -> set[str]:
        """Small letters with one figure for a layer that has several: z_1, z_2 may be units."""
        return {
            letter
            for passage in passages
            if passage.grid.size == 1 and not passage.plain
            for name in passage.names[:1]
            if (letter := _numbered(name)) and (meant := self.meaning(name)) is not None
            if meant.indices is None and self._solution.value(meant.symbol).size > 1
        }

    def is_letter_unsure(self, typed: str) -> bool:
        """Whether the letter of a name, or the one that it is the derivative by, may mean something else."""
        letters = {
            name.spelling.removeprefix("d") for name in names.readings(typed) if name.layer is not None
        }
        return bool((letters or {names.base(typed).removeprefix("d")}) & self.unsure)

    def is_layer_unsure(self, typed: str) -> bool:
        """Whether the number of a name may be another than that of a layer."""
        return _numbered(typed) in self._not_layers


def _numbered(typed: str) -> str:
    """The small letter of a name that has a number, else nothing."""
    letter = names.base(typed) or ("∂" if typed.count("partial") else "")
    return letter if letter[:1].islower() and any(map(str.isdecimal, typed)) else ""


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
