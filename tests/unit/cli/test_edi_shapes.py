"""The JSON of ``hub edi``: the keys a script relies on, and that every finding and segment is in it."""

from __future__ import annotations

from hub.cli import edi_shapes
from hub.edi.compare import compare
from hub.edi.explain import explain_segment, interchange_segments
from hub.edi.inspection import Inspected, inspect_interchanges
from hub.errors import DataError
from tests.unit.edi.interchanges import INVENTORY, PURCHASE_ORDER, document, group, interchange

KEYS = ["control_number", "sender", "receiver", "usage", "version", "delimiters", "groups", "findings", "segments"]
FINDING_KEYS = ["severity", "code", "level", "segment", "position", "element", "value", "text", "group", "set"]


def inspected(text: str) -> Inspected:
    [found] = inspect_interchanges(text.encode())
    return found


def test_interchange_has_exactly_its_keys() -> None:
    shape = edi_shapes.interchange(inspected(document("850")))
    assert KEYS == list(shape)
    assert ("000000001", "P", "00401", 19) == tuple(
        shape[key] for key in ("control_number", "usage", "version", "segments")
    )
    assert {"qualifier": "ZZ", "id": "NORTHWIND"} == shape["sender"]
    assert {"element": "*", "component": ">", "segment": "~", "repetition": ""} == shape["delimiters"]


def test_group_and_set_have_exactly_their_keys() -> None:
    [group_shape] = edi_shapes.interchange(inspected(document("850")))["groups"]
    assert ["functional_id", "control_number", "version", "sets"] == list(group_shape)
    [item] = group_shape["sets"]
    assert ["id", "control_number", "segments", "status", "document"] == list(item)
    assert ("850", "0001", 15, "accepted") == tuple(item[key] for key in list(item)[:4])
    assert ("850", "PO-1001") == (item["document"]["set"], item["document"]["number"])


def test_findings_of_every_level_are_in_one_list_with_their_place() -> None:
    text = interchange(
        group("850", PURCHASE_ORDER, PURCHASE_ORDER.replace("PO-1001", "")),
        group("846", INVENTORY.replace("QTY*33*40", "QTY*33*x"), number=2).replace("GE*1", "GE*2"),
    ).replace("*P*>", "*Q*>")
    told = edi_shapes.interchange(inspected(text))["findings"]
    assert [FINDING_KEYS] * len(told) == [list(one) for one in told]
    homes = {one["code"]: (one["level"], one["group"], one["set"], one["position"]) for one in told}
    assert ("interchange", None, None, 1) == homes["x12.usage-unusual"]
    assert ("group", "2", None) == homes["x12.ge-count"][:3]
    assert ("element", "1", "0002", 2) == homes["x12.element-needed"]
    assert ("element", "2", "0001", 7) == homes["x12.value-unreadable"]


def test_status_is_accepted_with_findings_or_rejected_by_the_set_its_group_and_its_interchange() -> None:
    def statuses(text: str) -> list[str]:
        shape = edi_shapes.interchange(inspected(text))
        return [item["status"] for each in shape["groups"] for item in each["sets"]]

    doubtful = PURCHASE_ORDER.replace("PO1*1*2", "PO1*1*x")
    good = group("850", PURCHASE_ORDER, doubtful)
    assert ["accepted", "accepted_with_findings"] == statuses(interchange(good))
    assert ["rejected"] * 2 == statuses(interchange(good.replace("GE*2", "GE*3")))
    assert ["rejected"] * 2 == statuses(interchange(good).replace("IEA*1", "IEA*2"))
    assert ["accepted", "rejected"] == statuses(interchange(good.replace("SE*15*0002", "SE*99*0002")))


def test_rejected_set_has_no_document_and_neither_has_one_the_hub_does_not_read() -> None:
    cut = document("850").replace("IEA*1*000000001~", "")
    unknown = interchange(group("816", "BHT*0001*00"))
    for text in (cut, unknown):
        [item] = edi_shapes.interchange(inspected(text))["groups"][0]["sets"]
        assert None is item["document"]


def test_documents_can_be_left_out() -> None:
    [each] = edi_shapes.interchange(inspected(document("850")), documents=False)["groups"]
    assert [None] == [item["document"] for item in each["sets"]]


def test_unreadable_file_has_the_same_keys_and_its_reason_as_a_finding() -> None:
    shape = edi_shapes.unreadable(DataError("It holds none.", code="x12.no-interchange"))
    assert (KEYS, [], 0) == (list(shape), shape["groups"], shape["segments"])
    [told] = shape["findings"]
    assert FINDING_KEYS == list(told)
    assert ("reject", "x12.no-interchange", "It holds none.") == (told["severity"], told["code"], told["text"])


def test_explained_segment_names_its_place_elements_and_findings() -> None:
    data = document("856").encode()
    found = inspected(data.decode()).interchange
    shape = edi_shapes.explained(explain_segment(found, interchange_segments(data, 1), 17))
    assert ("SN1", 17, 15, "856", "0001", "1") == tuple(
        shape[key] for key in ("segment", "position", "set_position", "set_id", "set", "group")
    )
    assert [{"head": "HL", "occurrence": 4, "level": "I"}] == shape["loops"]
    assert {"place": "SN103", "name": "unit", "value": "EA", "meaning": "each"} in shape["elements"]
    assert [] == shape["findings"]


def test_difference_has_values_only_where_an_element_differs() -> None:
    body = PURCHASE_ORDER.replace("PO-1001", "PO-1002").replace("CTT*2", "MSG*Ring~CTT*2")
    found = compare(document("850").encode(), document("850", body).encode())
    shapes = [edi_shapes.difference(one) for one in found]
    assert ("changed", "BEG", 3, "PO-1001", "PO-1002") == tuple(
        shapes[0][key] for key in ("change", "segment", "element", "before", "after")
    )
    assert ("added", "MSG", None, None, None) == tuple(
        shapes[1][key] for key in ("change", "segment", "element", "before", "after")
    )
