"""Pages of HTML read back: a strict parser, and what a page must keep to be safe."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "input", "br"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "script", "template", "body", "header", "main", "aside"),
    *("section", "div", "span", "p", "br", "pre", "h1", "h2", "h3", "details", "summary"),
    *("figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "label", "input", "output"),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace"),
    *("msub", "msup", "msubsup", "mfrac", "msqrt", "mover"),
    *("svg", "g", "line", "circle", "rect", "polyline", "text", "tspan"),
}


@dataclass
class Element:
    """An element with its attributes and what is in it, texts as strings."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()

    def every(self, name: str | None = None, **attributes: str) -> "Iterator[Element]":
        """All elements in it with a name and attributes, itself too; `class_` is one of its classes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        of_class = wanted.pop("class", None)
        if (
            name in (None, self.name)
            and (of_class is None or of_class in self.classes)
            and wanted.items() <= self.attributes.items()
        ):
            yield self
        for part in self.content:
            if isinstance(part, Element):
                yield from part.every(name, **attributes)

    def one(self, name: str | None = None, **attributes: str) -> "Element":
        """The only such element."""
        (found,) = self.every(name, **attributes)
        return found


class _Parser(HTMLParser):
    """Builds the tree; fails where an element is not closed in its place, or is none that a page has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN, tag
        names = [key for key, _ in attrs]
        assert len(names) == len(set(names)), attrs
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def parsed(html: str) -> Element:
    """The tree of a page or of a part of one."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


def policy_of(page: Element) -> dict[str, list[str]]:
    """The directives of the policy of a page."""
    (meta,) = (each for each in page.every("meta") if "http-equiv" in each.attributes)
    assert meta.attributes["http-equiv"] == "Content-Security-Policy"
    directives = (part.split() for part in meta.attributes["content"].split(";"))
    return {name: sources for name, *sources in directives}


def digest(text: str) -> str:
    """What a policy must name for an element with this text."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"


def data_of(page: Element) -> Any:  # noqa: ANN401  # what JSON holds
    """The data of the script."""
    return json.loads(page.one("script", type="application/json").text)


def assert_safe(html: str) -> Element:
    """Check that nothing runs, is styled or is fetched but what the policy names; return the page."""
    page = parsed(html)
    policy = policy_of(page)
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("form-action") == ["'none'"]
    scripts = [each for each in page.every("script") if each.attributes.get("type") != "application/json"]
    assert policy.pop("style-src") == [digest(page.one("style").text)]
    assert policy.pop("script-src", []) == [digest(script.text) for script in scripts]
    assert policy == {}
    for element in page.every():
        for key, value in element.attributes.items():
            assert key != "style"
            assert not key.startswith("on")
            assert key not in ("src", "href", "srcset", "action", "data")
            assert not re.search("javascript:", value)
    for data in page.every("script", type="application/json"):
        assert not re.search("[<>&\u2028\u2029]", data.text)
    return page
