"""A report as a page of HTML: one file that needs nothing else, and asks for nothing.

A policy in the page allows its own style and its own script by their hashes, and nothing else: no request, no
style or script in an attribute. The script is there only if cells can be asked how they were computed.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files

from mlpcalc.report import blocks as kinds
from mlpcalc.report.html.body import Body, header
from mlpcalc.report.html.markup import element, escape
from mlpcalc.report.html.pictures import network
from mlpcalc.report.html.workings import Explained, explained, script_text
from mlpcalc.report.output import Output

SCRIPTS = ("cells.js", "working.js", "picture.js", "page.js")
"""The parts of the script of a page; each uses those before it."""
_UNTITLED = "mlpcalc"
_LEFT_OUT = (
    "To keep the page small, it explains {cells} of its {of} computed figures: of each matrix, as many as"
    " there is room for, from the upper left corner. mlpcalc explain explains any of them."
)


def write(blocks: Callable[[], Iterable[kinds.Block]], output: Output) -> Iterator[str]:
    """Write the blocks of a report, with character references for what the encoding lacks."""
    text = page(blocks(), full=output.full, ascii_only=not output.is_utf8)
    yield text.encode(output.encoding, "xmlcharrefreplace").decode(output.encoding)


def page(blocks: Iterable[kinds.Block], *, full: bool = False, ascii_only: bool = False) -> str:
    """Write blocks as a complete page.

    full: whether large matrices are shown in full. ascii_only: whether to use ASCII in the data of the
    script, where there are no character references.
    """
    body = Body(blocks, full=full)
    style, script = resource("page.css"), script_of_pages()
    found = explained(body.matrices, body.start)
    scripts = ""
    if found.cells:
        data = script_text(found.data, ascii_only=ascii_only)
        scripts = element("script", data, type="application/json", id="data") + element("script", script)
    title = body.header.title if body.header and body.header.title else _UNTITLED
    policy = [
        "default-src 'none'",
        f"style-src '{digest(style)}'",
        *([f"script-src '{digest(script)}'"] if scripts else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            '<body class="mlpcalc">',
            _head(body, found),
            _beside(body, found),
            scripts,
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(body: Body, found: Explained) -> str:
    """The header, with the tool that covers figures."""
    head = header(body.header, "h1") if body.header else element("h1", _UNTITLED, class_="title")
    box = element("input", type="checkbox", id="hide")
    tools = _tools(element("label", f"{box} hide figures")) if found.cells else ""
    return element("header", element("div", head) + tools)


def _slider(steps: int) -> str:
    """The tool that chooses the step that is shown."""
    slider = element("input", type="range", id="step", min="1", max=str(steps), value="1")
    return _tools(element("label", f"step {slider}") + element("output", "", id="step-name"))


def _tools(content: str) -> str:
    """What the script does, hidden until it runs."""
    return element("div", content, class_="tools", hidden=True)


def _beside(body: Body, found: Explained) -> str:
    """The pictures and the working of the chosen cell, and beside them the sections."""
    pictures, note = "".join(map(network, body.networks)), ""
    if 0 < found.cells < found.of:
        words = _LEFT_OUT.format(cells=f"{found.cells:,}", of=f"{found.of:,}")
        note = element("p", words, class_="note")
    main = element("main", note + body.sections())
    if found.cells:
        if len(body.steps) > 1:
            pictures = _slider(len(body.steps)) + pictures
        pictures += element("div", "", id="working", hidden=True)
        pictures += element("p", "", id="said", role="status")
    if not pictures:
        return element("div", main, class_="page alone")
    return element("div", element("aside", pictures, aria_label="network and working") + main, class_="page")


@cache
def resource(name: str) -> str:
    """A file that lies beside this module, in ASCII."""
    return files("mlpcalc.report.html").joinpath(name).read_text(encoding="ascii")


@cache
def script_of_pages() -> str:
    """The parts of the script as one, in a block of its own."""
    return f'"use strict";\n{{\n{"".join(map(resource, SCRIPTS))}}}\n'


def digest(text: str) -> str:
    """The hash of a style or a script, as policies name it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
