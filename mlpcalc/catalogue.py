"""The report of list: which exercises come with the program."""

from typing import Any

from mlpcalc.reading.library import bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document, decode
from mlpcalc.report import Report, Table


def catalogue() -> Report:
    """Name, size, activations, loss, title and source of every bundled exercise."""
    rows = [_row(found.file, found.data, found.origin) for found in bundled()]

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


def _row(file: str, data: bytes, origin: str) -> dict[str, Any]:
    exercise = read_exercise(Document(decode(data, file), file), origin)
    return {
        "name": file.removesuffix(".yaml"),
        "size": "-".join(str(size) for size in exercise.sizes),
        "samples": exercise.samples,
        "activations": " → ".join(layer.activation.name for layer in exercise.layers),
        "loss": exercise.loss.function.name if exercise.loss else "none",
        "title": exercise.title,
        "source": exercise.source,
    }
