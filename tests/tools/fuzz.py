"""Hostile files through the whole command line: a result or located problems, and nothing else.

    python -m tests.tools.fuzz MINUTES [SEED]

takes so many minutes of the processor and prints how many runs ended in which way, and each that broke the
rules with the files that did it. It runs in this process, on one core; `tests.cli.test_fuzz` runs a little of
it every time.
"""

import csv
import io
import json
import os
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
from types import MappingProxyType
from typing import NamedTuple, NoReturn
from unittest.mock import patch
from xml.etree import ElementTree

from mlpcalc.cli import main
from mlpcalc.report.forms import FORMS
from tests.support.pages import assert_safe
from tests.tools.command_lines import RARE, Case, cases
from tests.tools.mutated_classes import CLASS

SECONDS = 3.0  # of processor time, for each file that is marked; other programs may be running
PATIENT = 8.0  # for making every mistake of the catalogue, on hundreds of sheets; a teacher does that once
HANG = 30  # such seconds after which a run is given up
GROWTH = 200  # MiB that a run may add to the peak
ADDRESS_SPACE = 3 << 30
FINE = {0, 1, 2, 3}


class Outcome(NamedTuple):
    """What a run left behind.

    code: as the program exited; None with an `error`, the traceback of what came out instead. seconds: of
    processor time. growth: MiB by which the memory peak of this process rose. files: what it wrote, by name.
    """

    code: object
    out: str
    err: str
    error: str = ""
    seconds: float = 0.0
    growth: float = 0.0
    files: Mapping[str, str] = MappingProxyType({})


# ---------------------------------------------------------------------------- runs


class _HangError(BaseException):
    """The time is up; nothing in the program catches this."""


def _is_aside(case: Case, form: str, said: str) -> bool:
    """Whether something is said that has no place in the output: of files that were written, of a mistake, or
    of a class in a table."""
    lines = said.splitlines()
    written = all(re.fullmatch(r"written to .+|\d+ files? in .+", line) for line in lines)
    return (
        written or "does not show" in said or (case.arguments[0] == "check" and FORMS[form].part == "records")
    )


def outcome(case: Case, folder: Path) -> Outcome:
    """Run a case in a folder, as the program itself would be, with warnings as errors."""
    for name, content in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    there = _files(folder)
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
    files = {str(path.relative_to(folder)): path.read_text("utf-8") for path in _files(folder) - there}
    return Outcome(code, _written(out), _written(err), error, seconds, growth, files)


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


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
    form = case.form
    texts = [found.files.get("out", found.out), found.err, *found.files.values()]
    if found.code == 2 and form != "json":
        wrong += ["a failure without a word"] * (not found.err.strip()) + ["half a result"] * bool(found.out)
    elif found.err and not _is_aside(case, form, found.err):
        wrong.append("something on standard error")
    elif not texts[0].strip():
        wrong.append("nothing at all")
    wrong += [f"{sign!r} in the output" for sign in sorted({*"".join(texts)}) if not _harmless(sign)]
    wrong += [f"{name} is left" for name in found.files if name.endswith(".part")]
    sheets = len(case.files) - 1 if {".", CLASS} & {*case.arguments} else 1
    if found.seconds > (PATIENT if case.arguments[0] in RARE else SECONDS * sheets):
        wrong.append(f"{found.seconds:.1f} seconds")
    if found.growth > GROWTH:
        wrong.append(f"{found.growth:.0f} MiB more")
    if found.code != 2 or form == "json":
        wrong += _wrong_with(form, texts[0] if found.code != 2 else found.out, found.code)
    for name, text in found.files.items():
        wrong += _wrong_with("html", text, None) if name.endswith(".html") else []
    return wrong


def _wrong_with(form: str, text: str, code: object) -> list[str]:
    """What is wrong with an output as one of its form."""
    try:
        if FORMS[form].part == "data":
            return _wrong_with_json(json.loads(text, parse_constant=_no_json), code)
        if FORMS[form].part == "records":
            return _wrong_with_csv(text.removeprefix("\ufeff"))
        if form == "html":
            assert_safe(text)
        elif form == "moodle-xml":
            ElementTree.fromstring(text.encode())  # noqa: S314  # our own text
        elif form == "python":
            compile(text, "script", "exec")
    except (ValueError, SyntaxError, AssertionError, csv.Error, ElementTree.ParseError) as error:
        return [f"{form}: {error!r}"]
    return []


def _harmless(sign: str) -> bool:
    return sign in "\n\ufeff" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


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
    end, slowest, failed = time.process_time() + 60 * minutes, 0.0, 0
    counts: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for case in cases(seed):
        if time.process_time() > end:
            break
        with tempfile.TemporaryDirectory() as folder:
            found = outcome(case, Path(folder))
        counts[f"{case.arguments[0]} {case.form} exit {found.code}"] += 1
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
        if name.partition("/")[0] in case.arguments or "." in case.arguments:
            print(f"--- {name}\n{content!r}")  # noqa: T201  # as above
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(not run(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
