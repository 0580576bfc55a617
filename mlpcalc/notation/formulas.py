"""Formulas as text, `Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)`, as LaTeX and as MathML.

Factors of a matrix product stand side by side, ⊙ is the elementwise product, 1 as a matrix factor a vector
of ones. Intermediate quantities that are not shown by default are written out in the formulas of the others.
"""

from collections.abc import Callable, Mapping
from functools import cached_property

from mlpcalc.notation import mathml
from mlpcalc.notation.styles import LATEX, MATHML, TEXT, Style
from mlpcalc.notation.writer import Writer
from mlpcalc.page.equations import Page, written_out
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import LETTERS, Kind, Symbol

_LONG = 50  # characters; longer ones would make formulas hard to read


class Formula:
    """A formula, or a piece of one, as text, as LaTeX and as MathML.

    latex: the LaTeX, or a function that returns it, called only if the LaTeX is needed. mathml: the same for
    the MathML; None for what the text says, for short formulas without fractions.
    """

    __slots__ = ("_latex", "_mathml", "text")

    def __init__(
        self, text: str, latex: str | Callable[[], str], mathml: str | Callable[[], str] | None = None
    ) -> None:
        self.text = text
        self._latex = latex
        self._mathml = mathml

    @property
    def latex(self) -> str:
        """The formula in LaTeX, without delimiters such as $."""
        if not isinstance(self._latex, str):
            self._latex = self._latex()
        return self._latex

    @property
    def mathml(self) -> str:
        """The formula in MathML, without `<math>` around it."""
        if self._mathml is None:
            self._mathml = mathml.from_text(self.text)
        if not isinstance(self._mathml, str):
            self._mathml = self._mathml()
        return self._mathml

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and (self.text, self.latex) == (other.text, other.latex)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, {self.latex!r})"


class Notation(Writer):
    """How one exercise writes its formulas: the letters of its course, its page, and the style.

    step: of whose quantities and samples no step is said, nor of the parameters that the step before it left.
    """

    def __init__(
        self, page: Page, letters: Mapping[str, str] = LETTERS, style: Style = TEXT, step: int = 1
    ) -> None:
        super().__init__(style, letters)
        self._page = page
        self._step = step
        self._letters = letters
        self._plain = self if style is TEXT else Notation(page, letters, step=step)

    @cached_property
    def latex(self) -> "Notation":
        """A notation of the same page in the LaTeX style."""
        return self.in_style(LATEX)

    @cached_property
    def mathml(self) -> "Notation":
        """A notation of the same page in the MathML style."""
        return self.in_style(MATHML)

    def in_style(self, style: Style) -> "Notation":
        """A notation of the same page in another style."""
        return Notation(self._page, self._letters, style, self._step)

    def at_step(self, step: int) -> "Notation":
        """A notation of the page of a step, in the same style."""
        return self if step == self._step else Notation(self._page, self._letters, self.style, step)

    def both(self, write: Callable[["Notation"], str]) -> Formula:
        """A formula as text and as markup: `both(lambda notation: notation.equation(symbol))`."""
        return Formula(write(self), lambda: write(self.latex), lambda: write(self.mathml))

    def name(self, symbol: Symbol) -> str:
        """The quantity's name in formulas: Δ1, W1', f1'(S1), and Δ1@2 on the page of another step."""
        step = symbol.step
        if step + 1 == self._step and symbol.is_parameter and symbol.updated:
            symbol, step = symbol._replace(updated=False), self._step
        style, template = self.style, self._template(symbol.spec)
        name = symbol.in_formulas(template, style.layer(symbol.layer), self._written, style.prime)
        given = symbol.is_parameter and not symbol.updated
        return name if given or step == self._step else style.of_step.format(name, step or "t-1")

    def _template(self, kind: Kind) -> str:
        """The template of a name in the form of the style."""
        match self.style.names:
            case "text":
                return kind.text
            case "latex":
                return kind.latex
            case "mathml":
                return mathml.template(kind.text)

    def equation(self, symbol: Symbol) -> str:
        """`name = formula`; the name alone for a given, or where the name says it all."""
        if symbol.step != self._step and (symbol.updated or not symbol.is_parameter):
            return self.at_step(symbol.step).equation(symbol)
        name, plain = self.name(symbol), self._plain
        if symbol not in self._page or plain.formula(symbol) == plain.name(symbol):
            return name
        return f"{name} {self.style.literal('= ')}{self.formula(symbol)}"

    def formula(self, symbol: Symbol) -> str:
        """The right-hand side of a quantity's equation, with short intermediate quantities written out."""
        expression = self._page[symbol].expression
        return self.text(simplify(written_out(expression, self._page, self.keeps_its_name)))

    def keeps_its_name(self, symbol: Symbol) -> bool:
        """Whether formulas refer to an intermediate quantity by name, as it is too long to be written out."""
        if symbol.kind == "fprime" or symbol not in self._page:
            return True
        return len(self._plain.text(self._page[symbol].expression)) > _LONG
