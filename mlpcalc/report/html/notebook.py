"""Reports in notebooks: tables and pictures without script, or a page with its script in its own frame.

A notebook that is not trusted, or shown by a web site, has no frames; so the first is there as well.
"""

import html
from collections.abc import Iterable

from mlpcalc.report import blocks as kinds
from mlpcalc.report.html.body import Body, header
from mlpcalc.report.html.document import page, resource
from mlpcalc.report.html.markup import element, escape
from mlpcalc.report.html.pictures import network

_HEIGHT = 680  # pixels
_WITHOUT = "The same without clicking"


def shown(blocks: Iterable[kinds.Block]) -> str:
    """Write blocks for the output of a cell: in a frame if one can ask how figures were computed."""
    kept = [*blocks]
    body = Body(kept, named=False)
    can_ask = any(each.matrix.workings for each in body.matrices)
    if not can_ask:
        return _part(body)
    folded = element("details", element("summary", _WITHOUT) + _part(body))
    return _frame(page(kept), body) + folded


def _part(body: Body) -> str:
    """A part of another page, with nothing in it that others could refer to, run or be styled by."""
    style = element("style", resource("page.css"))  # all its rules begin at the class
    head = header(body.header, "h2") if body.header else ""
    content = "".join(map(network, body.networks)) + body.sections()
    return element("div", style + head + content, class_="mlpcalc part")


def _frame(document: str, body: Body) -> str:
    """A page in a frame that may run its own script, and has no access to the page around it."""
    title = escape(body.header.title if body.header else "mlpcalc")
    attributes = f'sandbox="allow-scripts" title="{title}" width="100%" height="{_HEIGHT}"'
    return f'<iframe {attributes} srcdoc="{html.escape(document)}"></iframe>'
