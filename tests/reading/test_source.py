"""YAML text as a tree with places; what is refused on the way."""

import string
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpcalc.errors import InputError, Problem
from mlpcalc.reading.events import LOADER
from mlpcalc.reading.source import (
    MAX_BYTES,
    MAX_DEPTH,
    Document,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    decode,
)

seeded = settings(max_examples=150)


def tree(text: str) -> Node:
    return Document(text, "a.yaml").root


def refused(read: Callable[[], object]) -> Problem:
    with pytest.raises(InputError) as caught:
        read()
    (problem,) = caught.value.problems
    return problem


def outline(node: Node) -> Any:  # noqa: ANN401  # nested lists
    """A tree of ours as nested lists: kind, line, column, content."""
    match node:
        case ScalarNode():
            return ["scalar", node.line, node.column, node.text, node.plain, node.block]
        case SequenceNode():
            return ["list", node.line, node.column, [outline(item) for item in node.items]]
        case MappingNode():
            pairs = [[outline(key), outline(value)] for key, value in node.pairs]
            return ["mapping", node.line, node.column, pairs]


def outline_of_yaml(node: yaml.Node) -> Any:  # noqa: ANN401  # as above
    """The same of what PyYAML composes, from its marks."""
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    match node:
        case yaml.ScalarNode():
            style = node.style
            return ["scalar", line, column, node.value, not style, style in ("|", ">")]
        case yaml.SequenceNode():
            return ["list", line, column, [outline_of_yaml(item) for item in node.value]]
        case yaml.MappingNode():
            pairs = [[outline_of_yaml(key), outline_of_yaml(value)] for key, value in node.value]
            return ["mapping", line, column, pairs]
    raise AssertionError(node)


texts = st.text(alphabet=string.ascii_letters + string.digits + " .,;:#-−üΔ例[]{}'\"|>*&!%@\n\t", max_size=12)
plain_values = texts | st.integers() | st.floats(allow_nan=False) | st.none() | st.booleans()


def documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    data = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(texts, data, min_size=1, max_size=4)


# In a style of quotes or blocks only texts: PyYAML would write tags on the other values.
written = st.tuples(documents(plain_values), st.none()) | st.tuples(
    documents(texts), st.sampled_from(["'", '"', "|", ">"])
)


