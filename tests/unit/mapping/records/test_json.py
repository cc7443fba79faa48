"""JSON as partners send it: where the records are, exact values, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigurationError
from hub.mapping.records.trees import Tree, open_tree
from tests.unit.mapping.records.reading import form, refused


def read(body: str | bytes, **layout: object) -> list[tuple[str, Tree]]:
    return list(open_tree(form("json", **layout), "feed", body.encode() if isinstance(body, str) else body))


@pytest.mark.parametrize(
    ("path", "body", "places"),
    [
        ("", '[{"sku":"A"},{"sku":"B"}]', ["[0]", "[1]"]),
        ("items", '{"n":[1,{"items":[]}],"items":[{"sku":"A"},{"sku":"B"}],"z":"]"}', ["items[0]", "items[1]"]),
        ("a.b", '{"a":[{"b":{"sku":"A"}},{"c":1},{"b":[{"sku":"B"}]}]}', ["a[0].b", "a[2].b[0]"]),
    ],
)
def test_records_are_found_by_their_path(path: str, body: str, places: list[str]) -> None:
    assert list(zip(places, [{"sku": "A"}, {"sku": "B"}], strict=True)) == read(body, records=path)


def test_one_object_is_one_record() -> None:
    assert [("", {"sku": "A"})] == read('{"sku": "A"}')
    assert [("[0]", ["A", 1]), ("[1]", None)] == read('[["A", 1], null]')


@pytest.mark.parametrize(
    ("path", "body"), [("", "[]"), ("items", '{"items": []}'), ("a.b", '{"a": []}'), ("a", '{"a":null}')]
)
def test_no_records_are_no_fault_where_they_would_be(path: str, body: str) -> None:
    assert [] == read(body, records=path)


def test_lines_are_records() -> None:
    assert [("line 1", {"a": 1}), ("line 3", {"a": 2})] == read('{"a":1}\n \r\n{"a":2}', lines=True)


def test_numbers_are_exact() -> None:
    [(_, tree)] = read('[{"a": 1.10, "b": 12345678901234567890123, "c": 1e3, "d": -0.0, "e": true, "f": null}]')
    assert {
        "a": Decimal("1.10"),
        "b": 12345678901234567890123,
        "c": Decimal("1e3"),
        "d": 0,
        "e": True,
        "f": None,
    } == tree
    assert isinstance(tree, dict)
    assert [Decimal, int, Decimal, Decimal, bool] == [type(tree[key]) for key in "abcde"]


@pytest.mark.parametrize(
    ("layout", "body", "code", "place"),
    [
        ({}, "", "records.truncated", "feed"),
        ({}, '[{"a": 1}', "records.truncated", "feed: character 10"),
        ({}, '[{"a": "1', "records.truncated", "feed: character 8"),
        ({}, "[1", "records.truncated", "feed: character 2"),
        ({}, "[1,", "records.truncated", "feed: character 4"),
        ({"records": "items"}, '{"items": [], "n"', "records.truncated", "feed: character 18"),
        ({"lines": True}, '{"a": 1}\n{"a": ', "records.truncated", "feed: line 2"),
        ({"lines": True}, '{"a": \n{"a": 1}\n', "records.syntax", "feed: line 1"),
        ({"lines": True}, '{"a": 1} {"a": 2}\n', "records.syntax", "feed: line 1"),
        ({}, "[{]", "records.syntax", "feed: [0]"),
        ({}, "[{]}]", "records.syntax", "feed: [0]"),
        ({}, "[,]", "records.syntax", "feed: character 2"),
        ({}, "[1 2]", "records.syntax", "feed: character 4"),
        ({}, "[1]]", "records.syntax", "feed: character 4"),
        ({}, "[nul]", "records.syntax", "feed: [0]"),
        ({}, '["a\nb"]', "records.syntax", "feed: [0]"),
        ({"records": "a"}, "{a: 1}", "records.syntax", "feed: character 2"),
        ({"records": "items"}, '{"item": []}', "records.path", "feed: items"),
        ({"records": "items.x"}, '{"items": 4}', "records.path", "feed: items"),
        ({}, "17", "records.path", "feed: the file"),
        ({}, '[{"a": NaN}]', "records.number", "feed: [0]"),
        ({}, "[-Infinity]", "records.number", "feed: [0]"),
        ({}, f"[{'9' * 41}]", "records.number", "feed: [0]"),
        ({}, "[1e999999999]", "records.number", "feed: [0]"),
        ({}, "[1e99999999999999999999]", "records.number", "feed: [0]"),
        ({}, f"[0.{'1' * 70}]", "records.number", "feed: [0]"),
        ({}, '[{"a": 1, "a": 2}]', "records.key-twice", "feed: [0]"),
        ({"records": "a"}, '{"a": [], "a": []}', "records.key-twice", "feed"),
        ({}, r'["\u0000"]', "records.undecodable", "feed: [0]"),
        ({}, r'[{"\ud800": 1}]', "records.undecodable", "feed: [0]"),
        ({}, b'["\xff"]', "records.encoding", "feed"),
        ({"lines": True}, b'"\xff"', "records.encoding", "feed: line 1"),
        ({"encoding": "cp1252"}, b"\xef\xbb\xbf[]", "records.encoding", "feed"),
        ({}, "[" * 33, "records.too-deep", "feed: character 2"),
        ({"records": "a"}, '{"b":' + "[" * 40, "records.too-deep", "feed: character 6"),
        ({"records": "a.a", "limits": {"max_depth": 2}}, '{"a":{"a":[]}}', "records.too-deep", "feed: a.a"),
        ({"limits": {"max_record": 1024}}, f'["a", {[7] * 900}]', "records.too-big", "feed: character 2707"),
        ({"limits": {"max_cell": 8}}, '["123456789"]', "records.too-big", "feed: character 2"),
        ({"limits": {"max_cell": 8}}, '["1234567890', "records.too-big", "feed: character 2"),
        ({"limits": {"max_cell": 8}}, '[{"a":"1234567890', "records.too-big", "feed: character 2"),
        ({"limits": {"max_records": 2}}, "[1,2,3]", "records.too-big", "feed: [2]"),
        ({"records": "z", "limits": {"max_columns": 2}}, '{"a":1,"b":1,"c":1}', "records.too-big", "feed"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(
    layout: dict[str, object], body: str | bytes, code: str, place: str
) -> None:
    error = refused(lambda: read(body, **layout))
    assert (code, place, True) == (error.code, error.path, bool(error.cure))


def test_a_backslash_before_a_u_is_no_escape() -> None:
    assert [("[0]", "\\u0000"), ("[1]", "\U0001f9f8")] == read(r'["\\u0000", "\ud83e\uddf8"]')


def test_a_format_of_tables_gives_no_trees() -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_tree(form("csv"), "x", b"")
    assert "configuration.record-kind" == raised.value.code


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('abc{}[]"\\,: é', max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(
    records=st.lists(values, max_size=6),
    size=st.integers(1, 40),
    indent=st.sampled_from([None, 2]),
    plain=st.booleans(),
)
def test_records_are_those_of_the_json_module_wherever_the_text_is_cut(
    records: list[Tree], size: int, indent: int | None, plain: bool
) -> None:
    body = json.dumps({"skipped": records, "items": records, "end": records}, indent=indent, ensure_ascii=plain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.mapping.records.text.PIECE", size)
        assert records == [tree for _, tree in read(body, records="items")]


@given(records=st.lists(values, min_size=1, max_size=4), data=st.data())
def test_a_list_that_is_cut_anywhere_is_never_taken_for_whole(records: list[Tree], data: st.DataObject) -> None:
    body = json.dumps(records)
    cut = data.draw(st.integers(0, len(body) - 1))
    assert "records.truncated" == refused(lambda: read(body[:cut])).code
