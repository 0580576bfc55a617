"""What an audit says of the figures of an exercise, and whether marking agrees."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.answers.blank import filled
from mlpcalc.answers.contents import written_figure
from mlpcalc.answers.reader import Submission
from mlpcalc.auditing.advice import advice
from mlpcalc.auditing.audit import Audit
from mlpcalc.auditing.report import audit_report
from mlpcalc.auditing.right import redrawn
from mlpcalc.auditing.wrongs import NAMES, Effect
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.library import bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.report import json as json_form
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from tests.conftest import Result, Run
from tests.support.marking_exercises import marking_exercise
from tests.support.reading import read_answers

pytestmark = pytest.mark.slow

EXERCISES = [found.file for found in bundled()][::2]


@cache
def audit_of(name: str) -> Audit:
    return Audit(solve(load(name)))


def audited(text: str) -> Audit:
    return Audit(solve(read_exercise(Document(text, "x.yaml"), "x.yaml")))


def reasons(audit: Audit) -> Mapping[str, str]:
    """Why each mistake is hidden, by its code."""
    return {hidden.wrong.code: hidden.reason.text for hidden in audit.hidden}


# ---------------------------------------------------------------------------- does marking agree?


def verdicts(audit: Audit, effects: list[Effect]) -> list[Verdict]:
    """What marking says of sheets with mistakes that were written down and read again."""
    solution = audit.solution
    decimals = solution.decimals()
    sheets = {}
    written = []
    for each in effects:
        values = audit.wrongs.values(each.wrong)
        cells = (cell for value in values.values() for cell in value.ravel().tolist())
        written.append(tuple(written_figure(cell, decimals) for cell in cells))
        if written[-1] not in sheets:
            document = Document(filled(solution, values, Digits(decimals)), "sheet.yaml")
            sheets[written[-1]] = read_answers(document, solution)
    marked = Marker(solution).mark([*sheets.values()])
    worst = {figures: marks.worst for figures, marks in zip(sheets, marked, strict=True)}
    return [worst[figures] for figures in written]


@pytest.mark.parametrize("name", EXERCISES)
def test_marking_finds_nothing_wrong_in_sheets_with_hidden_mistakes(name: str) -> None:
    audit = audit_of(name)
    hidden = [effect for effect in audit.effects if not effect.revealed]
    assert hidden
    assert verdicts(audit, hidden) == [effect.verdict for effect in hidden]
    assert max(effect.verdict for effect in hidden) < Verdict.TRIVIAL


@pytest.mark.parametrize("name", EXERCISES)
def test_marking_finds_the_mistakes_that_are_not_hidden(name: str) -> None:
    audit = audit_of(name)
    revealed = [effect for effect in audit.effects if effect.revealed]
    some = revealed[len(name) :: 79]
    assert {verdict >= Verdict.TRIVIAL for verdict in verdicts(audit, some)} == {True}


@pytest.mark.parametrize("seed", range(3))
def test_marking_agrees_with_the_audit_of_any_exercise(seed: int) -> None:
    exercise = marking_exercise(np.random.default_rng([620, seed]))
    audit = Audit(solve(exercise))
    some = audit.effects[seed::67]
    found = verdicts(audit, some)
    assert [verdict >= Verdict.TRIVIAL for verdict in found] == [effect.revealed for effect in some]


@pytest.mark.parametrize("code", ["fprime_forgotten_output@Delta2", "fprime_twice@Delta1"])
def test_the_commands_agree(code: str, run: Run) -> None:
    hidden = {each["wrong"] for each in run("audit", "exercise2", "--format", "json").json["hidden"]}
    assert code in hidden
    sheet = run("sheet", "exercise2", "--wrong", code).out
    assert run("check", "exercise2", "-", stdin=sheet.encode()).code == 0


@pytest.mark.parametrize("code", ["average_twice@dZ2", "rows_swapped@W1_new"])
def test_the_commands_agree_on_what_is_revealed(code: str, run: Run) -> None:
    mistakes = run("audit", "exercise2", "--format", "json").json["mistakes"]
    assert {each["wrong"]: each["revealed"] for each in mistakes}[code]
    sheet = run("sheet", "exercise2", "--wrong", code).out
    assert run("check", "exercise2", "-", stdin=sheet.encode()).code == 1


def test_no_more_of_a_sheet_is_marked_in_a_deeper_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else the work would grow with the square of the layers."""
    mark, answers = Marker.mark_as_asked, list[int]()

    def counted(marker: Marker, sheets: list[Submission], *, diagnose: bool = True) -> list[SheetMarks]:
        answers.extend(len(sheet.answers) for sheet in sheets)
        return mark(marker, sheets, diagnose=diagnose)

    monkeypatch.setattr(Marker, "mark_as_asked", counted)
    hidden = "  - {weights: [[0.9, -0.7], [0.6, 0.8]], bias: [0.1, -0.2], activation: tanh}\n"
    for depth in (3, 9):
        answers.clear()
        text = SYMMETRIC.replace("layers:\n", "layers:\n" + (depth - 2) * hidden)
        audit = audited(text + "decimals: 9\n")
        assert len(audit.wrongs.asked) > 6 * depth
        assert len(audit.effects) > len(answers) > 150 * depth
        assert sum(answers) < 5 * len(answers)


