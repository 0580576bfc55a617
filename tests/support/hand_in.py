"""Writes the quantities of an exercise in the forms in which homework is handed in.

It shares nothing with the readers: names, layouts and figures are put together here from what the programs
print and people type. Every writer says which figures it wrote, so that what is read can be compared.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc.page.symbols import LETTERS, Symbol
from mlpcalc.solving.solution import Solution

Texts = list[list[str]]


class Written(NamedTuple):
    """One quantity as it was written: its figures by row as texts, and as the numbers that they are.

    flat: whether it is a list or a number, which has no rows.
    """

    symbol: Symbol
    texts: Texts
    values: list[list[float]]
    flat: bool


class Handed(NamedTuple):
    """A document, the ending of its file, and what is in it."""

    text: str
    ending: str
    written: Sequence[Written]


# ---------------------------------------------------------------------------- names

LATEX_LETTERS = {**LETTERS, "Delta": r"\Delta"}
_BOLD = (r"\mathbf{%s}", r"\boldsymbol{%s}", r"\mathbf %s", r"{\bf %s}", r"\bm{%s}", "%s", "%s", "%s")
_LAYERS = ("_%d", "_{%d}", "^{(%d)}", "^{[%d]}", "^{(%d)}", "_{%d}", "^{ (%d) }")
_NEW = ("'", r"^{\prime}", r"^{\text{new}}", "^{new}", "^{+}", "^{(t+1)}")
_NEW_BELOW = (r"_{\text{new}}", "_{new}", r"_{\mathrm{new}}")
_LOSSES = ("L", r"\mathcal{L}", r"\mathcal L", "J", r"\mathrm{Loss}", r"\text{loss}")
_LETTERS = {"Delta": (r"\Delta", r"\delta")}


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _letter(kind: str, layer: int, rng: np.random.Generator) -> str:
    """A letter with its layer in LaTeX."""
    letter = _pick(rng, _LETTERS[kind]) if kind in _LETTERS else kind
    styled = _pick(rng, _BOLD) % letter
    return styled + (_pick(rng, _LAYERS) % layer if layer else "")


def latex_name(symbol: Symbol, rng: np.random.Generator, letters: Mapping[str, str] | None = None) -> str:
    """A name of a quantity in LaTeX, as courses write it; letters: of a course that has its own."""
    kind, layer = symbol.kind, symbol.layer
    if letters:
        return symbol.in_formulas(symbol.spec.latex, str(layer), {**LATEX_LETTERS, **letters})
    loss = _pick(rng, _LOSSES)
    if kind in ("dW", "db", "dZ", "dX") or (kind == "Delta" and rng.random() < 0.3):
        inner = _letter("S" if kind == "Delta" else kind[1:], layer, rng)
        return _pick(
            rng,
            (
                rf"\frac{{\partial {loss}}}{{\partial {inner}}}",
                rf"\dfrac{{\partial {loss}}}{{\partial {inner}}}",
                rf"\nabla_{{{inner}}} {loss}",
                rf"\partial {loss}/\partial {inner}",
                rf"\frac{{d {loss}}}{{d {inner}}}",
                rf"\frac{{\mathrm{{d}} {loss}}}{{\mathrm{{d}} {inner}}}",
                f"d{inner}",
            ),
        )
    fixed = {
        "loss_terms": r"\text{loss\_terms}",
        "losses": r"\text{losses}",
        "err": r"\mathrm{err}",
        "fprime": rf"f_{{{layer}}}'(S_{{{layer}}})",
        "expS": rf"\exp(S_{layer})",
        "step_W": rf"\mathrm{{step}}(W_{layer})",
        "step_b": rf"\mathrm{{step}}(b_{{{layer}}})",
    }
    name = fixed.get(kind) or (loss if kind == "loss" else _letter(kind, layer, rng))
    if not symbol.updated:
        return name
    raised = name.rstrip().endswith((")}", "]}", ") }"))
    return name + _pick(rng, _NEW_BELOW if raised else (*_NEW, *(_NEW_BELOW if kind == "loss" else ())))


def plain_name(
    symbol: Symbol,
    rng: np.random.Generator,
    letters: Mapping[str, str] | None = None,
    *,
    identifier: bool = False,
) -> str:
    """A name of a quantity as it is typed; identifier: as a name in a program."""
    kind, layer = symbol.kind, symbol.layer
    if letters:
        return (
            symbol.in_letters({**LETTERS, "Delta": "Delta", **letters}) if kind != "fprime" else symbol.plain
        )
    if kind in ("dW", "db", "dZ"):
        inner = f"{kind[1:]}{layer}"
        loss = _pick(rng, ("L", "J", "E", "loss"))
        ways = [
            f"d{inner}",
            f"d{loss}_d{inner}",
            f"grad_{inner}",
            f"d{inner}",
            f"grad{inner}",
            f"{inner}_grad",
        ]
        name = _pick(rng, ways if identifier else [*ways, f"d{loss}/d{inner}", f"∂{loss}/∂{inner}"])
    elif kind == "Delta":
        ways = [
            f"Delta{layer}",
            f"delta{layer}",
            f"delta_{layer}",
            f"dS{layer}",
            f"Delta_{layer}",
            f"dL_dS{layer}",
        ]
        name = _pick(rng, ways if identifier else [*ways, f"Δ{layer}", f"δ{layer}", f"Δ_{layer}"])
    elif kind == "loss":
        name = _pick(rng, ("loss", "L", "loss", "J", "cost"))
    elif kind in ("W", "b", "S", "Z") and rng.random() < 0.4:
        name = f"{kind}_{layer}"
    else:
        name = Symbol(kind, layer).plain
    if not symbol.updated:
        return name
    return name + _pick(
        rng, ("_new", "_new", "_updated") if identifier else ("_new", "'", "_updated", "_new")
    )


# ---------------------------------------------------------------------------- figures


def _number(text: str) -> float:
    return float(text)


def figures(solution: Solution, symbol: Symbol, write: Callable[[float], str]) -> Written:
    """A quantity in the exercise's own layout, its figures written one by one."""
    value = solution.value(symbol)
    rows = np.atleast_2d(value).tolist()
    texts = [[write(cell + 0.0) for cell in row] for row in rows]
    return Written(symbol, texts, [[_number(text) for text in row] for row in texts], value.ndim < 2)


