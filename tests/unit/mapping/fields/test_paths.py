"""Places in records."""

from __future__ import annotations

import pytest

from hub.mapping.fields.paths import getter, parse_path, put

TREE = {
    "order": {"id": "7", "@type": "new", "ship to": {"city": "Lund"}},
    "items": [{"sku": "A", "tags": ["x", "y"]}, {"sku": "B"}],
    "only": [{"sku": "C"}],
    "one": {"sku": "D"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("order.id", "7"),
        ("order.@type", "new"),
        ("order.'ship to'.city", "Lund"),
        ("items[1].sku", "B"),
        ("items[0].tags[1]", "y"),
        ("items.sku", ["A", "B"]),
        ("only.sku", "C"),
        ("one[0].sku", "D"),
        ("items[9].sku", None),
        ("order.id.deeper", None),
        ("nothing", None),
        ("/order.id", "7"),
    ],
)
def test_path_leads_to_its_value(text: str, value: object) -> None:
    assert value == getter(parse_path(text).steps)(TREE)


@pytest.mark.parametrize("text", ["", "/", "a..b", "a.", ".a", "a[", "a[x]", "a]b", "a[0]b", "'open", "a[-1]"])
def test_what_is_no_path_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"empty|character \d+"):
        parse_path(text)


def test_name_with_a_dot_or_quote_in_it_is_quoted() -> None:
    assert ("Item No.", "it's") == parse_path("'Item No.'.'it''s'").steps


def test_values_are_put_where_their_path_leads() -> None:
    tree: dict[str, object] = {}
    for text, value in (("a.b", "1"), ("a.c[0].d", "2"), ("a.c[1].d", "3"), ("e", "4")):
        put(tree, parse_path(text).steps, value)
    assert {"a": {"b": "1", "c": [{"d": "2"}, {"d": "3"}]}, "e": "4"} == tree


@pytest.mark.parametrize("text", ["e.f", "a.c[5]"])
def test_path_through_a_value_or_past_a_gap_is_refused(text: str) -> None:
    tree: dict[str, object] = {"e": "4", "a": {"c": []}}
    with pytest.raises(ValueError, match=r"lies within|no place"):
        put(tree, parse_path(text).steps, "x")
