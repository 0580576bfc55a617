"""What an exercise asks for and what it gives away: `ask`, `points` and `given`, names made quantities."""

from collections.abc import Mapping
from dataclasses import replace

from mlpcalc.errors import UnknownQuantityError
from mlpcalc.page.asked import asked
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.names import Names
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading import keys
from mlpcalc.reading.fields import Fields
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode, SequenceNode
from mlpcalc.text.wording import clipped

Named = dict[Symbol, ScalarNode]
"""Quantities, and where each is named."""


def with_what_is_asked(document: Document, top: Mapping[str, Node], exercise: Exercise) -> Exercise:
    """The exercise with what the keys `ask`, `points` and `given` say of it; problems are noted.

    top: the values of the keys of the file.
    """
    reader = _Reader(document, exercise)
    ask_node, points_node = top.get("ask"), top.get("points")
    wanted, points = reader.ask(ask_node)
    if points_node is not None and isinstance(ask_node, MappingNode):
        document.complain(points_node, "points are given under ask already", hint="leave points out")
    elif points_node is not None:
        pointed, points = reader.points(points_node, "points")
        if wanted is not None:
            _complain_of(document, pointed, pointed.keys() - wanted, "has points, but ask does not name it")
    given = reader.given(top.get("given"))
    _complain_of(document, given, given.keys() & {*(wanted or ()), *points}, "is both given and asked")
    read = replace(exercise, ask=None if wanted is None else tuple(wanted), points=points, given=tuple(given))
    node = ask_node or top.get("given")
    if node is not None and not document.problems and not asked(read):
        document.complain(node, "nothing is left to be answered")
    return read


def _complain_of(document: Document, named: Named, symbols: set[Symbol], complaint: str) -> None:
    for symbol, node in named.items():
        if symbol in symbols:
            document.complain(node, f"{clipped(node.text)} {complaint}")


class _Reader:
    """Read names as quantities of one exercise. What cannot be is reported and left out."""

    def __init__(self, document: Document, exercise: Exercise) -> None:
        self._document = document
        self._fields = Fields(document)
        self._stated = exercise.givens()
        self._known = Names(exercise.network, exercise.letters)

    def ask(self, node: Node | None) -> tuple[Named | None, dict[Symbol, float]]:
        """What is asked, None where that is left out; and the points that are stated with it."""
        if isinstance(node, MappingNode):
            named, points = self.points(node, "ask")
            return self._to_be_worked_out(named, "asked for"), points
        expected = "a list such as [S1, Delta1], or points for each: {S1: 2, Delta1: 4}"
        return (None if node is None else self._names(node, "ask", "asked for", expected)), {}

    def given(self, node: Node | None) -> Named:
        """What a sheet has already."""
        return {} if node is None else self._names(node, "given", "given", "a list such as [S1, Z1]")

    def points(self, node: Node, key: str) -> tuple[Named, dict[Symbol, float]]:
        """The quantities under a key, and the points of each."""
        if not isinstance(node, MappingNode):
            self._document.complain(node, f"{key} must have keys", expected=f"{key}: {{Delta1: 4, dW1: 2}}")
            return {}, {}
        named: Named = {}
        points: dict[Symbol, float] = {}
        for name, value in node.pairs:
            number, text = self._fields.exact(value, f"points of {clipped(name.text)}"), clipped(name.text)
            symbol = self._symbol(name)
            if symbol is None:
                continue
            if symbol in named:
                self._document.complain(name, f"{text} is given points twice")
            elif number is not None and number < keys.POINTS.least:
                expected = f"{keys.POINTS.least} or more"
                self._document.complain(value, f"points of {text}: {number} is negative", expected=expected)
            named.setdefault(symbol, name)
            points[symbol] = float(number or 0)
        return named, points

    def _names(self, node: Node, key: str, done: str, expected: str) -> Named:
        if not isinstance(node, SequenceNode) or not node.items:
            self._document.complain(node, f"{key} must be a list of quantities", expected=expected)
            return {}
        named: Named = {}
        for name in node.items:
            if not isinstance(name, ScalarNode):
                self._document.complain(name, f"{key} must be a list of names", expected=expected)
            elif (symbol := self._symbol(name)) in named:
                self._document.complain(name, f"{clipped(name.text)} is {done} twice")
            elif symbol is not None:
                named[symbol] = name
        return self._to_be_worked_out(named, done)

    def _to_be_worked_out(self, named: Named, done: str) -> Named:
        """The quantities but for the givens of the exercise, which are reported."""
        for symbol in named.keys() & self._stated.keys():
            text = clipped(named[symbol].text)
            self._document.complain(named[symbol], f"{text} is {done}, but the exercise states it")
        return {symbol: name for symbol, name in named.items() if symbol not in self._stated}

    def _symbol(self, name: ScalarNode) -> Symbol | None:
        try:
            return self._known.symbol(name.text)
        except UnknownQuantityError as error:
            (problem,) = error.problems
            self._document.note(name, problem)
            return None
