"""What is written is read back equal: for every set, with random contents in every carried field."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.edi.documents.layout import At, Many, One, layout_of
from hub.edi.documents.registry import (
    X12Document,
    document_class,
    document_from_json,
    document_json,
    read_document,
    set_ids,
    write_document,
)
from hub.edi.documents.technical import TechnicalAcknowledgement, read_technical, technical_row
from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.segment import Segment
from hub.edi.write import write_interchange
from hub.errors import DataError
from tests.unit.edi.interchanges import ENVELOPE
from tests.unit.edi.random_documents import documents, technicals

FEW = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def written_and_read(document: X12Document, set_id: str, version: str) -> X12Document:
    envelope = replace(ENVELOPE, functional_id=GROUP_OF_SET[set_id], version=version)
    (found,) = read_interchanges(write_interchange(envelope, [write_document(document)]))
    assert not found.findings
    return read_document(found.groups[0].sets[0])


@pytest.mark.parametrize("set_id", set_ids())
@given(data=st.data(), version=st.sampled_from(["004010", "005010"]))
@FEW
def test_document_written_and_read_is_the_same_document(set_id: str, data: st.DataObject, version: str) -> None:
    document = data.draw(documents(set_id))
    assert document == written_and_read(document, set_id, version)
    assert document == document_from_json(json.loads(json.dumps(document_json(document))))


@given(technicals())
@FEW
def test_interchange_acknowledgement_written_and_read_is_the_same(document: TechnicalAcknowledgement) -> None:
    row = technical_row(document)
    assert document == read_technical(Segment(tuple(str(element) for element in row)))


@pytest.mark.parametrize("set_id", set_ids())
def test_no_two_fields_of_a_loop_stand_in_one_place(set_id: str) -> None:
    waiting: list[type] = [document_class(set_id)]
    while waiting:
        layout = layout_of(waiting.pop())
        places = [(field.place.segment, field.place.element) for field in layout.fields if isinstance(field.place, At)]
        assert len(places) == len(set(places))
        waiting.extend(field.kind for field in layout.fields if isinstance(field.place, Many | One))


def test_amount_with_a_fraction_of_a_cent_is_refused_where_two_decimals_are_implied() -> None:
    invoice = document_from_json({"set": "810", "number": "INV-1", "total": "12.345"})
    with pytest.raises(DataError) as caught:
        write_document(invoice)
    assert ("x12.not-writable", "TDS01") == (caught.value.code, caught.value.path)


def test_invoice_without_a_total_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        write_document(document_from_json({"set": "810", "number": "INV-1"}))
    assert "x12.not-writable" == caught.value.code


def test_more_product_ids_than_the_segment_has_room_for_are_refused() -> None:
    line = {"status": "CC", "ordered": "1", "shipped": "1", "ids": [["VN", "A"], ["UP", "B"]]}
    advice = {"set": "945", "reporting": "F", "number": "DO-1", "groups": [{"number": "1", "lines": [line]}]}
    with pytest.raises(DataError) as caught:
        write_document(document_from_json(advice))
    assert ("x12.not-writable", "W1207") == (caught.value.code, caught.value.path)


def test_levels_without_ids_are_numbered_when_written() -> None:
    item = {"code": "I", "items": [{"quantity": "1", "unit": "EA", "ids": [["VN", "A"]]}]}
    order = {"code": "O", "order": {"number": "PO-1"}, "children": [item, item]}
    notice = {"set": "856", "shipment_id": "S-1", "roots": [{"code": "S", "children": [order]}]}
    rows = write_document(document_from_json(notice)).rows
    assert [("1", "", "S"), ("2", "1", "O"), ("3", "2", "I"), ("4", "2", "I")] == [
        row[1:] for row in rows if row[0] == "HL"
    ]


def test_what_has_no_place_in_the_set_is_refused_and_not_lost() -> None:
    party = {"entity": "ST", "references": [{"qualifier": "DP", "value": "7"}]}
    notice = {"set": "856", "roots": [{"id": "1", "code": "S", "parties": [party]}]}
    with pytest.raises(DataError) as caught:
        write_document(document_from_json(notice))
    assert "x12.not-writable" == caught.value.code


def test_site_of_a_quantity_is_written_also_where_the_line_does_not_list_it() -> None:
    site = {"entity": "WH", "id_qualifier": "92", "id": "E1"}
    line = {"ids": [["VN", "A"]], "quantities": [{"qualifier": "17", "amount": "3", "site": site}]}
    rows = write_document(document_from_json({"set": "846", "number": "S-1", "lines": [line]})).rows
    assert ["LIN", "N1", "QTY", "CTT"] == [row[0] for row in rows[1:]]
