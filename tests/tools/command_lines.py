"""Command lines with hostile files: every command, every form, every option."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mlpcalc.auditing.wrongs import NAMES
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.reading import keys
from mlpcalc.report.forms import FORMS, forms_of
from tests.tools import mutated_classes, mutated_documents, mutations
from tests.tools.mutated_classes import CLASS, LIST, VARIANTS

DOCUMENTS = 0.3  # the share of runs that are given homework in another form than YAML
CLASSES = 0.15  # that of runs over the folder of a class
EXERCISE, SHEET, OTHER = "e.yaml", "a.yaml", "b.yaml"
SOLVING = ("solve", "forward", "errors", "grad", "update")
RARE = ("audit", "new")  # they take as long as dozens of the others
_COMMANDS = (*SOLVING, "explain", "derive", "cost", "check", "sheet", *RARE)
_GRADE_BOOKS = ("moodle", "canvas", "prairielearn")
_FROM_SIZES = 0.2  # the share of what needs no exercise, of the commands that can do without
_CELLS = (
    *("S1[1,1]", "Delta1[1,1]", "dW1[1,2]", "loss", "b1[1]", "W1_new[1,1]", "S1", "Delta1", "S1[99,1]"),
    *("dW2[0,0]", "S1@2[1,1]", "W1_new@2", "V_W1@2[1,1]", "Mhat_W1", "loss@3", "S1@99"),
)
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8", "ascii", "cp1252", "cp437")
Options = Callable[[random.Random, str], list[str]]


class Case(NamedTuple):
    """A command line, the files that are there when it runs, and what it writes to.

    encoding: of the output; columns: of the terminal.
    """

    arguments: tuple[str, ...]
    files: Mapping[str, bytes]
    encoding: str = "utf-8"
    columns: int = 80

    @property
    def form(self) -> str:
        """The form of its output."""
        return self.arguments[-1] if "--format" in self.arguments else "table"


def cases(seed: int) -> Iterator[Case]:
    """Command lines with hostile files, without end; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # no secret, a seeded choice
    while True:
        exercise = mutations.exercise(rng)
        kind, encoding = rng.random(), rng.choice(_ENCODINGS)
        if kind < DOCUMENTS:
            document = mutated_documents.handed_in(rng, exercise)
            files = {EXERCISE: exercise.encode(), document.name: mutations.encoded(rng, document.content)}
            yield Case(_for_document(rng, document.name), files, encoding)
        elif kind < DOCUMENTS + CLASSES:
            yield Case(_for_class(rng), mutated_classes.files(rng, EXERCISE, exercise), encoding)
        else:
            yield _of_sheets(rng, exercise, encoding)


def _of_sheets(rng: random.Random, exercise: str, encoding: str) -> Case:
    """An exercise and two sheets, of which one file is hostile."""
    sheet, kind = mutations.answers(rng, exercise), rng.random()
    files = {EXERCISE: exercise.encode(), SHEET: sheet.encode()}
    if kind < 0.03:
        files[EXERCISE] = mutations.rubbish(rng)
    elif kind < 0.06:
        files[SHEET] = mutations.rubbish(rng)
    elif kind < 0.5:
        files[EXERCISE] = mutations.mutated(rng, exercise)
    elif kind < 0.9:
        files[SHEET] = mutations.mutated(rng, sheet)
    marks = files[SHEET] != sheet.encode() and rng.random() < 0.85
    command = "check" if marks else rng.choice(_COMMANDS)
    if command in RARE and rng.random() < 0.5:
        command = "explain"
    files[OTHER] = sheet.encode() if rng.random() < 0.5 else files[SHEET]
    return Case(_arguments(rng, command), files, encoding, rng.choice((80, 80, 20, 1, 300)))


def _arguments(rng: random.Random, command: str) -> tuple[str, ...]:
    # a table of grades is filled in for a class
    forms = [
        form for form in forms_of("solve" if command in SOLVING else command) if form not in _GRADE_BOOKS
    ]
    form = rng.choice(forms)
    words = _numeric(rng, form) if command == "grad" else []
    words = words or [
        *([] if command in _WITHOUT_EXERCISE else [EXERCISE]),
        *_some(rng, *_of_form(form), share=0.15),
        *_OPTIONS[command](rng, form),
    ]
    return (command, *words, "--format", form)


