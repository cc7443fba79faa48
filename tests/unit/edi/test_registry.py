"""Every set by its number: read, written and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.edi.documents.registry import document_from_json, document_json, read_document, set_of
from hub.errors import DataError
from tests.unit.edi.interchanges import BODIES, INVENTORY, read_set


@pytest.mark.parametrize("set_id", sorted(BODIES))
def test_json_of_a_document_gives_the_document_back(set_id: str) -> None:
    document = read_document(read_set(set_id))
    text = json.dumps(document_json(document))
    assert set_id == set_of(document)
    assert document == document_from_json(json.loads(text))


def test_json_has_texts_for_numbers_and_dates_and_leaves_out_what_is_empty() -> None:
    order = document_json(read_document(read_set("850")))
    assert {"set": "850", "number": "PO-1001", "date": "2026-11-20"}.items() <= order.items()
    assert [["UP", "012345678905"], ["VN", "LAMP-1"]] == order["lines"][0]["ids"]
    assert "12.5" == order["lines"][0]["price"]
    assert not {"release", "findings"} & order.keys()


def test_findings_and_places_are_not_part_of_the_json() -> None:
    advice = document_json(read_document(read_set("846", INVENTORY.replace("QTY*33*40", "QTY*33*4O"))))
    assert "findings" not in advice
    assert "position" not in advice["lines"][0]


def test_empty_value_is_kept_where_the_default_is_not_empty() -> None:
    document = read_document(read_set("850", "BEG***PO-1**20261120"))
    assert ("", "") == (document_json(document)["purpose"], document_json(document)["order_type"])
    assert document == document_from_json(document_json(document))


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"set": "850", "number": 7}, "number"),
        ({"set": "850", "colour": "red"}, "colour"),
        ({"set": "850", "date": "20261120"}, "date"),
        ({"set": "850", "date": "2026-13-20"}, "date"),
        ({"set": "850", "lines": {}}, "lines"),
        ({"set": "850", "lines": [{}, {"price": 12.5}]}, "lines[1].price"),
        ({"set": "850", "lines": [{"price": "1e9999999999"}]}, "lines[0].price"),
        ({"set": "850", "lines": [{"ids": [["UP"]]}]}, "lines[0].ids[0]"),
        ({"set": "850", "lines": [7]}, "lines[0]"),
        ({"set": "850", "lines_claimed": True}, "lines_claimed"),
        ({"set": "846", "time": "06:15+01:00"}, "time"),
    ],
)
def test_json_that_does_not_fit_is_refused_with_its_place(data: dict[str, Any], path: str) -> None:
    with pytest.raises(DataError) as caught:
        document_from_json(data)
    assert ("x12.json-invalid", path) == (caught.value.code, caught.value.path)
    assert caught.value.cure


@pytest.mark.parametrize("data", [{}, {"set": "214"}, {"set": ["850"]}, []])
def test_json_of_a_set_the_hub_does_not_know_is_refused(data: Any) -> None:
    with pytest.raises(DataError) as caught:
        document_from_json(data)
    assert "x12.set-unsupported" == caught.value.code


def test_set_the_hub_does_not_know_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        read_document(read_set("214", "B10*1*2"))
    assert "x12.set-unsupported" == caught.value.code
