"""YAML text as a tree that remembers where everything stood.

It reads parser events, not documents: anchors, aliases, tags and deep
nesting are refused as they come by, so that a small file cannot grow into a large one, and nothing that
the file says is ever executed or opened.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from mlpcalc.errors import InputError, Place, Problem, refuse
from mlpcalc.reading.events import parsed, position_of_character
from mlpcalc.reading.syntax import ANCHOR, TAG, syntax_fault
from mlpcalc.text.wording import clipped

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 20
MAX_NODES = 2_000_000
MAX_PROBLEMS = 30  # shown
MAX_NOTED = 500

_NODES = {ScalarEvent, SequenceStartEvent, MappingStartEvent}


class TooManyValuesError(InputError):
    """A file has more values than are read of one."""


class ScalarNode(NamedTuple):
    """A text. `line` and `column` count from 1; `plain` if unquoted, `block` if written after | or >."""

    text: str
    line: int
    column: int
    plain: bool = True
    block: bool = False

    @property
    def blank(self) -> bool:
        """Whether it is empty, ~ or null."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class SequenceNode(NamedTuple):
    """A list."""

    items: "list[Node]"
    line: int
    column: int


class MappingNode(NamedTuple):
    """Keys and values in the order of the file; a key may occur twice."""

    pairs: "list[tuple[ScalarNode, Node]]"
    line: int
    column: int


Node = ScalarNode | SequenceNode | MappingNode


class Document:
    """A file: its text, its tree, and the problems found with it so far.

    most: the largest number of values; None for the limit of exercises.
    """

    def __init__(self, text: str, file: str, most: int | None = None) -> None:
        self.file = file
        self.text = text
        self.most = MAX_NODES if most is None else most
        self.problems: list[Problem] = []
        self._start = 1, 1

    def part(self, text: str, line: int, column: int) -> "Document":
        """A text that begins at a place of this document, as a document with the places of this one."""
        part = Document(text, self.file, self.most)
        part._start = line, column
        part.lines = self.lines
        return part

    def position(self, line: int, column: int) -> tuple[int, int]:
        """Where a character stands, counted from 1, that the parser counts from 0 in the text."""
        first_line, first_column = self._start
        return line + first_line, column + (1 if line else first_column)

    @cached_property
    def lines(self) -> list[str]:
        """What YAML counts as lines."""
        return re.split("[\n\x85\u2028\u2029]", self.text)

    @cached_property
    def root(self) -> Node:
        """The tree, parsed when it is first asked for; raises `InputError` where the text is no YAML."""
        return _tree(self)

    def place(self, node: Node) -> Place:
        """Where a node stands."""
        return self.at(node.line, node.column)

    def at(self, line: int, column: int) -> Place:
        """A place by its numbers, with the text of its line."""
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        return Place(self.file, line, column, source)

    def complain(
        self, node: Node, message: str, *, expected: str | None = None, hint: str | None = None
    ) -> None:
        """Note a problem at a node; reading goes on, so that all problems are reported at once.

        Raises `InputError` with all of them when there are more than anyone would read.
        """
        self.note(node, Problem(message, None, expected, hint))

    def note(self, node: Node, problem: Problem) -> None:
        """Note a problem that was found in the text of a node; raises as `complain` does."""
        self.problems.append(problem._replace(place=self.place(node)))
        if len(self.problems) >= MAX_NOTED:
            self.raise_problems()

    def raise_problems(self) -> None:
        """Raise `InputError` with what was noted so far, in the order of the file."""
        if self.problems:
            shown = sorted(self.problems, key=_position)[:MAX_PROBLEMS]
            more = len(self.problems) - len(shown)
            rest = [Problem(f"and {more:,} more problems", Place(self.file))] if more else []
            raise InputError([*shown, *rest])


def _position(problem: Problem) -> tuple[int, int]:
    place = problem.place
    return (place.line or 0, place.column or 0) if place else (0, 0)


