"""A new exercise as the text of an exercise file, with comments."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from mlpcalc.answers.blank import quoted
from mlpcalc.generating.draws import Form
from mlpcalc.generating.friendly import Rows, as_decimal
from mlpcalc.generating.generate import GeneratedExercise
from mlpcalc.notation.styles import number_text
from mlpcalc.page.functions import Activation
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.schema import modeline
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import counted

_WIDTH = 100
_COMMENT = 32  # the column where comments begin, if there is room


def exercise_text(made: GeneratedExercise, title: str, head: Sequence[str] = ()) -> str:
    """The file of an exercise. title: on one line. head: sentences to begin with, as comments."""
    form, figures = made.form, made.figures
    X, T = figures[Symbol("X")], figures.get(Symbol("T"))
    lines = [
        *modeline("exercise"),
        *(line for sentence in head for line in _remark(sentence)),
        f"title: {quoted(' '.join(clean(title).split()))}",
        "",
        *_matrix("inputs", X, _described("input", form)),
    ]
    if T is not None:
        lines += _targets(T, form)
    lines += ["", "layers:"]
    for k, f in enumerate(form.activations, start=1):
        lines += _layer(k, f, figures[Symbol("W", k)], figures.get(Symbol("b", k)))
    lines += ["", *_rest(made)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _remark(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _matrix(key: str, rows: Rows, comment: str, indent: str = "") -> Iterator[str]:
    yield _commented(f"{indent}{key}:", comment)
    texts = [[as_decimal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = ", ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{indent}  - [{cells}]"


def _described(noun: str, form: Form) -> str:
    return f"a row for each {noun}, a column for each of the {counted(form.samples, 'sample')}"


def _targets(targets: Rows, form: Form) -> Iterator[str]:
    """Classes by their numbers, where each sample has one."""
    columns = list(zip(*targets, strict=True))
    if len(targets) > 1 and all(sorted(column) == [0] * (len(column) - 1) + [10] for column in columns):
        classes = ", ".join(str(column.index(10) + 1) for column in columns)
        yield _commented(f"targets: {{classes: [{classes}]}}", "the class of each sample")
    else:
        yield from _matrix("targets", targets, _described("output", form))


def _layer(k: int, f: Activation, weights: Rows, biases: Rows | None) -> Iterator[str]:
    units, inputs = len(weights), len(weights[0])
    source = counted(inputs, "input" if k == 1 else "unit")
    first, *rest = _matrix("weights", weights, f"layer {k}: {source} to {counted(units, 'unit')}", "    ")
    yield "  - " + first.removeprefix("    ")
    yield from rest
    if biases is not None:
        yield f"    bias: [{', '.join(as_decimal(bias) for (bias,) in biases)}]"
    settings = "".join(f", {name}: {number_text(value)}" for name, value in f.parameters)
    yield f"    activation: {{name: {f.name}{settings}}}" if settings else f"    activation: {f.name}"


def _rest(made: GeneratedExercise) -> Iterator[str]:
    loss = made.form.loss
    settings = [
        f"name: {loss.function.name}",
        f"factor: {loss.factor}",
        f"average: {loss.average}",
        *(f"{name}: {number_text(value)}" for name, value in loss.function.parameters),
    ]
    yield f"loss: {{{', '.join(settings)}}}"
    yield f"learning_rate: {number_text(made.learning_rate)}"
    yield f"decimals: {made.form.decimals}"


def _commented(line: str, comment: str) -> str:
    return f"{line:<{_COMMENT - 1}} # {comment}"