def _numeric(rng: random.Random, form: str) -> list[str]:
    return [EXERCISE, "--numeric"] if form != "csv" and rng.random() < 0.5 else []


def _of_form(form: str) -> list[list[str]]:
    """The options that go with a form, whatever is written in it."""
    options = [["--out", "out"]]
    if FORMS[form].has_document:
        options.append(["--standalone"])
    if form == "csv":
        options.append(["--bom"])
    return options


def _some(rng: random.Random, *options: Sequence[str], share: float = 0.25) -> list[str]:
    return [word for option in options if rng.random() < share for word in option]


# ---------------------------------------------------------------------------- homework


def _for_document(rng: random.Random, name: str) -> tuple[str, ...]:
    if rng.random() < 0.3:
        return ("sheet", EXERCISE, "--from", name, "--format", "yaml")
    form = rng.choice([form for form in forms_of("check") if form not in _GRADE_BOOKS])
    return ("check", EXERCISE, name, "--format", form)


def _for_class(rng: random.Random) -> tuple[str, ...]:
    """A folder of homework, with feedback or a grade book."""
    form = rng.choice(forms_of("check"))
    listed = ["--students", LIST] if form in _GRADE_BOOKS or rng.random() < 0.6 else []
    if form in _GRADE_BOOKS:
        listed += _some(rng, ["--column", rng.choice((*mutated_classes.COLUMNS, *mutations.TEXTS))])
    feedback = ["--feedback", rng.choice(("feedback", f"{CLASS}/feedback"))] if rng.random() < 0.5 else []
    if feedback:
        pages = [name for name in forms_of("check") if FORMS[name].part == "blocks"]
        feedback += _some(rng, ["--feedback-format", rng.choice(pages)], share=0.8)
    way = ["--details"] if FORMS[form].part == "blocks" else []
    if feedback or form not in ("json", "csv"):
        way = rng.choice((way, ["--student"]))
    more = _some(rng, ["--strict"], ["--complete"], *_of_form(form))
    exercise = rng.choice((EXERCISE, EXERCISE, VARIANTS))
    words = (exercise, CLASS, *listed, *feedback, *(way if rng.random() < 0.5 else ()), *more)
    return ("check", *(word.replace("\0", "") for word in words), "--format", form)


def _for_check(rng: random.Random, form: str) -> list[str]:
    options = [["--strict"], ["--complete"]]
    if form == "gradescope":
        return [SHEET, *_some(rng, ["--student"], *options)]
    sheets = rng.choice(([SHEET], [SHEET], [SHEET, OTHER], ["."], [SHEET, OTHER, "missing.yaml", EXERCISE]))
    way = rng.choice(([], ["--details"], ["--student"])) if FORMS[form].part == "blocks" else []
    return [*sheets, *way, *_some(rng, *options)]


# ---------------------------------------------------------------------------- the other commands


def _for_solve(rng: random.Random, form: str) -> list[str]:
    digits, name = str(rng.randint(0, 12)), rng.choice(mutations.NAMES)
    rare = ["--only", name] if rng.random() < 0.3 else ["--layer", "1"]
    picture = [["--picture"]] if FORMS[form].has_picture else []
    options = (*_steps(rng), ["--carry", digits], ["--precision", digits], ["--all"], ["--full"], rare)
    return _some(rng, *options, *picture, share=0.2)


def _steps(rng: random.Random) -> list[list[str]]:
    """The options that choose among steps; so many that a page each would be long."""
    return [["--steps", rng.choice(("1", "2", "3", "40"))], ["--step", rng.choice(("1", "2", "9"))]]