def decode(data: bytes, file: str, most: int = MAX_BYTES) -> str:
    """The text of a file; raises `InputError` where it has more than `most` bytes or is no UTF-8 text."""
    if len(data) > most:
        raise refuse(f"the file is too large: {len(data):,} bytes", Place(file), expected=f"at most {most:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(
            "not a text file in UTF-8", Place(file, line), hint="save it as plain text with encoding UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tree(document: Document) -> Node:
    """The tree of the only document in the text."""
    events = _events(document)
    for event in events:
        if type(event) in _NODES:
            return _build(document, event, events)
    raise refuse("the file is empty", document.at(1, 1))


def _events(document: Document) -> Iterator[Any]:
    """The parser's events; alias, anchors and tags are refused, as is a second document."""
    documents = 0
    try:
        for event in parsed(document.text):
            if type(event) in _NODES:
                if event.anchor or event.tag:
                    raise _not_allowed(document, event)
            elif isinstance(event, AliasEvent):
                raise _not_allowed(document, event)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise refuse(
                        "a second document begins here",
                        _mark(document, event),
                        expected="one exercise or one answer sheet per file",
                        hint="remove the line ---",
                    )
            yield event
    except yaml.YAMLError as error:
        raise _syntax_error(document, error) from None


def _not_allowed(document: Document, event: Any) -> InputError:  # noqa: ANN401  # events have no common type
    if event.anchor:
        return refuse(
            ANCHOR,
            _mark(document, event),
            hint="write the value out; put text that begins with * or & in quotes",
        )
    return refuse(
        f"{TAG}: {clipped(event.tag)}",
        _mark(document, event),
        hint="put text that begins with ! in quotes",
    )


def _build(document: Document, event: Any, events: Iterator[Any]) -> Node:  # noqa: ANN401  # as above
    """The tree that begins with `event`, built without recursion."""
    root: Node | None = None
    open_: list[SequenceNode | MappingNode] = []
    keys: list[ScalarNode | None] = []
    position, count = document.position, 0
    while True:
        kind = type(event)
        if kind in _NODES:
            mark = event.start_mark
            node: Node
            if kind is ScalarEvent:
                style = event.style
                block = style in ("|", ">")
                node = ScalarNode(event.value, *position(mark.line, mark.column), not style, block)
            else:
                node = (SequenceNode if kind is SequenceStartEvent else MappingNode)(
                    [], *position(mark.line, mark.column)
                )
            count += 1
            if count > document.most:
                raise TooManyValuesError(
                    [
                        Problem(
                            "the file has too many values",
                            document.place(node),
                            expected=f"at most {document.most:,}",
                        )
                    ]
                )
            if open_:
                _attach(document, node, open_[-1], keys)
            root = root or node
            if not isinstance(node, ScalarNode):
                if len(open_) >= MAX_DEPTH:
                    raise refuse(
                        "brackets are nested too deeply",
                        document.place(node),
                        expected=f"at most {MAX_DEPTH} levels",
                    )
                open_.append(node)
                keys.append(None)
        elif open_:
            open_.pop()
            keys.pop()
        if not open_:
            break
        event = next(events)
    for _ in events:  # to the end, so that what follows is checked too
        pass
    assert root is not None  # noqa: S101  # the first event made it
    return root


def _attach(
    document: Document, node: Node, parent: SequenceNode | MappingNode, keys: list[ScalarNode | None]
) -> None:
    """Put a node where it belongs in the innermost open list or mapping."""
    if isinstance(parent, SequenceNode):
        parent.items.append(node)
    elif (key := keys[-1]) is not None:
        parent.pairs.append((key, node))
        keys[-1] = None
    elif isinstance(node, ScalarNode):
        keys[-1] = node
    else:
        raise refuse(
            "a key must be a word",
            document.place(node),
            hint="put text that begins with a bracket or brace in quotes",
        )


def _mark(document: Document, event: Any) -> Place:  # noqa: ANN401  # as above
    return _place(document, event.start_mark)


def _place(document: Document, mark: yaml.Mark) -> Place:
    return document.at(*document.position(mark.line, mark.column))


def _syntax_error(document: Document, error: yaml.YAMLError) -> InputError:
    """What the parser objects to, as a problem of ours."""
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is not None:
        unfinished = mark.index >= len(document.text.rstrip())
        said = f"{getattr(error, 'context', '')}: {getattr(error, 'problem', '')}"
        line = _place(document, start if unfinished and start else mark).source or ""
        fault = syntax_fault(said, document.text[mark.index : mark.index + 1], line)
        if start is not None and (unfinished or fault.at_start):
            mark = start  # what was opened there is missing its end; the end of the file says nothing
        place = _place(document, mark)
        known = fault.message in (ANCHOR, TAG)  # the same as where the parser lets them pass
        return refuse(fault.message if known else f"not valid YAML: {fault.message}", place, hint=fault.hint)
    if (index := position_of_character(error, document.text)) is not None:
        before = document.text[:index]
        place = document.at(*document.position(before.count("\n"), index - before.rfind("\n") - 1))
        return refuse("a character that YAML does not allow", place, hint="remove it")
    return refuse("not valid YAML", Place(document.file))
