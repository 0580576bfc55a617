"""Hostile exercises and answer sheets: valid ones with something done to them, and plain rubbish."""

import json
import random
import re
from collections.abc import Callable, Sequence
from itertools import chain, pairwise, repeat
from math import isfinite
from typing import TypeVar

from mlpcalc.errors import InputError
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.symbols import Stage
from mlpcalc.reading import keys
from mlpcalc.reading.library import bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document, decode
from mlpcalc.solving.solution import Solution
from tests.support.payloads import PAYLOADS

Item = TypeVar("Item")
Random = random.Random

VALID = tuple(found.data.decode() for found in bundled())
LARGEST_FILE = 20_000  # characters

NUMBERS = (
    *("0", "1", "-1", "-0", "2", "0.5", "1/3", "-7/3", "\N{MINUS SIGN}0.25", ".5", "3.", "100", "-40", "710"),
    *("1e9", "-1e9", "123456789.123", "-987654321", "1e-9", "1e15", "-1e16", "1e-16", "1e30", "-1e77"),
    *("1e154", "1e155", "-1e200", "1e300", "-1e300", "1e-300", "-1e-300", "9.99999999e299", "1e-160"),
)
EXTREME = ("1e-300", "1e300", "-1e155", "1e-160", "0." + "1" * 59, "1/3")
STRANGE = (
    *("1" * 60, "0." + "0" * 58 + "1", "1.50e3", "+0.5", "1.000000000000000000000000", "0.30000001192092896"),
    *("-0.0", "0.0000", "1e-300", "999999999999999.9", "1/7", "-355/113", "0e0", "5e-324", "2.5e-308"),
)
NO_NUMBERS = (
    *("0.1..0.2", "1-2", "0.5±0.1", "[0.1, 0.2]", "{a: 1}", "≈0.5", "1 000", "0.5.", "0.5;", "1e+", "∞"),
    *("nan", ".nan", "NaN", "inf", "-.inf", "1/0", "0/0", "1e301", "1e999999999", "1e-999999999", "0x1F"),
    *("9" * 400, "0." + "3" * 400, "1_000", "0,5", "010", "1e", "e5", "--1", "+-1", "1/2/3", "1e5/3", "²"),
    *("٣", "½", "１", "1.2.3", "~", "null", "true", "", "''", "i", "1+1", "=1+1", "1:30", "2001-01-01"),
)
TEXTS = (
    *PAYLOADS,
    *("\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\u202eevil", "a\x00b", "\x85", "\u2028", "\ufeff", "\ue000"),
    *(
        "Ω≈ç√",
        "学生",
        "e\u0301\u0301",
        "👩\u200d👩",
        "\u0600",
        "\U000e0041",
        "\ufffe",
        "x" * 3000,
        "\t",
        "\r",
    ),
)
SIGNS = (
    *(
        "",
        " ",
        "\n",
        "\n\n",
        "  ",
        "\t",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ":",
        ": ",
        "- ",
        "|",
        ">",
        "|-",
        "'",
        '"',
    ),
    *(
        "#",
        "&a ",
        "*a",
        "!t ",
        "!!python/object:os.system ",
        "<<: *a",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "? ",
        "@",
    ),
    *(
        ",",
        ";",
        "~",
        "\\",
        "\\x1b",
        '"\\e[31m"',
        '"\\u202e"',
        "`",
        "[" * 30,
        "{a: " * 30,
        "]" * 30,
        "- " * 30,
    ),
)
NAMES = (
    *(
        "S1",
        "Z1",
        "S2",
        "Z2",
        "Delta1",
        "Delta2",
        "dW1",
        "dW2",
        "db1",
        "W1",
        "b1",
        "X",
        "T",
        "W1_new",
        "b2_new",
    ),
    *(
        "loss",
        "loss_new",
        "sample_loss",
        "fprime1",
        "dZ1",
        "dZ2",
        "err",
        "step_W1",
        "S0",
        "S99",
        "W",
        "Δ1",
        "δ2",
    ),
    *("S1@2", "V_W1", "Mhat_b1@2", "W1_new@3", "W1@t+1", "S1@0", "S1@99", "@2"),
    *("S1_new", "dL/dW1", "Z1'", "S" + "1" * 300, "S1[1]", "b1[1]", "loss[1]", "S1[1,1][1,1]", "S١"),
)
KEYS = (
    *keys.TOP,
    *keys.LAYER,
    *keys.LOSS,
    *keys.CONVENTIONS,
    *keys.SYMBOLS,
    *("lambda", "mu", "beta1", "beta2", "epsilon"),
    "classes",
    "margin",
    "slope",
    "alpha",
)
WORDS = (
    *(
        *ACTIVATIONS,
        *LOSSES,
        *OPTIMIZERS,
        *keys.PRODUCTS,
        *keys.DELTAS,
        *keys.AVERAGES,
        *keys.AVERAGED_STEPS,
        *KEYS,
    ),
    *("answers", "student", "exercise", "true", "false"),
)
_KINDS: tuple[tuple[str, ...], ...] = (
    *(tuple(ACTIVATIONS), tuple(LOSSES), tuple(OPTIMIZERS), keys.AVERAGES, keys.AVERAGED_STEPS),
)
_CHOICES = re.compile(
    r"targets|loss: *\{|steps|epochs|batch|optimizer|decimals|significant|learning_rate|conventions|symbols|"
    "points|ask|given|#|title|source"
)
_TOKEN = re.compile(r"[-+]?[\d.]+(?:/\d+)?(?:[eE][-+]?\d+)?|\w+|[ \t]+|.|\n")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d*)?(?:/\d+)?(?:e[-+]?\d+)?(?![\w.:])")


