"""A new exercise as the text of an exercise file, with comments."""

from collections.abc import Iterator
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


def exercise_text(made: GeneratedExercise, title: str) -> str:
    """The file of an exercise. title: for its head, on one line."""
    form, figures = made.form, made.figures
    X, T = figures[Symbol("X")], figures.get(Symbol("T"))
    lines = [
        *modeline("exercise"),
        *_remark(f"Made by mlpcalc new {options(form)} --seed {made.seed}"),
        *_remark(
            f"A sheet with {counted(form.decimals, 'decimal')} reveals {made.revealed} of {made.of} "
            "mistakes of the catalogue; mlpcalc audit lists the others and says why."
        ),
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


def options(form: Form) -> str:
    """The options of the command line that a form is made by."""
    given = [
        f"--sizes {','.join(map(str, form.sizes))}",
        f"--activation {','.join(f.name for f in form.activations)}",
        f"--loss {form.loss.function.name}",
        f"--average {form.loss.average}",
        f"--batch {form.samples}",
        "--bias" if form.bias else "--no-bias",
        f"--decimals {form.decimals}",
    ]
    if form.learning_rate is not None:
        given.append(f"--learning-rate {number_text(form.learning_rate)}")
    return " ".join(given)


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
