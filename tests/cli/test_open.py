"""`--open`: a page is written to a file and opened in the browser."""

import sys
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.request import url2pathname

import click
import pytest

from mlpcalc.cli.options import Destination, output_options
from mlpcalc.cli.output import show
from mlpcalc.errors import InputError
from mlpcalc.report.blocks import Block, Note
from mlpcalc.report.forms import FORMS, Form
from mlpcalc.report.output import Output
from mlpcalc.report.report import Report


class Browser(webbrowser.BaseBrowser):
    """Keeps what it is asked to open, and the text that is there."""

    def __init__(self) -> None:
        super().__init__("fake")
        self.opened: list[tuple[Path, str]] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # as declared by the library
        path = Path(url2pathname(url.removeprefix("file:")))
        self.opened.append((path, path.read_text(encoding="utf-8")))
        return True


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The only browser there is."""
    browser = Browser()
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    monkeypatch.setattr(webbrowser, "_browsers", {})
    webbrowser.register("fake", None, browser, preferred=True)
    return browser


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int | str | None]:
    """A command with a form that opens in a browser; gives the exit code."""

    def write(blocks: Callable[[], Iterable[Block]], _output: Output) -> Iterator[str]:
        yield from (str(block.text) for block in blocks() if isinstance(block, Note))

    module = ModuleType("mlpcalc.report.page")
    monkeypatch.setattr(module, "write", write, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    form = Form("page", "to look at", ".page", ("cost",), "blocks", "page", in_browser=True)
    monkeypatch.setitem(FORMS, "page", form)
    monkeypatch.delitem(FORMS, "html")  # so that this is the only page
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    @click.command()
    @output_options("cost")
    def command(destination: Destination) -> None:
        show(Report(blocks=lambda: [Note("Δ")], data=dict, status=lambda: 1), destination)

    def run(*arguments: str) -> int | str | None:
        with pytest.raises(SystemExit) as exit_:
            command.main([*arguments], standalone_mode=False)
        return exit_.value.code

    return run


def test_a_page_is_opened_from_a_temporary_file(
    browser: Browser, page: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert page("--open") == 1  # the status of the report
    ((path, text),) = browser.opened
    assert (path.suffix, text) == (".page", "Δ")
    assert path.is_relative_to(tmp_path)
    assert capsys.readouterr().out == ""


def test_a_page_is_opened_from_the_file_that_is_named(browser: Browser, page: Callable[..., int]) -> None:
    page("--open", "-o", "my page.page")
    page("--open", "-o", "100%#?")
    assert browser.opened == [(Path("my page.page").absolute(), "Δ"), (Path("100%#?").absolute(), "Δ")]


@pytest.mark.parametrize("more", [["--format", "json"], ["-o", "page.txt"]])
def test_only_pages_are_opened(more: list[str], browser: Browser, page: Callable[..., int]) -> None:
    with pytest.raises(click.UsageError, match="--open needs --format page"):
        page("--open", *more)
    assert not browser.opened


def test_where_there_is_no_browser_it_is_said(
    page: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    monkeypatch.setattr(webbrowser, "_browsers", {})
    with pytest.raises(InputError, match=r"no browser was found to open there\.page"):
        page("--open", "-o", "there.page")
    assert (tmp_path / "there.page").read_text(encoding="utf-8") == "Δ"


def test_commands_without_pages_have_no_such_option() -> None:
    @click.command()
    @output_options("list")
    def command(destination: Destination) -> None:
        raise AssertionError(destination)

    forms = [form for form in FORMS.values() if "list" in form.commands]
    offered = any("--open" in parameter.opts for parameter in command.params)
    assert offered == any(form.in_browser for form in forms)
