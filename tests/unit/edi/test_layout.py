"""How segments find their loop when partners shuffle them, leave them out or send what we do not carry."""

from __future__ import annotations

from typing import Any

from hub.edi.documents.purchase_order import PurchaseOrder, parse_purchase_order
from hub.edi.documents.registry import document_json, read_document, write_document
from tests.unit.edi.interchanges import read_set


def order(*segments: str) -> PurchaseOrder:
    return parse_purchase_order(read_set("850", "~".join(("BEG*00*SA*PO-1**20261122", *segments))))


def json_of(set_id: str, *segments: str) -> dict[str, Any]:
    return document_json(read_document(read_set(set_id, "~".join(segments))))


def test_header_segments_are_read_in_any_order() -> None:
    first = order("REF*DP*1", "DTM*010*20261201", "TD5**2*UPSN", "N1*ST*Fernhill*92*1", "PO1*1*1*EA")
    second = order("TD5**2*UPSN", "DTM*010*20261201", "REF*DP*1", "N1*ST*Fernhill*92*1", "PO1*1*1*EA")
    assert first == second


def test_reference_behind_a_party_is_the_partys() -> None:
    found = order("N1*ST*Fernhill*92*1", "REF*4L*7", "DTM*010*20261201", "REF*DP*1", "PO1*1*1*EA")
    assert [("4L", "7")] == [(item.qualifier, item.value) for item in found.parties[0].references]
    assert [("DP", "1")] == [(item.qualifier, item.value) for item in found.references]


def test_what_a_line_has_and_we_do_not_carry_is_not_taken_for_the_whole_orders() -> None:
    found = order("TD5**2*FDEG", "PO1*1*1*EA", "TD5**2*UPSN", "ITD*01", "PER*DC*Desk", "REF*LI*1", "CTT*1")
    assert (["FDEG"], (), ()) == ([item.id for item in found.carriers], found.terms, found.contacts)
    assert ["1"] == [item.value for item in found.lines[0].references]


def test_segments_the_hub_does_not_know_are_passed_over() -> None:
    found = order("ZZZ*1", "N1*ST*Fernhill", "QQQ*2", "N3*1 Example Road", "PO1*1*1*EA", "XYZ", "PID*F****Lamp")
    assert ("1 Example Road",) == found.parties[0].address_lines
    assert ("Lamp",) == found.lines[0].descriptions


def test_text_of_a_note_and_text_of_the_order_are_kept_apart() -> None:
    found = order("N9*ZZ*PO-1", "MSG*For all", "N9*L1*X", "MSG*For some", "PO1*1*1*EA", "MSG*For one")
    assert (("For all",), ("For some",)) == (found.messages, found.notes[0].messages)
    assert ("For one",) == found.lines[0].messages


def test_lines_whose_loop_is_left_out_are_read_in_one_group_and_written_without_it() -> None:
    body = ["W05*N*DO-1", "W01*5*EA**VN*A", "W01*6*EA**VN*B"]
    found = read_document(read_set("940", "~".join(body)))
    assert [2] == [len(group["lines"]) for group in document_json(found)["groups"]]
    assert ["W05", "W01", "W01"] == [row[0] for row in write_document(found).rows if any(row[1:])]


def test_first_of_two_totals_counts() -> None:
    assert "10" == json_of("810", "BIG*20261204*I-1", "TDS*1000", "TDS*2000")["total"]


def test_charge_behind_the_totals_is_the_documents() -> None:
    invoice = json_of("810", "BIG*20261204*I-1", "IT1*1*1*EA*5", "SAC*A*C310***100", "TDS*900", "SAC*C*D240***500")
    assert [["C310"], ["D240"]] == [
        [item["code"] for item in holder["allowances"]] for holder in (invoice["lines"][0], invoice)
    ]


def test_totals_of_lines_are_counted_when_written() -> None:
    found = order("PO1*1*1*EA", "PO1*2*1*EA", "CTT*99")
    assert 99 == found.lines_claimed
    assert ("CTT", "2") in write_document(found).rows


def test_set_without_its_first_segment_is_read() -> None:
    assert {"set": "944", "parties": [{"entity": "WH", "name": "East"}]} == json_of("944", "N1*WH*East")