def _for_explain(rng: random.Random, _form: str) -> list[str]:
    cells = [
        rng.choice(_CELLS if rng.random() < 0.9 else (*mutations.NAMES, *mutations.TEXTS)).replace("\0", "")
        for _ in range(rng.choice((1, 1, 1, 2, 3)))
    ]
    depth, digits = ["--depth", rng.choice(("1", "2", "3", "all"))], str(rng.randint(0, 12))
    options = (depth, ["--precision", "15"], ["--carry", digits], *_steps(rng))
    return (
        [*_some(rng, *options), "--", *cells] if cells[0].startswith("-") else [*cells, *_some(rng, *options)]
    )


def _for_derive(rng: random.Random, _form: str) -> list[str]:
    if rng.random() >= _FROM_SIZES:
        return [EXERCISE]
    return ["--layers", rng.choice(("1", "2", "3", "7", "0")), *_functions(rng), *_some(rng, ["--bias"])]


def _for_cost(rng: random.Random, _form: str) -> list[str]:
    if rng.random() >= _FROM_SIZES:
        return [EXERCISE, *_some(rng, ["--full"])]
    batch = ["--batch", rng.choice(("0", "1", "64", "999999"))]
    return ["--sizes", _sizes(rng), *_functions(rng), *_some(rng, batch, ["--full"])]


def _for_sheet(rng: random.Random, form: str) -> list[str]:
    named = rng.choice(mutations.NAMES)
    options = [["--all"], ["--layer", "1"], ["--only", named], ["--give", named], ["--no-formulas"]]
    if form == "yaml":
        mistake = rng.choice((*NAMES, *mutations.NAMES)) + rng.choice(("", "", "@dW1", "@Delta1#2", "@S1@2"))
        return _some(rng, *options, [f"--wrong={mistake}"], [f"--wrong={mistake}"], share=0.2)
    if FORMS[form].part == "blocks":
        options += [["--no-givens"], ["--full"], ["--room", rng.choice(("0", "3", "99"))]]
    options += [["--picture"]] * FORMS[form].has_picture
    return _some(rng, *options, ["--stages", "forward"], share=0.15)


def _for_audit(rng: random.Random, _form: str) -> list[str]:
    return _some(rng, ["--all"], ["--stages", "forward,errors"], ["--full"])


def _for_new(rng: random.Random, _form: str) -> list[str]:
    seed = ["--seed", str(rng.randrange(-5, 1 << 40))]
    title = f"--title={rng.choice(mutations.TEXTS)}".replace("\0", "")
    many = [["--count", rng.choice(("0", "1", "2")), "--out", "variants", "--force"]]
    if rng.random() < 0.3:
        return ["--like", EXERCISE, *seed, *_some(rng, [title], *many)]
    number = rng.choice((*mutations.NUMBERS, *mutations.NO_NUMBERS)).replace("\0", "")
    steps = rng.choice((["--steps", rng.choice(("1", "2", "3"))], ["--epochs", "2"], ["--mini-batch", "1"]))
    return [
        *("--sizes", _sizes(rng), *seed, *_functions(rng)),
        *_some(rng, ["--no-bias"], [title], steps, ["--optimizer", rng.choice([*OPTIMIZERS])], *many),
        *_some(
            rng, ["--batch", rng.choice(("0", "1", "7", "9999"))], ["--decimals", str(rng.randint(-1, 16))]
        ),
        *_some(rng, [f"--learning-rate={number}"], ["--average", rng.choice(keys.AVERAGES)]),
    ]


def _sizes(rng: random.Random) -> str:
    return ",".join(str(rng.choice((1, 1, 2, 2, 3, 4))) for _ in range(rng.choice((2, 2, 3, 3, 4))))


def _functions(rng: random.Random) -> list[str]:
    activation, loss = rng.choice([*ACTIVATIONS]), rng.choice([*LOSSES])
    return _some(rng, [f"--activation={activation}"], [f"--loss={loss}"])


_OPTIONS: Mapping[str, Options] = {
    **dict.fromkeys(SOLVING, _for_solve),
    "explain": _for_explain,
    "derive": _for_derive,
    "cost": _for_cost,
    "check": _for_check,
    "sheet": _for_sheet,
    "audit": _for_audit,
    "new": _for_new,
}
_WITHOUT_EXERCISE = ("derive", "cost", "new")  # they name it themselves, or take sizes in its place
