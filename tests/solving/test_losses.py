"""The losses of many steps: which rows their table has, and figures from a loop of its own."""

import pytest

from tests.conftest import Run

# One unit, x = 1, t = 3, w = 1, L = 1/2 (w - 3)², η = 0.1: w - 3 shrinks by 0.9 with each update.
EXERCISE = (
    b"inputs: [[1]]\ntargets: [[3]]\nlayers: [{weights: [[1]]}]\n"
    b"loss: {name: squared_error, factor: 1/2}\nlearning_rate: 0.1\n"
)


def rows(run: Run, steps: int) -> list[list[str]]:
    lines = run("solve", "-", "--steps", str(steps), stdin=EXERCISE).out.split("\n")
    table = lines[lines.index("THE LOSS, STEP BY STEP") + 2 :]
    return [line.replace("after the last", "after").split() for line in table[: table.index("")]]


def test_every_loss_is_the_one_before_the_update_of_its_step(run: Run) -> None:
    losses = [row[1] for row in rows(run, 20)]
    assert losses == [f"{2 * 0.81**number:.4f}" for number in range(21)]


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        (20, [*range(1, 21)]),
        (21, [1, *range(2, 21, 2), 21]),
        (1000, [1, *range(50, 1001, 50)]),
        (1003, [1, *range(100, 1001, 100), 1003]),
    ],
)
def test_of_many_steps_the_round_ones_are_shown_with_the_first_and_the_last(
    steps: int, shown: list[int], run: Run
) -> None:
    assert [row[0] for row in rows(run, steps)] == [*map(str, shown), "after"]


def test_bars_are_in_proportion_to_the_losses(run: Run) -> None:
    bars = [len(row[2]) if len(row) > 2 else 0 for row in rows(run, 20)]
    assert bars[0] == 20
    assert bars == sorted(bars, reverse=True)
    assert abs(bars[5] - 20 * 0.81**5) <= 1