def rubbish(rng: Random) -> bytes:
    """Random bytes, random text, or signs and words of the format in any order."""
    match rng.randrange(3):
        case 0:
            return rng.randbytes(rng.randrange(400))
        case 1:
            characters = (chr(rng.choice((rng.randrange(128), rng.randrange(0xD800)))) for _ in range(200))
            return "".join(characters).encode()
    pool = (*SIGNS, *NUMBERS, *NO_NUMBERS, *TEXTS, *WORDS, *NAMES)
    return "".join(rng.choice(pool) for _ in range(rng.randrange(80))).encode()


def encoded(rng: Random, data: bytes) -> bytes:
    """A text as another editor would save it, now and then."""
    if rng.random() < 0.9:
        return data
    encoding = rng.choice(("utf-8-sig", "utf-16", "cp1252", "cp437", "mac-roman", "utf-32"))
    return data.decode(errors="replace").encode(encoding, "replace")


def exercise(rng: Random) -> str:
    """A valid exercise: a bundled one, or one put together from every choice there is."""
    return rng.choice(VALID) if rng.random() < 0.3 else _composed(rng)


def _composed(rng: Random) -> str:
    """Small sizes, any functions and conventions, numbers from harmless to huge; nearly always readable."""
    widest = rng.choice((1, 2, 4, 4))
    sizes = [rng.randint(1, widest) for _ in range(rng.choice((2, 2, 3, 3, 4, 6)))]
    samples = rng.choice((1, 1, 2, 3, 5))
    block = rng.random() < 0.1
    product = rng.choice(keys.PRODUCTS)
    number = _scale(rng)

    def matrix(rows: int, columns: int) -> str:
        if block:
            return "|\n" + "\n".join(
                " " * 8 + " ".join(number() for _ in range(columns)) for _ in range(rows)
            )
        return json.dumps([[number() for _ in range(columns)] for _ in range(rows)]).replace('"', "")

    def laid_out(units: int, *, samples_in_rows: bool) -> str:
        return matrix(samples, units) if samples_in_rows else matrix(units, samples)

    rows = product.startswith("X")
    loss = rng.choice(list(LOSSES))
    output = rng.choice(("softmax", "sigmoid") if "entropy" in loss else list(ACTIVATIONS))
    lines = [f"title: {_quoted(rng)}", f"inputs: {laid_out(sizes[0], samples_in_rows=rows)}"]
    if with_gradient := rng.random() < 0.05:
        lines.append(f"output_gradient: {laid_out(sizes[-1], samples_in_rows=rows)}")
    elif rng.random() < 0.8 and loss in ("cross_entropy", "multiclass_hinge"):
        lines.append(f"targets: {{classes: {[rng.randint(1, sizes[-1]) for _ in range(samples)]}}}")
    elif loss in ("hinge", "squared_hinge", "binary_cross_entropy"):
        low = "-1" if "hinge" in loss else "0"
        targets = [[rng.choice((low, "1")) for _ in range(sizes[-1])] for _ in range(samples)]
        turned = targets if rows else list(map(list, zip(*targets, strict=True)))
        lines.append("targets: " + json.dumps(turned).replace('"', ""))
    else:
        lines.append(f"targets: {laid_out(sizes[-1], samples_in_rows=rows)}")
    lines.append("layers:")
    if from_logits := rng.random() < 0.05:
        del lines[1]
    for first, (inputs, units) in zip(chain([True], repeat(False)), pairwise(sizes), strict=False):
        if from_logits and first:
            lines.append(f"  - pre_activations: {laid_out(units, samples_in_rows=rows)}")
            lines.append(f"    activation: {_activation(rng)}")
            continue
        turned_weights = product in ("W^T X", "X W")
        lines.append(f"  - weights: {matrix(*((inputs, units) if turned_weights else (units, inputs)))}")
        if rng.random() < 0.5:
            shared = rng.random() < 0.2
            biases = ", ".join(number() for _ in range(units))
            lines.append(f"    bias: {number() if shared else f'[{biases}]'}")
            lines += ["    shared_bias: true"] * shared
        lines.append(f"    activation: {_activation(rng)}")
    if rng.random() < 0.8:
        lines[-1] = f"    activation: {output}"
    named = [f"name: {loss}", f"average: {rng.choice(keys.AVERAGES)}"]
    named += [f"factor: {rng.choice(('1/2', '1', '2', '0', '-3', *EXTREME))}"] * (rng.random() < 0.3)
    named += [f"l2: {_decay(rng)}"] * (rng.random() < 0.3)
    named += [f"delta: {rng.choice(('0.5', '0', '-1', *EXTREME))}"] * (loss == "huber")
    named += [f"margin: {rng.choice(('0.25', '0', *EXTREME))}"] * ("multi" in loss and rng.random() < 0.5)
    lines += [f"loss: {{{', '.join(named)}}}"] * (not with_gradient and rng.random() < 0.9)
    lines += _training(rng, samples) * (not with_gradient and not from_logits)
    rates = ("0.1", "1/3", "0", "-1", "1e6", "1e-9", *EXTREME)
    lines += [f"learning_rate: {rng.choice(rates)}"] * (rng.random() < 0.9)
    digits = rng.choice(("decimals", "decimals", "decimals", "significant"))
    lines += [f"{digits}: {rng.randint(0, 15)}"] * (rng.random() < 0.5)
    choices = [f"product: {product}", f"delta: {rng.choice(keys.DELTAS)}"]
    choices += [
        f"average_in: {rng.choice(keys.AVERAGED_STEPS)}",
        f"update_biases: {rng.choice(('true', 'false'))}",
    ]
    lines.append(f"conventions: {{{', '.join(choices)}}}")
    lines += [f"symbols: {_symbols(rng)}"] * (rng.random() < 0.15)
    lines += [f"points: {{S1: 2, loss: {rng.choice(('1/3', '0', *EXTREME))}}}"] * (rng.random() < 0.1)
    lines += [f"ask: {rng.choice(('[S1, Z1, loss]', '{S1: 2, dZ1: 1/2}', '[S1, S1]'))}"] * (
        rng.random() < 0.1
    )
    lines += [f"given: {rng.choice(('[S1]', '[Z1, Delta1]', '[X]'))}"] * (rng.random() < 0.1)
    return "\n".join(lines) + "\n"


