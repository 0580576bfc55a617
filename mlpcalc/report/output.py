"""The output that a form writes to."""

from typing import NamedTuple


class Output(NamedTuple):
    """The encoding of the output, and options of the form.

    full: whether large matrices are shown in full. standalone: whether to write a complete document.
    to_file: whether it goes to a file that the program writes; such a file has no colours. bom: whether a
    table begins with a byte order mark.
    """

    encoding: str = "utf-8"
    full: bool = False
    standalone: bool = False
    to_file: bool = False
    bom: bool = False

    @property
    def is_utf8(self) -> bool:
        """Whether the encoding is UTF-8, in which YAML, LaTeX and Python are read."""
        return self.encoding.lower().replace("-", "") == "utf8"
