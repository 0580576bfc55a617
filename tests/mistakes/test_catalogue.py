"""The catalogue of mistakes: what each equation becomes, in which words, and with which figures."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.arrays import Array
from mlpcalc.mistakes import MISTAKES, RULES, Edit, Edits
from mlpcalc.mistakes.rules import EditResult, Rule, Rules, Step
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.equations import Page
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.expr import AcrossColumns, AcrossRows, Expr
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, Conventions, DecayAverage, Loss
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.pages import page
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import nodes, references
from mlpcalc.reading.keys import AVERAGED_STEPS, DELTAS, PRODUCTS
from mlpcalc.solving.solution import Solution
from tests.support.networks import PAIRS, random_exercise

SEEDS = range(60)
HIDDEN = (("tanh", "sigmoid"), ("relu",), ("leaky_relu", "tanh"), ("elu",), ("sigmoid", "identity"), ())


@cache
def drawn(seed: int) -> Exercise:
    """A network with each output activation and loss in turn, under each convention in turn."""
    output, loss = PAIRS[seed % len(PAIRS)]
    activations = [*HIDDEN[seed % len(HIDDEN)], output]
    shared = seed % 5 == 2
    exercise = random_exercise(
        np.random.default_rng([70, seed]), activations=activations, loss=loss, shared_bias=shared
    )
    conventions = Conventions(
        PRODUCTS[seed % 4], DELTAS[seed // 2 % 2], AVERAGED_STEPS[seed // 4 % 3], seed % 5 > 0
    )
    exercise = replace(exercise, conventions=conventions)
    if seed % 4 or exercise.inputs.shape[1] == 1:
        return exercise
    names = [*OPTIMIZERS] if conventions.average_in != "update" else ["sgd"]
    optimizer = OPTIMIZERS[names[seed // 4 % len(names)]]
    return replace(exercise, steps=3, batch=1 if seed % 8 else None, optimizer=optimizer)


@cache
def edits_of(exercise: Exercise) -> Edits:
    return Edits(exercise, Solution(exercise).notation.name)


def every_edit(exercise: Exercise) -> Sequence[Edit]:
    return [edit for found in edits_of(exercise).values() for edit in found]


def network(
    activations: str = "tanh sigmoid",
    loss: str = "squared_error",
    *,
    sizes: Sequence[int] = (2, 3, 2),
    bias: bool = True,
    shared: bool = False,
    letters: Mapping[str, str] | None = None,
    factor: Fraction = Fraction(1, 2),
    average: Average = "none",
    l2: bool = False,
    decay_average: DecayAverage = "none",
    steps: int = 1,
    batch: int | None = None,
    optimizer: str = "sgd",
    **conventions: Any,  # noqa: ANN401  # words or a truth value
) -> Exercise:
    """An exercise of this form; all its numbers are zero."""
    layers = tuple(
        Layer(
            np.zeros((units, inputs)),
            np.zeros((1 if shared else units, 1)) if bias else None,
            with_parameters(ACTIVATIONS[name], {"slope": Fraction(1, 5), "alpha": Fraction(1, 2)}),
            shared,
        )
        for name, units, inputs in zip(activations.split(), sizes[1:], sizes, strict=False)
    )
    return Exercise(
        inputs=np.zeros((sizes[0], 4)),
        layers=layers,
        targets=np.zeros((sizes[-1], 4)),
        loss=Loss(
            with_parameters(LOSSES[loss], {}), factor, average, Fraction(1, 10) if l2 else None, decay_average
        ),
        learning_rate=Fraction(1, 2),
        conventions=Conventions(**conventions),
        letters=letters or {},
        steps=steps,
        batch=batch,
        optimizer=OPTIMIZERS[optimizer],
    )


def formulas(exercise: Exercise, quantity: str, mistake: str) -> list[str]:
    """What a mistake makes of a quantity, as the course would write it."""
    solution = Solution(exercise)
    symbol = solution.symbol(quantity)
    return [
        solution.notation.text(exercise.layout.expression(symbol, edit.expression))
        for edit in edits_of(exercise)[symbol]
        if edit.mistake.name == mistake
    ]


def the_edit(exercise: Exercise, quantity: str, mistake: str, which: int = 0) -> Edit:
    symbol = Solution(exercise).symbol(quantity)
    return [edit for edit in edits_of(exercise)[symbol] if edit.mistake.name == mistake][which]


# ---------------------------------------------------------------------------- every edit


def values(exercise: Exercise) -> Callable[[Expr], Array]:
    """Evaluates expressions on the exact figures."""
    solution = Solution(exercise)
    context = Context(solution.computed.__getitem__, solution.exercise.coefficients)

    def value(expression: Expr) -> Array:
        with np.errstate(all="ignore"):  # an edit may divide by 0, or take the logarithm of -1
            return evaluate(expression, context)

    return value


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[::4])
def test_every_edit_has_the_shape_of_its_quantity(seed: int) -> None:
    exercise = drawn(seed)
    value, solution = values(exercise), Solution(exercise)
    for edit in every_edit(drawn(seed)):
        expected = solution.computed[edit.symbol].shape
        shape = value(edit.expression).shape
        # a constant is the same in every cell, on the page too: the derivative of a sum
        constant = value(solution.computed.page[edit.symbol].expression).shape == ()
        if {AcrossRows, AcrossColumns} & {*map(type, nodes(edit.expression))}:  # repeated where it is used
            shape = np.broadcast_shapes(shape, expected)
        assert shape == expected or (constant and shape == ()), edit


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[::4])
def test_edits_of_an_equation_differ_from_it_and_from_one_another(seed: int) -> None:
    equations = page(drawn(seed).network)
    for symbol, found in edits_of(drawn(seed)).items():
        expressions = [edit.expression for edit in found]
        assert len(set(expressions)) == len(expressions)
        assert equations[symbol].expression not in expressions
        assert equations[symbol].chain_rule not in expressions


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[::4])
def test_an_edit_needs_nothing_that_comes_from_its_own_quantity(seed: int) -> None:
    equations = page(drawn(seed).network)
    for edit in every_edit(drawn(seed)):
        assert edit.symbol not in needed(edit.expression, equations), edit


def needed(expression: Expr, equations: Page) -> set[Symbol]:
    """All quantities that an expression comes from."""
    found: set[Symbol] = set()
    pending = list(references(expression))
    while pending:
        symbol = pending.pop()
        if symbol not in found:
            found.add(symbol)
            if symbol in equations:
                pending += references(equations[symbol].expression)
    return found


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_every_text_is_filled_and_fits_a_line(seed: int) -> None:
    for edit in every_edit(drawn(seed)):
        for text in edit.mistake:
            assert 0 < len(text) <= 80, text
            assert not re.search(r"[{}]|\bNone\b", text), text
        assert edit.mistake.done.endswith(".")
        assert edit.mistake.advice.endswith(".")
        assert edit.mistake.hint.endswith("?")


@pytest.mark.parametrize("seed", SEEDS[::6])
def test_every_edit_can_be_written_as_text_and_in_latex(seed: int) -> None:
    exercise = drawn(seed)
    notation = Solution(exercise).notation
    for edit in every_edit(drawn(seed)):
        turned = exercise.layout.expression(edit.symbol, edit.expression)
        assert "{" not in notation.text(turned)
        latex = notation.latex.text(turned)
        assert latex.count("{") == latex.count("}")


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_edit_of_a_network_can_be_written_in_every_layout(product: Product) -> None:
    exercise = network(l2=True, average="entries", product=product)
    solution = Solution(exercise)
    for edit in every_edit(exercise):
        turned = exercise.layout.expression(edit.symbol, edit.expression)
        for notation in (solution.notation, solution.notation.latex):
            assert notation.text(turned)


@pytest.mark.slow
def test_every_mistake_of_the_catalogue_occurs() -> None:
    assert {edit.mistake.name for seed in SEEDS for edit in every_edit(drawn(seed))} == set(MISTAKES)


def test_names_are_for_machines_and_titles_differ() -> None:
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", name) for name in MISTAKES)
    titles = [mistake.title for mistake in MISTAKES.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("title", [mistake.title for mistake in MISTAKES.values()])
def test_titles_have_no_letters_that_mean_something_else_in_another_course(title: str) -> None:
    assert not re.search(r"\b[SZWbXTY]\b|Δ|\{", title)


def test_every_equation_has_its_edits_and_no_given_has() -> None:
    exercise = network()
    assert list(edits_of(exercise)) == list(page(exercise.network))
    with pytest.raises(KeyError):
        edits_of(exercise)[Symbol("X")]


def test_a_forward_pass_alone_has_edits_too() -> None:
    exercise = replace(network(), loss=None, learning_rate=None)
    assert {edit.symbol.plain for edit in every_edit(exercise)} == {"S1", "Z1", "S2", "Z2", "err"}


# ---------------------------------------------------------------------------- what equations become

LOGISTIC = network("tanh sigmoid", "binary_cross_entropy", factor=Fraction(1), average="samples")
SOFTMAX = network("tanh softmax", "cross_entropy", factor=Fraction(1))
HINGE = network("tanh identity", "multiclass_hinge", factor=Fraction(1))
DECAY = network(l2=True, average="samples")
AVERAGED_DECAY = network(l2=True, average="samples", decay_average="samples")
LATE = network(l2=True, average="samples", average_in="update")
GRADIENTS = network(average="samples", average_in="gradients")
ENTRIES = network(average="entries")
NEGATIVE = network(delta="-dL/dS")
SQUARE = network("tanh tanh sigmoid", sizes=(2, 2, 2, 2))
DEEP = network("tanh tanh sigmoid", "binary_cross_entropy", sizes=(2, 2, 2, 2), factor=Fraction(1))
BENT = network("leaky_relu elu")
SHARED = network(sizes=(2, 2, 2), shared=True)
BATCHES = network(average="samples", steps=2, batch=1)
SECOND_PASS = network(steps=4, batch=2)
MOMENTUM = network(steps=2, batch=2, optimizer="momentum")
ADAM = network(steps=3, optimizer="adam")
WHOLE = network(factor=Fraction(1))
UNMATCHED = network("tanh tanh", "binary_cross_entropy", factor=Fraction(1))

FACTORS = {"2": "2", "half": "1/2", "N": "N", "tenth": "1/10", "100": "100", "hundredth": "0.01"}

CASES: Sequence[tuple[Exercise, str, str, list[str]]] = [
    # forward
    (BENT, "S2", "bias_left_out", ["W2 Z1"]),
    (BENT, "S2", "bias_subtracted", ["W2 Z1 - b2 1ᵀ"]),
    (BENT, "S2", "input_not_activated", ["W2 S1 + b2 1ᵀ"]),
    (BENT, "S1", "activated_too_early", ["leaky_relu(W1 X + b1 1ᵀ)"]),
    (SQUARE, "S3", "input_of_other_layer", ["W3 X + b3 1ᵀ", "W3 Z1 + b3 1ᵀ"]),
    (SQUARE, "S1", "weights_turned", ["W1ᵀ X + b1 1ᵀ"]),
    (SQUARE, "S1", "weights_of_other_layer", [f"{W} X + b1 1ᵀ" for W in ("W2", "W2ᵀ", "W3", "W3ᵀ")]),
    (BENT, "S2", "weights_turned", []),  # does not fit
    (BENT, "Z1", "activation_left_out", ["S1"]),
    (BENT, "Z1", "parameter_forgotten", ["leaky_relu(S1)", "relu(S1)"]),
    (BENT, "Z2", "parameter_forgotten", ["elu(S2)"]),
    (HINGE, "Z2", "activation_left_out", []),
    (BENT, "Z1", "other_activation", [f"{f}(S1)" for f in ("elu", "σ", "tanh", "softplus", "square")]),
    (
        HINGE,
        "Z2",
        "activation_added",
        [f"{f}(S2)" for f in ("relu", "leaky_relu", "elu", "σ", "tanh", "softplus", "square")],
    ),
    (LOGISTIC, "Z2", "exponent_sign", ["σ(-S2)"]),
    (SOFTMAX, "expS2", "exponent_sign", ["exp(-S2)"]),
    (SOFTMAX, "Z2", "softmax_not_normalised", ["exp(S2)"]),
    (SOFTMAX, "Z2", "softmax_over_samples", ["exp(S2) / (exp(S2) 1 1ᵀ)"]),
    (SOFTMAX, "Z2", "softmax_without_exp", ["S2 / (1 1ᵀ S2)"]),
    # the loss and its derivative
    (BENT, "err", "error_sign", ["T - Z2"]),
    (BENT, "dZ2", "error_sign", ["T - Z2"]),
    (BENT, "dZ2", "error_from_preactivation", ["S2 - T"]),
    (BENT, "loss_terms", "square_forgotten", ["1/2 (Z2 - T)"]),
    (BENT, "loss_terms", "absolute_error", ["1/2 max(Z2 - T, T - Z2)"]),
    (BENT, "loss_terms", "factor_forgotten", ["(Z2 - T)²"]),
    (BENT, "dZ2", "factor_forgotten", ["2 (Z2 - T)"]),
    (BENT, "dZ2", "two_forgotten", ["1/2 (Z2 - T)"]),
    (BENT, "loss_terms", "factor_twice", ["1/4 (Z2 - T)²"]),
    (BENT, "loss_terms", "half_added", []),  # it has its 1/2, so that this is the one twice
    (WHOLE, "loss_terms", "half_added", ["1/2 (Z2 - T)²"]),
    (WHOLE, "loss_terms", "factor_twice", []),
    (SOFTMAX, "loss_terms", "log_base_2", ["-(T ⊙ (ln(Z2) / ln(2)))"]),
    (SOFTMAX, "loss_terms", "log_base_10", ["-(T ⊙ (ln(Z2) / ln(10)))"]),
    (BENT, "loss_terms", "margin_forgotten", []),
    (LOGISTIC, "loss_terms", "log_base_10", ["-(T ⊙ (ln(Z2) / ln(10)) + (1 - T) ⊙ (ln(1 - Z2) / ln(10)))"]),
    (LOGISTIC, "loss_terms", "second_term_forgotten", ["-(T ⊙ ln(Z2))"]),
    (LOGISTIC, "dZ2", "second_term_forgotten", ["-1/N (T / Z2)"]),
    (LOGISTIC, "dZ2", "error_called_dZ", ["1/N (Z2 - T)"]),
    (SOFTMAX, "loss_terms", "log_minus_forgotten", ["T ⊙ ln(Z2)"]),
    (SOFTMAX, "dZ2", "log_minus_forgotten", ["T / Z2"]),
    (
        SOFTMAX,
        "loss_terms",
        "another_loss",
        ["-(T ⊙ ln(Z2) + (1 - T) ⊙ ln(1 - Z2))", "1/2 (Z2 - T)²", "(Z2 - T)²"],
    ),
    (LOGISTIC, "loss_terms", "another_loss", ["1/2 (Z2 - T)²", "(Z2 - T)²"]),
    (SQUARE, "loss_terms", "another_loss", ["-(T ⊙ ln(Z3))", "-(T ⊙ ln(Z3) + (1 - T) ⊙ ln(1 - Z3))"]),
    (BENT, "loss_terms", "another_loss", []),
    (HINGE, "loss_terms", "another_loss", []),
    (HINGE, "loss_terms", "margin_forgotten", ["(1 - T) ⊙ max(0, Z2 - 1 1ᵀ (T ⊙ Z2))"]),
    (HINGE, "loss_terms", "hinge_without_max", ["(1 - T) ⊙ (Z2 - 1 1ᵀ (T ⊙ Z2) + 1)"]),
    (HINGE, "loss_terms", "true_class_counted", ["max(0, Z2 - 1 1ᵀ (T ⊙ Z2) + 1)"]),
    (HINGE, "dZ2", "true_class_forgotten", ["(1 - T) ⊙ [Z2 - 1 1ᵀ (T ⊙ Z2) + 1 ≥ 0]"]),
    # f'
    (SQUARE, "fprime1", "fprime_of_activation", ["tanh'(Z1)"]),
    (SQUARE, "fprime1", "fprime_formula_of_preactivation", ["1 - S1²"]),
    (SQUARE, "fprime3", "fprime_formula_of_preactivation", ["S3 ⊙ (1 - S3)"]),
    (SQUARE, "fprime1", "fprime_formula_cut", ["1 - Z1"]),
    (SQUARE, "fprime3", "f_for_fprime", ["Z3"]),
    (
        SQUARE,
        "fprime1",
        "other_derivative",
        [
            "relu'(S1)",
            "leaky_relu'(S1)",
            "elu'(S1)",
            "σ'(S1)",
            "Z1 ⊙ (1 - Z1)",
            "softplus'(S1)",
            "square'(S1)",
        ],
    ),
    (
        SQUARE,
        "fprime3",
        "fprime_at_error",
        ["σ'(dZ3)", "dZ3 ⊙ (1 - dZ3)", "σ'(err)", "err ⊙ (1 - err)"],
    ),
    (BENT, "fprime1", "kink_from_the_right", ["(1 if S1 ≥ 0 else 0.2)"]),
    (BENT, "fprime1", "parameter_forgotten", ["leaky_relu'(S1)", "relu'(S1)"]),
    # error signals
    (BENT, "Delta2", "fprime_forgotten_output", ["dZ2"]),
    (BENT, "Delta1", "fprime_forgotten_hidden", ["dZ1"]),
    (BENT, "Delta1", "error_forgotten", ["f1'(S1)"]),
    (NEGATIVE, "Delta2", "error_forgotten", ["-f2'(S2)"]),
    (LOGISTIC, "Delta2", "error_forgotten", ["f2'(S2)"]),
    (BENT, "Delta1", "fprime_divided", ["dZ1 / f1'(S1)"]),
    (BENT, "Delta1", "fprime_twice", ["dZ1 ⊙ f1'(S1) ⊙ f1'(S1)"]),
    (SQUARE, "Delta1", "fprime_of_other_layer", ["dZ1 ⊙ f2'(S2)", "dZ1 ⊙ f3'(S3)"]),
    (DEEP, "Delta3", "fprime_of_other_layer", ["dZ3 ⊙ f1'(S1)", "dZ3 ⊙ f2'(S2)"]),
    (BENT, "Delta1", "delta_sign", ["-(dZ1 ⊙ f1'(S1))"]),
    (NEGATIVE, "Delta1", "delta_sign", ["dZ1 ⊙ f1'(S1)"]),
    (NEGATIVE, "Delta1", "fprime_forgotten_hidden", ["-dZ1"]),
    (LOGISTIC, "Delta2", "fprime_forgotten_output", ["dZ2"]),
    (LOGISTIC, "Delta2", "fprime_not_cancelled", ["1/N (Z2 - T) ⊙ f2'(S2)"]),
    (LOGISTIC, "Delta2", "error_sign", ["1/N (T - Z2)"]),
    (LOGISTIC, "Delta2", "collapsed_wrongly", []),  # it holds
    (UNMATCHED, "Delta2", "collapsed_wrongly", ["Z2 - T"]),
    (SOFTMAX, "Delta2", "jacobian_forgotten", ["dZ2"]),
    (SOFTMAX, "Delta2", "jacobian_diagonal", ["Z2 ⊙ (dZ2 - Z2 ⊙ dZ2)"]),
    # passed on
    (BENT, "dZ1", "weights_already_updated", ["W2'ᵀ Δ2"]),
    (BENT, "dZ1", "error_propagated", ["W2ᵀ dZ2", "W2ᵀ err"]),
    (NEGATIVE, "dZ1", "error_propagated", ["W2ᵀ dZ2", "W2ᵀ err"]),
    (NEGATIVE, "dZ1", "sign_of_delta_kept", ["W2ᵀ Δ2"]),
    (BENT, "dZ1", "not_transposed", []),
    (BENT, "dZ1", "fprime_too_early", ["(W2ᵀ Δ2) ⊙ f1'(S1)"]),
    (NEGATIVE, "dZ2", "fprime_too_early", ["(Z2 - T) ⊙ f2'(S2)"]),
    (SQUARE, "dZ1", "not_transposed", ["W2 Δ2"]),
    (BENT, "dZ1", "divided_by_weights", ["(1 / W2ᵀ) Δ2"]),
    (SQUARE, "dZ1", "weights_skipped", ["Δ2", "1 1ᵀ Δ2"]),
    (BENT, "dZ1", "weights_skipped", ["1 1ᵀ Δ2"]),
    (NEGATIVE, "dX", "weights_skipped", ["-1 1ᵀ Δ1"]),
    (SQUARE, "dZ1", "delta_of_other_layer", ["W2ᵀ Δ3"]),
    (SQUARE, "dZ1", "back_through_other_weights", ["W1 Δ2", "W1ᵀ Δ2", "W3 Δ2", "W3ᵀ Δ2"]),
    (SQUARE, "dZ1", "fprime_again", ["W2ᵀ (Δ2 ⊙ f2'(S2))"]),
    (SQUARE, "dX", "weights_already_updated", ["W1'ᵀ Δ1"]),
    # averages
    (ENTRIES, "loss", "average_forgotten", ["Σ losses"]),
    (ENTRIES, "loss", "outputs_not_averaged", ["1/N Σ losses"]),
    (ENTRIES, "loss", "samples_not_averaged", ["1/M Σ losses"]),
    (ENTRIES, "dZ2", "average_forgotten", ["Z2 - T"]),
    (GRADIENTS, "dZ2", "average_too_early", ["1/N (Z2 - T)"]),
    (GRADIENTS, "dW2", "average_forgotten", ["Δ2 Z1ᵀ"]),
    (GRADIENTS, "dW2", "average_twice", ["1/(NN) Δ2 Z1ᵀ"]),
    (DECAY, "dW2", "average_twice", ["1/N Δ2 Z1ᵀ + λ W2"]),
    (BENT, "db2", "bias_gradient_averaged", ["1/N Δ2 1"]),
    (GRADIENTS, "db2", "bias_gradient_averaged", ["1/(NN) Δ2 1"]),
    (
        network(average_in="update"),
        "db2",
        "bias_gradient_averaged",
        ["1/N Δ2 1"],
    ),  # a sum, so that no step has one
    (LATE, "db2", "bias_gradient_averaged", []),  # that would be an average taken too early
    (BENT, "loss", "outputs_averaged", ["1/M Σ losses"]),
    (ENTRIES, "loss", "outputs_averaged", []),
    (BENT, "dW2", "average_added", ["1/N Δ2 Z1ᵀ"]),
    (LATE, "step_W2", "average_forgotten", ["-η (dW2 - λ W2 + λ W2)"]),
    # weight decay
    (DECAY, "loss", "decay_forgotten", ["1/N Σ losses"]),
    (DECAY, "loss", "decay_without_half", ["1/N Σ losses + λ (Σ W1² + Σ W2²)"]),
    (DECAY, "dW2", "decay_forgotten", ["Δ2 Z1ᵀ"]),
    (DECAY, "dW2", "decay_halved", ["Δ2 Z1ᵀ + λ/2 W2"]),
    (DECAY, "dW2", "decay_sign", ["Δ2 Z1ᵀ - λ W2"]),
    (DECAY, "db2", "decay_of_biases", ["Δ2 1 + λ b2"]),
    (AVERAGED_DECAY, "loss", "decay_not_averaged", ["1/N Σ losses + λ/2 (Σ W1² + Σ W2²)"]),
    (AVERAGED_DECAY, "dW2", "decay_not_averaged", ["Δ2 Z1ᵀ + λ W2"]),
    (AVERAGED_DECAY, "dW2", "decay_averaged", []),
    (AVERAGED_DECAY, "db2", "decay_of_biases", ["Δ2 1 + λ/N b2"]),
    (LATE, "step_W2", "decay_averaged", ["-η (1/N (dW2 - λ W2) + λ/N W2)"]),
    # gradients
    (BENT, "dW2", "gradient_of_preactivation", ["Δ2 S1ᵀ"]),
    (SQUARE, "dW2", "gradient_of_own_output", ["Δ2 Z2ᵀ"]),
    (SQUARE, "dW2", "gradient_of_other_input", ["Δ2 Xᵀ", "Δ2 Z3ᵀ"]),
    (SQUARE, "dW2", "gradient_of_other_delta", ["Δ1 Z1ᵀ", "Δ3 Z1ᵀ"]),
    (SQUARE, "dW2", "gradient_turned", ["Z1 Δ2ᵀ"]),
    (BENT, "dW2", "divided_by_input", ["Δ2 (1 / Z1ᵀ)"]),
    (BENT, "dW2", "input_forgotten", ["Δ2 1 1ᵀ"]),
    (NEGATIVE, "dW2", "input_forgotten", ["-Δ2 1 1ᵀ"]),
    (DECAY, "dW2", "input_forgotten", ["Δ2 1 1ᵀ + λ W2"]),
    (NEGATIVE, "dW2", "gradient_of_error", ["dZ2 Z1ᵀ", "err Z1ᵀ"]),
    (BENT, "db2", "bias_gradient_zero", ["0 Δ2 1"]),
    (BENT, "db1", "bias_gradient_shared", ["1 1ᵀ Δ1 1"]),
    (SHARED, "db1", "bias_gradient_averaged_over_units", ["1/2 1ᵀ Δ1 1"]),
    (SHARED, "db1", "bias_gradient_averaged", ["1/N 1ᵀ Δ1 1"]),
    (SHARED, "db1", "bias_gradient_shared", []),
    (SHARED, "db1", "gradient_of_other_delta", ["1ᵀ Δ2 1"]),
    (SHARED, "S1", "bias_left_out", ["W1 X"]),
    (SHARED, "S1", "bias_subtracted", ["W1 X - 1 b1 1ᵀ"]),
    (SHARED, "S2_new", "old_biases", ["W2' Z1' + 1 b2 1ᵀ"]),
    # update
    (BENT, "W2_new", "update_added", ["W2 - step_W2"]),
    (BENT, "W2_new", "eta_forgotten", ["W2 - dW2"]),
    (BENT, "W2_new", "step_only", ["step_W2", "-step_W2"]),
    (SQUARE, "step_W2", "update_with_other_gradient", ["-η dW1", "-η dW3"]),
    (BENT, "W1_new", "only_last_layer_updated", ["W1"]),
    (BENT, "W2_new", "weights_not_updated", ["W2"]),
    (BENT, "b2_new", "biases_not_updated", ["b2"]),
    (BENT, "step_b2", "eta_twice", ["-η η db2"]),
    (BENT, "S2_new", "old_weights", ["W2 Z1' + b2' 1ᵀ", "W2 Z1 + b2 1ᵀ"]),
    (BENT, "S2_new", "old_inputs", ["W2' Z1 + b2' 1ᵀ"]),
    (BENT, "S2_new", "old_biases", ["W2' Z1' + b2 1ᵀ"]),
    (BENT, "loss_new", "loss_of_old_outputs", ["1/2 Σ (Z2 - T)²", "L"]),
    (DECAY, "loss_new", "decay_of_old_weights", ["1/(2N) Σ (Z2' - T)² + λ/2 (Σ W1² + Σ W2²)"]),
    # several steps
    (BATCHES, "S1", "weights_of_first_step", []),
    (BATCHES, "S1@2", "weights_of_first_step", ["W1 X@2 + b1' 1ᵀ"]),
    (BATCHES, "S1@2", "biases_of_first_step", ["W1' X@2 + b1 1ᵀ"]),
    (BATCHES, "S2@2", "updated_after_pass", ["W2 Z1@2 + b2 1ᵀ"]),
    (BATCHES, "S2@2", "parameters_of_first_step", []),  # which is the same
    (ADAM, "S2@3", "parameters_of_first_step", ["W2 Z1@3 + b2 1ᵀ"]),
    (ADAM, "S2@3", "weights_of_first_step", ["W2 Z1@3 + b2'@2 1ᵀ"]),
    (ADAM, "S2@3", "updated_after_pass", []),  # a pass is a step
    (BATCHES, "S2_new@2", "weights_of_first_step", []),
    (BATCHES, "dZ1@2", "updated_after_pass", ["W2ᵀ Δ2@2"]),
    (ADAM, "dZ1@2", "weights_of_first_step", ["W2ᵀ Δ2@2"]),
    (SECOND_PASS, "S1@4", "updated_after_pass", ["W1'@2 X@4 + b1'@2 1ᵀ"]),
    (SECOND_PASS, "S1@3", "updated_after_pass", []),
    (BATCHES, "dW1", "gradients_accumulated", []),
    (BATCHES, "dW1@2", "gradients_accumulated", ["Δ1@2 X@2ᵀ + dW1"]),
    (ADAM, "db2@3", "gradients_accumulated", ["Δ2@3 1 + db2@2"]),
    (BATCHES, "S1@2", "samples_of_other_step", ["W1' X + b1' 1ᵀ"]),
    (BATCHES, "dW1", "samples_of_other_step", ["Δ1 X@2ᵀ"]),
    (BATCHES, "err@2", "targets_of_other_step", ["Z2@2 - T"]),
    (ADAM, "S1@2", "samples_of_other_step", []),  # all samples in each
    (network(steps=2, batch=3), "S1", "samples_of_other_step", []),  # the second batch is smaller
    (BATCHES, "loss", "batch_loss_averaged_over_all", ["1/(4N) Σ losses"]),
    (BATCHES, "dZ2", "batch_averaged_over_all", ["1/(4N) (Z2 - T)"]),
    (ADAM, "dZ2", "batch_averaged_over_all", []),
    (MOMENTUM, "V_W1", "velocity_without_mu", []),
    (MOMENTUM, "V_W1@2", "velocity_without_mu", ["V_W1 + dW1@2"]),
    (MOMENTUM, "V_W1@2", "velocity_reset", ["dW1@2"]),
    (MOMENTUM, "V_W1@2", "velocity_sign", ["μ V_W1 - dW1@2"]),
    (ADAM, "M_W1@2", "velocity_reset", ["(1-β1) dW1@2"]),
    (ADAM, "V_W1@2", "velocity_sign", []),
    (ADAM, "Mhat_W1", "bias_correction_forgotten", ["M_W1"]),
    (ADAM, "Vhat_b2@2", "bias_correction_forgotten", ["V_b2@2"]),
    (ADAM, "Mhat_W1", "bias_correction_of_other_step", ["1/(1-β1^2) M_W1"]),
    (
        ADAM,
        "Vhat_W1@3",
        "bias_correction_of_other_step",
        ["1/(1-β2^1) V_W1@3", "1/(1-β2^2) V_W1@3", "1/(1-β2^4) V_W1@3"],
    ),
    # anything
    (BENT, "S1", "factor_10", ["10 (W1 X + b1 1ᵀ)"]),
    *((BENT, "dW2", f"factor_{name}", [f"{factor} Δ2 Z1ᵀ"]) for name, factor in FACTORS.items()),
    (BENT, "S1", "factor_1_N", ["1/N (W1 X + b1 1ᵀ)"]),
    (BENT, "W1_new", "opposite_sign", ["-(W1 + step_W1)"]),
]


@pytest.mark.parametrize(("exercise", "quantity", "mistake", "expected"), CASES)
def test_a_mistake_turns_an_equation_into(
    exercise: Exercise, quantity: str, mistake: str, expected: list[str]
) -> None:
    assert formulas(exercise, quantity, mistake) == expected


@cache
def usual_formulas() -> frozenset[tuple[str, str]]:
    """Every mistake of the exercises above, and what it makes of an equation."""
    exercises = {id(exercise): exercise for exercise, *_ in CASES}
    return frozenset(
        (edit.mistake.name, f"{notation.name(edit.symbol)} = {notation.text(written)}")
        for exercise in exercises.values()
        for notation in [Solution(exercise).notation]
        for edit in every_edit(exercise)
        for written in [exercise.layout.expression(edit.symbol, edit.expression)]
    )


@pytest.mark.parametrize("rule", RULES, ids=[rule.mistake.name for rule in RULES])
def test_the_formula_of_a_mistake_is_what_its_edit_computes(rule: Rule) -> None:
    assert (rule.mistake.name, rule.formula) in usual_formulas()


@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_with_the_same_expression_differ_in_precedence(seed: int) -> None:
    exercise = drawn(seed)
    equations = page(exercise.network)
    for equation in equations.values():
        step = Step(exercise, equations, equation)
        named: dict[tuple[Expr, int], set[str]] = {}
        for rule in RULES:
            if not rule.places or rule.places & step.places:
                for found in rule.edit(step):
                    expression = simplify(found[0] if isinstance(found, tuple) else found)
                    if expression not in (equation.expression, equation.chain_rule):
                        named.setdefault((expression, rule.precedence), set()).add(rule.mistake.name)
        assert [names for names in named.values() if len(names) > 1] == []


def test_a_place_that_no_quantity_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^edit: no quantity is called dY$"):

        @Rules().mistake("S dY@out", "title", formula="", done="", advice="", hint="")
        def edit(_: Step) -> Iterator[EditResult]:
            return iter(())


@pytest.mark.parametrize(
    ("product", "expected"),
    [("W X", "W2 Δ2"), ("W^T X", "W2ᵀ Δ2"), ("X W", "Δ2 W2"), ("X W^T", "Δ2 W2ᵀ")],
)
def test_weights_not_transposed_are_those_of_the_layout(product: Product, expected: str) -> None:
    exercise = network(sizes=(2, 2, 2), product=product)
    assert formulas(exercise, "dZ1", "not_transposed") == [expected]
    used, right = ("W2", "W2ᵀ") if "ᵀ" not in expected else ("W2ᵀ", "W2")
    done = the_edit(exercise, "dZ1", "not_transposed").mistake.done
    assert done == f"{used} was used in dZ1 where {right} belongs."


def test_nothing_is_repeated_that_the_equation_does_not_repeat() -> None:
    exercise = network("tanh sigmoid", sizes=(2, 3, 1))  # f2' would be one row beside three
    assert formulas(exercise, "Delta1", "fprime_of_other_layer") == []


def test_of_two_mistakes_with_one_formula_the_more_specific_is_named() -> None:
    found = [edit.mistake.name for edit in edits_of(LOGISTIC)[Symbol("Delta", 2)]]
    assert "error_sign" in found
    assert not {"delta_sign", "opposite_sign", "factor_N"} & set(found)


@pytest.mark.parametrize("quantity", ["dZ2", "Delta2"])
def test_what_is_elsewhere_in_the_page_by_convention_is_not_left_out_here(quantity: str) -> None:
    assert formulas(GRADIENTS, quantity, "average_forgotten") == []


# ---------------------------------------------------------------------------- words


def test_what_was_done_and_what_to_do() -> None:
    mistake = the_edit(load("exercise2"), "Delta1", "fprime_forgotten_hidden").mistake
    assert mistake.title == "f' forgotten at a hidden layer"
    assert mistake.done == "The factor f1'(S1) is missing from Δ1."
    assert mistake.advice == "Multiply elementwise by f1'(S1)."
    assert mistake.hint == "what does relu' do where S1 is negative?"


@pytest.mark.parametrize(
    ("average_in", "quantity", "later"),
    [
        ("gradients", "dZ2", "later, in the gradients"),
        ("update", "dW2", "later, in the update"),
        ("loss", "step_W2", "in the loss only"),
    ],
)
def test_it_is_said_where_the_average_is_taken(average_in: str, quantity: str, later: str) -> None:
    exercise = network(average="samples", average_in=average_in)
    advice = the_edit(exercise, quantity, "average_too_early").mistake.advice
    assert advice == f"Here the average is taken {later}."


def test_the_losses_of_the_samples_are_averaged_in_the_loss() -> None:
    advice = the_edit(network(average="samples"), "losses", "average_too_early").mistake.advice
    assert advice == "Here the average is taken later, in the loss."


def test_sentences_are_in_the_letters_of_the_course() -> None:
    exercise = network(letters={"S": "Z", "Z": "A", "Delta": "dZ", "W": "Θ"})
    assert (
        the_edit(exercise, "fprime1", "fprime_of_activation").mistake.done
        == "f1' was evaluated at A1 instead of Z1."
    )
    assert the_edit(exercise, "dA1", "weights_already_updated").mistake.done == (
        "Θ2'ᵀ was used in dA1: the weights after the update."
    )


# ---------------------------------------------------------------------------- figures


def figures(
    exercise: Exercise, edit: Edit, written: Mapping[str, object] | None = None
) -> Callable[[str], Array]:
    """Every quantity, by name: what follows from the figures written, with a mistake in one step."""
    solution, coefficient = Solution(exercise), exercise.coefficients
    known = dict(exercise.givens())
    for name, value in (written or {}).items():
        known[solution.symbol(name)] = np.array(value, dtype=np.float64)

    def quantity(symbol: Symbol) -> Array:
        if symbol not in known:
            equation = solution.computed.page[symbol]
            expression = edit.expression if symbol == edit.symbol else equation.expression
            known[symbol] = evaluate(expression, Context(quantity, coefficient))
        return known[symbol]

    return lambda name: quantity(solution.symbol(name))


def test_f_prime_forgotten_in_exercise_2() -> None:
    exercise = load("exercise2")
    value = figures(exercise, the_edit(exercise, "Delta1", "fprime_forgotten_hidden"))
    np.testing.assert_allclose(
        value("Delta1"),
        [
            [-0.0045, -0.0049, 0.0053, 0.0050],
            [-0.0068, -0.0074, 0.0080, 0.0075],
            [-0.0203, -0.0222, 0.0239, 0.0226],
        ],
        atol=0.00005,
    )


@pytest.mark.parametrize("quantity", ["step_W2", "W2_new"])
def test_update_added_in_exercise_2(quantity: str) -> None:
    exercise = load("exercise2")
    value = figures(exercise, the_edit(exercise, quantity, "update_added"))
    np.testing.assert_allclose(value("W2_new"), [[-0.0315, -0.0730, 0.0988]], atol=0.00005)


def test_the_average_left_out_in_exercise_2() -> None:
    exercise = load("exercise2")
    value = figures(exercise, the_edit(exercise, "dZ2", "average_forgotten"))
    np.testing.assert_allclose(value("Delta2"), [[-0.9014, -0.9888, 1.0634, 1.0059]], atol=0.00005)


def test_the_slip_of_the_double_fprime_page() -> None:
    exercise = load("double_fprime")
    value = figures(exercise, the_edit(exercise, "dZ2", "error_called_dZ"), {"Z2": [[0.941]]})
    assert value("dZ2").item() == pytest.approx(-0.059, abs=1e-12)


def test_the_slip_of_the_handout() -> None:
    exercise = load("handout")
    printed = {"Z1": [[0.68], [0.6637]], "Delta2": [[-0.0406]], "W2_new": [[0.272392, 0.87305]]}
    value = figures(exercise, the_edit(exercise, "dZ1", "weights_already_updated"), printed)
    np.testing.assert_allclose(value("Delta1"), [[-0.002406], [-0.007916]], atol=0.00001)


def test_the_slip_of_the_mazur_page() -> None:
    exercise = load("mazur")
    value = figures(exercise, the_edit(exercise, "dZ1", "weights_already_updated"))
    assert value("loss_new").item() == pytest.approx(0.291027924, abs=5e-10)


def test_the_slip_of_the_ist_tanh_page() -> None:
    exercise = load("ist_tanh")
    value = figures(exercise, the_edit(exercise, "Z2", "activation_left_out"))
    np.testing.assert_allclose(value("Z2"), [[0.2165]] * 3, atol=0.00005)


def test_the_identity_may_be_looked_at_as_a_function_like_any_other() -> None:
    solution = Solution(load("exercise2"))
    plain, bent = (Edits(solution.exercise, solution.notation.name, bent=bent) for bent in (False, True))
    for symbol in (Symbol("Z", 2), Symbol("Delta", 2)):
        names, more = ({edit.mistake.name for edit in edits[symbol]} for edits in (plain, bent))
        assert names < more
        assert "other_activation" not in more
    assert {edit.mistake.name for edit in bent[Symbol("Z", 2)]} >= {"activation_left_out", "activation_added"}
    assert [*plain[Symbol("Z", 1)]] == [*bent[Symbol("Z", 1)]]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_times_0_is_not_taken_for_another(loss: str) -> None:
    exercise = random_exercise(np.random.default_rng(3), loss=loss, factor=Fraction(0))
    found = Edits(exercise, lambda symbol: symbol.plain)
    names = {edit.mistake.name for symbol in found for edit in found[symbol]}
    assert names
    assert "another_loss" not in names
