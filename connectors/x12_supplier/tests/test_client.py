"""The connector against the simulated supplier, over a folder and over a real SFTP server."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from supplier import codebook, connection, envelope, read_until, request, simulator, stamp

from hub.errors import ConfigurationError, UncertainOutcomeError
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome, Invoice, SyntaxReceipt
from hub.model.shipment import Shipment
from hub.model.stock import StockReport
from hub.sdk.capabilities import Outcome, Parsed, RepeatSafety


def said(found: list[Parsed], kind: type) -> list[Any]:
    return [item for parsed in found for item in parsed.items if isinstance(item, kind)]


@pytest.mark.parametrize("sftp", [False, True], ids=["folder", "sftp"])
def test_purchase_order_comes_back_acknowledged_shipped_and_invoiced(tmp_path: Path, sftp: bool) -> None:
    partner = simulator(tmp_path, sftp=sftp)
    partner.start()
    try:
        connector = connection(partner)
        [document] = connector.render([envelope(request(1, ("MUG-BLUE", 3), ("TEA-TIN", 24)))], codebook(), stamp())
        receipt = connector.send(document)
        found = read_until(connector, codebook(), lambda all_: bool(said(all_, Invoice)))
    finally:
        partner.stop()

    assert [(Outcome.ACCEPTED, "850/1/0001")] == [(r.outcome, r.external_ref) for r in receipt.results]
    receipts = said(found, SyntaxReceipt)
    assert [(True, "PO", "1", "0001"), (True, "PO", "1", "")] == [
        (one.accepted, one.group_kind, one.group_control_number, one.set_control_number) for one in receipts
    ]
    [answer] = said(found, Acknowledgement)
    assert [("P00000001", 1, 3), ("P00000001", 2, 24)] == [
        (answer.request_id, line.number, line.quantity) for line in answer.lines
    ]
    [shipment] = said(found, Shipment)
    assert [(1, 3, True), (2, 24, True)] == [(line.number, line.quantity, line.closes) for line in shipment.lines]
    [parcel] = shipment.parcels
    assert parcel.tracking_number.startswith("1Z")
    assert 18 == len(parcel.sscc)
    [stock] = said(found, StockReport)
    assert [("MUG-BLUE", 50, 1), ("TEA-TIN", 120, 1)] == [(r.sku, r.quantity, r.units_each) for r in stock.rows]
    assert {("MAIN", "NW-100"): Decimal(47), ("MAIN", "NW-200"): Decimal(96)} == partner.book().stock


def test_same_interchange_twice_is_one_order_in_the_partners_book(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    partner.start()
    try:
        connector = connection(partner)
        [document] = connector.render([envelope(request())], codebook(), stamp())
        connector.send(document)
        read_until(connector, codebook(), lambda all_: bool(said(all_, Shipment)))
        connector.send(document)
        connector.send(document)
        while not partner.idle():
            pass
    finally:
        partner.stop()
    assert [1] == [booked.times for booked in partner.book().instructions.values()]
    assert 3 == partner.book().instructions["P00000001"].shipped["NW-100"]


def test_rejection_is_told_per_line(tmp_path: Path) -> None:
    partner = simulator(tmp_path, behaviours=["reject"])
    partner.start()
    try:
        connector = connection(partner)
        [document] = connector.render([envelope(request())], codebook(), stamp())
        connector.send(document)
        found = read_until(connector, codebook(), lambda all_: bool(said(all_, Acknowledgement)))
    finally:
        partner.stop()
    [answer] = said(found, Acknowledgement)
    assert [(AcknowledgementOutcome.REJECTED, 3, "IR")] == [
        (line.outcome, line.quantity, line.partner_code) for line in answer.lines
    ]


def test_supplier_that_does_not_deduplicate_is_never_resent_to_blindly(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    assert RepeatSafety.NONE is connection(partner, deduplicates=False).repeat_safety
    assert RepeatSafety.DEDUPE_BY_CONTROL_NUMBER is connection(partner).repeat_safety


def test_lookup_knows_a_file_that_lies_there_and_doubts_one_that_is_gone(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    (tmp_path / "inbound").mkdir()
    connector = connection(partner)
    [document] = connector.render([envelope(request())], codebook(), stamp())
    connector.send(document)
    receipt = connector.lookup(document)
    assert receipt is not None
    assert [Outcome.ACCEPTED] == [result.outcome for result in receipt.results]
    (tmp_path / "inbound" / document.meta["file"]).unlink()
    with pytest.raises(UncertainOutcomeError):
        connector.lookup(document)


def test_wrong_sftp_password_is_a_configuration_error_without_the_password(tmp_path: Path) -> None:
    from pydantic import SecretStr

    partner = simulator(tmp_path, sftp=True)
    partner.start()
    try:
        connector = connection(partner, password=SecretStr("canary-4711"))
        with pytest.raises(ConfigurationError) as caught:
            connector.fetch(None)
        health = connector.check()
    finally:
        partner.stop()
    assert "canary-4711" not in repr(caught.value) + str(caught.value) + repr(health)
    assert not health.ok
