"""Hostile files through the whole command line: a result or located problems, and nothing else.

    python -m tests.tools.fuzz MINUTES [SEED]

prints how many runs ended in which way, and each that broke the rules with the files that did it. It runs in
this process, on one core; `tests.cli.test_fuzz` runs a little of it every time.
"""

import csv
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn
from unittest.mock import patch

from mlpcalc.auditing.wrongs import NAMES
from mlpcalc.cli import main
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.reading import keys
from tests.tools import mutated_documents, mutations

SECONDS = 2.0  # of processor time; other programs may be running
PATIENT = 5.0  # for making every mistake of the catalogue, on hundreds of sheets; a teacher does that once
HANG = 20  # such seconds after which a run is given up
GROWTH = 200  # MiB that a run may add to the peak
ADDRESS_SPACE = 3 << 30
DOCUMENTS = 1 / 3  # the share of runs that are given homework in another form than YAML
FINE = {0, 1, 2, 3}
EXERCISE, SHEET, OTHER = "e.yaml", "a.yaml", "b.yaml"
_CELLS = (
    "S1[1,1]",
    "Delta1[1,1]",
    "dW1[1,2]",
    "loss",
    "b1[1]",
    "W1_new[1,1]",
    "S1",
    "Delta1",
    "S1[99,1]",
    "dW2[0,0]",
)
_SOLVING = ("table", "json", "csv", "latex", "markdown", "python")
_FORMS = {
    "solve": _SOLVING,
    "forward": _SOLVING,
    "errors": _SOLVING,
    "grad": _SOLVING,
    "update": _SOLVING,
    "explain": ("table", "json", "latex", "markdown"),
    "derive": ("table", "json", "latex", "markdown"),
    "cost": ("table", "json"),
    "check": ("table", "json", "csv", "gradescope"),
    "sheet": ("yaml", "table", "json", "latex", "markdown"),
    "audit": ("table", "json"),
    "new": ("yaml", "json"),
}
_RARE = ("audit", "new")  # they take as long as dozens of the others
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8", "ascii", "cp1252", "cp437")


class Case(NamedTuple):
    """A command line, the files that are there when it runs, and what it writes to.

    encoding: of the output; columns: of the terminal.
    """

    arguments: tuple[str, ...]
    files: Mapping[str, bytes]
    encoding: str = "utf-8"
    columns: int = 80


class Outcome(NamedTuple):
    """What a run left behind.

    code: as the program exited; None with an `error`, the traceback of what came out instead. seconds: of
    processor time. growth: MiB by which the memory peak of this process rose.
    """

    code: object
    out: str
    err: str
    error: str = ""
    seconds: float = 0.0
    growth: float = 0.0


# ---------------------------------------------------------------------------- cases


