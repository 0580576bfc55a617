"""MathML: well-formed, with the same symbols as the text, and written by the same rules."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from mlpcalc import derive, explain, load, solve
from mlpcalc.notation import mathml
from mlpcalc.notation.formulas import Formula
from mlpcalc.page.symbols import KINDS
from mlpcalc.reading.library import bundled
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection

ONE_CHILD_EACH = {"msub": 2, "msup": 2, "msubsup": 3, "mfrac": 2, "mover": 2}  # fixed numbers of children
EXERCISES = [found.file for found in bundled()]


def parsed(formula: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<math>{formula}</math>")  # noqa: S314  # our own text


def formulas_in(part: object) -> Iterator[Formula]:
    if isinstance(part, Formula):
        yield part
    elif isinstance(part, tuple | list):
        for each in part:
            yield from formulas_in(each)


def signs(text: str) -> str:
    """The letters, digits and signs of a formula, without what only arranges them."""
    plain = re.sub(r"(?<=\d)e([-+]?)0*(\d+)", r"·10\1\2", text)
    plain = plain.replace("Σ", "∑").replace("ᵀ", "T").replace("²", "2").replace("′", "'").replace("−", "-")
    return re.sub(r"[\s()_{}^/@√\xa0-]|hat", "", plain)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_formula_is_well_formed_and_says_what_its_text_says(name: str) -> None:
    solution = solve(load(name))
    reports = [solution_report(solution, Selection(details=True)), explain(solution, "S1")]
    if solution.exercise.loss is not None:
        reports += [derive(solution), explain(solution, "loss")]
    for report in reports:
        for formula in formulas_in([*report.blocks()]):
            tree = parsed(formula.mathml)
            assert signs("".join(tree.itertext())) == signs(formula.text), formula
            for element in tree.iter():
                assert len(element) == ONE_CHILD_EACH.get(element.tag, len(element)), formula
                assert len(element) == 0 or not (element.text or "").strip(), "text stands in leaves"
                assert not (element.tail or "").strip()


@pytest.mark.parametrize(
    ("name", "equation"),
    {
        "Delta1": "<msub><mi>Δ</mi><mn>1</mn></msub> <mo>=</mo><mrow>(<msup><mrow><msub><mi>W</mi><mn>2</mn>"
        '</msub></mrow><mi mathvariant="normal">T</mi></msup><mspace width="0.3em"/><msub><mi>Δ</mi>'
        "<mn>2</mn></msub>)</mrow><mo>⊙</mo><msub><mi>f</mi><mn>1</mn></msub><mo>′</mo>"
        "(<msub><mi>S</mi><mn>1</mn></msub>)",
        "loss": "<mi>L</mi> <mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn><mi>N</mi></mrow></mfrac>"
        '<mspace width="0.3em"/><mo>∑</mo><msup><mrow><mrow>(<msub><mi>Z</mi><mn>2</mn></msub>'
        "<mo>−</mo><mi>T</mi>)</mrow></mrow><mn>2</mn></msup>",
        "W1_new": "<msub><mi>W</mi><mn>1</mn></msub><mo>′</mo> <mo>=</mo><msub><mi>W</mi><mn>1</mn></msub>"
        '<mo>−</mo><mi>η</mi><mspace width="0.3em"/><mi>d</mi><msub><mi>W</mi><mn>1</mn></msub>',
    }.items(),
)
def test_equations_of_exercise_2(name: str, equation: str) -> None:
    """Brackets that are as high as a line are written short here."""
    solution = solve("exercise2")
    written = solution.notation.mathml.equation(solution.symbol(name))
    assert re.sub(r'<mo stretchy="false">(.)</mo>', r"\1", written) == equation


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "d3×N": "<msub><mi>d</mi><mn>3</mn></msub><mo>×</mo><mi>N</mi>",
        "∂L/∂S": "<mi>∂</mi><mi>L</mi><mo>/</mo><mi>∂</mi><mi>S</mi>",
        "Z_{k-1}": "<msub><mi>Z</mi><mrow><mi>k</mi><mo>−</mo><mn>1</mn></mrow></msub>",
        "dW1, numerically": "<mi>d</mi><msub><mi>W</mi><mn>1</mn></msub><mo>,</mo><mi>numerically</mi>",
        "leaky_relu'(0) = 0.1": "<mi>leaky-relu</mi><mo>′</mo>"
        '<mo stretchy="false">(</mo><mn>0</mn><mo stretchy="false">)</mo><mo>=</mo><mn>0.1</mn>',
        "S1 Z1": '<msub><mi>S</mi><mn>1</mn></msub><mspace width="0.3em"/><msub><mi>Z</mi><mn>1</mn></msub>',
        "x = -y - z": '<mi>x</mi><mo>=</mo><mo form="prefix">−</mo><mi>y</mi><mo>−</mo><mi>z</mi>',
        "a < b & c": "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&amp;</mo><mi>c</mi>",
        "‖W1‖_F": '<mo stretchy="false">‖</mo><msub><mi>W</mi><mn>1</mn></msub>'
        '<msub><mo stretchy="false">‖</mo><mi>F</mi></msub>',
    }.items(),
)
def test_short_formulas_are_read_from_their_text(text: str, expected: str) -> None:
    assert mathml.from_text(text) == expected
    parsed(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "-0.5": '<mo form="prefix">−</mo><mn>0.5</mn>',
        "1/3": "<mfrac><mn>1</mn><mn>3</mn></mfrac>",
        "6.9e-13": "<mn>6.9</mn><mo>·</mo><msup><mn>10</mn><mn>−13</mn></msup>",
        "∞": "<mn>∞</mn>",
    }.items(),
)
def test_numbers(text: str, expected: str) -> None:
    assert mathml.number(text) == expected


def test_letters_of_a_course_have_their_scripts_and_are_one_element() -> None:
    assert mathml.letter("z_in") == "<msub><mi>z</mi><mi>in</mi></msub>"
    assert mathml.letter("W^l") == "<msup><mi>W</mi><mi>l</mi></msup>"
    assert mathml.letter("dZ") == "<mrow><mi>d</mi><mi>Z</mi></mrow>"
    assert mathml.letter("β1") == "<msub><mi>β</mi><mn>1</mn></msub>"
    assert mathml.letter("net") == "<mi>net</mi>"


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_is_well_formed(kind: str) -> None:
    template = mathml.template(KINDS[kind].text)
    letters = {letter: f"<mi>{letter}</mi>" for letter in ("S", "Z", "Delta", "W", "b", "X", "T", "loss")}
    parsed(template.format(k="<mn>12</mn>", **letters))
