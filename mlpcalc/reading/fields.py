"""The value of a key: a block of keys, a text, a word or a number, with every problem reported."""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from mlpcalc.reading.matrices import DECIMAL_COMMA
from mlpcalc.reading.numerals import NumeralError, exact
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import did_you_mean, one_of, shown

Word = TypeVar("Word", bound=str)


class Fields:
    """Read the values of keys. An invalid value is reported and read as None.

    A key that is left out, whose node is None, is read as None too.
    """

    def __init__(self, document: Document) -> None:
        self._complain = document.complain

    def block(
        self,
        node: MappingNode,
        where: str,
        known: Collection[str],
        required: Iterable[str] = (),
        elsewhere: Mapping[str, str] | None = None,
    ) -> dict[str, Node]:
        """The values by key; unknown, duplicate and missing keys are reported.

        elsewhere: hints for keys that belong somewhere else.
        """
        found: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text not in known:
                self._complain(
                    key,
                    f"unknown key {shown(key.text)} in {where}",
                    expected=one_of(known),
                    hint=(elsewhere or {}).get(key.text) or did_you_mean(key.text, known),
                )
            elif key.text in found:
                self._complain(
                    key,
                    f"{key.text} is given twice in {where}",
                    hint=f"the first one is on line {found[key.text].line}",
                )
            else:
                found[key.text] = value
        for key_name in required:
            if key_name not in found:
                self._complain(node, f"{where} has no {key_name}", expected=f"a key {key_name}:")
        return found

    def optional_block(self, node: Node | None, where: str, known: Collection[str]) -> dict[str, Node]:
        """The values by key of a block that may be left out."""
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self._complain(node, f"{where} must have keys", expected=", ".join(known))
            return {}
        return self.block(node, where, known)

    def text(self, node: Node | None, what: str) -> str | None:
        """A text, safe to show."""
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self._complain(node, f"{what} must be text", hint="put it in quotes")
            return None
        return clean(node.text)

    def word(self, node: Node | None, what: str, known: Collection[Word]) -> Word | None:
        """One of the known words."""
        if node is None:
            return None
        if isinstance(node, ScalarNode):
            for word in known:
                if word == node.text:
                    return word
        written = node.text if isinstance(node, ScalarNode) else ""
        self._complain(
            node,
            f"unknown {what} {shown(written)}",
            expected=one_of(known),
            hint=did_you_mean(written, known),
        )
        return None

    def exact(self, node: Node | None, what: str) -> Fraction | None:
        """A number, exactly."""
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self._complain(node, f"{what} must be a number", hint=DECIMAL_COMMA)
            return None
        if node.blank:
            self._complain(node, f"{what} is empty", hint="give a number, or leave the key out")
            return None
        try:
            return exact(node.text)
        except NumeralError as error:
            expected = "a number such as 0.5 or 1/2"
            self._complain(node, f"{what}: {error}", expected=expected, hint=error.hint)
            return None

    def whole(self, node: Node | None, what: str, low: int, high: int, expected: str = "") -> int | None:
        """A whole number within bounds."""
        value = self.exact(node, what)
        if value is None or node is None:
            return None
        if value.denominator != 1 or not low <= value <= high:
            self._complain(node, f"{what} must be a whole number", expected=expected or f"{low} to {high}")
            return None
        return int(value)