def _decimals(rng: np.random.Generator) -> Callable[[float], str]:
    places = int(rng.integers(2, 9))
    return lambda value: f"{round(value, places) + 0.0:.{places}f}"


def _significant(rng: np.random.Generator) -> Callable[[float], str]:
    places = int(rng.integers(3, 9))
    return lambda value: f"{value:.{places}g}"


def _mixed(rng: np.random.Generator) -> Callable[[float], str]:
    return _decimals(rng) if rng.random() < 0.6 else _significant(rng)


# ---------------------------------------------------------------------------- LaTeX


def _latex_figure(text: str, rng: np.random.Generator) -> str:
    digits, exponent, power = text.partition("e")
    if exponent:
        sign = _pick(rng, (r"\times", r"\cdot", r" \times "))
        return (
            rf"{digits}{sign}10^{{{int(power)}}}"
            if not sign.endswith(("s", "t"))
            else rf"{digits}{sign} 10^{{{int(power)}}}"
        )
    return text


def _latex_rows(texts: Texts, rng: np.random.Generator, end: str = r"\\") -> str:
    space = _pick(rng, (" & ", "&", "  &  "))
    rows = [space.join(_latex_figure(text, rng) for text in row) for row in texts]
    separator = _pick(rng, (f" {end}\n", f" {end} ", f"{end}\n"))
    tail = _pick(rng, ("", "", f" {end}"))
    return separator.join(rows) + tail


def _environment(kind: str, texts: Texts, rng: np.random.Generator) -> str:
    if kind == "array":
        spec = _pick(rng, ("c", "r")) * len(texts[0])
        left, right = [("[", "]"), ("(", ")")][int(rng.integers(2))]
        return rf"\left{left} \begin{{array}}{{{spec}}} {_latex_rows(texts, rng)} \end{{array}} \right{right}"
    if kind == "plain":
        return r"\pmatrix{" + _latex_rows(texts, rng, r"\cr") + "}"
    space = _pick(rng, (" ", "\n"))
    return rf"\begin{{{kind}}}{space}{_latex_rows(texts, rng)}{space}\end{{{kind}}}"


