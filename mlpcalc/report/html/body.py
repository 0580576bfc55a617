"""The body of a page: blocks in sections, with the pictures of networks taken out to stand beside them."""

import html
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mlpcalc.report import blocks as kinds
from mlpcalc.report.html import pictures, tables
from mlpcalc.report.html.markup import element, escape, phrase
from mlpcalc.report.html.matrices import ShownMatrix, matrix_figure, shown_matrix
from mlpcalc.report.problems import render as problems_text
from mlpcalc.text.wording import counted

MOST_FIGURES = 30_000  # on a page; if there are more, matrices are shown in part
MOST_CHARACTERS = 1_000_000  # of what is shown; sections after that are left out
_ROOMS = (20, 10, 6, 4, 3)  # rows and columns of matrices in part: the first that is small enough


class Body:
    """The blocks of a report, sorted into a header, pictures and sections.

    full: whether all matrices are shown in full. named: whether the page can refer to matrices by name.
    """

    def __init__(self, blocks: Iterable[kinds.Block], *, full: bool = False, named: bool = True) -> None:
        self.header: kinds.Header | None = None
        self.networks: list[kinds.Network] = []
        self.start = ""
        self._named, self._full = named, full
        self._blocks: list[kinds.Block] = []
        self._sort(blocks)
        matrices = [block for block in _unfolded(self._blocks) if isinstance(block, kinds.Matrix)]
        room = None if full else _room(matrices)
        self._shown = {id(matrix): shown_matrix(matrix, room) for matrix in matrices}
        by_key = {shown.matrix.key: shown for shown in reversed(self._shown.values()) if shown.matrix.key}
        self.matrices: list[ShownMatrix] = [*by_key.values()][::-1]

    def _sort(self, blocks: Iterable[kinds.Block]) -> None:
        """Take out what stands elsewhere; put what is in groups and shown backgrounds in its place."""
        for block in blocks:
            match block:
                case kinds.Header() if self.header is None:
                    self.header = block
                case kinds.Network():
                    self.networks.append(block)
                case kinds.Group(inner):
                    self._sort(inner)
                case kinds.Background(inside, title, start):
                    self.start = self.start or start
                    if title:
                        self._blocks.append(block._replace(blocks=[*inside()].copy))
                    else:
                        self._sort(inside())
                case _:
                    self._blocks.append(block)

    @property
    def steps(self) -> list[tuple[int, str]]:
        """The numbers of the steps that have sections of their own, with their headings."""
        headings = [block for block in self._blocks if isinstance(block, kinds.Heading)]
        return [(block.step, kinds.plain(block.capitalised)) for block in headings if block.step]

    def sections(self) -> str:
        """A section for each heading of the first level."""
        parts: list[list[kinds.Block]] = [[]]
        for block in self._blocks:
            if isinstance(block, kinds.Header) or (isinstance(block, kinds.Heading) and block.level == 1):
                parts.append([])
            parts[-1].append(block)
        parts = [part for part in parts if part]
        written: list[str] = []
        room = MOST_CHARACTERS
        for number, part in enumerate(parts):
            text = self._section(part)
            room -= len(text)
            if room < 0 and number and not self._full:
                left = counted(len(parts) - number, "section")
                written.append(
                    element("p", f"To keep the page small, {left} more are left out.", class_="note")
                )
                break
            written.append(text)
        return "".join(written)

    def _section(self, blocks: Sequence[kinds.Block]) -> str:
        first = blocks[0]
        step = first.step if isinstance(first, kinds.Heading) else 0
        is_section = isinstance(first, kinds.Header | kinds.Heading)
        return element("section" if is_section else "div", self._flow(blocks), data_step=step or None)

    def _flow(self, blocks: Iterable[kinds.Block]) -> str:
        """Blocks one below the other, matrices side by side."""
        parts = []
        for is_matrix, some in groupby(blocks, lambda block: isinstance(block, kinds.Matrix)):
            content = "".join(map(self._block, some))
            parts.append(element("div", content, class_="row") if is_matrix and content else content)
        return "".join(parts)

    def _block(self, block: kinds.Block) -> str:
        match block:
            case kinds.Header():
                return header(block, "h2")
            case kinds.Heading(_, _, level):
                return element(f"h{level + 1}", phrase(block.capitalised))
            case kinds.Matrix():
                return self._matrix(block)
            case kinds.MarkedMatrix():
                return tables.marked_matrix(block)
            case kinds.Room(lines):
                return element("p", "<br>" * lines)
            case kinds.Table():
                return tables.table(block)
            case kinds.Tally():
                return tables.tally(block)
            case kinds.Aligned():
                return tables.aligned(block)
            case kinds.Chain():
                return tables.chain(block)
            case kinds.Curve():
                return pictures.curve(block)
            case kinds.Note(text):
                return element("p", phrase(text), class_="note")
            case kinds.ListItem():
                return _item(block)
            case kinds.More(_, text, level):
                return _item(kinds.ListItem("", text, level)) if text else ""
            case kinds.Problems(problems):
                return element("pre", html.escape(problems_text(problems)), tabindex="0")
            case kinds.Background(inside, title):
                content = self._flow(inside())
                return element("details", element("summary", escape(title)) + content) if content else ""
            case kinds.Network() | kinds.Group():  # sorted out before
                return ""

    def _matrix(self, block: kinds.Matrix) -> str:
        """A matrix, of those with the same name only the first."""
        shown = self._shown[id(block)]
        if block.key and not any(shown is each for each in self.matrices):
            return ""
        return matrix_figure(shown, named=self._named)


def header(block: kinds.Header, name: str) -> str:
    """A title, where the exercise comes from, and lines of facts."""
    parts = [element(name, escape(block.title), class_="title")]
    if block.origin:
        parts.append(element("p", escape(block.origin), class_="origin"))
    parts += [
        element("p", " ".join(element("span", phrase(fact)) for fact in facts), class_="facts")
        for facts in block.lines
    ]
    return "".join(parts)


def _item(block: kinds.ListItem) -> str:
    text = "<br>".join(filter(None, map(phrase, (block.text, *block.below))))
    level = f"item level{min(block.level, 3)}"
    mark = tables.mark("•" if block.mark == "-" else block.mark)
    return element("p", f"{mark} {text}".strip(), class_=level)


def _unfolded(blocks: Iterable[kinds.Block]) -> Iterator[kinds.Block]:
    """All blocks, those that are folded away too."""
    for block in blocks:
        if isinstance(block, kinds.Background):
            yield from _unfolded(block.blocks())
        else:
            yield block


def _room(matrices: Sequence[kinds.Matrix]) -> int | None:
    """The most rows and columns of a matrix that keep the page small; None if all of them do."""
    shapes = [matrix.values.shape for matrix in matrices]

    def figures(room: int) -> int:
        return sum(min(height, room) * min(length, room) for height, length in shapes)

    if sum(height * length for height, length in shapes) <= MOST_FIGURES:
        return None
    return next((room for room in _ROOMS if figures(room) <= MOST_FIGURES), _ROOMS[-1])
