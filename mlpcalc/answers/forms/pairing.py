"""What ends what: the marks of a text in pairs, brackets and environments alike."""

from collections.abc import Iterable


def paired(marks: Iterable[tuple[str, str]]) -> tuple[dict[int, int], list[int]]:
    """The place of the end of each mark that begins something, and the places of those without an end.

    marks: what each begins and what it ends, "" for nothing. An end of what has not begun is passed over; one
    of something further out leaves what has begun inside of it without an end.
    """
    ends: dict[int, int] = {}
    without: list[int] = []
    open_: list[tuple[str, int]] = []
    counts: dict[str, int] = {}  # of what is open, so that a stray end need not be looked for
    for place, (begun, ended) in enumerate(marks):
        if begun:
            open_.append((begun, place))
            counts[begun] = counts.get(begun, 0) + 1
        elif counts.get(ended):
            while open_:
                other, start = open_.pop()
                counts[other] -= 1
                if other == ended:
                    ends[start] = place
                    break
                without.append(start)
    return ends, [*without, *(place for _, place in open_)]
