"""Cells as people count them, from 1: in numbers, in words, and read from a name such as `S1[2,3]`."""

from collections.abc import Iterable, Sequence

from mlpcalc.page.symbols import AT, Axis, Symbol

_INDICES = "0123456789, "


def cell_of(symbol: Symbol, index: tuple[int, ...]) -> tuple[int, ...]:
    """An index, counted from 0, as people count: (row, column), (i, 1) in a flat list, () for a number."""
    match len(symbol.spec.shape):
        case 0:
            return ()
        case 1:
            return (max(index) + 1, 1)
    return tuple(place + 1 for place in index)


def indices_of(symbol: Symbol, index: tuple[int, ...]) -> tuple[int, ...]:
    """An index, counted from 0, as it stands in brackets: (row, column), (i,) in a list, () for a number."""
    return cell_of(symbol, index)[: len(symbol.spec.shape)]


def in_words(symbol: Symbol, axes: Sequence[Axis], indices: Iterable[int]) -> str:
    """`unit 2, sample 1`: what the indices of a cell count, from 1, along these axes."""
    return ", ".join(f"{symbol.counted(axis)} {index}" for axis, index in zip(axes, indices, strict=True))


def cell_in_step(text: str, step: int | str) -> str:
    """`S1[2,3]` as `S1@2[2,3]`; what says its step itself as it is."""
    if AT in text:
        return text
    name, indices = split_cell(text)
    return f"{name}{AT}{step}" + ("" if indices is None else f"[{indices}]")


def split_cell(text: str) -> tuple[str, str | None]:
    """`S1[2,3]`, or `S1(2,3)`, as the name and what stands between the brackets; None without brackets.

    Round ones are those of a cell only around numbers, as f1'(S1) is a name, and so is W^[1].
    """
    text = text.strip()
    name, found, indices = text[:-1].rpartition("[")
    if found and text.endswith("]") and not name.endswith("^"):
        return name.rstrip(), indices
    name, found, indices = text[:-1].rpartition("(")
    is_cell = indices.strip(_INDICES) == "" != indices.strip() and not name.endswith("^")
    if found and text.endswith(")") and is_cell:
        return name.rstrip(), indices
    return text, None
