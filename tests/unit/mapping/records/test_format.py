"""A format that means nothing is refused where it is declared, not when a file comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.mapping.records.columns import column_index, column_letters
from hub.mapping.records.format import RecordFormat
from tests.unit.mapping.records.reading import form

CUT = {"start": 1, "width": 4}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "ods"}, "Input should be 'csv'"),
        ({"encoding": "klingon"}, "klingon is no character set"),
        ({"encoding": "base64"}, "base64 is no character set"),
        ({"encoding": "unicode_escape"}, "unicode_escape is no character set"),
        ({"delimiter": '"'}, "must be two characters"),
        ({"delimiter": "\n"}, "neither of them a line break"),
        ({"kind": "xlsx", "delimiter": ";"}, "delimiter means nothing in a file of the kind xlsx"),
        ({"kind": "json", "heading": 0}, "heading means nothing"),
        ({"kind": "xml", "records": "/a/b", "lines": True}, "lines means nothing"),
        ({"records": "a"}, "records means nothing"),
        ({"sheet": "A"}, "sheet means nothing"),
        ({"member": "a.csv"}, "member needs archive: zip"),
        ({"encoding": "cp1252", "bom": True}, "bom means nothing in cp1252"),
        ({"kind": "xml"}, "such as /feed/product"),
        ({"kind": "xml", "records": "feed/product"}, "such as /feed/product"),
        ({"kind": "xml", "records": "/feed//product"}, "such as /feed/product"),
        ({"kind": "json", "records": "a..b"}, "keys with a dot between them"),
        ({"kind": "json", "records": "a", "lines": True}, "every line is a record"),
        ({"columns": {"a": {"at": "1A"}}}, "1A is no column"),
        ({"columns": {"a": {"at": 0}}}, "greater than or equal to 1"),
        ({"columns": {"a": {"at": 2}, "b": {"at": "B"}}}, "two of them have one place"),
        ({"columns": {"a": {"aliases": ["SKU"]}, "b": {"aliases": ["sku "]}}}, "a and b have the heading"),
        ({"columns": {"a": CUT}}, "start and width belong to fixed width"),
        ({"columns": {"a": {}, "b": {}}, "limits": {"max_columns": 1}}, "more than limits.max_columns"),
        ({"kind": "fixed"}, "has to list them"),
        ({"kind": "fixed", "columns": {"a": {"start": 1}}}, "are needed there"),
        ({"kind": "fixed", "columns": {"a": {**CUT, "at": 1}}}, "start says where it is"),
        ({"kind": "fixed", "columns": {"a": CUT, "b": {"start": 4, "width": 1}}}, "a and b overlap"),
        ({"trailer": {"prefix": "T", "count": 1}}, "behind the prefix"),
        ({"trailer": {"prefix": "T", "count": 2, "width": 3}}, "trailer.width belongs to fixed width"),
        ({"locale": {"decimal": ",", "thousands": ","}}, "must differ"),
        ({"locale": {"decimal": "5"}}, "no letter, digit or sign"),
        ({"locale": {"true_words": ["J"], "false_words": ["j"]}}, "j cannot mean both"),
        ({"limits": {"max_cell": 200_000}}, "less than or equal to 131072"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_format_that_means_nothing_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        form(**{"kind": "csv", **given})
    assert said in str(raised.value)


def test_a_format_goes_through_json_and_back() -> None:
    layout = form(columns={"sku": {"at": "C", "aliases": ["Item"]}}, locale={"decimal": ","}, encoding="latin-1")
    assert layout == RecordFormat.model_validate_json(layout.model_dump_json())
    assert "iso8859-1" == layout.encoding


@given(st.integers(0, 20_000))
def test_letters_and_numbers_of_a_column_say_the_same(index: int) -> None:
    assert index == column_index(column_letters(index)) == column_index(column_letters(index).lower())
    assert index == column_index(index + 1)
    assert ["A", "Z", "AA", "XFD"] == [column_letters(each) for each in (0, 25, 26, 16_383)]