def _middle(symbol: Symbol, rng: np.random.Generator) -> str:
    """A formula between the name and its figures."""
    k = symbol.layer
    formulas = {
        "S": [rf"W_{k} Z_{{{k - 1}}}", rf"W_{k} Z_{{{k - 1}}} + b_{k}"],
        "Z": [rf"f_{k}(S_{k})", rf"\sigma(S_{k})", rf"\max(0, S_{k})"],
        "Delta": [rf"(W_{{{k + 1}}}^\top \Delta_{{{k + 1}}}) \odot f_{k}'(S_{k})"],
        "dW": [rf"\Delta_{k} Z_{{{k - 1}}}^\top"],
    }.get(symbol.kind, [])
    if not formulas or symbol.updated or rng.random() < 0.5:
        return ""
    return f" = {_pick(rng, formulas)}"


def _latex_value(quantity: Written, kind: str, rng: np.random.Generator) -> str:
    if len(quantity.texts) == len(quantity.texts[0]) == 1 and quantity.symbol.kind == "loss":
        return _latex_figure(quantity.texts[0][0], rng)
    return _environment(kind, quantity.texts, rng)


def _left(symbol: Symbol, solution: Solution, rng: np.random.Generator) -> str:
    return latex_name(symbol, rng, solution.exercise.letters)


