"""Every page on every bundled exercise through real engines: `python -m tests.tools.typeset FOLDER`.

LaTeX is compiled by pdfTeX and LuaTeX, all of it in one document each: no error, nothing wider than the
page, no character without a sign. Markdown is read by markdown-it and its formulas are rendered by KaTeX:
no error, and the formulas come out of Markdown as they went in. FOLDER keeps what was made; Node finds its
packages in FOLDER/node_modules. Not part of the tests, as it needs those engines.
"""

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path

from mlpcalc import load
from mlpcalc.cli import cli
from mlpcalc.errors import InputError
from mlpcalc.reading.library import bundled
from tests.report.test_terminal import LARGE
from tests.support import homework
from tests.support.payloads import PAYLOADS

HERE = Path(__file__).parent
COMMANDS = (
    ("solve", "EXERCISE", "--all"),
    ("solve", "EXERCISE", "--all", "--full", "--precision", "12"),
    ("forward", "EXERCISE"),
    ("errors", "EXERCISE"),
    ("grad", "EXERCISE", "--numeric"),
    ("update", "EXERCISE"),
    ("sheet", "EXERCISE"),
    ("sheet", "EXERCISE", "--all", "--full", "--room", "2", "--no-formulas"),
    ("derive", "EXERCISE"),
    ("explain", "EXERCISE", "loss", "--depth", "1"),
    ("explain", "EXERCISE", "Delta1[1,1]", "--depth", "all"),
    ("explain", "EXERCISE", "S1"),
)
_PICTURE = ("forward", "EXERCISE", "--picture")  # in LaTeX only
_AWKWARD = """\
title: {title}
inputs: [[0.5, 1e-9, -3, 4, 1/3, 6, 7, 8, 9, 10, 11, 12, 13.25, 14]]
targets: [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]
layers:
  - weights: [[1], [-0.5e-6], [0.25]]
    bias: [0.1, 0.2, 0.3]
    activation: {{name: leaky_relu, slope: 1/3}}
  - {{weights: [[1, 2, 3]], bias: 1, activation: sigmoid}}
loss: {{name: binary_cross_entropy, average: entries, l2: 0.01}}
learning_rate: 0.1
conventions: {{delta: -dL/dS, average_in: {average_in}}}
symbols: {symbols}
"""
_SYMBOLS = (
    "{S: net, Z: out, Delta: δ, b: θ_0, X: é, W: ж}",
    "{S: Z, Z: A, Delta: dZ, T: Y}",
    "{S: ά, Z: größe, Delta: Δx, b: Β, X: 中, W: W^l}",
)
_UNICODE = ("Übung 3, Ångström, Łódź, ẽ ŵ ǘ, ß æ ø", "Δθ → ∞, x² ≥ 0, Σ ⊙ ✓ ᵀ", "第三题 Упражнение ά ﬁ 𝑊 ½")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    titles = {}
    names = [found.file for found in bundled()]
    for i, title in enumerate([*PAYLOADS, *_UNICODE]):
        path = folder / f"awkward{i}.yaml"
        average_in = ("errors", "gradients", "update")[i % 3]
        text = _AWKWARD.format(
            title=json.dumps(title, ensure_ascii=False), average_in=average_in, symbols=_SYMBOLS[i % 3]
        )
        path.write_text(text, encoding="utf-8")
        names.append(str(path))
    large = folder / "large.yaml"
    large.write_text(repr(LARGE), encoding="utf-8")
    names.append(str(large))

    commands: list[tuple[str | None, list[str]]] = [
        (name, [name if word == "EXERCISE" else word for word in command])
        for name in names
        for command in (*COMMANDS, _PICTURE)
    ]
    commands += [(None, command) for command in checks(folder / "homework")]
    bodies, preamble = [], ""
    for number, (name, arguments) in enumerate(commands):
        latex = printed(*arguments, "--format", "latex", "--standalone")
        if latex is None:  # no such step in this exercise
            continue
        preamble, _, rest = latex.partition("\\begin{document}\n")
        bodies.append(rest.removesuffix("\\end{document}\n"))
        if _PICTURE[-1] in arguments:
            continue
        file = folder / f"page{number}.md"
        file.write_text(printed(*arguments, "--format", "markdown") or "", encoding="utf-8")
        # explain is headed by the cell; what is solved by the title of the exercise, letter by letter.
        titles[file.name] = None if name is None or arguments[0] == "explain" else load(name).title
    document = [preamble, "\\begin{document}\n", "\n\\clearpage\n".join(bodies), "\\end{document}\n"]
    (folder / "all.tex").write_text("".join(document), encoding="utf-8")
    (folder / "one.tex").write_text(
        printed("solve", names[-2], "--format", "latex", "--standalone") or "", encoding="utf-8"
    )
    (folder / "titles.json").write_text(json.dumps(titles), encoding="utf-8")

    faults = [
        f"{engine} {file}: {line}"
        for engine in ("pdflatex", "lualatex")
        for file in ("all.tex", "one.tex")
        for line in compiled(engine, file, folder)
    ]
    check = (HERE / "check.js").read_text(encoding="utf-8")
    (folder / "check.js").write_text(check, encoding="utf-8")
    node = run(["node", "check.js"], folder)
    sys.stdout.write(node.stdout + node.stderr)
    for fault in faults:
        sys.stdout.write(fault + "\n")
    sys.stdout.write(f"{len(bodies)} pages through pdfTeX and LuaTeX: {len(faults)} faults\n")
    sys.exit(1 if faults or node.returncode or not bodies else 0)


def checks(folder: Path) -> list[list[str]]:
    """Commands that mark sheets, one at a time and as a class, with awkward texts on them too."""
    folder.mkdir(exist_ok=True)
    homework.write_sheets(folder)
    (folder / "awkward").mkdir(exist_ok=True)
    for i, text in enumerate([*PAYLOADS, *_UNICODE[:2]]):  # codes of letters fill the columns of a class
        quoted = json.dumps(text, ensure_ascii=False)
        sheet = f"student: {quoted}\nloss: {quoted}\nZ2: [[{quoted}, 1, 2, 3]]\ndW2: 1 2 3\n{quoted}: 7\n"
        (folder / "awkward" / f"sheet{i}.yaml").write_text(sheet, encoding="utf-8")
    commands = [
        ["check", "exercise2", str(path), *more]
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("awkward/*.yaml")])
        for more in ([], ["--student"])
    ]
    commands += [["check", found.file] for found in bundled()]
    for each in (folder / "sheets", folder / "awkward"):
        commands += [["check", "exercise2", str(each), *more] for more in ([], ["--details"], ["--student"])]
    return commands


def printed(*arguments: str) -> str | None:
    """What the program prints; None if it refuses."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out):
        try:
            with suppress(SystemExit):
                cli.main(list(arguments), standalone_mode=False)
        except InputError:
            return None
    out.flush()
    out.seek(0)
    return out.read()


def compiled(engine: str, file: str, folder: Path) -> list[str]:
    """What an engine finds wrong with a document."""
    job = f"{Path(file).stem}-{engine}"
    result = run([engine, "-interaction=nonstopmode", "-no-shell-escape", f"-jobname={job}", file], folder)
    log = (folder / f"{job}.log").read_bytes().decode("utf-8", "replace")
    faults = re.findall(r"^(?:! .*\n.*|Overfull \\hbox.*|Missing character.*)$", log, re.MULTILINE)
    if result.returncode and not faults:
        faults.append(log[-500:])
    return faults[:20]


def run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own commands
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
