"""The letters of a course, in formulas and wherever names are read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlpcalc import Solution, derive, explain, load, solve
from mlpcalc.errors import InputError
from mlpcalc.mistakes import MISTAKES, Edits
from mlpcalc.notation.letters import latex_letter
from mlpcalc.page.symbols import Symbol
from tests.conftest import Run

_LETTERS = {
    "loss": "J", "eta": "α", "lambda": "γ", "N": "m", "M": "n", "beta1": "ρ1", "beta2": "ρ2", "epsilon": "δ",
}  # fmt: skip


def _solved(symbols: Mapping[str, str] = _LETTERS, **more: Any) -> Solution:  # noqa: ANN401  # keys of a file
    exercise = {
        "inputs": [[1, 2], [-1, 0.5]],
        "targets": [[1, 0]],
        "layers": [
            {"weights": [[0.5, -0.5], [0.25, 1]], "bias": 0.35, "activation": "tanh"},
            {"weights": [[1, -1]]},
        ],
        "loss": {"name": "squared_error", "average": "entries", "l2": 0.1},
        "learning_rate": 0.1,
        "optimizer": "adam",
        "conventions": {"average_in": "gradients"},
        "symbols": symbols,
    }
    return solve(load({**exercise, **more}))


def test_formulas_are_in_the_letters_of_the_course() -> None:
    solution = _solved()
    formulas = {
        "loss": "J = 1/(2mn) Σ (Z2 - T)² + γ/2 (Σ W1² + Σ W2²)",
        "loss_new": "J' = 1/(2mn) Σ (Z2' - T)² + γ/2 (Σ W1'² + Σ W2'²)",
        "dW1": "dW1 = 1/(mn) Δ1 Xᵀ + γ W1",
        "M_W1": "M_W1 = (1-ρ1) dW1",
        "Mhat_W1": "Mhat_W1 = 1/(1-ρ1^1) M_W1",
        "W1_new": "W1' = W1 - α (Mhat_W1 / (√(Vhat_W1) + δ))",
    }
    assert {name: solution.formula(name) for name in formulas} == formulas


def test_and_in_latex() -> None:
    latex = _solved().notation.latex
    assert latex.equation(Symbol("Mhat_W", 1)) == r"\hat M_{W_1} = \frac{1}{(1-\rho_1^{1})} M_{W_1}"
    assert latex.equation(Symbol("loss")).startswith(
        r"J = \frac{1}{2mn} \sum (Z_2 - T)^2 + \frac{\gamma}{2} "
    )
    assert r"\alpha \frac{\hat M_{W_1}}" in latex.equation(Symbol("W", 1, updated=True))


def test_the_usual_letters_in_latex() -> None:
    solution = _solved({})
    assert solution.notation.latex.scalar("1-beta1^t", "3") == r"(1-\beta_1^{3})"
    assert solution.notation.scalar("1-beta2^t") == "(1-β2^t)"


@pytest.mark.parametrize(
    ("letter", "latex"),
    [("β1", r"\beta_1"), ("β12", r"\beta_{12}"), ("α", r"\alpha"), ("lr", r"\mathrm{lr}"), ("J", "J")],
)
def test_a_greek_letter_may_have_a_number(letter: str, latex: str) -> None:
    assert latex_letter(letter) == latex


def test_the_head_is_in_them(run: Run, tmp_path: Path) -> None:
    text = (
        "inputs: [[1, 2]]\ntargets: [[1, 0]]\nlayers:\n  - weights: [[0.5]]\n"
        "loss: {name: squared_error, average: samples, l2: 0.5}\nlearning_rate: 0.1\n"
        "conventions: {average_in: gradients}\n"
        "symbols: {loss: J, eta: α, lambda: γ, N: m}\n"
    )
    (tmp_path / "e.yaml").write_text(text)
    out = run("solve", "e.yaml").out
    assert out.splitlines()[1] == (
        "1-1, identity, m = 2   J = 1/(2m) Σ (Z1 - T)² + γ/2 Σ W1²   α = 0.1   γ = 0.5"
    )
    assert "Δ = m ∂J/∂S   1/m in the gradients" in out
    latex = run("solve", "e.yaml", "--format", "latex").out
    assert r"$\Delta = m \partial J/\partial S$" in latex
    assert r"$\alpha = 0.1$" in latex


@pytest.mark.parametrize("name", ["J", "loss", "L", "cost"])
def test_the_loss_is_read_in_any_of_its_names(name: str) -> None:
    solution = _solved()
    assert solution.symbol(name) == Symbol("loss")
    assert solution.symbol(f"{name}'") == Symbol("loss", updated=True)


def test_a_letter_of_its_own_comes_first() -> None:
    """K is the loss here, and J the number of samples, but a number is no quantity."""
    solution = _solved({"loss": "K", "N": "J"})
    assert solution.symbol("K") == Symbol("loss")
    assert explain(solution, "K").data()["name"] == "K"
    assert solution.symbol("dJ/dW1") == Symbol("dW", 1)


def test_sheets_are_in_it_and_read_in_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(
        "inputs: [[1]]\ntargets: [[0]]\nlayers:\n  - weights: [[2]]\nloss: squared_error\n"
        "symbols: {loss: J}\n"
    )
    assert "\nJ: ~\n" in run("sheet", "e.yaml").out
    (tmp_path / "a.yaml").write_text("J: 2\n")
    result = run("check", "e.yaml", "a.yaml", "--format", "json")
    loss = result.json["submissions"][0]["quantities"]["loss"]
    assert (loss["verdict"], loss["name"]) == ("correct", "J")


def test_the_derivation_is_in_them() -> None:
    data = derive(_solved().exercise).data()
    assert data["parameters"]["W2"]["chain"][0]["factor"] == "∂J/∂Z2"
    assert data["parameters"]["W2"]["chain"][-1]["shape"] == "d1×m"


def test_the_script_is_in_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(
        "inputs: [[1, 2]]\ntargets: [[0, 1]]\nlayers:\n  - weights: [[2]]\n"
        "loss: {name: squared_error, average: samples}\nlearning_rate: 0.5\n"
        "symbols: {loss: J, eta: α, N: m}\n"
    )
    script = run("solve", "e.yaml", "--format", "python").out
    assert "\nα = 0.5\n" in script
    assert "\nJ = 1 / (2 * m) * np.sum((Z1 - T)**2)\n" in script
    found: dict[str, Any] = {}
    exec(script, found)  # noqa: S102  # a script of our own making
    assert found["J"] == (4 + 9) / 4


def test_sentences_about_mistakes_are_in_them() -> None:
    solution = _solved(optimizer="sgd", conventions={"average_in": "update"})
    found = Edits(solution.exercise, solution.notation.name)
    said = {
        (edit.mistake.name, symbol.plain): f"{edit.mistake.done} {edit.mistake.advice}"
        for symbol, made in found.items()
        for edit in made
    }
    assert said["eta_forgotten", "step_W1"] == (
        "The learning rate α was left out of step_W1. Multiply the gradient by α before you subtract it."
    )
    assert said["average_too_early", "dW1"].startswith("1/(mn) was applied in dW1 already.")
    assert not any(letter in text for text in said.values() for letter in ("η", "λ", "1/N", "by N"))


def test_no_sentence_of_the_catalogue_has_a_letter_of_its_own() -> None:
    for mistake in MISTAKES.values():
        for text in (mistake.done, mistake.advice, mistake.hint):
            assert not any(letter in text for letter in "ηλμ"), text


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        ("{S: L}", "'L' would mean both S and loss"),
        ("{W: N}", "'N' would mean both W and N"),
        ("{eta: W}", "'W' would mean both eta and W"),
        ("{loss: J, N: J}", "'J' would mean both loss and N"),
        ("{eta: dW1}", "'dW1' as eta: dW1 would have two meanings"),
        ("{eta: f}", "'f' cannot be the symbol of eta"),
    ],
)
def test_a_letter_has_one_meaning(tmp_path: Path, symbols: str, message: str) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(f"inputs: [[1]]\nlayers:\n  - weights: [[2]]\nsymbols: {symbols}\n")
    with pytest.raises(InputError) as raised:
        load(path)
    assert raised.value.problems[0].message == message


def test_the_letters_of_an_optimizer_count_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    text = "inputs: [[1]]\ntargets: [[1]]\nlayers:\n  - weights: [[2]]\nloss: sum\nlearning_rate: 1\n"
    path.write_text(text + "symbols: {W: μ}\n")
    assert load(path).letters == {"W": "μ"}
    path.write_text(text + "symbols: {W: μ}\noptimizer: momentum\n")
    with pytest.raises(InputError, match="'μ' would mean both W and mu"):
        load(path)


@pytest.mark.parametrize("letters", ["{S: Z, Z: dZ, Delta: δ, W: Y}", "{S: Z, Z: A}", "{S: A, Z: dA}"])
def test_every_quantity_has_a_name_by_which_it_is_found(letters: str, run: Run, tmp_path: Path) -> None:
    """dZ1 is δ1 where a course writes Z for S, but not where it writes dZ for Z."""
    text = "inputs: [[1]]\ntargets: [[1]]\nlayers:\n  - weights: [[2]]\n  - weights: [[1]]\n"
    (tmp_path / "e.yaml").write_text(f"{text}loss: squared_error\nlearning_rate: 1\nsymbols: {letters}\n")
    solution = solve(load(tmp_path / "e.yaml"))
    for symbol in solution.symbols.values():
        assert solution.symbol(solution.spelling(symbol)) == symbol
    assert run("sheet", "e.yaml", "--no-formulas", "--format", "latex").code == 0
