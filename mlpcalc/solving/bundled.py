"""The report of the bundled exercises."""

from typing import Any

from mlpcalc.reading.library import Found, bundled, exercise_of
from mlpcalc.report.blocks import Table
from mlpcalc.report.report import Report


def catalogue() -> Report:
    """The table of the bundled exercises: name, size, activations, loss, title and source of each."""
    rows = [_row(found) for found in bundled()]

    def blocks() -> list[Table]:
        columns = ("name", "size", "activations", "loss")
        return [
            Table(
                columns,
                [[str(row[column]) for column in columns] for row in rows],
                [[row["title"], row["source"]] for row in rows],
            )
        ]

    return Report(blocks, lambda: {"exercises": rows})


def _row(found: Found) -> dict[str, Any]:
    exercise = exercise_of(found)
    return {
        "name": found.file.removesuffix(".yaml"),
        "size": exercise.sizes_in_words,
        "samples": exercise.inputs.shape[1],
        "activations": " → ".join(layer.activation.name for layer in exercise.layers),
        "loss": exercise.loss.function.name if exercise.loss else "none",
        "title": exercise.title,
        "source": exercise.source,
    }
