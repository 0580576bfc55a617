"""No regular expression of the package takes more than its share of time, whatever text it is given.

Every pattern is found, those compiled at the top of a module and those written in a call, together with how
it is used: `search` begins at each place of a text, `fullmatch` at the first one only. It is tried on texts
made of it: up to each of its repetitions, a long run of what is repeated there, and something that does not
belong. Repeated work shows in how the time grows with the length: one that looks at each place again from
each other takes minutes for what takes milliseconds, on whichever machine.
"""

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]  # what the parser of patterns speaks in
from re import _parser as parser  # type: ignore[attr-defined]  # the only one there is
from typing import Any, NamedTuple

import pytest

from tests.test_architecture import MODULES

FULL, FULL_LIMIT = 100_000, 1.0  # characters, and seconds of the processor: a hundred times what they take
LIMITS = ((3_000, 0.1), (10_000, 0.25))  # for shorter ones, to catch a bad one at once
SLOWEST = 3  # texts of each pattern that are tried at the full length
METHODS = ("match", "fullmatch", "search", "split", "sub", "subn", "findall", "finditer")
STRANGERS = ("", "\0", "x", "0", " ", "\n", "=", "]", ")", "}", ":", ",", ";", "/", ".")
SAMPLES = "0a_ .,-+/;:=[](){}\n\t#'\"\\éΔ²\u2028\0"
Text = str | bytes


class Use(NamedTuple):
    """A pattern of a module, and a method that it is used with."""

    module: str
    pattern: re.Pattern[Any]
    method: str

    def __repr__(self) -> str:
        return f"{self.module}: {self.method} {self.pattern.pattern!r}"


# ---------------------------------------------------------------------------- finding them


def is_of_re(call: ast.Call) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) == "re"


def uses_in(name: str, tree: ast.Module) -> Iterator[Use]:
    """The patterns of one module; fails for one that is put together when it is used."""
    module = importlib.import_module("mlpcalc" if name == "__init__" else f"mlpcalc.{name}")
    compiled = {key: value for key, value in vars(module).items() if isinstance(value, re.Pattern)}
    inside = [each for value in vars(module).values() if isinstance(value, tuple) for each in flat(value)]
    at_the_top = {id(node) for statement in tree.body for node in calls_at_the_top(statement)}
    called: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        method, owner = node.func.attr, ast.unparse(node.func.value)
        if owner in compiled and method in METHODS:
            called.add(owner)
            yield Use(name, compiled[owner], method)
        elif is_of_re(node) and method in METHODS:
            written = node.args[0]
            assert isinstance(written, ast.Constant), f"{name}:{node.lineno}: compile it at the top"
            assert isinstance(written.value, str | bytes)
            flags = {key.arg: key.value for key in node.keywords}.get("flags")
            yield Use(name, re.compile(written.value, flags_of(flags)), method)
        elif is_of_re(node) and method == "compile":
            assert id(node) in at_the_top, f"{name}:{node.lineno}: compile it at the top"
    for pattern in [value for key, value in compiled.items() if key not in called]:
        yield from (Use(name, pattern, method) for method in ("fullmatch", "search"))
    methods = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {*METHODS}
    for pattern in inside:
        yield from (Use(name, pattern, method) for method in sorted(methods))


def flat(value: Any) -> Iterator[re.Pattern[Any]]:  # noqa: ANN401  # whatever a module has
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from flat(each)


def calls_at_the_top(statement: ast.stmt) -> Iterator[ast.AST]:
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield from ast.walk(statement)


def flags_of(node: ast.expr | None) -> int:
    names = re.findall(r"re\.(\w+)", ast.unparse(node)) if node else []
    return int(sum(getattr(re, name) for name in names))


@cache
def uses() -> tuple[Use, ...]:
    found = {repr(use): use for name, tree in MODULES.items() for use in uses_in(name, tree)}
    return tuple(found.values())


# ---------------------------------------------------------------------------- texts for a pattern


class Run(NamedTuple):
    """A text up to a repetition, and a piece that can be repeated there."""

    before: str
    piece: str


def runs(items: Any, before: str) -> Iterator[Run]:  # noqa: ANN401  # a tree of the parser
    """The repetitions in a part of a pattern, each after the shortest text that leads there."""
    for code, argument in items:
        for inside in parts(code, argument):
            yield from runs(inside, before)
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, inside = argument
            if most > 100:
                yield from (Run(before, piece) for piece in set(samples(inside)) if piece)
        before += next(iter(samples([(code, argument)])), "")


def parts(code: Any, argument: Any) -> list[Any]:  # noqa: ANN401  # as above
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [argument[2]]
    if code is codes.BRANCH:
        return list(argument[1])
    if code is codes.SUBPATTERN:
        return [argument[3]]
    if code is codes.ATOMIC_GROUP:
        return [argument]
    return []


