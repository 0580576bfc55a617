"""What people type by mistake, or to see what happens: explained, located, and never a traceback."""

import os
import pty
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.cli.files import write_file
from mlpcalc.errors import InputError, UnknownQuantityError
from mlpcalc.reading.library import is_exercise_file
from mlpcalc.report.csv import render as csv_text
from mlpcalc.text.width import columns
from mlpcalc.text.wording import clipped, did_you_mean
from tests.conftest import Run, interpreted

Write = Callable[[str, str | bytes], Path]
LONG = 100_000
NEW = ("new", "--sizes", "2,1")
ENOUGH = 10  # seconds of the processor, for what takes a fraction of one

# ---------------------------------------------------------------------------- the width of the terminal


@pytest.mark.parametrize("wide", ["", "0", "-5", "²", "80.5", "1" * 5000, "1"])
@pytest.mark.parametrize("command", ["solve exercise2", "list", "solve nothing", "--help"])
def test_every_width_is_one_to_write_at(
    wide: str, command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", wide)
    assert run(*command.split()).code == (2 if "nothing" in command else 0)


@pytest.mark.parametrize(
    ("wide", "width"), [("", 80), ("0", 80), ("-5", 80), ("x", 80), ("40", 40), ("9" * 30, 1000)]
)
def test_a_width_that_is_none_is_the_usual_one(
    wide: str, width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", wide)
    with (tmp_path / "file").open("w", encoding="utf-8") as no_terminal:
        assert columns(no_terminal) == width


def test_messages_break_between_words_in_a_terminal_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    arguments = ["solve", "exercise2", "--only", "gradient"]
    (line,) = (line for line in run(*arguments).err.splitlines() if "expected" in line)
    assert len(line) > 150
    shown = in_a_terminal(arguments, tmp_path, 40)
    assert max(map(len, shown)) <= 40
    assert " ".join(" ".join(shown[1:]).split()) == " ".join(line.split())
    assert len(shown) > 4


def test_a_line_of_a_file_is_broken_nowhere(write: Write, tmp_path: Path) -> None:
    source = "inputs: [[1, 2, 3, 4, 5, 6, 7, 8, 9, x, 11, 12]]"
    write("e.yaml", source + "\nlayers: [{weights: [[1]]}]\nloss: mse\n")
    shown = in_a_terminal(["solve", "e.yaml"], tmp_path, 30)
    assert f"    1 | {source}" in shown
    assert "    loss: {name: squared_error, factor: 1/2, average: none}      1/2 Σ (Y-T)²" in shown


def in_a_terminal(arguments: list[str], folder: Path, wide: int) -> list[str]:
    """The lines that the program writes to a terminal of so many columns as errors."""
    ours, theirs = pty.openpty()
    code = (
        f"import os, sys; os.dup2({theirs}, 2); sys.argv = ['mlpcalc', *{arguments!r}]\n"
        f"os.environ['COLUMNS'] = '{wide}'; from mlpcalc.cli import main; main()"
    )
    os.set_inheritable(theirs, True)
    if os.fork() == 0:
        os.chdir(folder)
        root = str(Path(__file__).parents[2])
        os.execve(sys.executable, [sys.executable, "-c", code], os.environ | {"PYTHONPATH": root})  # noqa: S606
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 4096):
            written += piece
    except OSError:  # the other end is closed
        pass
    os.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n").splitlines()


# ---------------------------------------------------------------------------- long and unknown names


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "N"),
        ("solve", "exercise2", "--only", "N"),
        ("solve", "exercise2", "--N"),
        ("solve", "exercise2", "--format", "N"),
        ("solve", "exercise2", "--layer", "N"),
        ("N",),
        ("explain", "exercise2", "N"),
        ("explain", "exercise2", "N[1,1]"),
        ("explain", "exercise2", "S1[N]"),
        ("check", "exercise2", "N"),
        ("check", "N"),
        ("sheet", "exercise2", "--wrong", "N"),
        ("sheet", "exercise2", "--wrong", "fprime_forgotten@N"),
        ("sheet", "exercise2", "--stages", "N"),
        ("cost", "--sizes", "N"),
        ("derive", "--layers", "2", "--activation", "N"),
        ("derive", "--layers", "2", "--loss", "N"),
        (*NEW, "--name", "N N"),
        (*NEW, "--learning-rate", "N"),
        (*NEW, "--out", "N/N"),
    ],
    ids=" ".join,
)
def test_a_long_name_does_not_come_back_whole(arguments: tuple[str, ...], run: Run) -> None:
    result = run(*(argument.replace("N", "n" * LONG) for argument in arguments))
    assert result.code == 2
    assert result.out == ""
    assert "…" in result.err or len(result.err) < 400
    assert len(result.err) < 2000


