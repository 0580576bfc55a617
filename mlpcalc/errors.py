"""What can be wrong with a file or a command line, as values that any renderer can print."""

from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A place in a file: line and column count from 1, `source` is the text of the line."""

    file: str
    line: int | None = None
    column: int | None = None
    source: str | None = None


class Problem(NamedTuple):
    """One thing that is wrong, where it is, what was expected instead and what to do about it.

    topic: what it is about, where the command line may know a command or an option that helps.
    """

    message: str
    place: Place | None = None
    expected: str | None = None
    hint: str | None = None
    topic: str | None = None


class InputError(Exception):
    """The input cannot be used as it is; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "; ".join(problem.message for problem in self.problems)


class UnknownQuantityError(InputError, KeyError):
    """There is no quantity by this name; also the KeyError that a mapping of quantities raises."""


def refuse(
    message: str,
    place: Place | None = None,
    *,
    expected: str | None = None,
    hint: str | None = None,
    topic: str | None = None,
) -> InputError:
    """An error about a single problem."""
    return InputError([Problem(message, place, expected, hint, topic)])


def reason(error: OSError) -> str:
    """What the system says about a failure, as a part of a sentence: `permission denied`."""
    return (error.strerror or "unknown reason").lower()
