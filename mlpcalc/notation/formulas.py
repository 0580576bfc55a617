"""Formulas as text, `Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)`, and as LaTeX.

Factors of a matrix product stand side by side, ⊙ is the elementwise product, 1 as a matrix factor a vector
of ones. Intermediate quantities that are not shown by default are written out in the formulas of the others.
"""

from collections.abc import Callable, Mapping
from functools import cached_property

from mlpcalc.notation.styles import LATEX, TEXT, Style
from mlpcalc.notation.writer import Writer
from mlpcalc.page.equations import Page, written_out
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import LETTERS, Symbol

_LONG = 50  # characters; longer ones would make formulas hard to read


class Formula:
    """A formula, or a piece of one, as text and as LaTeX.

    latex: the LaTeX, or a function that returns it, called only if the LaTeX is needed.
    """

    __slots__ = ("_latex", "text")

    def __init__(self, text: str, latex: str | Callable[[], str]) -> None:
        self.text = text
        self._latex = latex

    @property
    def latex(self) -> str:
        """The formula in LaTeX, without delimiters such as $."""
        if not isinstance(self._latex, str):
            self._latex = self._latex()
        return self._latex

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
        return Notation(self._page, self._letters, LATEX, self._step)

    def at_step(self, step: int) -> "Notation":
        """A notation of the page of a step, in the same style."""
        return self if step == self._step else Notation(self._page, self._letters, self.style, step)

    def both(self, write: Callable[["Notation"], str]) -> Formula:
        """A formula as text and as LaTeX: `both(lambda notation: notation.equation(symbol))`."""
        return Formula(write(self), lambda: write(self.latex))

    def name(self, symbol: Symbol) -> str:
        """The quantity's name in formulas: Δ1, W1', f1'(S1), and Δ1@2 on the page of another step."""
        step = symbol.step
        if step + 1 == self._step and symbol.is_parameter and symbol.updated:
            symbol, step = symbol._replace(updated=False), self._step
        name = symbol.in_formulas(self.style.names, self.style.layer(symbol.layer), self._written)
        given = symbol.is_parameter and not symbol.updated
        return name if given or step == self._step else self.style.of_step.format(name, step or "t-1")

    def equation(self, symbol: Symbol) -> str:
        """`name = formula`; the name alone for a given, or where the name says it all."""
        if symbol.step != self._step and (symbol.updated or not symbol.is_parameter):
            return self.at_step(symbol.step).equation(symbol)
        name = self.name(symbol)
        formula = self.formula(symbol) if symbol in self._page else name
        return name if formula == name else f"{name} = {formula}"

    def formula(self, symbol: Symbol) -> str:
        """The right-hand side of a quantity's equation, with short intermediate quantities written out."""
        expression = self._page[symbol].expression
        return self.text(simplify(written_out(expression, self._page, self.keeps_its_name)))

    def keeps_its_name(self, symbol: Symbol) -> bool:
        """Whether formulas refer to an intermediate quantity by name, as it is too long to be written out."""
        if symbol.kind == "fprime" or symbol not in self._page:
            return True
        return len(self._plain.text(self._page[symbol].expression)) > _LONG
