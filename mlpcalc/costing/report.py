"""The report of the cost of all gradients, in three ways, and of its growth with depth."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlpcalc.costing.cost import COUNTED, DEPTHS, WAYS, WIDTH, Costs, growth
from mlpcalc.errors import refuse
from mlpcalc.notation.formulas import Notation
from mlpcalc.page import expr
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.pages import in_layout, page
from mlpcalc.page.symbols import LETTERS, Symbol
from mlpcalc.reading.choices import network_of
from mlpcalc.report.blocks import Block, Header, Heading, More, Note, Table
from mlpcalc.report.report import Report

_MOST_EQUATIONS = 40  # listed one by one
_MOST_WORDS = 9
_SCREEN = 80
_OPERATIONS = ("×", "+", "f,f'")


def cost_of(exercise: Exercise, *, full: bool = False) -> Report:
    """The cost report of an exercise; raises `InputError` if it has no loss.

    full: whether every equation has a line of its own, however many there are.
    """
    network = exercise.network
    if not (network.has_gradients and network.with_weights):
        raise refuse(
            f"the exercise has no {'loss' if network.with_weights else 'weights'}: "
            "there are no gradients to count",
            exercise.places.get("layers"),
            hint="add targets: and loss: to the exercise" if network.with_weights else None,
        )
    costs = Costs(exercise.network, exercise.sizes, exercise.samples)
    return _report(costs, exercise.title, exercise.origin, exercise.letters, full=full)


def cost_of_sizes(
    sizes: Sequence[int],
    batch: int = 1,
    activation: str | None = None,
    loss: str = "squared_error",
    *,
    bias: bool = True,
    full: bool = False,
    origin: str = "",
) -> Report:
    """The cost report of a network given by its sizes.

    sizes: number of inputs, then units of each layer. batch: number of samples. activation, loss: as in
    `network_of`. full: as in `cost_of`. origin: shown in the header.

    Raises `InputError` for an unknown name, or a wrong number of names.
    """
    depth = len(sizes) - 1
    if depth < 1:
        raise refuse(
            "these sizes name no layer",
            expected="the number of inputs, then the units of each layer",
            topic="sizes",
        )
    network = network_of(depth, activation, loss, ACTIVATIONS["relu"], bias=bias)
    return _report(Costs(network, sizes, batch), "", origin, {}, full=full)


def _report(costs: Costs, title: str, origin: str, letters: Mapping[str, str], *, full: bool) -> Report:
    letters = {**LETTERS, **expr.LETTERS_OF_SCALARS, **letters}
    turned = in_layout(page(costs.network), costs.network.conventions.layout)
    notation = Notation(turned, letters)
    names = [activation.name for activation in costs.network.activations]
    equations = {
        symbol: f"{notation.name(symbol)} = {notation.text(turned[symbol].expression)}"
        for symbol in costs.counts
    }

    def blocks() -> Iterator[Block]:
        sizes = costs.sizes[1:] if costs.network.from_pre_activations else costs.sizes
        network = f"{_in_short(sizes, '-')}, {_in_short(names, ' → ')}, N = {costs.samples}"
        facts = (network, notation.equation(Symbol("loss"))) if costs.network.loss else (network,)
        yield Header(title or "Cost of all gradients", origin, [facts, COUNTED])
        yield _totals(costs, letters)
        yield Heading("equation by equation")
        each = full or len(equations) <= _MOST_EQUATIONS
        yield _equations(costs, equations, notation, full=each)
        yield Note(
            "times: how often each of the three ways (in the order above) evaluates the equation. kept: "
            f"cells held in the cache, {_grouped(sum(costs.kept.values()))} in all."
        )
        if not each:
            yield More("equations")
        yield Heading("growth with depth")
        products = {way: operations["multiplications"] for way, operations in growth(costs).items()}
        yield _growth_table(products)
        naive, cached, backprop = (products[way]["order"] for way in WAYS)
        remark = "All hidden layers are taken to be like layer 1, the output layer like the last."
        if naive == cached != backprop:
            remark += " Caching alone is not enough: only reusing the error signals lowers the order."
        yield Note(remark)

    def data() -> dict[str, Any]:
        return {
            "exercise": title,
            "origin": origin,
            "sizes": costs.sizes,
            "samples": costs.samples,
            "activations": names,
            "counted": "; ".join(COUNTED),
            "strategies": {way: total._asdict() for way, total in costs.totals.items()},
            "equations": {
                symbol.plain: {
                    "formula": equations[symbol],
                    **counts._asdict(),
                    "times": {way: each[symbol] for way, each in costs.times.items()},
                }
                for symbol, counts in costs.counts.items()
            },
            "cache": {
                "values": sum(costs.kept.values()),
                "quantities": {symbol.plain: cells for symbol, cells in costs.kept.items()},
            },
            "growth": {"width": WIDTH, "depths": DEPTHS, "strategies": growth(costs)},
        }

    return Report(blocks, data)


def _totals(costs: Costs, letters: Mapping[str, str]) -> Table:
    """The totals of each way, with a bar for the multiplications."""
    head = ("", *_OPERATIONS)
    first = "{S}1" if costs.network.from_pre_activations else "{X}"
    names = {**letters, "first": first.format_map(letters)}
    rows = [(WAYS[way][0].format_map(names), *map(_grouped, total)) for way, total in costs.totals.items()]
    multiplications = [total.multiplications for total in costs.totals.values()]
    bars = [number / max(multiplications) for number in multiplications]
    return _table(head, rows, left=(0,))._replace(bars=bars)


def _equations(costs: Costs, equations: Mapping[Symbol, str], notation: Notation, *, full: bool) -> Table:
    """The counts of each equation; not full: of each kind of equation."""
    groups: dict[object, list[Symbol]] = {}
    for symbol in equations:
        groups.setdefault(symbol if full else (symbol.kind, symbol.updated), []).append(symbol)
    head = (*_OPERATIONS, "kept", "times")
    rows = []
    for symbols in groups.values():
        counts = map(sum, zip(*(costs.counts[symbol] for symbol in symbols), strict=True))
        kept = sum(costs.kept.get(symbol, 0) for symbol in symbols)
        times = (sum(each[symbol] for symbol in symbols) for each in costs.times.values())
        figures = (*map(_grouped, counts), _grouped(kept) if kept else "", ", ".join(map(_grouped, times)))
        rows.append(figures)
    room = _room(head, rows)
    labels, below = [], []
    for first, *others in map(sorted, groups.values()):
        name = notation.name(first)
        if others:
            name, formula = f"{name} … {notation.name(others[-1])}", ""
        else:
            formula = equations[first]
        labels.append(formula if 0 < len(formula) <= room else name)
        below.append([formula] if len(formula) > room else [])
    lines = [(label, *row) for label, row in zip(labels, rows, strict=True)]
    return _table(("", *head), lines, left=(0,))._replace(below=below)


def _growth_table(growth: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = [(WAYS[way][1], *map(_grouped, found["counts"]), found["order"]) for way, found in growth.items()]
    return _table((f"×, {WIDTH} units a layer, K =", *map(str, DEPTHS), "grows like"), rows, left=(0, 5))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int]) -> Table:
    """A table with the columns of figures aligned on the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def aligned(line: Sequence[str]) -> list[str]:
        return [
            cell if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]

    return Table(aligned(head), [aligned(row) for row in rows])


def _room(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The number of characters that these columns leave of 80."""
    return _SCREEN - sum(max(map(len, column)) + 2 for column in zip(head, *rows, strict=True))


def _in_short(words: Sequence[object], between: str) -> str:
    """Join words; of many, only those at the ends, with their number."""
    if len(words) <= _MOST_WORDS:
        return between.join(map(str, words))
    return f"{between.join(map(str, [*words[:3], '…', words[-1]]))} ({len(words)})"


def _grouped(number: int) -> str:
    """Write a number with its thousands separated: 12 345."""
    return f"{number:,}".replace(",", " ")
