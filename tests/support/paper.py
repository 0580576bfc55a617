"""Works out a printed line of arithmetic as a person would who has only the line: exactly, in decimals.

Nothing here knows how a line was made. The functions are written down again, to many digits.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

_ROOM = Context(prec=400, rounding=ROUND_HALF_UP)  # nothing that cancels in a saturated unit is lost
_SHORTER = Context(prec=390, rounding=ROUND_HALF_UP)  # a third of 0.45 is 0.15, though a third is cut off
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_ONE, _NONE = Decimal(1), Decimal("NaN")


def _sigmoid(s: Decimal) -> Decimal:
    return 1 / (1 + (-s).exp())


def _tanh(s: Decimal) -> Decimal:
    return 1 - 2 / ((2 * s).exp() + 1)


def _logarithm(x: Decimal) -> Decimal:
    return x.ln() if x else Decimal(0)  # only 0 · ln 0 is ever printed with it, if the result is finite


def _step(x: Decimal) -> Decimal:
    return Decimal(int(x >= 0))


def exactly(number: Fraction) -> Decimal:
    """A parameter as a decimal."""
    return Decimal(number.numerator) / number.denominator


def functions(slope: Decimal = _NONE, alpha: Decimal = _NONE) -> dict[str, Callable[..., Decimal]]:
    """Functions of s by their names in formulas, with the parameters of leaky ReLU and ELU."""
    return {
        "exp": Decimal.exp,
        "ln": _logarithm,
        "tanh": _tanh,
        "tanh_slope": lambda s: 4 / (s.exp() + (-s).exp()) ** 2,
        "σ": _sigmoid,
        "σ_slope": lambda s: _sigmoid(s) * _sigmoid(-s),
        "softplus": lambda s: (1 + s.exp()).ln(),
        "softplus_slope": _sigmoid,
        "relu": lambda s: max(Decimal(0), s),
        "relu_slope": lambda s: Decimal(int(s > 0)),
        "leaky_relu": lambda s: s if s > 0 else slope * s,
        "leaky_relu_slope": lambda s: _ONE if s > 0 else slope,
        "elu": lambda s: s if s > 0 else alpha * (s.exp() - 1),
        "elu_slope": lambda s: _ONE if s > 0 else alpha * s.exp(),
        "square": lambda s: s * s,
        "square_slope": lambda s: 2 * s,
        "step": _step,
        "max": max,
        "sqrt": Decimal.sqrt,
    }


def worked_out(line: str, known: dict[str, Callable[..., Decimal]]) -> Decimal:
    """The value of a line such as `0.03 · (-0.2254) · relu'(0.8690)`."""
    text = line.replace("·", "*").replace("²", "**2").replace("'(", "_slope(").replace("√", "sqrt")
    text = text.replace("[", "step(").replace(" ≥ 0]", ")")
    words = set(re.findall(r"[^\W\d]\w*", _NUMBER.sub("0", text))) - {"if", "else"}
    assert words <= set(known), line
    code = _NUMBER.sub(lambda found: f"D('{found[0]}')", text)
    with localcontext(_ROOM):
        return Decimal(eval(code, {"__builtins__": {}}, {**known, "D": Decimal}))  # noqa: S307  # only words known here


def rounds_to(value: Decimal, result: str) -> bool:
    """Whether a value rounded to the digits of a result, ties away from zero, is the result."""
    with localcontext(_ROOM):
        return _SHORTER.plus(value).quantize(Decimal(result)) == Decimal(result)