# ---------------------------------------------------------------------------- what is hidden, and why


def test_what_the_figures_of_exercise_2_cannot_reveal() -> None:
    audit = audit_of("exercise2.yaml")
    found = {
        (hidden.wrong.mistake, hidden.wrong.symbol.plain): (hidden.reason.cause, hidden.reason.text)
        for hidden in audit.hidden
    }
    identity = ("form", "f2 is the identity: f' is 1, and it changes nothing")
    assert found["fprime_forgotten_output", "Delta2"] == identity
    assert found["activation_left_out", "Z2"] == identity
    assert found["fprime_divided", "Delta2"] == identity
    assert found["gradient_of_error", "dW2"] == identity
    assert found["outputs_averaged", "loss"] == ("form", "M = 1: there is one output")
    assert found["fprime_twice", "Delta1"] == ("form", "relu' is 0 or 1: applied twice it is the same")
    assert found["fprime_of_activation", "fprime1"] == ("form", "relu'(Z1) = relu'(S1)")
    assert found["kink_from_the_right", "fprime1"] == ("figures", "no pre-activation is exactly 0")
    assert found["other_derivative", "fprime2"][0] == "figures"
    assert found["fprime_divided", "Delta1"] == ("figures", "it ends in a division by 0")
    assert ("fprime_forgotten_hidden", "Delta1") not in found
    assert {cause for cause, _ in found.values()} == {"form", "figures", "rounding"}


HEAD = "learning_rate: 0.3\nloss: {name: squared_error, average: samples}\n"
ONE_SAMPLE = (
    HEAD
    + "inputs: [[1], [2]]\ntargets: [[1], [0]]\n"
    + "layers: [{weights: [[0.5, 0.3], [-0.2, 0.7]], activation: tanh}]"
)
SYMMETRIC = (
    HEAD + "inputs: [[1, 2, -1], [2, -3, 1]]\ntargets: [[1, 0, 1], [0, 1, 1]]\nlayers:\n"
    "  - {weights: [[0.5, -0.3], [-0.3, 0.7]], activation: tanh}\n"
    "  - {weights: [[0.2, 0.4], [0.4, -0.1]], activation: sigmoid}\n"
)


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (ONE_SAMPLE, "average_forgotten@loss", "N = 1: there is one sample"),
        (ONE_SAMPLE, "average_twice@Delta1", "N = 1: there is one sample"),
        (ONE_SAMPLE, "factor_N@S1", "N = 1: there is one sample"),
        (ONE_SAMPLE.replace("0.3\n", "1\n", 1), "eta_forgotten@step_W1", "η = 1"),
        (ONE_SAMPLE.replace("0.3\n", "1\n", 1), "eta_twice@W1_new", "η = 1"),
        (SYMMETRIC, "weights_turned@S1", "W1ᵀ = W1"),
        (SYMMETRIC, "not_transposed@dZ1", "W2 = W2ᵀ"),
        (SYMMETRIC.replace("0.7]]", "0.7]], bias: [0, 0]"), "bias_left_out@S1", "b1 is 0"),
        (SYMMETRIC.replace("0.7]]", "0.7]], bias: [0, 0]"), "bias_subtracted@S1", "b1 is 0"),
        (SYMMETRIC.replace("[1, 2, -1], [2, -3, 1]", "[1, 2, 1], [1, 2, 1]"), "rows_swapped@dW1", None),
        (
            SYMMETRIC.replace("tanh", "relu")
            .replace("[1, 2, -1], [2, -3, 1]", "[9, 8, 9], [1, 1, 3]")
            .replace("-0.3", "0.3"),
            "activation_left_out@Z1",
            "S1 = relu(S1)",
        ),
        (
            SYMMETRIC.replace("tanh", "relu")
            .replace("[1, 2, -1], [2, -3, 1]", "[9, 8, 9], [1, 1, 3]")
            .replace("-0.3", "0.3"),
            "fprime_forgotten_hidden@Delta1",
            "dZ1 = dZ1 ⊙ f1'(S1)",
        ),
        (
            SYMMETRIC.replace("tanh", "relu").replace("0.5, -0.3], [-0.3, 0.7", "-9, -9], [-8, -9"),
            "fprime_again@dW1",
            None,
        ),
    ],
)
def test_reasons_are_given(text: str, code: str, reason: str | None) -> None:
    found = reasons(audited(text))
    if reason is None:
        assert code not in found or found[code]
    else:
        assert found[code] == reason


