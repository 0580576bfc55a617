"""Every page of HTML of exercises in a real browser: `python -m tests.tools.browser FOLDER [EXERCISE...]`.

Each page is valid, makes no request but for itself, says nothing on the console, is never wider than its
window, and axe-core finds nothing, at 1600 pixels in light colours and at 360 pixels in dark ones: as opened,
with a cell of the last step chosen, with figures hidden; and it can be read without its script. Then cells
are asked by mouse, touch and keyboard. FOLDER keeps what was made; Node finds its packages in
FOLDER/node_modules, and the browser is what CHROMIUM says. Not part of the tests, as it needs those. There is
a page of every command for each EXERCISE that is named, and of `solve` for the other bundled ones; if none is
named, of every command for all.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mlpcalc import explain, load, solve
from mlpcalc.reading.library import bundled
from tests.support.payloads import KINDS
from tests.tools.typeset.__main__ import printed

HERE = Path(__file__).parent
COMMANDS = (
    ("solve", "EXERCISE"),
    ("solve", "EXERCISE", "--all"),
    ("forward", "EXERCISE"),
    ("errors", "EXERCISE"),
    ("grad", "EXERCISE", "--numeric"),
    ("update", "EXERCISE"),
    ("explain", "EXERCISE", "loss"),
    ("explain", "EXERCISE", "S1", "--depth", "1"),
    ("derive", "EXERCISE"),
    ("cost", "EXERCISE"),
    ("audit", "EXERCISE", "--stages", "forward,errors"),
    ("sheet", "EXERCISE"),
    ("check", "EXERCISE"),
)
_AWKWARD = """\
title: {title}
source: {title}
inputs: [[0.5, -1], [1e-9, 2], [-3, 1/3], [4, 5], [6, 7], [8, 9], [10, 11.25]]
targets: [[1], [0], [1], [0], [1], [0], [1]]
layers:
  - {{weights: [[1, -0.5], [0.25, 3]], bias: [0.1, 0.2], activation: leaky_relu}}
  - {{weights: [[1], [2]], bias: 1, activation: sigmoid}}
loss: {{name: binary_cross_entropy, average: entries, l2: 0.01}}
learning_rate: 0.1
conventions: {{product: X W, delta: -dL/dS, average_in: gradients}}
symbols: {{S: net, Z: out, Delta: δ, b: θ_0, W: W^l}}
"""


def large() -> str:
    """An exercise of 20-20-20 units and 100 samples."""
    rng = np.random.default_rng(1)

    def matrix(*shape: int) -> str:
        rows = rng.normal(size=shape).round(2).tolist()
        return "; ".join(" ".join(map(str, row)) for row in rows)

    return (
        f"title: 20-20-20, 100 samples\ninputs: {matrix(20, 100)}\ntargets: {matrix(20, 100)}\n"
        f"layers:\n  - {{weights: {matrix(20, 20)}, activation: relu}}\n  - {{weights: {matrix(20, 20)}}}\n"
        "loss: squared_error\nlearning_rate: 0.1\n"
    )


def commands(folder: Path, exercises: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of each page, and the command that makes it."""
    names = [found.file.removesuffix(".yaml") for found in bundled()]
    for name in names:
        for number, command in enumerate(COMMANDS if name in exercises or not exercises else COMMANDS[:1]):
            yield (
                f"{name}-{number}-{command[0]}",
                tuple(f"{name}.yaml" if word == "EXERCISE" else word for word in command),
            )
    path = folder / "awkward.yaml"
    path.write_text(_AWKWARD.format(title=json.dumps(" ".join(KINDS.values()))), encoding="utf-8")
    yield "awkward", ("solve", str(path), "--all")
    path = folder / "large.yaml"
    path.write_text(large(), encoding="utf-8")
    yield "large", ("solve", str(path))
    yield "steps", ("solve", "exercise2", "--steps", "3")
    yield "curve", ("solve", "exercise2", "--steps", "50")
    sheets = [str(folder / f"{name}.yaml") for name in ("first", "second")]
    for sheet, wrong in zip(sheets, ("fprime_forgotten_hidden", "average_forgotten@Delta2"), strict=True):
        text = printed("sheet", "exercise2", "--wrong", wrong) or ""
        Path(sheet).write_text(text.replace("student: ~", "student: <b>Ada</b>"), encoding="utf-8")
    yield "sheet", ("check", "exercise2", sheets[0])
    yield "hints", ("check", "exercise2", sheets[0], "--student")
    yield "class", ("check", "exercise2", *sheets)


def notebook() -> str:
    """A page with outputs as a notebook has them."""
    solution = solve(load("exercise2"))
    outputs = (solution._repr_html_(), explain(solution)._repr_html_())
    body = "".join(f'<div class="output">{output}</div>' for output in outputs)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>'
        f'<body><h1 id="Delta1">Notebook</h1>{body}</body></html>\n'
    )


def main(folder: Path, exercises: Sequence[str]) -> None:
    pages = folder / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    names = []
    for name, command in commands(folder, exercises):
        text = printed(*command, "--format", "html")
        if text is not None:  # there is such a stage in this exercise
            (pages / f"{name}.html").write_text(text, encoding="utf-8")
            names.append(name)
    (pages / "notebook.html").write_text(notebook(), encoding="utf-8")
    (folder / "pages.json").write_text(json.dumps(names), encoding="utf-8")
    for script in HERE.glob("*.js"):
        (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    sys.exit(subprocess.run(["node", "check.js"], cwd=folder, check=False).returncode)  # noqa: S607  # ours


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
