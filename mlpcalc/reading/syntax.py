"""What is wrong with a text that is not YAML, in words of our own.

libyaml and the pure Python parser object to the same things in different words, and so do their versions.
What they say is only recognised here; it is never shown.
"""

import re
from typing import NamedTuple

LOOK = "look for a missing bracket, quote or colon here or in the lines above"
QUOTE = "put text that begins with a sign such as * or & in quotes"
NOT_CLOSED = "the quote is not closed"
ANCHOR = "aliases and anchors (* and &) are not allowed"
TAG = "tags are not allowed"

_SIGN_FIRST = re.compile(r"\s*(- )?\w+:\s*[*&!%@`]")
_ROW_OF_NUMBERS = re.compile(r"\s+[-\N{MINUS SIGN}+\d.~][-\N{MINUS SIGN}+\d.eE/~;\s]*")


class SyntaxFault(NamedTuple):
    """What to say about a syntax error; `at_start` if the place to show is where the broken piece begins."""

    message: str
    hint: str = LOOK
    at_start: bool = False


# What both parsers say, as "context: problem", and what we say; the first that is found counts.
_FAULTS = (
    (re.compile("tab character"), SyntaxFault("a tab is not allowed here", "indent with spaces, not tabs")),
    (
        re.compile("(mapping values|block mapping entries) are not allowed|unexpected ':'"),
        SyntaxFault("a colon is not allowed here", "put text with a colon in quotes"),
    ),
    (re.compile("sequence entries are not allowed"), SyntaxFault("a list cannot begin here")),
    (
        re.compile("mapping keys are not allowed"),
        SyntaxFault("a key cannot begin here", "put text with a ? in quotes"),
    ),
    (re.compile("an (alias|anchor)"), SyntaxFault(ANCHOR, QUOTE, at_start=True)),
    (
        re.compile("a tag|undefined tag handle"),
        SyntaxFault(TAG, "put text that begins with ! in quotes", at_start=True),
    ),
    (re.compile("a simple key"), SyntaxFault("the line above has no colon after its key")),
    (
        re.compile("quoted scalar.{0,80}escape"),
        SyntaxFault(r"a \ in these double quotes has no meaning", "use single quotes", at_start=True),
    ),
    (re.compile("quoted scalar"), SyntaxFault(NOT_CLOSED, at_start=True)),
    (
        re.compile("cannot start any token"),
        SyntaxFault("text cannot begin with this character", "put the text in quotes"),
    ),
    (
        re.compile("block scalar"),
        SyntaxFault("nothing else may follow | or > on its line", "begin the text on the next line"),
    ),
    (re.compile("block mapping"), SyntaxFault("a key is expected here")),
    (
        re.compile("block (collection|sequence)"),
        SyntaxFault("a list item is expected here, with - in front"),
    ),
    (re.compile("flow sequence"), SyntaxFault("a comma or ] is expected here")),
    (re.compile("flow mapping"), SyntaxFault("a comma or } is expected here")),
    (re.compile("document start"), SyntaxFault("the file should end before this")),
    (
        re.compile("directive|incompatible YAML"),
        SyntaxFault("a line cannot begin with %", "put the text in quotes", at_start=True),
    ),
    (re.compile("node"), SyntaxFault("a value is expected here")),
)


def syntax_fault(said: str, character: str, line: str) -> SyntaxFault:
    """The fault behind what a parser said, as "context: problem", of a character in a line."""
    fault = SyntaxFault("something is wrong here")
    said = "tab character" if character == "\t" else said.partition(", but ")[0]  # not what was found instead
    for pattern, known in _FAULTS:
        if pattern.search(said):
            fault = known
            break
    return fault if fault.hint is not LOOK else fault._replace(hint=_hint(line))


def _hint(line: str) -> str:
    """What to do where the line, not the fault, shows it."""
    if "\t" in line:
        return "indent with spaces, not tabs"
    if _SIGN_FIRST.match(line):
        return QUOTE
    if _ROW_OF_NUMBERS.fullmatch(line):
        return "no row of a | block may be indented less than the first"
    return LOOK