def test_a_dead_layer_hides_what_comes_before_it() -> None:
    text = SYMMETRIC.replace("tanh", "relu").replace("0.5, -0.3], [-0.3, 0.7", "-0.5, -0.1], [-0.4, -0.1")
    audit = audited(text.replace("[1, 2, -1], [2, -3, 1]", "[1, 2, 3], [2, 3, 1]"))
    found = reasons(audit)
    assert found["opposite_sign@dW1"] == "dW1 is 0 in every cell"
    assert found["factor_2@Z1"] == "Z1 is 0 in every cell"
    assert audit.remarks[0] == (
        "layer 1 is dead: no unit is active for any sample, so neither it nor any layer before it learns"
    )


def test_few_digits_hide_what_more_would_show() -> None:
    coarse, fine = (audited(SYMMETRIC + f"decimals: {decimals}\n") for decimals in (1, 6))
    lost = {hidden.wrong.code for hidden in coarse.hidden if hidden.reason.cause == "rounding"}
    assert len(lost) > 100
    assert not any(hidden.reason.cause == "rounding" for hidden in fine.hidden)
    assert {hidden.reason.text for hidden in coarse.hidden if hidden.wrong.code in lost} == {
        "the difference is less than one unit of the last decimal",
        "the difference could be rounding",
        "the figures before it have too few digits to check it",
    }
    assert coarse.score < 0.9 < fine.score


def test_what_depends_on_the_figures_is_told_from_what_does_not() -> None:
    causes = {hidden.wrong.code: hidden.reason.cause for hidden in audited(SYMMETRIC).hidden}
    assert causes["weights_turned@S1"] == "figures"
    assert "average_forgotten@loss" not in causes
    assert {hidden.reason.cause for hidden in audited(ONE_SAMPLE).hidden} == {"form"}


def test_an_exercise_without_a_loss_has_mistakes_as_well() -> None:
    audit = audited("inputs: [[1, 2]]\nlayers: [{weights: [[0.5], [-0.7]], activation: relu}]\n")
    assert {wrong.symbol.plain for wrong in audit.wrongs} == {"S1", "Z1"}
    assert audit.score > 0


def test_a_sheet_of_some_steps_is_audited_as_such() -> None:
    solution = solve(load("exercise2"))
    forward = Audit(solution, Selection([Stage.FORWARD]))
    assert {wrong.symbol for wrong in forward.wrongs} < {wrong.symbol for wrong in Audit(solution).wrongs}
    assert Symbol("Delta", 2) not in {wrong.symbol for wrong in forward.wrongs}


# ---------------------------------------------------------------------------- mistakes that look the same


def codes(groups: list[list[Any]]) -> list[set[str]]:
    return [{wrong.code for wrong in group} for group in groups]


def test_mistakes_that_lead_to_the_same_sheet_are_grouped() -> None:
    groups = codes(audit_of("exercise2.yaml").indistinguishable)
    assert any({"eta_forgotten@step_W1", "factor_2@step_W1"} <= group for group in groups)  # η is 1/2
    assert any({"average_forgotten@loss", "factor_N@loss_terms"} <= group for group in groups)


def test_mistakes_of_one_group_look_the_same_and_those_of_two_do_not() -> None:
    audit = audit_of("exercise2.yaml")
    written = {effect.wrong.code: effect.first for effect in audit.effects}
    sheets = [{written[code] for code in group} for group in codes(audit.indistinguishable)]
    assert {len(sheet) for sheet in sheets} == {1}
    assert len(set().union(*sheets)) == len(sheets)


