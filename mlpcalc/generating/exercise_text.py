"""An exercise as the text of an exercise file, with comments."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from mlpcalc.answers.blank import key, quoted
from mlpcalc.notation.styles import number_text
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.network import USUAL
from mlpcalc.page.optimizers import SGD
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.schema import modeline
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import counted

_WIDTH = 100
_COMMENT = 32  # the column where comments begin, if there is room

Cells = Sequence[Sequence[str]]


def exercise_text(exercise: Exercise, head: Sequence[str] = ()) -> str:
    """The file of an exercise, with its title on one line; head: sentences to begin with, as comments."""
    lines = [
        *modeline("exercise"),
        *(line for sentence in head for line in _remark(sentence)),
        f"title: {quoted(' '.join(clean(exercise.title).split()))}",
        "",
        *_samples(exercise),
        "",
        "layers:",
    ]
    for k, layer in enumerate(exercise.layers, start=1):
        lines += _layer(exercise, k, layer)
    lines += ["", *_rest(exercise)]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _remark(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _cells(exercise: Exercise, symbol: Symbol) -> Cells:
    """A given as it is written, rows and columns as in the exercise."""
    cells = exercise.written[symbol]
    return [*zip(*cells, strict=True)] if exercise.layout.is_transposed(symbol) else cells


def _matrix(key: str, rows: Cells, comment: str, indent: str = "") -> Iterator[str]:
    yield _commented(f"{indent}{key}:", comment)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = ", ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{indent}  - [{cells}]"


def _samples(exercise: Exercise) -> Iterator[str]:
    """What is stated of the samples; classes by their numbers, where each sample has one."""
    X, T, dY = Symbol("X"), Symbol("T"), Symbol("dZ", len(exercise.layers))
    if X in exercise.written:
        yield from _matrix("inputs", _cells(exercise, X), _described(exercise, "input"))
    if dY in exercise.written:
        yield from _matrix("output_gradient", _cells(exercise, dY), _described(exercise, "output"))
    if T not in exercise.written:
        return
    columns = [*zip(*exercise.written[T], strict=True)]
    one_hot = all(sorted(column) == ["0"] * (len(column) - 1) + ["1"] for column in columns)
    if len(columns[0]) > 1 and one_hot:
        classes = ", ".join(str(column.index("1") + 1) for column in columns)
        yield _commented(f"targets: {{classes: [{classes}]}}", "the class of each sample")
    else:
        yield from _matrix("targets", _cells(exercise, T), _described(exercise, "output"))


def _described(exercise: Exercise, noun: str) -> str:
    samples = f"each of the {counted(int(exercise.inputs.shape[1]), 'sample')}"
    if exercise.layout.is_transposed("samples"):
        return f"a row for {samples}, a column for each {noun}"
    return f"a row for each {noun}, a column for {samples}"


def _layer(exercise: Exercise, k: int, layer: Layer) -> Iterator[str]:
    f, (units, inputs) = layer.activation, layer.weights.shape
    comment = f"layer {k}: {counted(inputs, 'input' if k == 1 else 'unit')} to {counted(units, 'unit')}"
    key, symbol = "weights", Symbol("W", k)
    if symbol not in exercise.written:
        key, symbol, comment = "pre_activations", Symbol("S", k), f"layer {k}: {counted(units, 'unit')}"
    first, *rest = _matrix(key, _cells(exercise, symbol), comment, "    ")
    yield "  - " + first.removeprefix("    ")
    yield from rest
    if layer.bias is not None:
        biases = ", ".join(cell for (cell,) in exercise.written[Symbol("b", k)])
        yield f"    bias: {biases}" if layer.shared_bias else f"    bias: [{biases}]"
    if layer.shared_bias:
        yield "    shared_bias: true"
    settings = _block({name: number_text(value) for name, value in f.parameters}, name=f.name)
    yield f"    activation: {settings if f.parameters else f.name}"


def _rest(exercise: Exercise) -> Iterator[str]:
    """What an exercise says besides its figures, as far as it is not the usual."""
    loss, optimizer = exercise.loss, exercise.optimizer
    if loss is not None:
        settings = {"factor": str(loss.factor), "average": loss.average}
        settings |= {name: number_text(value) for name, value in loss.function.parameters}
        if loss.l2 is not None:
            decay = number_text(loss.l2)
            averaged = loss.decay_average != "none"
            settings["l2"] = f"{{lambda: {decay}, average: {loss.decay_average}}}" if averaged else decay
        yield f"loss: {_block(settings, name=loss.function.name)}"
    if exercise.learning_rate is not None:
        yield f"learning_rate: {number_text(exercise.learning_rate)}"
    if exercise.steps > 1:
        yield f"steps: {exercise.steps}"
    if exercise.batch is not None:
        yield f"batch: {exercise.batch}"
    if optimizer != SGD:
        parameters: dict[str, str] = {name: number_text(value) for name, value in optimizer.parameters}
        yield f"optimizer: {_block(parameters, name=optimizer.name)}"
    if exercise.significant is not None:
        yield f"significant: {exercise.significant}"
    elif exercise.states_decimals:
        yield f"decimals: {exercise.decimals}"
    yield from _asked(exercise)
    words = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in exercise.conventions._asdict().items()
        if value != USUAL._asdict()[name]
    }
    if words:
        yield f"conventions: {_block(words)}"
    if exercise.letters:
        yield f"symbols: {_block({letter: quoted(text) for letter, text in exercise.letters.items()})}"


def _asked(exercise: Exercise) -> Iterator[str]:
    """What is to be answered, what it is worth, and what is given, in the names of the course."""
    solution = Solution(exercise)

    def named(symbol: Symbol) -> str:
        name = key(solution, symbol)
        return name if name.isalnum() or "_" in name else quoted(name)

    if exercise.ask is not None:
        yield f"ask: [{', '.join(map(named, exercise.ask))}]"
    if exercise.points:
        points = {named(symbol): f"{worth:.12g}" for symbol, worth in exercise.points.items()}
        yield f"points: {_block(points)}"
    if exercise.given:
        yield f"given: [{', '.join(map(named, exercise.given))}]"


def _block(settings: Mapping[str, str], **first: str) -> str:
    """`{name: huber, delta: 1}`."""
    return "{" + ", ".join(f"{name}: {value}" for name, value in {**first, **settings}.items()) + "}"


def _commented(line: str, comment: str) -> str:
    return f"{line:<{_COMMENT - 1}} # {comment}"