def samples(items: Any) -> list[str]:  # noqa: ANN401  # as above
    """Some texts that a part of a pattern matches; of a set of characters one of each kind."""
    found = [""]
    for code, argument in items:
        found = [start + end for start in found for end in sample(code, argument)][:8]
    return found


def sample(code: Any, argument: Any) -> list[str]:  # noqa: ANN401  # as above
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, most, inside = argument
        return [each * max(least, 1 if most else 0) for each in samples(inside)][:4] if least else [""]
    if code in (codes.BRANCH, codes.SUBPATTERN, codes.ATOMIC_GROUP):
        return [each for inside in parts(code, argument) for each in samples(inside)][:8]
    if code is codes.LITERAL:
        return [chr(argument)]
    if code in (codes.IN, codes.NOT_LITERAL, codes.ANY, codes.CATEGORY):
        one = compiled_alone(code, argument)
        return [character for character in SAMPLES if one(character)][:8] or literals(argument)
    return [""]  # what takes no room: a beginning, a look ahead


def compiled_alone(code: Any, argument: Any) -> Callable[[str], object]:  # noqa: ANN401  # as above
    """Whether one character is among those that a part of a pattern stands for."""
    if code is codes.ANY:
        return lambda character: character != "\n"
    if code is codes.NOT_LITERAL:
        return lambda character: ord(character) != argument
    members = argument if code is codes.IN else [(codes.CATEGORY, argument)]
    negated = members[0][0] is codes.NEGATE
    return lambda character: any(is_in(character, *member) for member in members) != negated


def is_in(character: str, code: Any, argument: Any) -> bool:  # noqa: ANN401  # as above
    if code is codes.LITERAL:
        return bool(ord(character) == argument)
    if code is codes.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if code is codes.CATEGORY:
        sign = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(argument).split("_")[-1]]
        return (re.match(sign, character) is not None) != ("NOT" in str(argument))
    return False


def literals(argument: Any) -> list[str]:  # noqa: ANN401  # as above
    return [chr(each[1] if each[0] is codes.LITERAL else each[1][0]) for each in argument if each[1]][:2]


def texts(pattern: re.Pattern[Any], length: int) -> Iterator[Text]:
    """Texts of about this length that a pattern may stumble over."""
    source = pattern.pattern
    tree = parser.parse(source, pattern.flags & ~re.DEBUG)
    found = list(dict.fromkeys(runs(tree, "")))
    pieces = dict.fromkeys(run.piece for run in found)
    made: dict[str, None] = {}
    for before, piece in found:
        for stranger in STRANGERS:
            made[before + piece * (length // len(piece)) + stranger] = None
        for again in filter(None, (before, before + piece)):  # a search begins at each of them
            made[again * (length // len(again)) + "\0"] = None
    for one in [*pieces, *{each for each in samples(tree) if each}]:  # several pieces in turn
        for other in ["", *pieces]:
            both = one + other
            made[both * (length // len(both)) + "\0"] = None
    for text in made:
        yield text.encode("latin-1", "replace") if isinstance(source, bytes) else text


def seconds(use: Use, text: Text) -> float:
    """How long the processor takes for a text."""
    started = time.process_time()
    if use.method in ("sub", "subn"):
        use.pattern.sub(text[:0], text)
    elif use.method == "finditer":
        sum(1 for _ in use.pattern.finditer(text))
    else:
        getattr(use.pattern, use.method)(text)
    return time.process_time() - started


def is_slow(use: Use, text: Text, limit: float) -> bool:
    """Whether a text takes too long, and not only once."""
    return seconds(use, text) > limit and seconds(use, text) > limit


def stumbles(use: Use) -> str | None:
    """A text that takes a pattern too long, if one is found."""
    tried = list(texts(use.pattern, FULL))
    for length, limit in LIMITS:
        for text in texts(use.pattern, length):
            if is_slow(use, text, limit):
                return f"{text[:20]!r} … {text[-20:]!r}"
    taken = [(seconds(use, text), number) for number, text in enumerate(texts(use.pattern, LIMITS[-1][0]))]
    for _, number in sorted(taken, reverse=True)[:SLOWEST]:
        if is_slow(use, tried[number], FULL_LIMIT):
            return f"{tried[number][:20]!r} … {tried[number][-20:]!r}"
    return None


# ---------------------------------------------------------------------------- the tests


def test_the_patterns_of_the_package_are_found() -> None:
    source = "".join(ast.unparse(tree) for tree in MODULES.values())
    assert len(uses()) >= len(set(re.findall(r"re\.(?:compile|fullmatch|search|sub)\(.*", source))) > 20


@pytest.mark.slow
@pytest.mark.parametrize("use", uses(), ids=repr)
def test_a_pattern_takes_time_in_proportion(use: Use) -> None:
    assert stumbles(use) is None


def test_one_that_does_not_is_caught() -> None:
    assert stumbles(Use("tests", re.compile(r"0+(\d+(?:\.\d*)?)"), "fullmatch")) is not None