def _decay(rng: Random) -> str:
    """The factor of the weight decay, perhaps with what it is averaged over."""
    number = rng.choice(("0.1", "0", "1e5", *EXTREME))
    averaged = f"{{lambda: {number}, average: {rng.choice(keys.DECAY_AVERAGES)}}}"
    return rng.choice((number, averaged))


def _training(rng: Random, samples: int) -> list[str]:
    """Several steps with some optimiser; nothing for most exercises."""
    if rng.random() < 0.7:
        return []
    name = rng.choice([*OPTIMIZERS])
    number = ("0.9", "0.5", "0", "0.999", *EXTREME)
    parameters = [
        f"{parameter.removesuffix('_')}: {rng.choice(number)}"
        for parameter, _ in OPTIMIZERS[name].parameters
        if rng.random() < 0.4
    ]
    optimizer = f"{{{', '.join([f'name: {name}', *parameters])}}}"
    length = rng.choice((f"steps: {rng.randint(1, 4)}", f"epochs: {rng.randint(1, 2)}"))
    batch = [f"batch: {rng.randint(1, samples)}"] * (rng.random() < 0.5)
    return [length, f"optimizer: {optimizer}", *batch]


def _activation(rng: Random) -> str:
    """A function, with its number where it has one."""
    name = rng.choice(list(ACTIVATIONS))
    number = {"leaky_relu": "slope", "elu": "alpha", "selu": "scale"}.get(name)
    if number is None or rng.random() < 0.5:
        return name
    return f"{{name: {name}, {number}: {rng.choice(('0.2', '0', '1', '-2', *EXTREME))}}}"


