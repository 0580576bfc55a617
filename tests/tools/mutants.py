"""How a line may be wrong: an operator, a constant, a condition, an argument or a statement of it."""

import ast
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_ONE_WAY = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)  # a - b is not b - a
_HARMLESS = ("strict", "maxsize")  # keywords that only guard or speed up
_GENERIC = ("tuple", "list", "dict", "set", "frozenset", "type")

Place = ast.stmt | ast.expr | ast.pattern


class Mutant(NamedTuple):
    """One change: the bytes of a file from `start` to `end`, which say `old`, become `new`."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of a module."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def replaced(node: Place, new: str, *, start: int | None = None) -> Mutant:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin = starts[node.lineno - 1] + node.col_offset if start is None else start
        end = starts[node.end_lineno - 1] + node.end_col_offset
        return Mutant(path, node.lineno, begin, end, source[begin:end].decode(), new)

    def walk(node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, ast.Match) and len(node.cases) > 1:
            for case in node.cases:
                pattern = replaced(case.pattern, "")
                yield replaced(case.body[-1], "", start=source.rindex(b"case", 0, pattern.start))
        for condition in _conditions(node):
            yield from (replaced(condition, always) for always in ("True", "False"))
        if isinstance(node, ast.stmt | ast.expr):
            for other in _changes(node):
                text = ast.unparse(ast.fix_missing_locations(other))
                if text != ast.unparse(node):
                    yield replaced(node, text if isinstance(node, ast.stmt | ast.Call) else f"({text})")
        for part in _parts(node):
            yield from walk(part)

    return walk(ast.parse(source))


def _changes(node: ast.stmt | ast.expr) -> Iterator[ast.AST]:
    """What may stand in the place of a node by mistake."""
    match node:
        case ast.Compare(left, [op], right):
            yield from (ast.Compare(left, [other()], right) for other in _COMPARISONS[type(op)])
        case ast.BinOp(left, op, right):
            if type(op) in _ARITHMETIC:
                yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
            if isinstance(op, _ONE_WAY):
                yield ast.BinOp(right, op, left)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
            yield from (ast.BoolOp(op, rest) if len(rest) > 1 else rest[0] for rest in _without_one(values))
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value) if value + 1 != value:
            yield ast.Constant(value + 1)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Call(function, arguments, keywords):
            for word in keywords:
                if word.arg not in _HARMLESS:
                    yield ast.Call(function, arguments, [other for other in keywords if other is not word])
            if len(arguments) > 1:
                yield ast.Call(function, arguments[:-1], keywords)
                yield ast.Call(function, [arguments[1], arguments[0], *arguments[2:]], keywords)
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
            if len(elements) > 1 and not any(isinstance(element, ast.Slice) for element in elements):
                for rest in _without_one(elements):
                    fewer = copy(node)
                    fewer.elts = rest
                    yield fewer
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _without_one(items: Sequence[Item]) -> Iterator[list[Item]]:
    for position in range(len(items)):
        yield [*items[:position], *items[position + 1 :]]


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    """The conditions that may as well be always or never met."""
    match node:
        case ast.If(test) | ast.While(test):
            yield test
        case ast.comprehension(ifs=conditions):
            yield from conditions
        case ast.match_case(guard=ast.expr() as guard):
            yield guard


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What is looked into: no types, decorators, patterns, messages or imports."""
    match node:
        case ast.JoinedStr() | ast.Raise() | ast.Assert() | ast.arg() | ast.Import() | ast.ImportFrom():
            return
        case ast.keyword(arg=name) if name in _HARMLESS:
            return
        case ast.Subscript(ast.Name(name)) if name[0].isupper() or name in _GENERIC:
            return
        case ast.Assign([ast.Name("__all__")]):
            return
        case ast.Assign(value=ast.BinOp(op=ast.BitOr(), left=ast.Name() | ast.Subscript())):
            return  # a union of types
        case ast.Subscript(ast.Attribute(attr="ndarray")):
            return
        case ast.match_case(guard=guard, body=body):
            yield from ([guard] if guard else [])
            yield from body
        case ast.FunctionDef(args=arguments, body=body):
            yield arguments
            yield from body
        case ast.ClassDef(body=body):
            yield from body
        case ast.AnnAssign(value=value):
            yield from [value] if value else []
        case ast.Assign(value=value):
            yield value
        case _:
            yield from ast.iter_child_nodes(node)