def _latex(kind: str) -> "Writer":
    def write(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
        found = [figures(solution, symbol, _mixed(rng)) for symbol in symbols]
        left, right = [("\\[\n", "\n\\]"), ("$$", "$$"), ("\\begin{equation*}\n", "\n\\end{equation*}")][
            int(rng.integers(3))
        ]
        lines = [
            r"\documentclass{article}",
            r"\usepackage{amsmath}",
            r"\begin{document}",
            r"\section*{Homework}",
        ]
        for each in found:
            stop = _pick(rng, ("", ".", ",", ""))
            left_side = f"{_left(each.symbol, solution, rng)}{_middle(each.symbol, rng)}"
            equation = f"{left_side} = {_latex_value(each, kind, rng)}{stop}"
            lines += [f"{left}{equation}{right}", ""]
        return Handed("\n".join([*lines, r"\end{document}", ""]), "tex", found)

    return write


def _align(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    """Aligned equations, some over two lines."""
    found = [figures(solution, symbol, _mixed(rng)) for symbol in symbols]
    environment = _pick(rng, ("align", "align*", "aligned", "eqnarray*"))
    rows = []
    for each in found:
        name, middle = _left(each.symbol, solution, rng), _middle(each.symbol, rng)
        value = _latex_value(each, _pick(rng, ("bmatrix", "pmatrix")), rng)
        if middle and rng.random() < 0.6:
            rows.append(f"{name} &{middle} \\\\\n&= {value}")
        else:
            rows.append(f"{name} &={middle.replace(' =', '')}{' =' if middle else ''} {value}")
    body = " \\\\\n".join(rows)
    inside = f"\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}"
    return Handed(f"$$\n{inside}\n$$\n" if environment == "aligned" else inside + "\n", "tex", found)


def _markdown_math(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found = [figures(solution, symbol, _mixed(rng)) for symbol in symbols]
    lines = ["# Homework", ""]
    for each in found:
        kind = _pick(rng, ("bmatrix", "pmatrix", "array", "matrix", "Bmatrix", "smallmatrix"))
        if kind == "matrix":
            value = rf"\left[{_environment('matrix', each.texts, rng)}\right]"
        else:
            value = _latex_value(each, kind, rng)
        lines += [
            f"$${_left(each.symbol, solution, rng)}{_middle(each.symbol, rng)} = {value}$$",
            "",
        ]
    return Handed("\n".join(lines), "md", found)


# ---------------------------------------------------------------------------- prints


def _brackets(texts: Texts, *, flat: bool, comma: str, indent: int, scalar: str = "{}") -> str:
    if flat and len(texts) == 1:
        return f"[{comma.join(texts[0])}]"
    rows = [f"[{comma.join(row)}]" for row in texts]
    return "[" + (("," if "," in comma else "") + "\n" + " " * indent).join(rows) + "]"


def _aligned(texts: Texts) -> Texts:
    width = max(len(text) for row in texts for text in row)
    return [[text.rjust(width) for text in row] for row in texts]


def _numpy(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    """What print shows of arrays, whatever their precision."""
    found, lines = [], []
    precision = int(rng.integers(3, 9))
    single = rng.random() < 0.3
    for symbol in symbols:
        value = solution.value(symbol).astype(np.float32 if single else np.float64)
        with np.printoptions(precision=precision, suppress=bool(rng.integers(2)), threshold=10**6):
            name = plain_name(symbol, rng, solution.exercise.letters)
            shown, code = str(value if value.ndim else value[()]), repr(value)
        texts = _rows_of(shown, value)
        found.append(Written(symbol, texts, [[_number(t) for t in row] for row in texts], value.ndim < 2))
        way = _pick(rng, ("%s:\n%s", "%s = %s", "%s:\n %s", "%s %s", "%s = %s"))
        lines.append(way % (name, code if value.ndim and way == "%s = %s" and rng.random() < 0.5 else shown))
    return Handed("\n".join(lines) + "\n", "txt", found)


def _rows_of(shown: str, value: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> Texts:
    """The rows of a printed array, whatever lines they are broken over."""
    words = shown.replace("[", " ").replace("]", " ").split()
    columns = value.shape[-1] if value.ndim else 1
    return [words[start : start + columns] for start in range(0, len(words), columns)]


def _torch(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found, lines = [], []
    tail = _pick(
        rng,
        (
            "",
            "",
            ", grad_fn=<AddmmBackward0>",
            ", dtype=torch.float64",
            ", requires_grad=True",
            ", device='cuda:0'",
        ),
    )
    for symbol in symbols:
        value = np.abs(solution.value(symbol))
        small = value.size and 0 < value.max() < 1e-3
        each = figures(
            solution, symbol, (lambda v: f"{v:.4e}") if small else (lambda v: f"{round(v, 4) + 0.0:.4f}")
        )
        found.append(each)
        if value.ndim == 0:
            text = f"tensor({each.texts[0][0]}{tail})"
        else:
            text = f"tensor({_brackets(_aligned(each.texts), flat=each.flat, comma=', ', indent=8)}{tail})"
        lines.append(
            _pick(rng, ("%s = %s", "%s: %s", "%s =\n%s", "%s %s"))
            % (plain_name(symbol, rng, solution.exercise.letters), text)
        )
    return Handed("\n".join(lines) + "\n", "txt", found)


def _matlab(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    """MATLAB's display: format short or long, with a common factor for small or large matrices."""
    found, lines = [], []
    places = _pick(rng, ("4", "4", "15"))
    for symbol in symbols:
        value = solution.value(symbol)
        largest = float(np.abs(value).max()) if value.size else 0.0
        power = (
            int(np.floor(np.log10(largest)))
            if largest and value.ndim and (largest < 1e-2 or largest >= 1000)
            else 0
        )
        scale = 10.0 ** min(-power, 308)  # the smallest floats are a little smaller in that scale
        rows = np.atleast_2d(value).tolist()
        texts = [[f"{round(cell * scale, int(places)) + 0.0:.{places}f}" for cell in row] for row in rows]
        values = [[_number(f"{text}e{power}") for text in row] for row in texts]
        found.append(Written(symbol, texts, values, value.ndim < 2))
        lines += [f"{plain_name(symbol, rng, solution.exercise.letters, identifier=True)} =", ""]
        if power:
            lines += [f"   1.0e{power:+03d} *", ""]
        lines += (
            _column_blocks(_aligned(texts), rng)
            if len(texts[0]) > 4 and rng.random() < 0.5
            else ["    " + "   ".join(row) for row in _aligned(texts)]
        )
        lines.append("")
    return Handed("\n".join(lines) + "\n", "txt", found)


def _column_blocks(texts: Texts, rng: np.random.Generator) -> list[str]:
    width, lines = int(rng.integers(2, 4)), list[str]()
    columns = len(texts[0])
    for start in range(0, columns, width):
        end = min(start + width, columns)
        lines.append(f"  Columns {start + 1} through {end}" if end - start > 1 else f"  Column {end}")
        lines += ["", *("    " + "   ".join(row[start:end]) for row in texts), ""]
    return lines


def _r(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found, lines = [], []
    for symbol in symbols:
        each = figures(solution, symbol, _mixed(rng))
        found.append(each)
        name = plain_name(symbol, rng, solution.exercise.letters, identifier=True)
        lines.append(_pick(rng, (f"> {name}", f"> print({name})", f"{name}:", f"> {name}")))
        if each.flat:
            lines.append("[1] " + " ".join(each.texts[0]))
        else:
            cells = _aligned(each.texts)
            width = len(cells[0][0])
            head = " ".join(f"[,{j}]".rjust(width) for j in range(1, len(cells[0]) + 1))
            lines += ["     " + head, *(f"[{i},] " + " ".join(row) for i, row in enumerate(cells, start=1))]
    return Handed("\n".join(lines) + "\n", "txt", found)


def _julia(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found, lines = [], []
    for symbol in symbols:
        each = figures(solution, symbol, lambda value: repr(value))
        found.append(each)
        name = plain_name(symbol, rng, solution.exercise.letters, identifier=True)
        rows, columns = len(each.texts), len(each.texts[0])
        if rng.random() < 0.4:
            literal = (
                "; ".join(" ".join(row) for row in each.texts) if not each.flat else ", ".join(each.texts[0])
            )
            scalar = each.flat and rows == columns == 1 and symbol.kind == "loss"
            lines.append(f"{name} = {each.texts[0][0] if scalar else f'[{literal}]'}")
            continue
        lines.append(f"julia> {name}")
        if symbol.kind == "loss":
            lines.append(each.texts[0][0])
        elif each.flat:
            lines += [f"{columns}-element Vector{{Float64}}:", *(f" {text}" for text in each.texts[0])]
        else:
            lines += [
                f"{rows}×{columns} Matrix{{Float64}}:",
                *(" " + "  ".join(row) for row in _aligned(each.texts)),
            ]
        lines.append("")
    return Handed("\n".join(lines) + "\n", "txt", found)


# ---------------------------------------------------------------------------- tables, lists, JSON


def _markdown_tables(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found, lines = [], []
    head = _pick(rng, ("### %s", "**%s**", "%s:", "## $%s$"))
    labelled = bool(rng.integers(2))
    for symbol in symbols:
        each = figures(solution, symbol, _mixed(rng))
        found.append(each)
        name = (
            _left(symbol, solution, rng)
            if "$" in head
            else plain_name(symbol, rng, solution.exercise.letters)
        )
        columns = len(each.texts[0])
        if labelled:
            labels = [_pick(rng, ("#%d", "#%d")) % j for j in range(1, columns + 1)]
            table = [["", *labels], *([str(i), *row] for i, row in enumerate(each.texts, start=1))]
        else:
            table = [[""] * columns, *each.texts]
        lines += [head % name, "", f"| {' | '.join(table[0])} |", "|" + "---|" * len(table[0])]
        lines += [f"| {' | '.join(row)} |" for row in table[1:]]
        lines.append("")
    return Handed("\n".join(lines) + "\n", "md", found)


def _separated(sign: str, ending: str) -> "Writer":
    def write(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
        found, lines = [], []
        way = _pick(rng, ("above", "beside", "above, no gap"))
        for symbol in symbols:
            each = figures(solution, symbol, _mixed(rng))
            found.append(each)
            name = plain_name(symbol, rng, solution.exercise.letters)
            if way == "beside":
                lines += [sign.join([name if i == 0 else "", *row]) for i, row in enumerate(each.texts)]
            else:
                lines += [name, *(sign.join(row) for row in each.texts)]
            lines += [] if way == "above, no gap" else [""]
        return Handed("\n".join(lines) + "\n", ending, found)

    return write


def _json(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    found: list[Written] = []
    items = []
    for symbol in symbols:
        each = figures(solution, symbol, lambda value: repr(value))
        found.append(each)
        value: object = [[float(text) for text in row] for row in each.texts]
        if each.flat:
            value = [float(text) for text in each.texts[0]]
        if symbol.kind == "loss":
            value = float(each.texts[0][0])
        items.append((plain_name(symbol, rng, solution.exercise.letters), value))
    data: object = dict(items)
    if rng.random() < 0.3:
        data = {"answers": data}
    elif rng.random() < 0.2:
        data = [{"name": name, "value": value} for name, value in items]
    return Handed(json.dumps(data, indent=_pick(rng, ("", "  ", "    "))), "json", found)


def _notebook(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    """Cells that print, cells that end in a name, and Markdown."""
    cells: list[Mapping[str, object]] = []
    found = []
    for number, symbol in enumerate(symbols, start=1):
        each = figures(solution, symbol, _mixed(rng))
        found.append(each)
        name = plain_name(symbol, rng, solution.exercise.letters, identifier=True)
        cells_there = _aligned(each.texts)
        shown = (
            each.texts[0][0]
            if symbol.kind == "loss"
            else _brackets(cells_there, flat=each.flat, comma=" ", indent=1)
        )
        way = _pick(rng, ("print", "print name", "result", "markdown"))
        if way == "markdown":
            text = f"$${_left(symbol, solution, rng)} = {_latex_value(each, 'bmatrix', rng)}$$"
            cells.append({"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)})
            continue
        outputs: list[Mapping[str, object]]
        if way == "result":
            code = (
                shown
                if symbol.kind == "loss"
                else f"array({_brackets(cells_there, flat=each.flat, comma=', ', indent=7)})"
            )
            source = f"{name} = compute()\n{name}"
            outputs = [
                {
                    "output_type": "execute_result",
                    "execution_count": number,
                    "metadata": {},
                    "data": {"text/plain": code.splitlines(keepends=True)},
                }
            ]
        else:
            source = f"print({name})" if way == "print" else f"print('{name} =', {name})"
            text = f"{shown}\n" if way == "print" else f"{name} = {shown}\n"
            outputs = [
                {
                    "output_type": "stream",
                    "name": "stdout",
                    "text": text.splitlines(keepends=True) if rng.random() < 0.5 else text,
                }
            ]
        cells.append(
            {
                "cell_type": "code",
                "execution_count": number,
                "metadata": {},
                "source": source.splitlines(keepends=True),
                "outputs": outputs,
            }
        )
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return Handed(json.dumps(notebook, indent=1), "ipynb", found)


def _lists(solution: Solution, symbols: Sequence[Symbol], rng: np.random.Generator) -> Handed:
    """Plain text, typed by hand."""
    found, lines = [], []
    bullet = _pick(rng, ("", "- ", "* ", ""))
    for symbol in symbols:
        each = figures(solution, symbol, _mixed(rng))
        found.append(each)
        name = plain_name(symbol, rng, solution.exercise.letters)
        way = _pick(rng, ("lists", "semicolons", "rows", "braces", "matlab"))
        if symbol.kind == "loss":
            lines.append(f"{bullet}{name} = {each.texts[0][0]}")
        elif way == "rows":
            lines += [f"{name}:", *("  " + "  ".join(row) for row in _aligned(each.texts)), ""]
        elif way == "semicolons":
            lines.append(f"{bullet}{name}: {'; '.join(' '.join(row) for row in each.texts)}")
        elif way == "matlab":
            lines.append(f"{bullet}{name} = [{'; '.join(' '.join(row) for row in each.texts)}]")
        else:
            left, right = "{}" if way == "braces" else "[]"
            rows = ", ".join(f"{left}{', '.join(row)}{right}" for row in each.texts)
            lines.append(f"{bullet}{name} = {left}{rows}{right}")
    return Handed("\n".join(lines) + "\n", "txt", found)


Writer = Callable[[Solution, Sequence[Symbol], np.random.Generator], Handed]

WRITERS: Mapping[str, Writer] = {
    "LaTeX bmatrix": _latex("bmatrix"),
    "LaTeX pmatrix": _latex("pmatrix"),
    "LaTeX array": _latex("array"),
    "plain TeX": _latex("plain"),
    "LaTeX align": _align,
    "Markdown mathematics": _markdown_math,
    "NumPy": _numpy,
    "PyTorch": _torch,
    "MATLAB": _matlab,
    "R": _r,
    "Julia": _julia,
    "Markdown tables": _markdown_tables,
    "CSV": _separated(",", "csv"),
    "TSV": _separated("\t", "tsv"),
    "JSON": _json,
    "notebook": _notebook,
    "lists": _lists,
}
"""The forms, each with what writes some quantities of a solution in it."""