@pytest.mark.parametrize("sheet", ["N: 1", "S1[N]: 1", "N[1]: 1", "loss: N", "S1: [[N]]", '"N": 1\n"N": 2'])
def test_nor_does_one_in_a_sheet(sheet: str, run: Run, write: Write) -> None:
    write("a.yaml", sheet.replace("N", "n" * 1000))
    result = run("check", "exercise2", "a.yaml")
    assert result.code == 3
    assert len(result.out) < 2000


@pytest.mark.parametrize("key", ["points: {N: 1}", "N: 1", "symbols: {S: N}", "loss: N", "loss: {name: N}"])
def test_nor_does_one_in_an_exercise(key: str, run: Run, write: Write) -> None:
    text = "inputs: [[1]]\ntargets: [[1]]\nlayers: [{weights: [[1]]}]\n"
    write("e.yaml", text + ("" if "loss" in key else "loss: sum\n") + key.replace("N", "n" * 1000))
    result = run("solve", "e.yaml")
    assert result.code == 2
    assert len(result.err) < 3000


def test_what_is_clipped_is_safe_and_ends_in_an_ellipsis() -> None:
    assert clipped("S1") == "S1"
    assert clipped("a" * 101) == "a" * 99 + "…"
    assert clipped("\x1b[31m" + "a" * LONG).startswith("[31maaa")
    assert clipped("\u202e" * LONG + "a") == "…"


def test_only_the_unknown_ones_are_named_with_their_nearest(run: Run) -> None:
    result = run("solve", "exercise2", "--only", "S1,Detla1,dZ2,W1_nev")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "unknown quantity 'Detla1'\n  hint: did you mean Delta1?\n\n"
        "unknown quantity 'W1_nev'\n  hint: did you mean W1_new?\n"
    )


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("exercse2", "did you mean exercise2?"),
        ("Exercise2.yaml", "did you mean exercise2?"),
        ("mazru.yml", "did you mean mazur?"),
        ("shet/hom.yaml", "mlpcalc list shows the bundled exercises"),
        ("sheet/homme.yaml", "did you mean sheet/home.yaml?"),
        ("homework", "did you mean homework1.yaml?"),
        ("qqqqqq", "mlpcalc list shows the bundled exercises"),
    ],
)
def test_an_unknown_exercise_suggests_the_nearest(wanted: str, hint: str, run: Run, write: Write) -> None:
    write("homework1.yaml", "")
    write("sheet/home.yaml", "")
    result = run("solve", wanted)
    assert result.code == 2
    assert result.err.startswith(f"no such file: {wanted}\n")
    assert f"  hint: {hint}" in result.err


def test_an_unknown_answer_file_suggests_the_nearest(run: Run, write: Write) -> None:
    write("ada.yaml", "loss: 0.4916\n")
    assert run("check", "exercise2", "adda.yaml").err.endswith("  hint: did you mean ada.yaml?\n")
    assert "hint" not in run("check", "exercise2", "zz").err


def test_nothing_is_suggested_for_a_word_that_is_like_none() -> None:
    assert did_you_mean("RELU", ["relu", "elu"]) == "did you mean relu?"
    assert did_you_mean("qqq", ["relu"]) is None
    assert did_you_mean("relu" * LONG, ["relu"]) is None


# ---------------------------------------------------------------------------- names in any letter case


@pytest.mark.parametrize("name", ["ReLU", "RELU", "{name: Leaky_ReLU, slope: 0.2}", "Tanh", "Linear"])
def test_an_activation_is_known_in_any_letter_case(name: str, run: Run, write: Write) -> None:
    text = "inputs: [[1, -2]]\ntargets: [[1, 1]]\nlayers: [{weights: [[2]], activation: NAME}]\nloss: LOSS\n"
    write("any.yaml", text.replace("NAME", name).replace("LOSS", "Squared_Error"))
    write("usual.yaml", text.replace("NAME", name.lower()).replace("LOSS", "squared_error"))
    written, usual = (
        run("solve", "any.yaml", "--format", "csv"),
        run("solve", "usual.yaml", "--format", "csv"),
    )
    assert written.code == 0
    assert written.out == usual.out


def test_the_output_activation_goes_with_a_loss_in_any_letter_case(run: Run) -> None:
    for command in (("derive", "--layers", "2"), ("cost", "--sizes", "3,2"), ("new", "--sizes", "2,2")):
        assert run(*command, "--loss", "Cross_Entropy").out == run(*command, "--loss", "cross_entropy").out


# ---------------------------------------------------------------------------- cells


