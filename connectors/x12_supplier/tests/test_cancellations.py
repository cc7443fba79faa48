"""860 out, 865 in: what we ask back, and what the supplier says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from supplier import NOW, cancellation, codebook, request, stamp

from hub.edi.documents.order_change import PurchaseOrderChange, parse_change
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, write_interchange
from hub.errors import RefusedError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest
from hub.model.purchase import Acknowledgement
from hub.sdk.capabilities import Parsed
from hub.sdk.x12.translate.cancellations import cancellations
from hub_x12_supplier.translate.sets import parsed


@pytest.fixture
def book() -> Codebook:
    plain = codebook()
    assert plain.x12 is not None
    return replace(plain, x12=plain.x12.model_copy(update={"sends": ("850", "860")}))


def written(asked: CancellationRequest, book: Codebook) -> PurchaseOrderChange:
    document = cancellations([("cancel:1", asked)], book, stamp())
    [found] = read_interchanges(document.body)
    [(_, item)] = found.usable_sets()
    return parse_change(item)


def heard(book: Codebook, *rows: tuple[str, ...]) -> Parsed:
    envelope = OutboundEnvelope(
        TradingId("ZZ", "NORTHWIND"), TradingId("ZZ", "TOYHUB"), "NORTHWIND", "TOYHUB", "CA", "004010", 1, 1, NOW
    )
    body = write_interchange(envelope, [OutboundSet("865", rows)])
    return parsed(Document(book.connection, Direction.INBOUND, "x12", "1", body, NOW), book)


def test_a_whole_order_is_cancelled_without_lines(book: Codebook) -> None:
    change = written(cancellation(request(7)), book)
    assert ("01", "P00000007", ()) == (change.purpose, change.number, change.lines)


def test_lines_are_deleted_by_the_partners_ids(book: Codebook) -> None:
    change = written(cancellation(request(7, ("MUG-BLUE", 3), ("TEA-TIN", 24)), 2), book)
    assert "04" == change.purpose
    [line] = change.lines
    assert ("2", "DI", (("VN", "NW-200"),)) == (line.number, line.change, line.ids)


def test_a_partner_that_takes_no_changes_is_not_sent_one() -> None:
    with pytest.raises(RefusedError) as raised:
        cancellations([("cancel:1", cancellation(request(7)))], codebook(), stamp())
    assert "x12.no-changes" == raised.value.code


@pytest.mark.parametrize(
    ("rows", "agreed"),
    [
        ([("BCA", "01", "AT", "P00000007", "", "", "20261122")], True),
        ([("BCA", "01", "RJ", "P00000007", "", "", "20261122")], False),
        ([("BCA", "04", "AC", "P00000007", "", "", "20261122"), ("POC", "2", "DI"), ("ACK", "ID")], True),
        ([("BCA", "04", "AC", "P00000007", "", "", "20261122"), ("POC", "2", "DI"), ("ACK", "IA")], True),
        ([("BCA", "04", "AC", "P00000007", "", "", "20261122"), ("POC", "2", "DI"), ("ACK", "IR")], False),
    ],
)
def test_the_suppliers_word_on_a_cancellation(book: Codebook, rows: list[tuple[str, ...]], agreed: bool) -> None:
    found = heard(book, *rows)
    [answer] = found.items
    assert isinstance(answer, Acknowledgement)
    assert ("P00000007", agreed, ()) == (answer.request_id, answer.cancel_accepted, found.problems)


def test_only_the_lines_it_takes_out_are_agreed(book: Codebook) -> None:
    head = ("BCA", "00", "AC", "P00000007", "", "", "20261122")
    kept = [("POC", "2", "NC", "3", "", "EA"), ("ACK", "IA", "3", "EA")]
    found = heard(book, head, ("POC", "1", "DI"), ("ACK", "ID"), *kept)
    [answer] = found.items
    assert isinstance(answer, Acknowledgement)
    assert (True, (1,)) == (answer.cancel_accepted, answer.cancelled_lines)


@pytest.mark.parametrize(
    "rows",
    [
        [("BCA", "04", "AC", "P00000007", "", "", "20261122"), ("POC", "1", "PC", "3", "", "EA", "12.50")],
        [("BCA", "00", "", "P00000007", "", "", "20261122")],
    ],
)
def test_anything_else_an_865_says_is_for_a_person(book: Codebook, rows: list[tuple[str, ...]]) -> None:
    found = heard(book, *rows)
    assert () == found.items
    assert ["x12.change-for-a-person"] == [problem.code for problem in found.problems]
