"""Labels of rows and columns that count them: 1, 2, 3; #1, #2; unit 1, unit 2; x0, x1."""

import re
from collections.abc import Sequence

_NUMBERED = re.compile(r"(?P<word>#|[A-Za-z][A-Za-z ]{0,20}[ _#]?|[xhoz]_?|\[)?(?P<number>\d{1,6})[.:\])]?")


def count(labels: Sequence[str]) -> bool:
    """Whether labels count from 0 or from 1, all with the same word."""
    return bool(labels) and counted(labels) == len(labels)


def counted(labels: Sequence[str]) -> int:
    """How many of the first labels count from 0 or from 1, all with the same word."""
    found = _NUMBERED.fullmatch(labels[0]) if labels else None
    if found is None or int(found["number"]) > 1:
        return 0
    word, number = found["word"], int(found["number"])
    for place, label in enumerate(labels):
        further = _NUMBERED.fullmatch(label)
        if further is None or further["word"] != word or int(further["number"]) != number + place:
            return place
    return len(labels)
