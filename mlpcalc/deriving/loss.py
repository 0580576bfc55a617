"""The first steps of a derivation: the loss, its derivative, and the softmax beneath it."""

from collections.abc import Iterator, Mapping

from mlpcalc.deriving.chain import LOSS, NOTHING, Derivation, Row, coefficient_of
from mlpcalc.deriving.reasons import REASONS, reason
from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.notation.signs import from_template
from mlpcalc.page import expr, trees
from mlpcalc.page.network import Loss, Network
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Axis, Symbol
from mlpcalc.report.blocks import Aligned, Block, Note


class LossSteps(Derivation):
    """Writes the steps from the loss to the error of the outputs, and gives the reasons of any step.

    said: the reasons that were given.
    """

    def __init__(self, network: Network, notation: Notation, sizes: Mapping[Axis, int] | None = None) -> None:
        super().__init__(network, notation, sizes)
        self.said: set[str] = set()

    def loss(self, loss: Loss) -> Iterator[Block]:
        """The loss, its derivative by the outputs, and what its conventions mean for the steps below."""
        K = self.network.depth
        error, Y = Symbol("dZ", K), Symbol("Z", K)
        terms, rest = self._terms()
        rows = [[self.name(LOSS), from_template("= $it", it=self.formula(LOSS))]]
        derivative = self.error(error)
        match terms:
            case expr.Scale(_, expr.Total(expr.Power(expr.Sub() as difference, 2))) | expr.Total(
                expr.Power(expr.Sub() as difference, 2)
            ):
                D = self.notation.both(lambda notation: notation.text(difference))
                c = self._scale(coefficient_of(terms))
                forms = [from_template(form, D=D) for form in ("‖$D‖_F²", "Tr[($D)ᵀ ($D)]")]
                rows += [[NOTHING, from_template("= $c$it$rest", c=c, it=form, rest=rest)] for form in forms]
                yield Aligned([*rows, derivative])
                yield self.note("squared")
            case _ if loss.function.by_class:
                yield from self._margins(loss, rows, derivative, rest, coefficient_of(terms))
            case _:
                yield Aligned([*rows, derivative])
                yield self.note("cellwise", L=self.name(LOSS), Y=self.name(Y))
        if loss.l2 is not None:
            decay = self.network.decay or expr.ONE
            weights = self.notation.both(
                lambda notation: f"{notation.coefficient(decay)} {notation.style.literal('W')}"
            )
            yield self.note("decay", decay=weights)
        conventions = self.network.conventions
        if conventions.delta == "-dL/dS":
            yield self.note("negative", Delta=self.name(Symbol("Delta", K)))
        if conventions.average_in != "errors" and loss.average != "none":
            average = self.notation.both(lambda notation: notation.coefficient(loss.normaliser))
            later = conventions.average_in in ("update", "loss")
            kind = f"average in the {conventions.average_in}" if later else "average"
            gradient = self.name(Symbol("dW", K))
            yield self.note(kind, average=average, Delta=self.name(Symbol("Delta", K)), dW=gradient)

    def _terms(self) -> tuple[expr.Expr, Formula]:
        """The loss of the data, with loss terms written out, and the regularisation added to it."""

        def written_out(leaf: expr.Ref | expr.Variable) -> expr.Expr:
            if isinstance(leaf, expr.Ref) and leaf.symbol.spec.detail:
                return trees.replace_leaves(self.oriented[leaf.symbol].expression, written_out)
            return leaf

        whole = simplify(trees.replace_leaves(self.oriented[LOSS].expression, written_out))
        if isinstance(whole, expr.Add):
            rest = whole.right
            return whole.left, self.notation.both(
                lambda notation: f" {notation.style.literal('+ ')}{notation.text(rest)}"
            )
        return whole, NOTHING

    def _scale(self, coefficient: expr.Coefficient) -> Formula:
        if coefficient == expr.ONE:
            return NOTHING
        return self.notation.both(lambda notation: f"{notation.coefficient(coefficient)} ")

    def _margins(
        self, loss: Loss, rows: list[Row], derivative: Row, rest: Formula, c: expr.Coefficient
    ) -> Iterator[Block]:
        """The steps of the multi-class hinge, class by class, including the softmax if there is one."""
        K = self.network.depth
        margin = next(node.right for node in trees.nodes(loss.function.value) if isinstance(node, expr.Add))
        Z, S = Symbol("Z", K), Symbol("S", K)
        dZ = Symbol("dZ", K)
        of_dZ = coefficient_of(simplify(self.missing_average(dZ) * self.page[dZ].expression))
        names = {
            **{f"Z{i}": self.cell(Z, i, "n") for i in "jky"},
            "m": self.notation.both(lambda notation: notation.text(margin)),
            "rest": rest,
            "S": self.cell(S, "j", "n"),
            "L": self.name(LOSS),
        }
        outside = "Σ_{k≠y} (0 if $Zy - $Zk > $m, else "
        rows.append(
            [NOTHING, from_template(f"= $cΣ_n {outside}$Zk - $Zy + $m)$rest", **names, c=self._scale(c))]
        )
        yield Aligned([*rows, derivative])
        softmax = not self.network.activations[-1].elementwise
        by, inner = "$Zj", "δ[j,k] - δ[j,y])"
        if softmax:
            yield from self.quotient(K, "ky")
            by, inner = "$S", "$Zj (δ[j,k] - δ[j,y] - $Zk + $Zy))"
        names["c"] = self._scale(of_dZ)
        yield Aligned(
            [[from_template(f"∂$L/∂{by}", **names), from_template(f"= $c{outside}{inner}", **names)]]
        )
        yield self.note("inside")
        yield self.note("probabilities" if softmax else "scores")

    def quotient(self, k: int, classes: str) -> Iterator[Block]:
        """The derivative of a softmax, or of the difference of two of its outputs, by the quotient rule."""
        names = {f"S{i}": self.cell(Symbol("S", k), i, "n") for i in "jkly"}
        names |= {f"Z{i}": self.cell(Symbol("Z", k), i, "n") for i in "jky"}
        of = " - ".join(f"$Z{i}" for i in classes)
        top = " - ".join(f"exp($S{i})" for i in classes)
        deltas = " - ".join(f"δ[j,{i}]" for i in classes)
        inner = f"({deltas} - $Zk + $Zy)" if len(classes) > 1 else f"({deltas} - $Zk)"
        whole = f"({of})" if len(classes) > 1 else of
        yield self.note("quotient")
        forms = [
            [of, "= u / v"],
            ["u", f"= {top}"],
            ["v", "= Σ_l exp($Sl)"],
            ["∂u/∂$Sj", f"= exp($Sj) ({deltas})" if len(classes) > 1 else f"= exp($Sj) {deltas}"],
            ["∂v/∂$Sj", "= exp($Sj)"],
            [f"∂{whole}/∂$Sj", "= (∂u/∂$Sj v - u ∂v/∂$Sj) / v²"],
            ["", f"= $Zj {inner}"],
        ]
        yield Aligned([[from_template(form, **names) for form in row] for row in forms])

    def error(self, error: Symbol) -> Row:
        """The line of ∂L/∂Z, with its name on the page where later lines use it."""
        k, matched = error.layer, self.network.matched and error.layer == self.network.depth
        named = (
            matched or not self.network.activations[k - 1].elementwise or self.notation.keeps_its_name(error)
        )
        formula = from_template("= $it", it=self.derivative(error))
        if named:
            formula = from_template("= $name $formula", name=self.named_derivative(error), formula=formula)
        return [self.by(LOSS, Symbol("Z", k)), formula, self.beside(self.shape(self.shape_of(error)))]

    # ------------------------------------------------------------------ the reasons

    def once(self, kind: str, **names: Formula) -> Iterator[Block]:
        """A reason, unless it was given before; names: formulas for its words."""
        if kind not in self.said:
            yield self.note(kind, **names)

    def note(self, kind: str, words: Mapping[str, str] | None = None, /, **names: Formula) -> Block:
        """A reason, with these words and formulas in it."""
        self.said.add(kind)
        rows = self.layout.axes("samples", ("row", "column"))
        indices = {letter: Formula(letter, letter) for letter in "ijknylvu"}
        more = {
            "hadamard": from_template("⊙"),
            "delta": from_template("δ[j,k]"),
            "same": from_template("j = k"),
        }
        return Note(reason(REASONS[kind], {**indices, **more, **names}, {"row": rows[0], **(words or {})}))