@seeded
@given(written, st.sampled_from([None, False, True]), st.booleans())
def test_the_tree_and_its_places_are_those_that_pyyaml_composes(
    written: tuple[dict[str, Any], str | None], flow: bool | None, as_letters: bool
) -> None:
    """The pure Python loader, a parser of its own, is the oracle for libyaml's events and marks."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    content, style = written
    text = yaml.dump(
        content,
        Dumper=Dumper,
        default_flow_style=flow,
        allow_unicode=as_letters,
        default_style=style,
        width=40,
    )
    composed = yaml.compose(text, Loader=yaml.BaseLoader)
    assert composed is not None
    assert outline(tree(text)) == outline_of_yaml(composed)


@seeded
@given(st.lists(st.text(alphabet="aü例−0.5", min_size=1, max_size=6), min_size=1, max_size=20))
def test_the_source_line_of_a_place_has_the_text_at_its_column(words: list[str]) -> None:
    document = Document("title: Übung ²\nrow: [" + ", ".join(f"x{word}" for word in words) + "]\n", "a.yaml")
    assert isinstance(document.root, MappingNode)
    row = document.root.pairs[1][1]
    assert isinstance(row, SequenceNode)
    for item in row.items:
        place = document.place(item)
        assert isinstance(item, ScalarNode)
        assert place.source is not None
        assert place.column is not None
        assert place.source[place.column - 1 :].startswith(item.text)


# Each way in which a text is not YAML: what a parser stumbles over, and where it is said to be.
FAULTS = {
    'a: "b\nc: 1\n': (1, 4, "the quote is not closed"),
    "a: 'b": (1, 4, "the quote is not closed"),
    'a: "\\q"\n': (1, 4, "in these double quotes has no meaning"),
    "a: b: c\n": (1, 5, "a colon is not allowed here"),
    "a: - b\n": (1, 4, "a list cannot begin here"),
    "a: ? b\n": (1, 4, "a key cannot begin here"),
    "a: 1\nb\nc: 2\n": (3, 1, "the line above has no colon"),
    "a: [1, 2\nb: 3\n": (2, 2, "a comma or ] is expected here"),
    "a: {b: 1 c: 2}\n": (1, 11, "a comma or } is expected here"),
    "a: {b: 1\nc: 2\n": (2, 2, "a comma or } is expected here"),
    "a: [1]]\n": (1, 7, "a key is expected here"),
    "- 1\nb: 2\n": (2, 1, "a list item is expected here"),
    "- a: 1\n  b: 2\n c: 3\n": (3, 2, "a list item is expected here"),
    "[1]\n]": (2, 1, "the file should end before this"),
    "a: [, 1]\n": (1, 5, "a value is expected here"),
    "a: )\nb: @c\n": (2, 4, "text cannot begin with this character"),
    "a: `b`\n": (1, 4, "text cannot begin with this character"),
    "a:\n\tb: 1\n": (2, 1, "a tab is not allowed here"),
    "a: | 1 2\n": (1, 6, "nothing else may follow | or > on its line"),
    "a: *\n": (1, 4, "aliases and anchors (* and &) are not allowed"),
    "a: & b\n": (1, 4, "aliases and anchors (* and &) are not allowed"),
    "a: !b!c d\n": (1, 4, "tags are not allowed"),
    "a: !<b d\n": (1, 4, "tags are not allowed"),
    "%YAML 9.9\n---\na: 1\n": (1, 1, "a line cannot begin with %"),
    "%YAML\na: 1\n": (1, 1, "a line cannot begin with %"),
}
PARSERS = [*dict.fromkeys((LOADER, yaml.BaseLoader))]  # libyaml's, when it is there, and the one in Python


@pytest.mark.parametrize("loader", PARSERS)
@pytest.mark.parametrize("text", FAULTS)
def test_a_syntax_error_is_said_in_our_words_whichever_parser_finds_it(
    text: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcalc.reading.events.LOADER", loader)
    problem = refused(lambda: tree(text))
    line, column, words = FAULTS[text]
    assert words in problem.message
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)


@pytest.mark.parametrize("loader", PARSERS)
@pytest.mark.parametrize(
    ("before", "line", "column"),
    [("", 1, 1), ("a: [1, ", 1, 8), ("a:\n- [1,\n  2,  ", 3, 7), ("é: 'x'\nb: ", 2, 4)],
)
def test_the_bracket_beyond_the_limit_is_named_whichever_parser_finds_it(
    before: str, line: int, column: int, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcalc.reading.events.LOADER", loader)
    problem = refused(lambda: tree(before + "[" * 2000))
    assert problem.message == "brackets are nested too deeply"
    outside = {"": 0, "a: [1, ": 2, "a:\n- [1,\n  2,  ": 3, "é: 'x'\nb: ": 1}[before]
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column + MAX_DEPTH - outside)


@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null", "a: Null", "a: NULL"])
def test_a_value_left_out_is_blank(text: str) -> None:
    root = tree(text)
    assert isinstance(root, MappingNode)
    value = root.pairs[0][1]
    assert isinstance(value, ScalarNode)
    assert value.blank


@pytest.mark.parametrize("text", ["a: ''", 'a: "~"', "a: 'null'", "a: nothing", "a: 0"])
def test_a_quoted_value_is_not_blank(text: str) -> None:
    root = tree(text)
    assert isinstance(root, MappingNode)
    value = root.pairs[0][1]
    assert isinstance(value, ScalarNode)
    assert not value.blank


def test_values_stay_text_whatever_yaml_would_make_of_them() -> None:
    root = tree("[yes, 010, 1:30, 1e3, .inf, 2017-01-01, 0x10, ~]")
    assert isinstance(root, SequenceNode)
    texts = [item.text for item in root.items if isinstance(item, ScalarNode)]
    assert texts == ["yes", "010", "1:30", "1e3", ".inf", "2017-01-01", "0x10", "~"]


def test_duplicate_keys_are_all_kept_for_the_reader_to_see() -> None:
    root = tree("a: 1\nb: 2\na: 3\n")
    assert isinstance(root, MappingNode)
    assert [key.text for key, _ in root.pairs] == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a: *b", 4),
        ("a: &b 1", 4),
        ("a: &b [1]", 4),
        ("a: &b {c: 1}", 4),
        ("&b a: 1", 1),
        ("{<<: *b}", 6),
        ("[&b 1, *b]", 2),
        ("- [1, 2, *b]", 10),
    ],
)
def test_an_alias_or_anchor_is_refused_where_it_stands(text: str, column: int) -> None:
    problem = refused(lambda: tree(text))
    assert problem.message == "aliases and anchors (* and &) are not allowed"
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (1, column)


def test_a_file_that_would_grow_without_bound_is_refused() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40)]
    assert "aliases" in refused(lambda: tree("\n".join(lines))).message


@pytest.mark.parametrize(
    "text",
    [
        "a: !b 1",
        "a: !!str 1",
        "a: !!int 1",
        "a: !!python/object/apply:os.system ['ls']",
        "!!map {a: 1}",
        "a: !<tag:b> 1",
        "!!str a: 1",
        "a: !!binary aGk=",
    ],
)
def test_a_tag_is_refused(text: str) -> None:
    assert refused(lambda: tree(text)).message.startswith("tags are not allowed: ")


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "a: 1\n...\n---\n", "---\na: 1\n---\nb: *c"])
def test_a_second_document_is_refused(text: str) -> None:
    assert refused(lambda: tree(text)).message == "a second document begins here"


@pytest.mark.parametrize("text", ["---\na: 1\n", "---\na: 1\n...\n", "%YAML 1.1\n---\na: 1\n"])
def test_the_markers_of_a_single_document_are_allowed(text: str) -> None:
    assert isinstance(tree(text), MappingNode)


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "   \n"])
def test_nothing_at_all_is_an_empty_file(text: str) -> None:
    assert refused(lambda: tree(text)).message == "the file is empty"


@pytest.mark.parametrize("depth", [MAX_DEPTH, 1])
def test_brackets_up_to_the_limit_are_read(depth: int) -> None:
    assert isinstance(tree("[" * depth + "]" * depth), SequenceNode)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1000, 200_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_brackets_beyond_the_limit_are_refused_without_a_crash(opening: str, depth: int) -> None:
    problem = refused(lambda: tree(opening * depth + "1"))
    assert problem.message in {"brackets are nested too deeply", "a key must be a word"}
    assert problem.place is not None
    assert problem.place.line == 1


@pytest.mark.parametrize("text", ["? [a]\n: 1", "{[a]: 1}", "? {a: 1}\n: 2", "{{a: 1}: 2}"])
def test_a_key_that_is_no_word_is_refused(text: str) -> None:
    assert refused(lambda: tree(text)).message == "a key must be a word"


def test_what_follows_the_tree_is_checked_too() -> None:
    assert refused(lambda: tree("[1]\n]")).message.startswith("not valid YAML")


@pytest.mark.parametrize("row", ["-0.9 1.4", "0.2 ~", "\N{MINUS SIGN}1 1/3"])
def test_a_row_further_left_than_the_first_of_its_block_is_explained(row: str) -> None:
    problem = refused(lambda: tree(f"S1: |\n   0.5 -1.0\n  {row}\nZ1: 1 2\n"))
    assert problem.place is not None
    assert problem.place.line == 3
    assert problem.hint == "no row of a | block may be indented less than the first"


@pytest.mark.parametrize("before", ["", "a", "ü", "例", "²²²²", "é\n", "üü\nüü\n"])
def test_a_character_that_yaml_does_not_allow_is_found_where_it_stands(before: str) -> None:
    text = f"title: x\nsource: '{before}\x01'\n"
    problem = refused(lambda: tree(text))
    index = text.index("\x01")
    assert problem.place is not None
    assert problem.place.line == text.count("\n", 0, index) + 1
    assert problem.place.column == index - text.rfind("\n", 0, index)


def test_a_file_is_read_up_to_the_limit_of_bytes() -> None:
    assert len(decode(b"#" * MAX_BYTES, "a.yaml")) == MAX_BYTES
    problem = refused(lambda: decode(b"#" * (MAX_BYTES + 1), "a.yaml"))
    assert problem.expected == "at most 16,777,216"


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlpcalc.reading.source.MAX_NODES", 100)  # the real limit takes seconds to reach
    assert tree("[" + "1," * 99 + "]")
    assert refused(lambda: tree("[" + "1," * 100 + "]")).message == "the file has too many values"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_system_count_as_one(ending: str) -> None:
    text = decode(ending.join(["a: 1", "b: |", "  1 2", "  3 4", ""]).encode(), "a.yaml")
    assert text == "a: 1\nb: |\n  1 2\n  3 4\n"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbftitle: x", "a.yaml") == "title: x"


def test_the_line_of_the_first_byte_that_is_no_utf_8_is_named() -> None:
    problem = refused(lambda: decode(b"a: 1\nb: \xfc\nc: \xfc\n", "a.yaml"))
    assert problem.place is not None
    assert problem.place.line == 2