@pytest.mark.parametrize("cell", ["S1(2,1)", "S1 ( 2 , 1 )", "S1 [2,1]"])
def test_a_cell_may_have_round_brackets(cell: str, run: Run) -> None:
    result = run("explain", "exercise2", cell)
    assert result.code == 0
    assert result.out == run("explain", "exercise2", "S1[2,1]").out


def test_a_cell_of_a_sheet_may_have_round_brackets(run: Run, write: Write) -> None:
    (value,) = solve(load("exercise2"))["S1"][1:2, 0]
    write("a.yaml", f"S1(2,1): {value:.4f}\n")
    assert run("check", "exercise2", "a.yaml", "--format", "json").json["submissions"][0]["score"] is not None


def test_brackets_that_belong_to_a_name_are_none_of_a_cell(run: Run) -> None:
    assert run("explain", "exercise2", "f1'(S1)[2,1]").out == run("explain", "exercise2", "fprime1[2,1]").out
    assert run("explain", "exercise2", "f1'(S1)").code == 0


@pytest.mark.parametrize(
    ("cell", "message", "expected"),
    [
        ("S1[a,b]", "S1[a,b] is not a cell: S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1[1,2,3]", "S1[1,2,3] is not a cell: S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1[]", "S1[] is not a cell: S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1[-1,1]", "S1[-1,1] is not a cell: S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1[٢,1]", "S1[٢,1] is not a cell: S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1(9,9)", "S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("S1[99999999999999999999,1]", "S1 is 3×4: rows 1–3, columns 1–4", ""),
        ("loss[2]", "loss is a single number", ""),
        ("[1,1]", "no cell was named", "a cell such as 'S1[1,2]', or loss"),
    ],
)
def test_what_is_no_cell_is_refused(cell: str, message: str, expected: str, run: Run) -> None:
    result = run("explain", "exercise2", cell)
    assert result.code == 2
    assert result.err == f"{message}\n" + (f"  expected {expected}\n" if expected else "")


# ---------------------------------------------------------------------------- numbers that are none


@pytest.mark.parametrize("typed", ["nan", "NaN", ".nan"])
@pytest.mark.parametrize("sheet", ["loss: V", "S1[1,1]: V", "S1: |\n  V\n"])
def test_what_is_no_number_is_no_answer(typed: str, sheet: str, run: Run, write: Write) -> None:
    write("a.yaml", sheet.replace("V", typed))
    for form in ("table", "json", "csv", "gradescope"):
        assert run("check", "exercise2", "a.yaml", "--format", form).code == 3
    shown = run("check", "exercise2", "a.yaml").out
    assert f"{typed!r} is not a number" in shown
    assert "hint: every number must be finite" in shown


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["inf", "-inf", ".inf", "∞", "-∞", "Infinity"])
@pytest.mark.parametrize("sheet", ["loss: V", "S1[1,1]: V", "Z2: 0.0986 0.0112 0.0634 V"])
def test_an_infinity_is_a_wrong_answer_where_nothing_is_infinite(
    typed: str, sheet: str, run: Run, write: Write
) -> None:
    write("a.yaml", sheet.replace("V", typed))
    for form in ("table", "json", "csv", "gradescope"):
        assert run("check", "exercise2", "a.yaml", "--format", form).code == 1
    assert typed in run("check", "exercise2", "a.yaml").out


# ---------------------------------------------------------------------------- where to write


def test_a_name_of_250_characters_is_written_to(run: Run, tmp_path: Path) -> None:
    name = "n" * 245 + ".yaml"
    assert run(*NEW, "--out", name).code == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("n" * 300, f"cannot write {'n' * 99}…: file name too long\n"),
        (
            "nodir/e.yaml",
            "cannot write nodir/e.yaml: there is no folder nodir\n"
            "  hint: make the folder first, or write into another one\n",
        ),
        ("", "'' is not the name of a file\n  expected a path such as exercise.yaml\n"),
        ("circle", "cannot write circle: too many levels of symbolic links\n"),
        (".", ". is a folder\n  expected the name of a file\n  hint: only new --count writes to a folder\n"),
    ],
)
def test_where_nothing_can_be_written_it_is_said_why(
    out: str, message: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "circle").symlink_to("back")
    (tmp_path / "back").symlink_to("circle")
    before = sorted(os.listdir(tmp_path))
    result = run(*NEW, "--out", out, "--force")
    assert (result.code, result.out, result.err) == (2, "", message)
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "circle").is_symlink()


