"""Write a NumPy script that computes and prints the matrices of a page, in the names of its course.

Of the texts of a file only comments enter the script: names that are no identifiers are replaced by plain
ones, and givens are numbers.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from keyword import iskeyword

import numpy as np

from mlpcalc.notation.styles import NUMPY, TIGHT, number_text
from mlpcalc.notation.writer import Writer
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Activation, Apply, Derivative, s
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Stage, Symbol, step_suffix
from mlpcalc.solving.quantities import Quantities
from mlpcalc.text.sanitize import clean

_USUAL = expr.LETTERS_OF_SCALARS
_PLAIN_LETTERS = str.maketrans({"η": "eta", "λ": "lambda_", "μ": "mu", "β": "beta", "ε": "epsilon"})
_WRITTEN_OUT = frozenset(("1-beta1", "1-beta2", "1-beta1^t", "1-beta2^t"))  # by β1 and β2
_ZERO = 12  # decimals: what is zero after rounding to these is zero on paper
_ROUNDED = '''

def rounded(x):
    """Each figure to {0} decimals, ties away from zero, as on paper."""
    return np.sign(x) * np.floor(np.abs(x) * 10.0**{0} + 0.5 + 1e-9) / 10.0**{0}'''

_TIMES_LN = '''

def times_ln(a, x):
    """a ln x, where 0 ln 0 is 0, as on paper."""
    return a * np.log(np.where(a == 0, 1, x))'''
_RATIO = '''

def ratio(a, b):
    """a / b, where 0 / 0 is 0, as on paper."""
    return a / np.where(a == 0, 1, b)'''
_NORMAL = {
    "Phi": '''

def Phi(x):
    """The normal distribution function."""
    return np.vectorize(math.erfc)(-x / np.sqrt(2)) / 2''',
    "phi": '''

def phi(x):
    """The density of the normal distribution."""
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)''',
}


def script(
    solution: Quantities,
    printed: Collection[Symbol],
    digits: Digits,
    titles: Mapping[Stage, str],
    *,
    ascii_only: bool = False,
) -> str:
    """Write a script that prints some quantities, computing all that they need.

    decimals: digits printed. titles: the comment above each stage. ascii_only: whether to use plain names
    throughout.
    """
    return "\n".join(_Script(solution, printed, digits, ascii_only=ascii_only).lines(titles)) + "\n"


def _constant_slope(node: expr.Expr) -> expr.Expr | None:
    """Replace the derivative of the identity by 1; None for any other expression."""
    match node:
        case Derivative(function) if isinstance(function.derivative, expr.Number):
            return function.derivative
    return None


def _times_logarithm(node: expr.Expr) -> bool:
    match node:
        case expr.Hadamard(_, expr.Call("log")):
            return True
    return False


def _by_outputs(node: expr.Expr) -> bool:
    """Whether a node is a quotient by an output y or by 1 - y, as in the derivative of a loss."""
    return isinstance(node, expr.Quotient) and {used.kind for used in trees.references(node.right)} == {"Z"}


def _of_step_1(symbol: Symbol) -> Symbol:
    return symbol._replace(step=1)


class _Script(Writer):
    """Writes the script of one solution."""

    def __init__(
        self, solution: Quantities, printed: Collection[Symbol], digits: Digits, *, ascii_only: bool
    ) -> None:
        exercise = solution.exercise
        super().__init__(NUMPY, exercise.letters)
        self._solution, self._printed, self._digits = solution, printed, digits
        self._expressions = self._needed()
        self._functions = self._named_functions()
        self._has_limits = self._saturates()
        names = None if ascii_only else self._course_names()
        if names is None:
            self._written = {key: text.translate(_PLAIN_LETTERS) for key, text in _USUAL.items()}
        self._names = names or {each: each.plain for each in map(_of_step_1, self._expressions)}
        self._step = 1

    def name(self, symbol: Symbol) -> str:
        """The variable for a quantity: the same in every step, a parameter by what it is in that step."""
        name = self._names[_of_step_1(symbol)]
        if symbol.is_parameter and symbol.updated and symbol.step == self._step - 1:
            return self._names.get(Symbol(symbol.kind, symbol.layer), name)
        return name

    def function(self, function: Activation) -> str:
        """The name of the helper for a function."""
        return self._functions[function]

    def write(self, node: expr.Expr) -> tuple[str, int]:
        """Write an expression in NumPy, with helpers for 0 ln 0 and 0 / 0 where those occur."""
        if self._has_limits:
            match node:
                case expr.Hadamard(factor, expr.Call("log", operand)):
                    return f"times_ln({self.text(factor)}, {self.text(operand)})", TIGHT
                case expr.Quotient(above, below) if _by_outputs(node):
                    return f"ratio({self.text(above)}, {self.text(below)})", TIGHT
        return super().write(node)

    # -- what is in it

    def _needed(self) -> dict[Symbol, expr.Expr | None]:
        """The expression of each quantity in the script, in the order of the page; None for givens."""
        page, found = self._solution.computed.page, dict[Symbol, expr.Expr | None]()
        pending = [*self._printed]
        while pending:
            symbol = pending.pop()
            if symbol not in found:
                found[symbol] = None
                if symbol in page:
                    written = self._solution.expression(symbol, self._solution.keeps_its_name)
                    expression = found[symbol] = simplify(trees.rewrite(written, _constant_slope))
                    pending += trees.references(expression)
        return {symbol: found[symbol] for symbol in self._solution.symbols.values() if symbol in found}

    def _nodes(self) -> Iterator[expr.Expr]:
        for expression in self._expressions.values():
            if expression is not None:
                yield from trees.nodes(expression)

    @cached_property
    def _used_scalars(self) -> set[expr.Scalar]:
        """The numbers of the exercise that occur in it."""
        scales = (node for node in self._nodes() if isinstance(node, expr.Scale))
        return {name for node in scales for name, _ in node.coefficient.powers}

    @cached_property
    def _updated(self) -> Mapping[int, Sequence[Symbol]]:
        """The parameters that occur in it after the update, by their steps."""
        found = defaultdict[int, list[Symbol]](list)
        for symbol in self._expressions:
            if symbol.is_parameter and symbol.updated:
                found[symbol.step].append(symbol)
        return found

    def _saturates(self) -> bool:
        """Whether an output is exactly 0 or 1, so that ln 0 or 0 / 0 may occur in the loss."""
        last = self._solution.exercise.network.depth
        outputs = [each for each in self._expressions if (each.kind, each.layer) == ("Z", last)]
        return any(np.isin(self._solution.computed[symbol], (0, 1)).any() for symbol in outputs)

    def _named_functions(self) -> dict[Activation, str]:
        """Names for the functions that occur; those of one name, with other parameters, get a number."""
        used = dict.fromkeys(node.function for node in self._nodes() if isinstance(node, Apply | Derivative))
        names: dict[Activation, str] = {}
        for function in used:
            count = sum(other.name == function.name for other in names)
            names[function] = f"{function.name}_{count + 1}" if count else function.name
        return names

    def _course_names(self) -> dict[Symbol, str] | None:
        """Variables in the letters of the course; None if some are no identifiers or clash."""
        letters = self._solution.exercise.all_letters
        numbers = [letters[key] for key in _USUAL]
        names = {}
        for symbol in map(_of_step_1, self._expressions):
            text = symbol.in_letters(letters)
            name = symbol.plain if "(" in text else unicodedata.normalize("NFKC", text)
            names[symbol] = name
        taken = {
            "np",
            "print",
            "round",
            "rounded",
            "times_ln",
            "ratio",
            "math",
            *_NORMAL,
            *numbers,
            *self._functions.values(),
        }
        taken |= {f"{name}_prime" for name in self._functions.values()}
        good = all(name.isidentifier() and not iskeyword(name) for name in (*names.values(), *numbers))
        distinct = len({*names.values()} - taken) == len(names)
        return names if good and distinct else None

    # -- line by line

    def lines(self, titles: Mapping[Stage, str]) -> Iterator[str]:
        exercise = self._solution.exercise
        helpers = [*self._helpers()]
        yield from ["import math\n"] if _NORMAL["Phi"] in helpers else []
        yield "import numpy as np"  # no comment: in the first two lines one could declare an encoding
        yield ""
        yield from (f"# {clean(text)}" for text in (exercise.title, exercise.origin) if text)
        if self._digits.significant:
            yield f'np.set_printoptions(formatter={{"float_kind": "{{:#.{self._digits.number}g}}".format}})'
        else:
            yield f"np.set_printoptions(precision={self._digits.number}, suppress=True)"
        yield from [*helpers, ""] if helpers else []
        stage = None
        for symbol, expression in self._expressions.items():
            if symbol.step != self._step:
                stage = None
                yield from self._next_step(symbol.step)
            if exercise.network.stage(symbol) != stage:
                stage = exercise.network.stage(symbol)
                yield f"\n# {titles[stage]}"
                if stage == Stage.GIVENS:
                    yield from self._scalars()
            yield from self._given(symbol) if expression is None else [self._computed(symbol, expression)]
            if symbol in self._printed:
                yield self._print(symbol)

    def _next_step(self, step: int) -> Iterator[str]:
        """The comment above a step, and the parameters that it starts from."""
        yield f"\n\n# ---- step {step}"
        left = self._updated[step - 1]
        before = [self.name(symbol) for symbol in left]
        self._step = step
        yield from (f"{self.name(symbol)} = {name}" for symbol, name in zip(left, before, strict=True))

    def _helpers(self) -> Iterator[str]:
        """The definitions of the helpers and functions that occur."""
        if self._solution.carry is not None:
            yield _ROUNDED.format(self._solution.carry)
        if self._has_limits:
            nodes = [*self._nodes()]
            yield from [_TIMES_LN] if any(map(_times_logarithm, nodes)) else []
            yield from [_RATIO] if any(map(_by_outputs, nodes)) else []
        yield from self._normal()
        slopes = {node.function for node in self._nodes() if isinstance(node, Derivative)}
        for function in self._functions:
            if not isinstance(function.value, expr.Variable):  # the identity needs none
                yield from self._helper(self.function(function), function.value)
            if function in slopes and not isinstance(function.derivative, expr.Number):
                slope = trees.bind(function.derivative, z=Apply(function, s))
                yield from self._helper(self.function(function) + self.style.prime, slope)

    def _normal(self) -> Iterator[str]:
        """The normal distribution, where a function is made of it."""
        definitions = [
            part.function.value if isinstance(part, Apply) else part.function.derivative
            for part in self._nodes()
            if isinstance(part, Apply | Derivative)
        ]
        called = {
            node.function
            for definition in definitions
            for node in trees.nodes(definition)
            if isinstance(node, expr.Call)
        }
        yield from (helper for name, helper in _NORMAL.items() if name in called)

    def _helper(self, name: str, definition: expr.Expr) -> Iterator[str]:
        S = Symbol("S", 1)
        in_layout = self._solution.exercise.layout.expression(S, trees.bind(definition, s=expr.Ref(S)))
        text = self.text(trees.exchange(in_layout, expr.Ref(S), s))
        yield f"\n\ndef {name}(s):\n    return {text}"

    def _scalars(self) -> Iterator[str]:
        exercise = self._solution.exercise
        before = exercise.scalars(self._step - 1) if self._step > 1 else {}
        for name, value in exercise.scalars(self._step).items():
            if name in self._used_scalars and name not in _WRITTEN_OUT and value != before.get(name):
                yield f"{self.scalar(name)} = {number_text(value)}"

    def _given(self, symbol: Symbol) -> Iterator[str]:
        rows = self._figures(symbol)
        yield f"{self.name(symbol)} = np.array(["
        yield from (f"    [{', '.join(row)}]," for row in rows)
        yield "], dtype=float)"

    def _figures(self, symbol: Symbol) -> Sequence[Sequence[str]]:
        """The cells of a given as typed, in the layout of the exercise."""
        typed = self._solution.exercise.typed(symbol)
        if typed is None:
            values = np.atleast_2d(self._solution.computed[symbol]).tolist()
            cells = [[repr(cell) for cell in row] for row in values]
        else:
            cells = [[cell.replace("\N{MINUS SIGN}", "-") for cell in row] for row in typed]
        transposed = self._solution.exercise.layout.is_transposed(symbol)
        return [*zip(*cells, strict=True)] if transposed else cells

    def _computed(self, symbol: Symbol, expression: expr.Expr) -> str:
        text = self.text(expression)
        if not trees.references(expression):  # the same in every cell
            rows, columns = self._shape(symbol)
            text = f"np.full(({rows}, {columns}), {text})"
        if self._solution.carry is not None:
            text = f"rounded({text})"
        elif self._at_a_kink(symbol):
            return f"{self.name(symbol)} = np.round({text}, {_ZERO})  # zero on paper is zero here"
        return f"{self.name(symbol)} = {text}"

    def _shape(self, symbol: Symbol) -> tuple[int, ...]:
        """Rows and columns of a quantity in the layout of the exercise."""
        shape = np.atleast_2d(self._solution.computed[symbol]).shape
        return self._solution.exercise.layout.axes(symbol, shape)

    def _at_a_kink(self, symbol: Symbol) -> bool:
        """Whether a function with a kink is applied to exactly 0, so that rounding noise matters."""
        if symbol.kind != "S":
            return False
        kinks = self._solution.exercise.layers[symbol.layer - 1].activation.kinks
        return bool(np.isin(self._solution.computed[symbol], kinks).any())

    def _print(self, symbol: Symbol) -> str:
        name = self.name(symbol)
        title = name + step_suffix(symbol.step)
        if not symbol.spec.shape:
            number, significant = self._digits
            shown = f'f"{{{name}:#.{number}g}}"' if significant else f"round({name}, {number})"
            return f'print("{title}:", {shown})'
        return f'print("{title}:", {name}, sep="\\n")'
