"""The steps of a derivation with their reasons: first the loss, then each layer from the output backwards."""

from collections.abc import Iterator, Mapping

from mlpcalc.deriving.chain import LOSS, NOTHING, Factor, Row, coefficient_of, indexed
from mlpcalc.deriving.loss import LossSteps
from mlpcalc.deriving.reasons import reason
from mlpcalc.notation.formulas import Formula
from mlpcalc.notation.signs import from_template
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Activation
from mlpcalc.page.network import Loss
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import STEP_BEFORE, Stage, Symbol
from mlpcalc.report.blocks import Aligned, Block, Chain, Heading, Note


class Steps(LossSteps):
    """Writes a derivation step by step; each reason is given once, where it is first needed."""

    def steps(self) -> Iterator[Block]:
        """All steps: the loss, then each layer from the output backwards."""
        self.said.clear()
        if self.network.loss is not None:
            yield Heading("the loss")
            yield from self.loss(self.network.loss)
        else:
            error = Symbol("dZ", self.network.depth)
            shape = self.beside(self.shape(self.shape_of(error)))
            given = from_template("= $error, given", error=self.name(error))
            yield Heading("the output")
            yield Aligned([[self.by(LOSS, Symbol("Z", error.layer)), given, shape]])
        for k in range(self.network.depth, 0, -1):
            yield Heading(f"layer {k}")
            yield from self.layer(k)

    def layer(self, k: int) -> Iterator[Block]:
        """The steps of layer k, from ∂L/∂Z to the gradients of its parameters."""
        K, f = self.network.depth, self.network.activations[k - 1]
        Z, S, Delta = (Symbol(kind, k) for kind in ("Z", "S", "Delta"))
        parameters = self.parameters_of(k)
        for parameter in parameters or [S]:
            factors = self.chain(parameter)
            yield Chain(self.by(LOSS, parameter), [self._under(factor) for factor in factors])
        rows = [self.error(Symbol("dZ", k))] if k < K else []
        if f.elementwise:
            rows.append(self._slope(k, f))
        else:
            if "quotient" not in self.said:
                yield from self.quotient(k, "k")
            names = {f"Z{i}": self.cell(Z, i, "n") for i in "jk"} | {"S": self.cell(S, "j", "n")}
            rows.append(
                [indexed(self.jacobian(k), "kj"), from_template("= ∂$Zk/∂$S = $Zj (δ[j,k] - $Zk)", **names)]
            )
        if k == K and self.network.matched:
            rows += [[NOTHING, from_template("= $it", it=it)] for it in self._simplified(k, f)]
            rows[-1] += self._equals(Delta)[1:]
            first = next(i for i, row in enumerate(rows) if row[0] == NOTHING)
            rows[first][0] = self.name(Delta)
        else:
            rows.append([self.name(Delta), *self._equals(Delta)])
        for parameter in parameters:
            rows += [[self.element(parameter)], self.result(parameter)]
        yield Aligned(rows)
        yield from self._reasons(k, f)

    def in_general(self) -> Iterator[Block]:
        """The equations of layer 2, in a network where that stands for any hidden layer."""
        W, b, S, Z, Delta = (Symbol(kind, 2) for kind in ("W", "b", "S", "Z", "Delta"))
        rows = [[self.name(symbol), *self._equals(symbol)] for symbol in (S, Z)]
        rows += [self.error(Symbol("dZ", 2)), [self.name(Delta), *self._equals(Delta)]]
        rows += [self.result(parameter) for parameter in ([W, b] if self.network.biases[1] else [W])]
        yield Heading("in general")
        yield Aligned(rows)
        yield self.note("general", Z=self.name(Symbol("Z", 0)), X=self.name(Symbol("X")))
        if self.network.learns and self.network.optimizer != "sgd":
            yield from self._step_of_the_optimizer()

    def _step_of_the_optimizer(self) -> Iterator[Block]:
        """What step t makes of the gradient of the weights, in layer 2 as any hidden layer."""
        update = [
            symbol
            for symbol in self.page
            if (symbol.stage, symbol.layer) == (Stage.UPDATE, 2)
            and not symbol.spec.detail
            and symbol.spec.orientation == "weights"
        ]
        yield Heading(f"step t of {self.network.optimizer}")
        yield Aligned([[self.name(symbol), *self._equals(symbol)] for symbol in update])
        dW, W, before = map(
            self.name, (Symbol("dW", 2), Symbol("W", 2), update[0]._replace(step=STEP_BEFORE))
        )
        yield Note(
            [
                dW,
                " is ",
                from_template("∂$L/∂$W", L=self.name(LOSS), W=W),
                "; ",
                before,
                " is what the step before left, 0 at first.",
            ]
        )
        yield Note("Biases are updated in the same way.")

    def _under(self, factor: Factor) -> Row:
        size = self.size(factor.shape)
        row = [factor.derivative, factor.value, self.shape(factor.shape, sized=False)]
        return [*row, size] if size else row

    def _equals(self, symbol: Symbol) -> Row:
        return [
            from_template("= $it", it=self.formula(symbol)),
            self.beside(self.shape(self.shape_of(symbol))),
        ]

    def _slope(self, k: int, f: Activation) -> Row:
        """The line of ∂Z/∂S for an elementwise f, with the formula of f'."""
        S, Z, slope = (Symbol(kind, k) for kind in ("S", "Z", "fprime"))
        forms = [self.name(slope)]
        if not isinstance(f.derivative, expr.Variable):  # any f
            forms += [
                self.formula(slope),
                self.in_layout(slope, trees.bind(f.derivative, s=expr.Ref(S), z=expr.Ref(Z))),
            ]
        different = list(dict.fromkeys(forms))
        template = "= " + " = ".join(f"$f{i}" for i in range(len(different)))
        names = {f"f{i}": form for i, form in enumerate(different)}
        return [
            self.by(Z, S),
            from_template(template, **names),
            self.beside(self.shape(self.shape_of(slope))),
        ]

    def _simplified(self, k: int, f: Activation) -> Iterator[Formula]:
        """Simplify Δ_K step by step, from the chain rule to the formula on the page."""
        Delta = self.page[Symbol("Delta", k)]
        assert Delta.chain_rule is not None  # noqa: S101  # where the two match, the page has it
        yield self.in_layout(Delta.symbol, Delta.chain_rule)

        def definition(leaf: expr.Ref | expr.Variable) -> expr.Expr:
            match leaf:
                case expr.Ref(Symbol("dZ", layer)):
                    return self.page[Symbol("dZ", layer)].expression
                case expr.Ref(Symbol("fprime", layer)):
                    return trees.bind(
                        f.derivative, s=expr.Ref(Symbol("S", layer)), z=expr.Ref(Symbol("Z", layer))
                    )
            return leaf

        yield self.in_layout(Delta.symbol, simplify(trees.replace_leaves(Delta.chain_rule, definition)))
        loss = self.network.loss
        if loss and self.network.matched and self.network.matched.between:
            step = trees.bind(
                self.network.matched.between, y=expr.Ref(Symbol("Z", k)), t=expr.Ref(Symbol("T"))
            )
            yield self.in_layout(Delta.symbol, simplify(self._of_delta(loss, k) * step))
        yield self.formula(Delta.symbol)

    def _of_delta(self, loss: Loss, k: int) -> expr.Coefficient:
        """The coefficient of the simplified Δ_K: factor, average and sign."""
        written = coefficient_of(simplify(self.page[Symbol("dZ", k)].expression))
        plain = coefficient_of(simplify(loss.function.derivative))
        sign = -1 if self.network.conventions.delta == "-dL/dS" else 1
        return expr.Coefficient(sign * written.number / plain.number, written.powers)

    # ------------------------------------------------------------------ the reasons

    def _reasons(self, k: int, f: Activation) -> Iterator[Block]:
        """The reasons for the steps of a layer that were not given for a layer above."""
        K = self.network.depth
        names = {symbol: self.name(Symbol(symbol, k)) for symbol in ("Z", "S", "Delta", "W")}
        names["f"] = Formula(f"f{self.label(k).text}", f"f_{self.label(k).latex}")
        names["Y"], names["J"] = names["Z"], self.jacobian(k)
        if k < K:
            above = {"Zin": names["Z"], "W": self.name(Symbol("W", k + 1))}
            yield from self.once("inputs", **above)
        if f.elementwise:
            yield from self.once("elementwise", **names)
        else:
            yield from self.once("softmax", **names)
        if k == K and self.network.matched:
            yield Note(reason(self.network.matched.reason, names, {}))
        if k in self.network.with_weights:
            yield from self._reasons_of_gradients(k, names)
        if k < K:
            yield from self.once("recursion", above=self.name(Symbol("Delta", k + 1)), **names)

    def _reasons_of_gradients(self, k: int, names: Mapping[str, Formula]) -> Iterator[Block]:
        shape = self.shape(self.shape_of(Symbol("S", k)), sized=False)
        dSdW = from_template("∂$S/∂$W", S=names["S"], W=self.cell(Symbol("W", k), "i", "j"))
        product = self.in_layout(Symbol("dW", k), expr.Ref(Symbol("Delta", k)) @ expr.Ref(self.below(k)).T)
        yield from self.once(
            "weights", shape=shape, dSdW=dSdW, product=product, Zin=self.name(self.below(k)), **names
        )
        if self.network.biases[k - 1]:
            yield from self.once("shared bias" if k in self.network.shared_biases else "bias")