def test_what_looks_the_same_by_coincidence_is_told_apart() -> None:
    audit = audit_of("exercise2.yaml")
    found = codes(audit.coincidences)
    assert {"eta_forgotten@step_W1", "factor_2@step_W1"} in found
    assert not any("average_forgotten@loss" in group for group in found)
    other = audited(SYMMETRIC)
    assert not any("eta_forgotten@step_W1" in group for group in codes(other.coincidences))


# ---------------------------------------------------------------------------- remarks


BASE = (
    "inputs: [[1, -2, 0.5], [0.5, 1, -1]]\ntargets: [[1, 0, 1]]\nlayers:\n"
    "  - {weights: [[0.5, -0.3], [-0.2, 0.7]], bias: [0.1, 0.2], activation: relu}\n"
    "  - {weights: [[0.2, 0.4]], bias: [0.3], activation: sigmoid}\n"
    "loss: squared_error\ndecimals: 4\nlearning_rate: 0.3\n"
)


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        ("[0.1, 0.2]", "[-9, 0.2]", "unit 1 of layer 1 is dead: not active for any sample"),
        ("[0.1, 0.2]", "[-9, -9]", "layer 1 is dead: no unit is active for any sample"),
        ("[0.1, 0.2]", "[-0.35, 0.2]", "S1[1,1] = 0.0000 is exactly at the kink of relu"),
        (
            "[0.1, 0.2]",
            "[-0.3498, 0.2]",
            "S1[1,1] = 0.0002 is near the kink of relu: rounding may decide f'",
        ),
        ("[0.3]", "[30]", "S2[1,1], S2[1,2], S2[1,3] are so large that sigmoid' rounds to 0"),
        ("[-0.2, 0.7]", "[0.5, -0.3]", None),
        ("[0.5, 1, -1]", "[0.5, 1, 0.5]", None),
        ("[[0.2, 0.4]]", "[[0.002, 0.4]]", "has only one digit left at 4 decimals: Δ1"),
        ("[[0.2, 0.4]]", "[[0.00002, 0.4]]", "rounds to 0 at 4 decimals but is not 0"),
        ("0.3\n", "100\n", "the update increases the loss from"),
        ("decimals: 4", "decimals: 15", None),
        ("decimals: 4\n", "", "no digits are stated, so answers with three significant digits"),
        ("[0.1, 0.2]", "[-9, -9]", "28 of 47 cells are 0 or unchanged at 4 decimals: they take no work"),
    ],
)
def test_remarks(old: str, new: str, remark: str | None) -> None:
    assert audited(BASE).remarks == []
    text = BASE.replace(old, new) if old != "0.3\n" else BASE.removesuffix(old) + new
    assert text != BASE
    found = audited(text).remarks
    if remark is None:
        assert not any("dead" in each or "kink" in each for each in found)
    else:
        assert any(each.startswith(remark) for each in found), found


def test_units_and_samples_that_are_alike_are_remarked_on() -> None:
    alike = BASE.replace("[-0.2, 0.7]", "[0.5, -0.3]").replace("[0.1, 0.2]", "0.1")
    assert (
        "units 1 and 2 of layer 1 have the same weights: nothing tells them apart" in audited(alike).remarks
    )
    twice = BASE.replace("[1, -2, 0.5], [0.5, 1, -1]", "[1, -2, 1], [0.5, 1, 0.5]")
    assert "samples 1 and 3 are the same" in audited(twice).remarks


def test_figures_that_take_no_work_are_those_of_the_sheet() -> None:
    text = BASE.replace("learning_rate: 0.3", "learning_rate: 1e-9")  # every parameter stays as it is
    solution = solve(read_exercise(Document(text, "x.yaml"), "x.yaml"))
    (remark,) = Audit(solution, Selection([Stage.UPDATE])).remarks
    assert remark.startswith("9 of 9 cells are 0 or unchanged")
    assert Audit(solution).remarks == []


def test_it_is_said_how_to_state_the_digits() -> None:
    assert "state the digits asked, for example decimals: 4" in advice(
        audited(BASE.replace("decimals: 4\n", ""))
    )
    assert not any("digits asked" in each for each in advice(audited(BASE)))


