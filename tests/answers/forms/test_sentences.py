"""Figures stated in words: those in a clause of their own, under the words before the verb."""

import pytest

from mlpcalc.answers.forms.sentences import stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The loss is 0.2984.", {"The loss": "0.2984"}),
        ("We see that the loss is about 0.2984 (with y = 1).", {"the loss": "0.2984"}),
        (
            "the gradient of w5 is 0.0822 and the new value of w5 is 0.3589",
            {"the gradient of w5": "0.0822", "the new value of w5": "0.3589"},
        ),
        ("Hence S2 becomes [0.1, 0.2]^T, and Z2 is then -0.5; so L equals 1e-3.",
         {"S2": "0.1", "Z2": "-0.5", "L": "1e-3"}),
        ("Der Fehler L ist 0.25", {"Der Fehler L": "0.25"}),
        ("The loss is 3 times as large", {}),
        ("After 10000 steps the loss is 0.00003", {}),
        ("In epoch 2, the loss is 0.3, the output is 0.4", {}),
        ("Initially the loss was 0.5. Now the loss is 0.4.", {"the loss": "0.4"}),
        ("If the loss is 0.3, stop", {}),
        ("It is 5 o'clock", {}),
        ("The loss is 3 times as large. The output is 0.25", {"The output": "0.25"}),
    ],
)  # fmt: skip
def test_what_a_sentence_states(text: str, found: dict[str, str]) -> None:
    assert {name: grid.rows[0][0] for name, grid in stated(text)} == found
