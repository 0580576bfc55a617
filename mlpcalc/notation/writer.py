"""Write expressions as text in any style."""

from collections.abc import Mapping
from fractions import Fraction

from mlpcalc.notation.styles import HADAMARD, PRODUCT, RAISED, SUM, TEXT, TIGHT, Style, number_text
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Activation, Apply, Derivative, one, zero
from mlpcalc.page.symbols import Symbol


class Writer:
    """Writes expressions in one style; subclasses name the quantities, and may add kinds of expressions.

    letters: those of the named numbers, where they are not the usual ones.
    """

    def __init__(self, style: Style = TEXT, letters: Mapping[str, str] = expr.LETTERS_OF_SCALARS) -> None:
        self.style = style
        all_letters = {**expr.LETTERS_OF_SCALARS, **letters}
        self._written = {key: style.letter(letter) for key, letter in all_letters.items()}

    def name(self, symbol: Symbol) -> str:
        """The name of a quantity; by default the plain one."""
        return symbol.plain

    def text(self, node: expr.Expr) -> str:
        """Write an expression."""
        return self.write(node)[0]

    def at(self, level: int, node: expr.Expr) -> str:
        """Write an operand, in brackets if its precedence is below `level`."""
        text, binds = self.write(node)
        return text if binds >= level else self.style.brackets(text)

    def number(self, text: str) -> tuple[str, int]:
        """Write a number; its precedence is that of a sum if negative, that of a product if a fraction."""
        return self.style.number(text), SUM if text.startswith("-") else PRODUCT if "/" in text else TIGHT

    def scalar(self, name: expr.Scalar, step: str = "t") -> str:
        """Write a named number: `η`, `(1-β1)`, `(1-β1^2)`."""
        template = self.style.scalars.get(name)
        return self._written[name] if template is None else template.format(t=step, **self._written)

    def coefficient(self, coefficient: expr.Coefficient) -> str:
        """Write a coefficient: `1/(2N)`, `-η`, `λ/2`."""
        style, number = self.style, coefficient.number
        step = str(coefficient.step or "t")
        named = [(self.scalar(name, step), power) for name, power in coefficient.powers]
        above = [name for name, power in named for _ in range(power)]
        below = [name for name, power in named for _ in range(-power)]
        if number.denominator <= 12:
            if number.denominator != 1:
                below = [style.number(str(number.denominator)), *below]
            number = Fraction(number.numerator)
        sign, size = style.literal("-") if number < 0 else "", abs(number)
        if size != 1 or not above:
            above = [style.number(number_text(size)), *above]
        numerator = style.above.join(above)
        if not below:
            return sign + numerator
        one_below, several_below = style.fraction
        template = one_below if len(below) == 1 else several_below
        return sign + template.format(numerator, style.below.join(below))

    def write(self, node: expr.Expr) -> tuple[str, int]:
        """The text of an expression, and its precedence."""
        style = self.style
        match node:
            case expr.Ref(symbol):
                return self.name(symbol), TIGHT
            case expr.Variable(name):
                return style.letter(name), TIGHT
            case expr.Number(value):
                return self.number(number_text(value))
            case expr.Sum(terms):
                plus, (first, later), binds, _ = style.rules[expr.Add]
                texts = [self.at(first, terms[0]), *(self.at(later, term) for term in terms[1:])]
                return plus.format("", "").join(texts), binds
            case expr.Scale(expr.Coefficient(Fraction(numerator=-1, denominator=1), ()), operand):
                return f"{style.literal('-')}{self.at(PRODUCT, operand)}", SUM
            case expr.Scale(coefficient, expr.Number(value)):  # 1/N, not 1/N 1
                coefficient *= expr.Coefficient(value)
                alone = coefficient.number == 1 and sum(abs(power) for _, power in coefficient.powers) == 1
                return self.coefficient(coefficient), TIGHT if alone else HADAMARD
            case expr.Scale(coefficient):
                text, binds = self._operation(node, [self.coefficient(coefficient)])
                return text, SUM if coefficient.number < 0 else binds
            case expr.Power(operand, 2):
                return style.square.format(self.at(TIGHT, operand)), RAISED
            case expr.Power(operand, exponent):
                return style.power.format(self.at(TIGHT, operand), exponent), RAISED
            case expr.Call("sqrt", operand):
                return style.root.format(self.text(operand)), TIGHT
            case expr.Call(function, operand):
                return self._call(style.elementary(function), operand), TIGHT
            case expr.Where(test, then, otherwise, inclusive):
                holds = self._condition(test, inclusive=inclusive)
                if (then, otherwise) == (one, zero):
                    return style.indicator.format(holds), TIGHT
                return style.cases.format(self.text(then), holds, self.text(otherwise)), TIGHT
            case Apply(function, operand):
                if isinstance(function.value, expr.Variable):  # the identity
                    return self.write(operand)
                return self._call(self.function(function), operand), TIGHT
            case Derivative(function, operand):
                if isinstance(function.derivative, expr.Number):  # the identity again
                    return self.write(function.derivative)
                return self._call(self.function(function) + style.prime, operand), TIGHT
            case _ if type(node) in style.rules:
                return self._operation(node)
        raise TypeError(f"not an expression: {node!r}")

    def _condition(self, test: expr.Expr, *, inclusive: bool) -> str:
        """`s > 0`, `s ≥ 0`, `s > 3` for s - 3 > 0."""
        limit = Fraction(0)
        match test:
            case expr.Sub(left, expr.Number(value)):
                test, limit = left, value
            case expr.Add(expr.Variable() as left, expr.Number(value)):
                test, limit = left, -value
        condition = self.style.not_negative if inclusive else self.style.positive
        return condition.format(self.text(test), self.number(number_text(limit))[0])

    def function(self, function: Activation) -> str:
        """The name of an activation."""
        return self.style.function(function.symbol)

    def _operation(self, node: expr.Expr, before: list[str] | None = None) -> tuple[str, int]:
        """Write an operation by its rule; before: texts that precede the operands in the template."""
        template, levels, binds, bare = self.style.rules[type(node)]
        texts = before or []
        for part, level in zip(trees.children(node), levels, strict=True):
            text, tightness = self.write(part)
            if isinstance(part, bare):
                binds = min(binds, tightness)
            elif tightness < level:
                text = self.style.brackets(text)
            texts.append(text)
        return template.format(*texts), binds

    def _call(self, function: str, operand: expr.Expr) -> str:
        return f"{function}{self.style.brackets(self.text(operand))}"