def test_a_dead_unit_of_one_sample_is_not_blamed_on_all() -> None:
    assert "unit 1 of layer 1 is dead: not active for the only sample" in audit_of("threshold.yaml").remarks


def test_figures_at_the_end_of_double_precision_are_not_too_large_to_be_remarked_on() -> None:
    audit = audited("inputs: [[1e300, 1]]\nlayers: [{weights: [[1e8]]}]\ndecimals: 4\n")
    assert audit.remarks == []


@pytest.mark.parametrize("weights", ["[[1e8, 1e8]]", "[[1e8, 1], [-1e8, 1]]"])
def test_slips_may_lead_beyond_double_precision(weights: str) -> None:
    text = f"inputs: [[1e300, 1], [-1e300, 5e299]]\nlayers: [{{weights: {weights}}}]\n"
    assert audited(text).effects


def test_outputs_at_the_margin_are_remarked_on() -> None:
    text = (
        "inputs: [[1, 2]]\ntargets: [[1, -1]]\nlayers: [{weights: [[1]]}]\nloss: hinge\nlearning_rate: 0.1\n"
    )
    assert "Z1[1,1] = 1.0000 is at the margin of the loss, or near it" in audited(text).remarks


# ---------------------------------------------------------------------------- what to change


def test_a_change_that_is_recommended_reveals_as_many_mistakes_as_it_says() -> None:
    (change,) = [each for each in advice(audit_of("exercise2.yaml")) if each.startswith("use W2")]
    assert change == "use W2[1,3] = -0.09 instead of 0.09 (9 mistakes)"
    text = next(found.data.decode() for found in bundled() if found.file == "exercise2.yaml")
    better = audited(text.replace("0.03, 0.09]]", "0.03, -0.09]]"))
    more = better.revealed - audit_of("exercise2.yaml").revealed
    assert 8 <= more <= 9  # other figures may hide another one
    assert better.avoidable < audit_of("exercise2.yaml").avoidable


def test_more_decimals_reveal_as_many_mistakes_as_is_said() -> None:
    text = SYMMETRIC + "decimals: 3\n"
    coarse = audited(text)
    (change,) = [each for each in advice(coarse) if each.startswith("show 4 decimals")]
    found = re.search(r"\((\d+) mistakes?\)", change)
    assert found is not None
    finer = audited(text.replace("decimals: 3", "decimals: 4"))
    again = {effect.wrong.code: effect.revealed for effect in finer.effects}
    lost = [hidden.wrong for hidden in coarse.hidden if hidden.reason.cause == "rounding"]
    slips = sum(wrong.expression is None for wrong in lost)  # other figures slip with other digits
    seen = sum(again[wrong.code] for wrong in lost if wrong.expression is not None)
    assert seen <= int(found[1]) <= seen + slips


def test_the_most_helpful_change_comes_first() -> None:
    changes = advice(audit_of("han_kamber.yaml"))
    counts = [int(found[1]) for each in changes if (found := re.search(r"\((\d+) mistakes?\)$", each))]
    assert changes[0].startswith("use at least two samples")
    assert counts == sorted(counts, reverse=True)


def test_nothing_is_to_be_changed_where_nothing_is_hidden() -> None:
    text = SYMMETRIC.replace("[0.4, -0.1]", "[0.3, -0.1]").replace("[-0.3, 0.7]", "[-0.6, 0.7]")
    audit = audited(text + "decimals: 4\n")
    assert (audit.hidden, advice(audit)) == ([], [])
    assert audit.score == 1


# ---------------------------------------------------------------------------- the report


def test_the_data_has_what_programs_read() -> None:
    data = json.loads(json_form.render(audit_report(solve(load("exercise2"))).data()))
    audit = audit_of("exercise2.yaml")
    assert data["score"] == audit.revealed / len(audit.effects) == data["revealed"] / data["of"]
    assert {"mistake": "fprime_forgotten_output", "quantity": "Delta2"}.items() <= next(
        each for each in data["hidden"] if each["wrong"] == "fprime_forgotten_output@Delta2"
    ).items()
    assert all(each["reason"] for each in data["hidden"])
    assert ["eta_forgotten@step_W1", "factor_2@step_W1"] in data["coincidences"]
    assert all(len(group) > 1 for group in data["indistinguishable"])
    assert data["remarks"] == []
    assert data["advice"][0] == "use an activation other than the identity (18 mistakes)"
    assert len(data["mistakes"]) == data["of"]
    assert {*data["impossible"]} == {*NAMES} - {each["mistake"] for each in data["mistakes"]}
    assert sum(each["revealed"] for each in data["mistakes"]) == data["revealed"]


