"""Hostile exercises and answer sheets: valid ones with something done to them, and plain rubbish."""

import json
import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isfinite
from typing import TypeVar

from mlpcalc.errors import InputError
from mlpcalc.functions import ACTIVATIONS, LOSSES
from mlpcalc.reading import keys
from mlpcalc.reading.library import bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document, decode
from mlpcalc.solution import Solution
from tests.payloads import PAYLOADS

Item = TypeVar("Item")
Random = random.Random

VALID = tuple(found.data.decode() for found in bundled())
LARGEST_FILE = 20_000  # characters

NUMBERS = (
    *("0", "1", "-1", "-0", "2", "0.5", "1/3", "-7/3", "\N{MINUS SIGN}0.25", ".5", "3.", "100", "-40", "710"),
    *("1e9", "-1e9", "123456789.123", "-987654321", "1e-9", "1e15", "-1e16", "1e-16", "1e30", "-1e77"),
    *("1e154", "1e155", "-1e200", "1e300", "-1e300", "1e-300", "-1e-300", "9.99999999e299", "1e-160"),
)
NO_NUMBERS = (
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
    *("S1_new", "dL/dW1", "Z1'", "S" + "1" * 300, "S1[1]", "b1[1]", "loss[1]", "S1[1,1][1,1]", "S١"),
)
KEYS = (
    *keys.TOP,
    *keys.LAYER,
    *keys.LOSS,
    *keys.CONVENTIONS,
    *keys.SYMBOLS,
    "classes",
    "margin",
    "slope",
    "alpha",
)
WORDS = (
    *(*ACTIVATIONS, *LOSSES, *keys.PRODUCTS, *keys.DELTAS, *keys.AVERAGES, *keys.AVERAGED_STEPS, *KEYS),
    *("answers", "student", "exercise", "true", "false"),
)
_KINDS: tuple[tuple[str, ...], ...] = (tuple(ACTIVATIONS), tuple(LOSSES), keys.AVERAGES, keys.AVERAGED_STEPS)
_CHOICES = re.compile(r"targets|loss: *\{|decimals|learning_rate|conventions|symbols|points|#|title|source")
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


def exercise(rng: Random) -> str:
    """A valid exercise: a bundled one, or one put together from every choice there is."""
    return rng.choice(VALID) if rng.random() < 0.3 else _composed(rng)


def _composed(rng: Random) -> str:
    """Small sizes, any functions and conventions, numbers from harmless to huge; nearly always readable."""
    sizes = [rng.randint(1, 4) for _ in range(rng.choice((2, 2, 3, 3, 4, 6)))]
    samples = rng.choice((1, 1, 2, 3, 5))
    product = rng.choice(keys.PRODUCTS)
    number = _scale(rng)

    def matrix(rows: int, columns: int) -> str:
        return json.dumps([[number() for _ in range(columns)] for _ in range(rows)]).replace('"', "")

    def lying(units: int, *, samples_in_rows: bool) -> str:
        return matrix(samples, units) if samples_in_rows else matrix(units, samples)

    rows = product.startswith("X")
    loss = rng.choice(list(LOSSES))
    output = rng.choice(("softmax", "sigmoid") if "entropy" in loss else list(ACTIVATIONS))
    lines = [f"title: {_quoted(rng)}", f"inputs: {lying(sizes[0], samples_in_rows=rows)}"]
    if rng.random() < 0.8 and loss in ("cross_entropy", "multiclass_hinge"):
        lines.append(f"targets: {{classes: {[rng.randint(1, sizes[-1]) for _ in range(samples)]}}}")
    elif loss in ("hinge", "binary_cross_entropy"):
        low = "-1" if loss == "hinge" else "0"
        targets = [[rng.choice((low, "1")) for _ in range(sizes[-1])] for _ in range(samples)]
        turned = targets if rows else list(map(list, zip(*targets, strict=True)))
        lines.append("targets: " + json.dumps(turned).replace('"', ""))
    else:
        lines.append(f"targets: {lying(sizes[-1], samples_in_rows=rows)}")
    lines.append("layers:")
    for inputs, units in pairwise(sizes):
        turned_weights = product in ("W^T X", "X W")
        lines.append(f"  - weights: {matrix(*((inputs, units) if turned_weights else (units, inputs)))}")
        if rng.random() < 0.5:
            lines.append(f"    bias: [{', '.join(number() for _ in range(units))}]")
        lines.append(f"    activation: {rng.choice(list(ACTIVATIONS))}")
    if rng.random() < 0.8:
        lines[-1] = f"    activation: {output}"
    block = [f"name: {loss}", f"average: {rng.choice(keys.AVERAGES)}"]
    block += [f"factor: {rng.choice(('1/2', '1', '2', '0', '-3'))}"] * (rng.random() < 0.3)
    block += [f"l2: {rng.choice(('0.1', '0', '1e5'))}"] * (rng.random() < 0.3)
    lines += [f"loss: {{{', '.join(block)}}}"] * (rng.random() < 0.9)
    lines += [f"learning_rate: {rng.choice(('0.1', '1/3', '0', '-1', '1e6', '1e-9'))}"] * (rng.random() < 0.9)
    lines += [f"decimals: {rng.randint(0, 15)}"] * (rng.random() < 0.5)
    choices = [f"product: {product}", f"delta: {rng.choice(keys.DELTAS)}"]
    choices += [
        f"average_in: {rng.choice(keys.AVERAGED_STEPS)}",
        f"update_biases: {rng.choice(('true', 'false'))}",
    ]
    lines.append(f"conventions: {{{', '.join(choices)}}}")
    lines += ["symbols: {S: A, Delta: δ}"] * (rng.random() < 0.1)
    lines += ["points: {S1: 2, loss: 1/3}"] * (rng.random() < 0.1)
    return "\n".join(lines) + "\n"


