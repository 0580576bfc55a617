"""YAML text as the events of a parser, the same with libyaml and without."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import DocumentStartEvent, StreamStartEvent

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml when it is there
_BETWEEN_BRACKETS = re.compile(r"[\s,:?-]*")
_AHEAD = 256  # characters; libyaml counts about a thousand brackets in as many of them


def parsed(text: str) -> Iterator[Any]:
    """All events of a text.

    Raises: yaml.YAMLError, where the text is not YAML.
    """
    loader = LOADER(text)
    end = None
    try:
        while (event := loader.get_event()) is not None:
            end = event.end_mark
            yield event
    except yaml.YAMLError as error:
        if end is None or "nesting depth" not in str(error):
            raise
        yield from _nested(text, end)
    finally:
        loader.dispose()


def _nested(text: str, end: yaml.Mark) -> Iterator[Any]:
    """The events that libyaml saw after `end`, but kept to itself: looking ahead, it met too many brackets.

    They stand close together, or it would not have looked so far: the other parser finds them in a few
    characters, so that what is refused, and where, is ours to say.
    """
    following = _BETWEEN_BRACKETS.match(text, end.index)
    skipped = following[0] if following else ""
    line = end.line + skipped.count("\n")
    column = len(skipped) - 1 - skipped.rfind("\n") + (0 if "\n" in skipped else end.column)
    begin = end.index + len(skipped)
    for event in yaml.parse(text[begin : begin + _AHEAD], Loader=yaml.BaseLoader):
        if isinstance(event, (StreamStartEvent, DocumentStartEvent)):
            continue
        mark: Any = event.start_mark
        event.start_mark = yaml.Mark(
            mark.name, 0, line + mark.line, mark.column + (0 if mark.line else column), None, 0
        )
        yield event


def position_of_character(error: yaml.YAMLError, text: str) -> int | None:
    """Where in the text the character is that the parser does not allow; None if that is not the error."""
    index = getattr(error, "position", None)
    if not isinstance(index, int):
        return None
    if LOADER is not yaml.BaseLoader:  # libyaml counts bytes
        index = len(text.encode()[:index].decode(errors="ignore"))
    return index
