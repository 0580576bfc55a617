"""What a form is told about the output that it writes to."""

from typing import NamedTuple


class Output(NamedTuple):
    """The encoding of the output, and what was asked for.

    full: whether large matrices are shown in full. standalone: whether a complete document is written, where
    a form has a difference.
    """

    encoding: str = "utf-8"
    full: bool = False
    standalone: bool = False

    @property
    def is_utf8(self) -> bool:
        """Whether the encoding is the one that YAML, LaTeX and Python are read in."""
        return self.encoding.lower().replace("-", "") == "utf8"
