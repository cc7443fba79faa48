"""What we write fits the spec, or is told before it leaves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.edi.check import check_interchange
from hub.edi.documents.parts import Party
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine, render_purchase_order
from hub.edi.documents.registry import document_from_json, write_document
from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import Status
from hub.edi.templates import fitted
from hub.edi.write import OutboundSet, write_interchange
from hub.errors import DataError
from tests.unit.edi.interchanges import ENVELOPE
from tests.unit.edi.test_samples import ROOT

ORDER = PurchaseOrder(
    number="PO-1",
    date=None,
    parties=(Party("ST", name="N" * 90, address_lines=("S" * 70,), city="Dayton", state="OH"),),
    lines=(PurchaseOrderLine("1", None, "EA", ids=(("VN", "A-1"),)),),
)


def order(**changes: object) -> OutboundSet:
    return render_purchase_order(replace(ORDER, **changes))  # type: ignore[arg-type]


def test_free_text_is_cut_to_its_element() -> None:
    rows = fitted(order(date=_day()), "004010").rows
    assert ("N1", "ST", "N" * 60) == next(row for row in rows if row[0] == "N1")[:3]
    assert ("N3", "S" * 55) == next(row for row in rows if row[0] == "N3")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"number": "P" * 30}, "850/BEG03"),
        ({}, "850/BEG05"),
        ({"lines": ()}, "850/PO1"),
    ],
)
def test_what_cannot_be_cut_is_told_by_its_place(changes: dict[str, object], path: str) -> None:
    given = {"date": _day(), **changes} if changes else {}
    with pytest.raises(DataError) as raised:
        fitted(order(**given), "004010")
    assert ("x12.not-writable", path) == (raised.value.code, raised.value.path)


def test_a_place_that_is_longer_in_5010_is_used() -> None:
    reference = "R" * 40
    rows = (("BEG", "00", "SA", "PO-1", "", "20261122"), ("REF", "CO", reference), ("PO1", "1", "1", "EA"))
    assert reference in str(fitted(OutboundSet("850", rows), "005010").rows)
    with pytest.raises(DataError):
        fitted(OutboundSet("850", rows), "004010VICS")


def test_a_fitted_set_is_in_order_for_whoever_reads_it() -> None:
    seen = 0
    for path in sorted(ROOT.glob("*/*.json")):
        for document in json.loads(path.read_text("utf-8"))["documents"]:
            if document["set"] not in GROUP_OF_SET:
                continue
            try:
                item = fitted(write_document(document_from_json(document)), "005010")
            except DataError:
                continue
            envelope = replace(ENVELOPE, functional_id=GROUP_OF_SET[item.id], version="005010")
            (found,) = [check_interchange(one) for one in read_interchanges(write_interchange(envelope, [item]))]
            (read,) = found.groups[0].sets
            assert Status.REJECTED != read.status
            seen += 1
    assert seen > 80


def _day() -> object:
    import datetime as dt

    return dt.date(2026, 11, 22)