def _quoted(rng: Random) -> str:
    """A hostile text in quotes; JSON is YAML but for its pairs of surrogates."""
    return json.dumps(rng.choice(TEXTS), ensure_ascii=rng.random() < 0.5)


def _scale(rng: Random) -> Callable[[], str]:
    """Numbers of one kind, so that some exercises are harmless, some saturated and some out of bounds."""
    largest = rng.choice((1.0, 1.0, 3.0, 40.0, 1e3, 1e9))
    zeros = rng.choice((0.0, 0.0, 0.3, 1.0))

    def number() -> str:
        if rng.random() < zeros:
            return "0"
        if rng.random() < 0.02:
            return rng.choice(NUMBERS)
        return f"{rng.uniform(-largest, largest):.{rng.randint(0, 3)}f}"

    return number


def answers(rng: Random, exercise: str) -> str:
    """A sheet for an exercise: what is right, rounded, with some figures made wrong."""
    try:
        solution = Solution(read_exercise(Document(decode(exercise.encode(), ""), ""), ""))
    except InputError:
        return rng.choice(("loss: 0.5\n", "S1: [[0.5]]\n"))
    decimals, wrong = rng.choice((0, 2, 4, 4, 6, 12)), rng.choice((0.0, 0.0, 0.1, 0.5))
    lines = [f"student: {_quoted(rng)}"]
    lines += ["answers:"] * (indented := rng.random() < 0.3)
    for name, symbol in solution.symbols.items():
        if symbol.kind in ("X", "T", "W", "b") or rng.random() < 0.2:
            continue
        cells = _texts(rng, solution[name].tolist(), decimals, wrong)
        lines.append("  " * indented + f"{name}: " + json.dumps(cells).replace('"', ""))
    return "\n".join(lines) + "\n"


Figures = float | list["Figures"]
Texts = str | list["Texts"]


def _texts(rng: Random, value: Figures, decimals: int, wrong: float) -> Texts:
    if isinstance(value, list):
        return [_texts(rng, item, decimals, wrong) for item in value]
    if not isfinite(value):
        return "~"
    if rng.random() >= wrong:
        return f"{value:.{decimals}f}" if abs(value) < 1e40 else f"{value:.{decimals}e}"
    mistakes = (f"{-value:.{decimals}f}", f"{10 * value:.{decimals}f}", f"{value + 1:.{decimals}f}", "~", "0")
    return rng.choice((*mistakes, rng.choice(NUMBERS)))


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