def _symbols(rng: Random) -> str:
    """Letters of a course; now and then two of one kind, which is refused."""
    letters = rng.sample(("A", "a", "Z", "S", "δ", "Err", "θ", "net", "out", "Y", "L", "dZ", "x_1"), 4)
    return f"{{S: {letters[0]}, Z: {letters[1]}, Delta: {letters[2]}, W: {letters[3]}}}"


def _quoted(rng: Random) -> str:
    """A hostile text in quotes; JSON is YAML but for its pairs of surrogates."""
    return json.dumps(rng.choice(TEXTS), ensure_ascii=rng.random() < 0.5)


def _scale(rng: Random) -> Callable[[], str]:
    """Numbers of one kind, so that some exercises are harmless, some saturated and some out of bounds."""
    largest = rng.choice((1.0, 1.0, 3.0, 40.0, 1e3, 1e9, 1e77, 1e154))
    if rng.random() < 0.1:  # whole numbers, whose sums are often at a kink
        return lambda: str(rng.choice((-2, -1, 0, 1, 2)))
    zeros = rng.choice((0.0, 0.0, 0.3, 1.0))

    def number() -> str:
        if rng.random() < zeros:
            return "0"
        if rng.random() < 0.02:
            return rng.choice(NUMBERS)
        return f"{rng.uniform(-largest, largest):.{rng.randint(0, 3)}{'f' if largest < 1e15 else 'e'}}"

    return number


def answers(rng: Random, exercise: str) -> str:
    """A sheet for an exercise: what is right, rounded, with some figures made wrong."""
    try:
        solution = Solution(read_exercise(Document(decode(exercise.encode(), ""), ""), ""))
    except InputError:
        return rng.choice(("loss: 0.5\n", "S1: [[0.5]]\n"))
    decimals, wrong = rng.choice((0, 2, 4, 4, 6, 12, 16, 30)), rng.choice((0.0, 0.0, 0.1, 0.5))
    form, turned = rng.choice((*_FORMS, *_FORMS, None)), rng.random() < 0.1
    lines = [f"student: {_quoted(rng)}"]
    lines += ["answers:"] * (indented := rng.random() < 0.3)
    for name, symbol in solution.symbols.items():
        if symbol.stage == Stage.GIVENS or rng.random() < 0.2:
            continue
        cells = _texts(rng, solution[name].T.tolist() if turned else solution[name].tolist(), decimals, wrong)
        write = form or rng.choice(_FORMS)
        lines += ["  " * indented + line for line in write(name, cells)]
    return "\n".join(lines) + "\n"


def _in_brackets(name: str, cells: "Texts") -> list[str]:
    return [f"{name}: " + json.dumps(cells).replace('"', "")]


def _in_text(name: str, cells: "Texts") -> list[str]:
    return [f"{name}: " + "; ".join(map(" ".join, _rows(cells)))]


def _in_a_block(name: str, cells: "Texts") -> list[str]:
    return [f"{name}: |", *("    " + " ".join(row) for row in _rows(cells))]


def _cell_by_cell(name: str, cells: "Texts") -> list[str]:
    return [
        f"{name}[{i},{j}]: {cell}" for i, row in enumerate(_rows(cells), 1) for j, cell in enumerate(row, 1)
    ][:12]


def _rows(cells: "Texts") -> list[list[str]]:
    """Any cells as rows of texts."""
    if isinstance(cells, str):
        return [[cells]]
    if all(isinstance(cell, str) for cell in cells):
        return [[cell for cell in cells if isinstance(cell, str)]]
    return [row[0] for row in map(_rows, cells)]


_FORMS = (_in_brackets, _in_text, _in_a_block, _cell_by_cell)
Figures = float | list["Figures"]
Texts = str | list["Texts"]


def _texts(rng: Random, value: Figures, decimals: int, wrong: float) -> Texts:
    if isinstance(value, list):
        return [_texts(rng, item, decimals, wrong) for item in value]
    if not isfinite(value):
        return "~"
    if rng.random() >= wrong:
        return f"{value:.{decimals}f}" if abs(value) < 1e40 else f"{value:.{decimals}e}"
    mistakes = (f"{-value:.{decimals}g}", f"{10 * value:.{decimals}g}", f"{value + 1:.{decimals}f}", "~", "0")
    return rng.choice((*mistakes, rng.choice(NUMBERS), rng.choice(STRANGE)))