@pytest.mark.parametrize("name", ["exercise2", "mit6036"])
def test_every_audit_can_be_shown_in_80_columns(name: str, run: Run) -> None:
    result = run("audit", name)
    assert (result.code, result.err) == (0, "")
    assert max(map(len, result.out.splitlines())) <= 80
    assert len(result.out.splitlines()) < 95


def test_the_report_is_cut_unless_all_of_it_is_wanted(run: Run) -> None:
    short, full = run("audit", "mazur").out, run("audit", "mazur", "--full").out
    assert "and 16 more" in short
    assert "more" not in full.replace("two samples or more", "")
    assert len(full) > len(short)


def test_a_file_without_an_exercise_is_refused_as_elsewhere(run: Run) -> None:
    result = run("audit", "nothing.yaml")
    assert result.code == 2
    assert "no such file: nothing.yaml" in result.err


def test_stages_choose_what_the_sheet_asks_for(run: Run) -> None:
    data = run("audit", "exercise2", "--stages", "forward", "--format", "json").json
    assert {each["quantity"] for each in data["mistakes"]} == {
        "S1",
        "Z1",
        "S2",
        "Z2",
        "loss_terms",
        "losses",
        "loss",
    }


def test_the_figures_of_a_solution_are_left_as_they_are() -> None:
    solution = solve(load("exercise3"))
    before = {name: value.copy() for name, value in solution.items()}
    assert Audit(solution).score > 0
    for name, value in Solution(solution.exercise).items():
        np.testing.assert_array_equal(value, before[name], name)


# ---------------------------------------------------------------------------- a softmax of one unit

ONE_UNIT = """
inputs: [[1, 2], [0.5, -1]]
targets: [[1, 1]]
layers:
  - {weights: [[0.1, 0.2], [0.3, -0.4]], activation: sigmoid}
  - {weights: [[0.5, -0.3]], activation: softmax}
loss: {name: cross_entropy, average: samples, l2: null}
learning_rate: 0.1
decimals: 4
"""


def one_unit(run: Run, *arguments: str, l2: str = "") -> Result:
    text = ONE_UNIT.replace(", l2: null", l2)
    return run(*arguments, stdin=text.encode())


def test_a_softmax_of_one_unit_is_named_in_the_solution(run: Run) -> None:
    sentence = (
        "Layer 2 is a softmax of one unit: its output is always 1, the loss is 0, and no gradient flows"
    )
    shown = " ".join(one_unit(run, "solve", "-").out.split())
    assert sentence in shown.split("FORWARD PASS")[0]
    data = one_unit(run, "solve", "-", "--format", "json").json
    assert any(note.startswith(sentence) for note in data["notes"])
    assert data["quantities"]["loss"]["values"] == 0


def test_with_weight_decay_its_loss_is_not_said_to_be_0(run: Run) -> None:
    (note,) = one_unit(run, "solve", "-", "--format", "json", l2=", l2: 0.1").json["notes"]
    assert "always 1, and no gradient flows" in note


def test_a_softmax_of_one_unit_is_the_cause_that_the_audit_names(run: Run) -> None:
    data = one_unit(run, "audit", "-", "--format", "json").json
    assert any("softmax of one unit" in remark for remark in data["remarks"])
    assert not any("so large that softmax'" in remark for remark in data["remarks"])
    (advice,) = data["advice"]
    assert advice.startswith("use at least two units in a softmax, or another activation")
    text = one_unit(run, "audit", "-").out
    assert "the softmax of one unit is always 1\n" in text
    assert "is 0 in every cell" not in text


def test_a_softmax_of_two_units_is_nothing_to_remark_on(run: Run) -> None:
    for name in ("walkthrough", "cs231n_softmax"):
        assert "one unit" not in run("solve", name).out + run("audit", name).out


def test_exercises_of_the_same_form_have_other_figures_each() -> None:
    exercise = load("exercise2")
    one, other = (redrawn(exercise, number) for number in (0, 1))
    assert not np.isin(one.inputs, other.inputs).any()
    for layer, same in zip(one.layers, other.layers, strict=True):
        assert not np.isin(layer.weights, same.weights).any()