def cases(seed: int) -> Iterator[Case]:
    """Command lines with hostile files, without end; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # no secret, a seeded choice
    while True:
        exercise = mutations.exercise(rng)
        sheet = mutations.answers(rng, exercise)
        kind = rng.random()
        files = {EXERCISE: exercise.encode(), SHEET: sheet.encode()}
        if rng.random() < DOCUMENTS:
            document = mutated_documents.handed_in(rng, exercise)
            files = {EXERCISE: exercise.encode(), document.name: document.content}
            yield Case(_for_document(rng, document.name), files, rng.choice(_ENCODINGS), 80)
            continue
        if kind < 0.03:
            files[EXERCISE] = mutations.rubbish(rng)
        elif kind < 0.06:
            files[SHEET] = mutations.rubbish(rng)
        elif kind < 0.5:
            files[EXERCISE] = mutations.mutated(rng, exercise)
        elif kind < 0.9:
            files[SHEET] = mutations.mutated(rng, sheet)
        marks = files[SHEET] != sheet.encode() and rng.random() < 0.85
        names = ["check"] if marks else list(_FORMS)
        command = rng.choice(names)
        if command in _RARE and rng.random() < 0.5:
            command = "explain"
        files[OTHER] = sheet.encode() if rng.random() < 0.5 else files[SHEET]
        columns = rng.choice((80, 80, 20, 1, 300))
        yield Case(_arguments(rng, command), files, rng.choice(_ENCODINGS), columns)


def _for_document(rng: random.Random, name: str) -> tuple[str, ...]:
    if rng.random() < 0.3:
        return ("sheet", EXERCISE, "--from", name, "--format", "yaml")
    return ("check", EXERCISE, name, "--format", rng.choice(_FORMS["check"]))


def _arguments(rng: random.Random, command: str) -> tuple[str, ...]:
    form = rng.choice(_FORMS[command])
    exercise = [] if command == "new" else [EXERCISE]
    if command == "grad" and form != "csv" and rng.random() < 0.5:
        return (command, *exercise, "--numeric", "--format", form)
    return (command, *exercise, *_OPTIONS[command](rng, form), "--format", form)


def _some(rng: random.Random, *options: Sequence[str]) -> list[str]:
    return [word for option in options if rng.random() < 0.25 for word in option]


def _for_solve(rng: random.Random, form: str) -> list[str]:
    digits, name = str(rng.randint(0, 12)), rng.choice(mutations.NAMES)
    standalone = ["--standalone"] if form == "latex" else ["--full"]
    rare = ["--only", name] if rng.random() < 0.3 else ["--layer", "1"]
    return _some(rng, ["--carry", digits], ["--precision", digits], ["--all"], ["--full"], standalone, rare)


def _for_explain(rng: random.Random, form: str) -> list[str]:
    cell = rng.choice(_CELLS if rng.random() < 0.9 else (*mutations.NAMES, *mutations.TEXTS)).replace(
        "\0", ""
    )
    if cell.startswith("-"):
        return ["--", cell]
    standalone = ["--standalone"] if form == "latex" else ["--depth", "2"]
    return [cell, *_some(rng, ["--depth", rng.choice(("1", "3", "all"))], ["--precision", "15"], standalone)]


def _for_derive(rng: random.Random, form: str) -> list[str]:
    return _some(rng, ["--standalone"]) if form == "latex" else []


def _for_check(rng: random.Random, form: str) -> list[str]:
    if form == "gradescope":
        return [SHEET, *_some(rng, ["--student"], ["--strict"])]
    sheets = rng.choice(([SHEET], [SHEET], [SHEET, OTHER], ["."], [SHEET, OTHER, "missing.yaml", EXERCISE]))
    way = rng.choice(([], ["--details"], ["--student"])) if form == "table" else []
    return [*sheets, *way, *_some(rng, ["--strict"])]


def _for_sheet(rng: random.Random, form: str) -> list[str]:
    if form == "yaml":
        mistake = rng.choice((*NAMES, *mutations.NAMES)) + rng.choice(("", "", "@dW1", "@Delta1#2", "@S1"))
        return _some(rng, ["--all"], ["--layer", "1"], [f"--wrong={mistake}"], [f"--wrong={mistake}"])
    standalone = ["--standalone"] if form == "latex" else ["--no-givens"]
    return _some(rng, ["--all"], ["--layer", "1"], ["--stages", "forward"], ["--full"], standalone)


def _for_audit(rng: random.Random, _form: str) -> list[str]:
    return _some(rng, ["--all"], ["--stages", "forward,errors"], ["--full"])


def _for_cost(rng: random.Random, _form: str) -> list[str]:
    return _some(rng, ["--full"])


def _for_new(rng: random.Random, _form: str) -> list[str]:
    sizes = ",".join(str(rng.choice((1, 1, 2, 2, 3, 4))) for _ in range(rng.choice((2, 2, 3, 3, 4))))
    activation, loss = rng.choice(list(ACTIVATIONS)), rng.choice(list(LOSSES))
    number = rng.choice((*mutations.NUMBERS, *mutations.NO_NUMBERS)).replace("\0", "")
    title = rng.choice(mutations.TEXTS).replace("\0", "")
    return [
        *("--sizes", sizes, "--seed", str(rng.randrange(-5, 1 << 40))),
        *_some(rng, [f"--activation={activation}"], [f"--loss={loss}"], ["--no-bias"], [f"--title={title}"]),
        *_some(
            rng, ["--batch", rng.choice(("0", "1", "7", "9999"))], ["--decimals", str(rng.randint(-1, 16))]
        ),
        *_some(rng, [f"--learning-rate={number}"], ["--average", rng.choice(keys.AVERAGES)]),
    ]


_OPTIONS = {
    **dict.fromkeys(("solve", "forward", "errors", "grad", "update"), _for_solve),
    "explain": _for_explain,
    "derive": _for_derive,
    "cost": _for_cost,
    "check": _for_check,
    "sheet": _for_sheet,
    "audit": _for_audit,
    "new": _for_new,
}


# ---------------------------------------------------------------------------- runs


class _HangError(BaseException):
    """The time is up; nothing in the program catches this."""


def _is_aside(case: Case, form: str, said: str) -> bool:
    """Whether something is said that has no place in the output: of a mistake, or of a class in a table."""
    return "does not show" in said or (case.arguments[0] == "check" and form == "csv")


def outcome(case: Case, folder: Path) -> Outcome:
    """Run a case in a folder, as the program itself would be, with warnings as errors."""
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=case.encoding) for _ in range(2))
    code: object = None
    error = ""
    peak, start = _peak(), time.process_time()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            patch.object(sys, "argv", ["mlpcalc", *case.arguments]),
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
            patch.dict(os.environ, {"COLUMNS": str(case.columns)}),
            warnings.catch_warnings(),
            _limited(HANG),
        ):
            warnings.simplefilter("error")
            for announced in (DeprecationWarning, PendingDeprecationWarning):  # as in the tests
                warnings.simplefilter("ignore", announced)
            main()
    except SystemExit as exit_:
        code = exit_.code
    except BaseException:  # whatever comes out is what is looked for
        error = traceback.format_exc()
    finally:
        os.chdir(before)
    seconds, growth = time.process_time() - start, _peak() - peak
    return Outcome(code, _written(out), _written(err), error, seconds, growth)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def _peak() -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> NoReturn:
        raise _HangError(f"not done after {seconds} seconds")

    old = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of processor time, as others may be running
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)


# ---------------------------------------------------------------------------- rules


def faults(case: Case, found: Outcome) -> list[str]:
    """What a run did that it must not; nothing if it kept the rules."""
    if found.error:
        return [found.error]
    wrong = []
    if found.code not in FINE or (
        found.code in (1, 3) and case.arguments[0] not in ("check", "grad", "audit")
    ):
        wrong.append(f"exit code {found.code!r}")
    form = case.arguments[-1] if "--format" in case.arguments else "table"
    if found.code == 2 and form not in ("json",):
        wrong += ["a failure without a word"] * (not found.err.strip()) + ["half a result"] * bool(found.out)
    elif found.err and not _is_aside(case, form, found.err):
        wrong.append("something on standard error")
    elif not found.out.strip():
        wrong.append("nothing at all")
    wrong += [f"{sign!r} in the output" for sign in sorted(set(found.out + found.err)) if not _harmless(sign)]
    if found.seconds > (PATIENT if case.arguments[0] in _RARE else SECONDS):
        wrong.append(f"{found.seconds:.1f} seconds")
    if found.growth > GROWTH:
        wrong.append(f"{found.growth:.0f} MiB more")
    try:
        if form == "json" or (form == "gradescope" and found.code != 2):
            wrong += _wrong_with_json(json.loads(found.out, parse_constant=_no_json), found.code)
        elif form == "csv" and found.code != 2:
            wrong += _wrong_with_csv(found.out)
    except (ValueError, csv.Error) as error:
        wrong.append(f"{form}: {error}")
    return wrong


def _harmless(sign: str) -> bool:
    return sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _wrong_with_json(data: object, code: object) -> list[str]:
    wrong = [f"{text!r} in a text" for text in _strings(data) if not all(map(_harmless, text))]
    if code == 2:
        problems = data["error"]["problems"] if isinstance(data, dict) else []
        wrong += ["no problem named"] * (not problems)
        wrong += [f"nothing said: {problem}" for problem in problems if not problem["message"]]
        in_file = [each for each in problems if each["file"] is None and "YAML" in each["message"]]
        wrong += [f"no place: {problem}" for problem in in_file]
    return wrong


def _strings(data: object) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for key, value in data.items():
                yield from (key, *_strings(value))
        case list():
            for value in data:
                yield from _strings(value)


def _wrong_with_csv(text: str) -> list[str]:
    header, *rows = csv.reader(io.StringIO(text), strict=True)
    wrong = [f"{len(row)} fields, not {len(header)}" for row in rows if len(row) != len(header)]
    fields = [field for row in rows for field in row]
    wrong += [f"nan in {field!r}" for field in fields if re.fullmatch(r"[-+]?(nan|inf)", field)]
    return wrong


# ---------------------------------------------------------------------------- the command


def run(minutes: float, seed: int) -> bool:
    """Fuzz for so long and print what happened; whether every run kept the rules."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    end, slowest, failed = time.monotonic() + 60 * minutes, 0.0, 0
    counts: Counter[str] = Counter()
    known: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(seed):
            if time.monotonic() > end:
                break
            found = outcome(case, Path(folder))
            counts[f"{case.arguments[0]} exit {found.code}"] += 1
            slowest = max(slowest, found.seconds)
            wrong = faults(case, found)
            if wrong:
                failed += 1
                _tell(case, wrong, known)
    for name, count in sorted(counts.items()):
        print(f"{count:7} {name}")  # noqa: T201  # this is a program
    total = sum(counts.values())
    print(f"{total:7} runs, {failed} broke the rules; slowest {slowest:.2f} s, peak {_peak():.0f} MiB")  # noqa: T201  # as above
    return failed == 0


def _tell(case: Case, wrong: Sequence[str], known: "Counter[str]") -> None:
    """Print a run that broke the rules; the first two of each kind only."""
    kind = re.sub(r"\d+", "", wrong[0].strip().splitlines()[-1][:60] + wrong[0][-300:-100])
    known[kind] += 1
    if known[kind] > 2:
        return
    print("=" * 80, "$ mlpcalc " + " ".join(map(repr, case.arguments)), *wrong[:3], sep="\n")  # noqa: T201  # as above
    for name, content in case.files.items():
        if name in case.arguments or "." in case.arguments:
            print(f"--- {name}\n{content!r}")  # noqa: T201  # as above
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(not run(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
