"""The chain of partial derivatives from the loss to each parameter, read off the equations of the page.

The chain follows the forward equations from the parameter to the loss; each factor is the derivative of one
equation by one of its operands. The simplified product is the gradient on the page. As indices, i, j and k
are units, n is a sample and y its true class.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.notation.signs import from_template
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import page_of_any_step
from mlpcalc.page.functions import Activation, Apply
from mlpcalc.page.network import Network
from mlpcalc.page.pages import in_layout
from mlpcalc.page.symbols import Axis, Symbol

LOSS = Symbol("loss")
Shape = tuple[Axis, ...]
"""What each axis of a factor counts."""
Row = list[Formula]
NOTHING = Formula("", "")


class Factor(NamedTuple):
    """One partial derivative ∂a/∂b, its value in terms of the page, and its shape."""

    derivative: Formula
    value: Formula
    shape: Shape


class Derivation:
    """The partial derivatives of one network; sizes: the length of each axis, None if it is not known."""

    def __init__(self, network: Network, notation: Notation, sizes: Mapping[Axis, int] | None = None) -> None:
        self.network, self.notation, self.sizes = network, notation, sizes
        self.page = page_of_any_step(network)
        self.layout = network.conventions.layout
        self.oriented = in_layout(self.page, self.layout)
        self._factors: dict[tuple[Symbol, Symbol], Factor] = {}
        self._used_in = {
            operand: symbol
            for symbol, equation in self.page.items()
            if symbol.kind in ("S", "Z") and not symbol.updated
            for operand in trees.references(equation.expression)
        }

    # ------------------------------------------------------------------ names and formulas

    def name(self, symbol: Symbol) -> Formula:
        """The name of a quantity."""
        return self.notation.both(lambda notation: notation.name(symbol))

    def formula(self, symbol: Symbol) -> Formula:
        """The right-hand side of a quantity's equation on the page."""
        return self.notation.both(lambda notation: notation.formula(symbol))

    def derivative(self, gradient: Symbol) -> Formula:
        """The right-hand side of dZ, dW or db as a derivative of the loss, the average included."""
        if gradient not in self.page:  # it is stated
            return self.name(gradient)
        average, expression = self.missing_average(gradient), self.page[gradient].expression
        if average == expr.ONE:
            return self.formula(gradient)
        loss = self.network.loss
        if gradient.kind == "dW" and loss is not None and isinstance(expression, expr.Add):
            decay = loss.decay * expr.Ref(Symbol("W", gradient.layer))  # has an average of its own
            return self.in_layout(gradient, average * expression.left + decay)
        return self.in_layout(gradient, average * expression)

    def named_derivative(self, gradient: Symbol) -> Formula:
        """The derivative of the loss in terms of dZ, dW or db by name, the average included."""
        return self.in_layout(gradient, self.missing_average(gradient) * expr.Ref(gradient))

    def missing_average(self, gradient: Symbol) -> expr.Coefficient:
        """The factor such as 1/N that the course does not apply until after this quantity; 1 if none."""
        step, loss = self.network.conventions.average_in, self.network.loss
        if loss is None or step == "errors" or (step == "gradients" and gradient.kind != "dZ"):
            return expr.ONE
        return loss.normaliser

    def cell(self, symbol: Symbol, *indices: str) -> Formula:
        """A cell of a quantity; indices: its row and column on the page, as letters."""
        name = self.name(symbol)
        return indexed(name, self.layout.axes(symbol, indices))

    def shape_of(self, symbol: Symbol) -> Shape:
        """What each axis of a quantity counts."""
        return self.layout.axes(symbol, self.network.dimensions(symbol))

    def shape(self, axes: Shape, *, sized: bool = True) -> Formula:
        """A shape: d3×N, or d3×N = 1×4 if sizes are known and wanted."""
        names = from_template("×".join(f"$a{i}" for i in range(len(axes))), **self._lengths(axes))
        numbers = self.size(axes)
        if not sized or numbers is None or numbers == names:
            return names
        return from_template("$a = $b", a=names, b=numbers)

    @staticmethod
    def beside(shape: Formula) -> Formula:
        """A shape with space in front, for the end of a line."""
        return Formula(f" {shape.text}", rf"\quad {shape.latex}")

    def size(self, axes: Shape) -> Formula | None:
        """A shape in numbers; None if sizes are not known."""
        if self.sizes is None:
            return None
        numbers = [str(self.sizes[axis]) for axis in axes]
        return from_template("×".join(numbers))

    def _lengths(self, axes: Shape) -> dict[str, Formula]:
        def length(axis: Axis) -> Formula:
            if axis == "N":
                return self.notation.both(lambda notation: notation.scalar("N"))
            if axis == "one":
                return Formula("1", "1")
            return Formula(f"d{self.label(axis).text}", f"d_{self.label(axis).latex}")

        return {f"a{i}": length(axis) for i, axis in enumerate(axes)}

    def label(self, k: int) -> Formula:
        """The number of a layer, or a label such as k-1."""
        return self.notation.both(lambda notation: notation.style.layer(k))

    def in_layout(self, symbol: Symbol, node: expr.Expr) -> Formula:
        """An expression for a quantity, in the layout of the exercise."""
        turned = self.layout.expression(symbol, node)
        return self.notation.both(lambda notation: notation.text(turned))

    def by(self, of: Symbol, by: Symbol) -> Formula:
        """The symbol ∂a/∂b for the derivative of one quantity by another."""
        return from_template("∂$of/∂$by", of=self.name(of), by=self.name(by))

    # ------------------------------------------------------------------ the chain

    def parameters(self) -> Iterator[Symbol]:
        """The weights and biases, from the output layer backwards."""
        for k in reversed(self.network.with_weights):
            yield from self.parameters_of(k)

    def parameters_of(self, k: int) -> list[Symbol]:
        """The weights and the bias of a layer, as far as it has them."""
        return [each for each in self.network.givens if each.is_parameter and each.layer == k]

    def chain(self, parameter: Symbol) -> list[Factor]:
        """The factors from the loss to a parameter."""
        path = [parameter]
        while path[-1] in self._used_in:
            path.append(self._used_in[path[-1]])
        return [self._factor(of, by) for of, by in pairwise([LOSS, *reversed(path)])]

    def _factor(self, of: Symbol, by: Symbol) -> Factor:
        if (of, by) not in self._factors:
            self._factors[of, by] = self._differentiated(of, by)
        return self._factors[of, by]

    def _differentiated(self, of: Symbol, by: Symbol) -> Factor:
        """Differentiate the equation of a quantity by one of its operands."""
        derivative = self.by(of, by)
        if of == LOSS:
            error = Symbol("dZ", by.layer)
            named = self.notation.keeps_its_name(error)
            value = self.named_derivative(error) if named else self.derivative(error)
            return Factor(derivative, value, self.shape_of(error))
        shared = self.network.shared_biases
        for node in trees.nodes(self.page[of].expression):
            match node:
                case expr.MatMul(expr.Ref(W), expr.Ref(Z)) if by in (W, Z):
                    other = Z if by == W else W
                    return Factor(derivative, self.name(other), self.shape_of(other))
                case expr.AcrossColumns(repeated) if trees.references(repeated) == {by}:
                    return self._ones(derivative, (of.layer if by.layer in shared else "one", "N"))
                case Apply(Activation(jacobian=None)):
                    slope = Symbol("fprime", of.layer)
                    return Factor(derivative, self.name(slope), self.shape_of(slope))
                case Apply():
                    return Factor(derivative, self.jacobian(of.layer), (of.layer, of.layer))
        raise ValueError(f"{of.plain} does not depend on {by.plain}")

    def _ones(self, derivative: Formula, axes: tuple[Axis, Axis]) -> Factor:
        """A factor all of whose cells are 1: 1ᵀ where a bias is repeated for the samples, or 1 1ᵀ."""
        turned = self.layout.axes("samples", axes)
        template = {(False, True): "$onesᵀ", (True, False): "$ones", (True, True): "$ones $onesᵀ"}[
            turned[0] != "one", turned[1] != "one"
        ]
        ones = self.notation.both(lambda notation: notation.style.ones)
        return Factor(derivative, from_template(template, ones=ones), turned)

    def jacobian(self, k: int) -> Formula:
        """The name J_k of ∂Z/∂S for one sample, where the activation is not elementwise."""
        return Formula(f"J{self.label(k).text}", f"J_{self.label(k).latex}")

    def result(self, parameter: Symbol) -> Row:
        """The gradient of a parameter as on the page: derivative, formula and shape."""
        gradient = Symbol(f"d{parameter.kind}", parameter.layer)
        of = self.shape(self.shape_of(gradient))
        shape = self.beside(from_template("$shape, the shape of $W", shape=of, W=self.name(parameter)))
        return [self.by(LOSS, parameter), from_template("= $it", it=self.derivative(gradient)), shape]

    def element(self, parameter: Symbol) -> Formula:
        """∂S[k,n]/∂W[i,j]: the derivative of one pre-activation by one cell of a parameter."""
        k = parameter.layer
        S = self.cell(Symbol("S", k), "k", "n")
        if k in self.network.shared_biases and parameter.kind == "b":
            return from_template("∂$S/∂$b = 1", S=S, b=self.name(parameter))
        if parameter.kind == "b":
            return from_template("∂$S/∂$b = 1 if k = i, else 0", S=S, b=self.cell(parameter, "i"))
        W, Z = self.cell(parameter, "i", "j"), self.cell(self.below(k), "j", "n")
        return from_template("∂$S/∂$W = $Z if k = i, else 0", S=S, W=W, Z=Z)

    def below(self, k: int) -> Symbol:
        """The input of layer k: Z of the layer below, or X."""
        return Symbol("Z", k - 1) if k > 1 else Symbol("X")


def indexed(name: Formula, indices: Sequence[str]) -> Formula:
    """The name of a cell: Z2[k,n]."""
    base = f"({name.latex})" if "_" in name.latex else name.latex
    return Formula(f"{name.text}[{','.join(indices)}]", f"{base}_{{{''.join(indices)}}}")


def coefficient_of(node: expr.Expr) -> expr.Coefficient:
    """The coefficient in front of an expression."""
    return node.coefficient if isinstance(node, expr.Scale) else expr.ONE