def mutated(rng: Random, text: str) -> bytes:
    """A text with one to four things done to it; often still valid, where only figures are replaced."""
    mild = rng.random() < 0.75
    for _ in range(rng.choice((1, 1, 2, 4))):
        text = rng.choice(_MILD if mild else _WAYS)(rng, text)[:LARGEST_FILE]
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.03:
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.randbytes(rng.randint(1, 4)) + data[place:]
    return data


def _another_number(rng: Random, text: str) -> str:
    pool = NUMBERS if rng.random() < 0.95 else NO_NUMBERS
    return _replaced(rng, text, list(_NUMBER.finditer(text)), rng.choice(pool))


def _all_numbers(rng: Random, text: str) -> str:
    """Every number replaced, by one and the same or each by another; mostly in matrices only."""
    same, number_of = rng.choice(NUMBERS), _scale(rng)
    one = rng.random() < 0.5
    everywhere = rng.random() < 0.1
    return "\n".join(
        _NUMBER.sub(lambda _: same if one else number_of(), line)
        if everywhere or not _CHOICES.match(line)
        else line
        for line in text.split("\n")
    )


def _another_word(rng: Random, text: str) -> str:
    """A word of the format replaced, mostly by one of its kind."""
    found = [each for each in re.finditer(r"\w+", text) if each[0] in WORDS]
    if not found:
        return text + rng.choice(WORDS)
    one = rng.choice([each for each in found if each[0] not in KEYS] or found)
    kind = next((kind for kind in _KINDS if one[0] in kind), WORDS)
    return _replaced(rng, text, [one], rng.choice(kind if rng.random() < 0.9 else WORDS))


def _another_name(rng: Random, text: str) -> str:
    return _replaced(rng, text, list(re.finditer(r"(?m)^\s*(\w+)(?=:)", text)), rng.choice(NAMES))


def _replaced(rng: Random, text: str, found: Sequence["re.Match[str]"], by: str) -> str:
    if not found:
        return text + by
    one = rng.choice(found)
    return text[: one.start()] + by + text[one.end() :]


def _tokens(rng: Random, text: str) -> str:
    return "".join(
        _edited(rng, _TOKEN.findall(text), (*SIGNS, *NUMBERS, *NO_NUMBERS, *TEXTS, *WORDS, *NAMES))
    )


def _lines(rng: Random, text: str) -> str:
    pool = (*SIGNS, *(f"{key}: {value}" for key in (*KEYS, *NAMES) for value in ("1", "[[1, 2]]", "x", "~")))
    lines = text.split("\n")
    if rng.random() < 0.2:
        place = rng.randrange(len(lines))
        lines[place] = " " * rng.randint(1, 3) + lines[place]
        return "\n".join(lines)
    return "\n".join(_edited(rng, lines, pool))


def _edited(rng: Random, items: list[str], pool: Sequence[str]) -> list[str]:
    """One item deleted, inserted, said twice or many times, exchanged or replaced."""
    if not items:
        return [rng.choice(pool)]
    place, other = rng.randrange(len(items)), rng.randrange(len(items))
    match rng.randrange(6):
        case 0:
            del items[place]
        case 1:
            items.insert(place, rng.choice(pool))
        case 2:
            items.insert(other, items[place])
        case 3:
            items[place], items[other] = items[other], items[place]
        case 4:
            items[place] = rng.choice(pool)
        case _:
            items[place:place] = [items[place]] * rng.choice((3, 40, 500))
    return items


def _large_matrix(rng: Random, text: str) -> str:
    """A matrix of thousands of cells, of any shape, in place of one that is there."""
    rows, columns = rng.choice(((1, 3000), (3000, 1), (50, 50), (2, 700), (1, 1)))
    cell = rng.choice(NUMBERS)
    rows_as_text = f"[{', '.join([cell] * columns)}]"
    matrix = rng.choice(
        (f"[{', '.join([rows_as_text] * rows)}]", "; ".join([" ".join([cell] * columns)] * rows))
    )
    return _replaced(rng, text, list(re.finditer(r"\[\[[^\n]*", text)), matrix)


_MILD = (_another_number, _another_number, _all_numbers, _another_word)
_WAYS = (*_MILD, _another_name, _tokens, _tokens, _lines, _lines, _large_matrix)
