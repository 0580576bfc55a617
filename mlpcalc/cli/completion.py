"""Completions: the words that an argument or an option may have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from os import path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from mlpcalc.errors import InputError

if TYPE_CHECKING:
    from mlpcalc.solving.solution import Solution

_LARGEST = 1 << 20  # bytes of an exercise; a larger one would take too long
_MOST = 1000  # cells of a quantity


def items(kind: str, context: click.Context, incomplete: str) -> list[CompletionItem]:
    """The completions of a word; of a list with commas, those of its last word.

    kind: a key of `_WORDS`.
    """
    before, comma = "", ""
    if kind in _LISTS:
        before, comma, incomplete = incomplete.rpartition(",")
    return [
        CompletionItem(before + comma + word) if word else CompletionItem("", type="file")
        for word in _WORDS[kind](context, incomplete)
        if word.startswith(incomplete) or not word
    ]


def _commands(context: click.Context, _incomplete: str) -> list[str]:
    program = context.find_root().command
    return program.list_commands(context) if isinstance(program, click.Group) else []


def _files(_context: click.Context, _incomplete: str) -> list[str]:
    return [""]  # the empty word stands for the files that the shell finds


def _exercises(_context: click.Context, _incomplete: str) -> list[str]:
    from mlpcalc.reading.library import bundled_names

    return [*(name.removesuffix(".yaml") for name in bundled_names()), ""]


def _explained(context: click.Context, incomplete: str) -> Iterator[str]:
    """Exercises and cells; after an exercise, only cells."""
    if not _exercise(context):
        yield from _exercises(context, incomplete)
    yield from _cells(context, incomplete)


def _cells(context: click.Context, incomplete: str) -> Iterator[str]:
    """The quantities; after a bracket, the cells of one."""
    name, bracket, _ = incomplete.partition("[")
    if not bracket:
        yield from _quantities(context, incomplete)
        return
    from itertools import product

    from mlpcalc.page.shapes import shape_of

    solution = _solution(context)
    symbol, exercise = solution.symbol(name), solution.exercise
    rows, columns = shape_of(symbol, exercise.network, exercise.lengths(symbol))
    if rows * columns <= _MOST:
        for index in product(range(rows), range(columns)):
            place = solution.exercise.layout.indices(symbol, index)
            yield f"{name}[{','.join(map(str, place))}]"


def _quantities(context: click.Context, _incomplete: str) -> list[str]:
    """The names of quantities in the letters of the exercise, where plain names may mean something else."""
    from mlpcalc.answers.blank import key

    solution = _solution(context)
    return [key(solution, symbol) for symbol in solution.symbols.values()]


def _layers(context: click.Context, _incomplete: str) -> list[str]:
    return [str(k) for k, _ in enumerate(_solution(context).exercise.layers, start=1)]


def _mistakes(context: click.Context, incomplete: str) -> list[str]:
    """The mistakes of the catalogue; after an @, the quantities they may be in."""
    from mlpcalc.auditing.wrongs import NAMES

    name, at, _ = incomplete.partition("@")
    return [f"{name}@{quantity}" for quantity in _quantities(context, incomplete)] if at else [*NAMES]


def _activations(_context: click.Context, _incomplete: str) -> list[str]:
    from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS

    return [*ACTIVATIONS, *ACTIVATION_ALIASES]


def _losses(_context: click.Context, _incomplete: str) -> list[str]:
    from mlpcalc.page.losses import LOSSES

    return [*LOSSES]


def _stages(_context: click.Context, _incomplete: str) -> list[str]:
    from mlpcalc.page.symbols import Stage

    return [stage for stage in Stage if stage != Stage.GIVENS]


def _depths(_context: click.Context, _incomplete: str) -> tuple[str, ...]:
    return ("all", "0", "1", "2")


_WORDS: Mapping[str, Callable[[click.Context, str], Iterable[str]]] = {
    "commands": _commands,
    "exercises": _exercises,
    "files": _files,
    "exercises or cells": _explained,
    "quantities": _quantities,
    "layers": _layers,
    "mistakes": _mistakes,
    "activations": _activations,
    "losses": _losses,
    "stages": _stages,
    "depths": _depths,
}
_LISTS = {"quantities", "activations", "stages"}  # with commas


# ---------------------------------------------------------------------------- the exercise of the line


def _exercise(context: click.Context) -> str | None:
    """The name of the exercise on the command line."""
    arguments = context.params.get("arguments") or context.args  # not parsed if an option has no value
    named = context.params.get("exercise") or next(iter(arguments), None)
    return str(named) if named else None


def _solution(context: click.Context) -> "Solution":
    """The exercise on the command line if it can be read, otherwise the default one."""
    from mlpcalc.reading.library import DEFAULT, exercise_of, find
    from mlpcalc.solving.solution import Solution

    named = path.expanduser(_exercise(context) or "")
    may_be_opened = named and named != "-" and (path.isfile(named) or not path.exists(named))
    for wanted in ([named] if may_be_opened else []) + [None]:
        try:
            found = find(wanted)
            if len(found.data) <= _LARGEST:
                return Solution(exercise_of(found))
        except InputError:
            continue
    return Solution(exercise_of(find(DEFAULT)))