@pytest.mark.parametrize("out", ["", "circle", "file"])
def test_nor_is_a_folder_made_where_none_can_be(out: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").write_text("")
    result = run(*NEW, "--count", "2", "--out", out)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"{out or repr(out)} is not {'a' if out else 'the name of a'} folder\n" + (
        "  expected a folder, made if need be\n"
    )


def test_a_link_to_no_file_yet_is_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("e.yaml")
    assert run(*NEW, "--out", "link", "--force").code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "e.yaml").is_file()


@pytest.mark.parametrize("out", ["e\0.yaml", "\0"])
def test_no_name_has_a_null_character(out: str) -> None:
    with pytest.raises(InputError, match="is not the name of a file"):
        write_file(out, "", force=True)


@pytest.mark.parametrize("arguments", [[*NEW, "--out", "e.yaml"], ["solve", "e.yaml"]])
def test_a_folder_that_is_gone_is_not_blamed_on_the_output(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import os, sys, numpy\n"  # which `python -c` of 3.13.0 cannot import there
        "os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
        f"sys.argv = ['mlpcalc', *{arguments!r}]; from mlpcalc.cli import main; main()"
    )
    done = interpreted(code, tmp_path)
    assert done.returncode == 2
    message = (
        "cannot write e.yaml: the current folder no longer exists"
        if "new" in arguments
        else "no such file: e.yaml"
    )
    assert done.stderr.decode().splitlines()[0] == message


# ---------------------------------------------------------------------------- spreadsheets


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0\u3000@A1", "'\u00a0\u3000@A1"),
        (";=1+1", "';'=1+1"),
        (" ; ; -1", "' ; ;' -1"),
        ("Ada;=1+1", "Ada;'=1+1"),
        ("Ada; =1+1|@x", "Ada;' =1+1|'@x"),
        ('"=1+1', "'\"=1+1"),
        ("'=1+1", "''=1+1"),
        ("＝1", "'＝1"),
        ("﹦1", "'﹦1"),
        ("Ada;＋1", "Ada;'＋1"),
        ("Ada\t=1", "Ada\t'=1"),
        ("a\r=1", "a\r'=1"),
        ("a\n+1", "a\n'+1"),
        ("a, =1", "a,' =1"),
        ("S1 = 0.5; Z1 is -0.5", "S1 = 0.5; Z1 is -0.5"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("", ""),
        (" ;", " ;"),
    ],
)
def test_no_field_is_a_formula_whatever_separates_fields(text: str, safe: str) -> None:
    quoted = '"' + safe.replace('"', '""') + '"'
    assert csv_text([[text]]).removesuffix("\n") in (safe, quoted, '""')
    assert csv_text([[text]]).strip() in (safe.strip(), quoted, '""')


def test_numbers_stay_numbers_in_csv() -> None:
    assert csv_text([[-0.5, 3, None, float("inf")]]) == "-0.5,3,,\n"


# ---------------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zeros", "loss: " + "0" * 30_000 + "x"),
        ("spaces in a key", '? "a' + " " * LONG + 'b"\n: 1'),
        ("spaces before a bracket", '? "S1' + " " * LONG + '[1"\n: 1'),
        ("brackets in a key", '? "' + "[" * LONG + '"\n: 1'),
        ("primes in a key", '? "S' + "'" * LONG + '"\n: 1'),
        ("underscores", "loss: 1" + "_" * LONG + "x"),
        ("commas", "S1: " + "1," * LONG),
    ],
)
def test_a_long_answer_is_refused_at_once(name: str, text: str, run: Run, write: Write) -> None:
    write("a.yaml", text + "\n")
    started = time.process_time()
    assert run("check", "exercise2", "a.yaml").code == 3
    assert time.process_time() - started < ENOUGH


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["{", "\n{", "layers", "\n", "{layers ", "[", "# {\n"])
def test_a_file_of_one_sign_in_a_folder_is_passed_at_once(piece: str, run: Run, write: Write) -> None:
    write("all/a.yaml", "loss: 0.4916\n")
    write("all/b.yaml", piece * (2 * LONG // len(piece)))
    started = time.process_time()
    assert run("check", "exercise2", "all").code == 0
    assert run("solve", "all").code == 2
    assert time.process_time() - started < ENOUGH


@pytest.mark.parametrize("text", ["{layers: [{weights: [[1]]}]}", '\n{"layers" :', "a: 1\nlayers:"])
def test_an_exercise_in_braces_is_one(text: str, write: Write) -> None:
    assert is_exercise_file(str(write("e.yaml", text)))
    assert not is_exercise_file(str(write("f.yaml", text.replace("layers", "loss"))))


def test_a_quantity_that_is_unknown_is_a_key_error_too() -> None:
    with pytest.raises(UnknownQuantityError) as caught:
        solve(load("exercise2"))["Detla1"]
    assert caught.value.problems[0].hint == "did you mean Delta1?"
