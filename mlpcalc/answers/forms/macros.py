r"""The author's own commands, \newcommand and \def, written out; and those of the package physics.

Each pass writes out the outermost commands; the number of passes and the length of the text are bounded.
Lines keep their numbers.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_PASSES = 6
_LONGEST_BODY = 2_000  # characters
_MOST_MACROS = 500
_GROWTH = 1 << 18  # characters that the text may become longer
_DEFINES = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|DeclareRobustCommand\*?|(?P<operator>DeclareMathOperator\*?)|[gx]?def)"
    r"\s{0,5}(?:\{\s{0,5}\\(?P<braced>[A-Za-z]{1,50})\s{0,5}\}|\\(?P<bare>[A-Za-z]{1,50}))\s{0,5}"
    r"(?:\[(?P<count>[0-9])\]\s{0,5}(?:\[(?P<default>[^\[\]{}\n]{0,100})\]\s{0,5})?|(?P<marks>(?:#[0-9]){1,9}))?(?=\{)"
)
_MAY_DEFINE = re.compile(r"\\(?:re|provide)?newcommand|\\Declare|\\[gx]?def(?![A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]{1,50})(?![A-Za-z])")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_SPACE = re.compile(r"\s{0,20}")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*\Z")
_LINE = 200  # characters before a definition in which it may be in a comment
_OPTION = re.compile(r"\[(?P<given>[^\[\]{}]{0,200})\]")
_PARAMETER = re.compile(r"#([1-9])")


class _Macro(NamedTuple):
    """What a command stands for, with #1 for its first argument; default: that of the first."""

    body: str
    arity: int = 0
    default: str | None = None


_PHYSICS: Mapping[str, _Macro] = {
    "pdv": _Macro(r"\frac{\partial #1}{\partial #2}", 2),
    "dv": _Macro(r"\frac{d #1}{d #2}", 2),
    "vb": _Macro(r"\mathbf{#1}", 1),
    "va": _Macro(r"\vec{#1}", 1),
}
_OF_PHYSICS = re.compile(r"\\(?:pdv|dv|vb|va)\{")


def written_out(text: str) -> str:
    """The text without the author's own commands, as far as they can be written out."""
    macros = dict(_PHYSICS) if _OF_PHYSICS.search(text) else {}
    if _MAY_DEFINE.search(text):
        text = _defined(text, macros)
    if not macros:
        return text
    most = len(text) + _GROWTH
    for _ in range(_PASSES):
        longer = _once(text, macros, most)
        if longer is None or longer == text:
            break
        text = longer
    return text


def _defined(text: str, macros: dict[str, _Macro]) -> str:
    """The text without definitions, which are added to the macros."""
    ends = _braces(text)
    pieces, place = list[str](), 0
    for found in _DEFINES.finditer(text):
        end = ends.get(found.end())
        start = found.start()
        before = text[max(0, start - _LINE) : start].rpartition("\n")[2]
        if _COMMENT.search(before):
            continue
        if end is None or start < place or end - found.end() > _LONGEST_BODY:
            continue
        body = " ".join(text[found.end() + 1 : end].split("\n")).strip()
        if found["operator"]:
            body = rf"\operatorname{{{body}}}"
        arity = int(found["count"] or len(found["marks"] or "") // 2)
        if len(macros) < _MOST_MACROS:
            macros[found["braced"] or found["bare"]] = _Macro(body, arity, found["default"])
        pieces += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end + 1
    return "".join([*pieces, text[place:]])


def _once(text: str, macros: Mapping[str, _Macro], most: int) -> str | None:
    """The text with each outermost command written out; None where it becomes too long."""
    ends = _braces(text)
    pieces, place, length = list[str](), 0, 0
    for found in _COMMAND.finditer(text):
        macro = macros.get(found[1])
        if macro is None or found.start() < place:
            continue  # something else, or inside of an argument
        arguments = _arguments(text, found.end(), macro, ends)
        if arguments is None:
            continue
        values, end = arguments
        pieces += [text[place : found.start()], _filled(macro.body, values)]
        place = end
        length += len(pieces[-1]) + len(pieces[-2])
        if length > most:
            return None
    return "".join([*pieces, text[place:]])


def _arguments(text: str, place: int, macro: _Macro, ends: Mapping[int, int]) -> tuple[list[str], int] | None:
    """The arguments of a command that ends at a place, and where they end; None where one is missing."""
    values: list[str] = []
    end = place
    if macro.default is not None:
        option = _OPTION.match(text, end)
        values.append(option["given"] if option else macro.default)
        end = option.end() if option else end
    while len(values) < macro.arity:
        spaces = _SPACE.match(text, end)
        start = spaces.end() if spaces else end
        close = ends.get(start)
        if close is not None:
            values.append(text[start + 1 : close])
            end = close + 1
        elif text[start : start + 1].isalnum():
            values.append(text[start])
            end = start + 1
        else:
            return None
    return values, end


def _filled(body: str, values: list[str]) -> str:
    """What a command stands for, with as many lines as its arguments have."""
    used: set[int] = set()

    def argument(found: re.Match[str]) -> str:
        number = int(found[1]) - 1
        if number >= len(values):
            return found[0]
        again = number in used
        used.add(number)
        return values[number].replace("\n", " ") if again else values[number]

    whole = _PARAMETER.sub(argument, body)
    ends_in_letter = whole[-1:].isalpha() and "\\" in whole
    lost = sum(value.count("\n") for value in values) - whole.count("\n")
    return whole + (" " if ends_in_letter else "") + "\n" * max(0, lost)


def _braces(text: str) -> dict[int, int]:
    """Where each brace that is closed is closed, by its place."""
    ends: dict[int, int] = {}
    open_: list[int] = []
    for found in _BRACE.finditer(text):
        if found[0] == "{":
            open_.append(found.start())
        elif found[0] == "}" and open_:
            ends[open_.pop()] = found.start()
    return ends
