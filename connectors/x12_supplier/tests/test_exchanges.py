"""What the connector names for the hub's log, and how it answers a supplier."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from supplier import CONNECTION, NOW, codebook, connection, envelope, request, simulator

from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional
from hub.edi.envelope import read_interchanges
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.document import Direction, Document
from hub.model.exchange import ExchangeState, ReceiptState
from hub.model.purchase import SyntaxReceipt
from hub.sdk.capabilities import Envelope, Parsed, Stamp
from hub_x12_supplier.connector import X12Supplier
from hub_x12_supplier.translate.sets import parsed

STOCK = "BIA*00*SI*COUNT*20261122*0600~LIN*1*VN*NW-100~QTY*17*5*EA~CTT*1"
ODD = STOCK.replace("LIN*1*", "QQQ*1~LIN*1*")


def book(**changes: Any) -> Codebook:
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="NORTHWIND"), "item_ids": ("VN",)}
    return codebook(x12=X12Profile(**{**parties, **changes}))


def interchange(*bodies: str, set_id: str = "846", number: int = 7, usage: str = "P", beside: str = "") -> str:
    """An interchange of the supplier's; ``beside`` stands before its group."""
    group = {"846": "IB", "997": "FA"}[set_id]
    sets = "".join(
        f"ST*{set_id}*{place:04}~{body}~SE*{body.count('~') + 3}*{place:04}~" for place, body in enumerate(bodies, 1)
    )
    header = "ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*TOYHUB         *261122*0615*U*00401*"
    held = f"GS*{group}*NW*TH*20261122*0615*3*X*004010~{sets}GE*{len(bodies)}*3~" if bodies else ""
    return f"{header}{number:09}*0*{usage}*>~{beside}{held}IEA*{1 if bodies else 0}*{number:09}~"


def read(text: str, using: Codebook | None = None) -> Parsed:
    document = Document(CONNECTION, Direction.INBOUND, "x12", "one", text.encode(), NOW)
    return parsed(document, using or book())


def answers(found: Parsed, connector: X12Supplier, using: Codebook | None = None) -> list[Document]:
    used = using or book()
    envelopes = [Envelope(f"reply:{reply.key}", reply) for reply in found.replies]
    numbers = tuple(range(1, len(connector.sequences(envelopes, used)) + 1))
    return list(connector.render(envelopes, used, Stamp(NOW, "stamp", numbers)))


def functional(document: Document) -> FunctionalAcknowledgement:
    [found] = read_interchanges(document.body)
    return parse_functional(found.groups[0].sets[0])


@pytest.fixture
def connector(tmp_path: Any) -> X12Supplier:
    return connection(simulator(tmp_path))


def test_received_interchange_is_named_with_all_that_is_in_it() -> None:
    [found] = read(interchange(STOCK)).exchanges
    exchange = found.exchange
    assert ("ZZ:NORTHWIND", "ZZ:TOYHUB", "000000007", ExchangeState.RECORDED) == (
        exchange.sender,
        exchange.receiver,
        exchange.control_number,
        exchange.state,
    )
    [group] = exchange.groups
    assert ("IB", "NW", "TH", "3", "004010", "A") == (
        group.kind,
        group.sender,
        group.receiver,
        group.control_number,
        group.version,
        group.code,
    )
    assert [("846", "0001", "846 000000007/0001")] == [(m.kind, m.control_number, m.subject) for m in group.messages]


def test_each_interchange_counts_what_came_in_it() -> None:
    text = interchange(STOCK, number=7) + "\n" + interchange(STOCK, STOCK.replace("NW-100", "NW-999"), number=8)
    found = read(text)
    assert [(1, 0, 1), (2, 1, 1)] == [(one.items, one.problems, one.replies) for one in found.exchanges]
    assert (3, 1, 2) == (len(found.items), len(found.problems), len(found.replies))
    first, second = (one.exchange for one in found.exchanges)
    assert first.sha256 == read(interchange(STOCK, number=7) + "\r\n").exchanges[0].exchange.sha256
    assert first.sha256 != second.sha256


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (interchange(STOCK, usage="T"), "x12.usage-mismatch"),
        (interchange(STOCK).replace("NORTHWIND ", "EASTWIND  "), "x12.unknown-sender"),
        (interchange(STOCK).replace("IEA*1", "IEA*2"), "x12.iea-count"),
        (interchange(STOCK).replace("GE*1*", "GE*2*"), "x12.ge-count"),
        (interchange(STOCK).replace("SE*6*", "SE*9*"), "x12.se-count"),
    ],
)
def test_interchange_of_which_nothing_can_be_read_is_refused(text: str, code: str) -> None:
    found = read(text)
    [one] = found.exchanges
    assert (ExchangeState.REFUSED, code) == (one.exchange.state, one.exchange.code)
    assert [code] == [problem.code for problem in found.problems]
    assert () == found.items


def test_file_without_any_interchange_is_no_exchange() -> None:
    with pytest.raises(DataError) as caught:
        read("Dear Sir or Madam")
    assert "x12.no-interchange" == caught.value.code


def test_only_sets_with_findings_are_named_where_the_partner_wishes(connector: X12Supplier) -> None:
    using = book(acknowledge_sets="errors")
    [document] = answers(read(interchange(STOCK, ODD), using), connector, using)
    verdict = functional(document)
    assert ("E", ["0002"], 2, 2) == (
        verdict.status,
        [one.control_number for one in verdict.results],
        verdict.sets_received,
        verdict.sets_accepted,
    )


def test_no_997_where_none_is_agreed() -> None:
    assert () == read(interchange(STOCK), book(functional_acknowledgement=False)).replies


def test_acknowledgements_are_not_acknowledged() -> None:
    assert () == read(interchange("AK1*PO*4~AK9*A*1*1*1", set_id="997")).replies


def test_answers_of_one_way_share_an_interchange_and_others_do_not(connector: X12Supplier) -> None:
    newer = interchange(STOCK, number=8).replace("*X*004010", "*X*005010")
    asked = interchange(STOCK, number=9).replace("*0*P*>", "*1*P*>")
    found = read(interchange(STOCK) + newer + asked)
    documents = answers(found, connector)
    assert [("997", 2), ("997", 1), ("TA1", 1)] == [(one.kind, len(one.item_keys)) for one in documents]
    assert ["1", "3", "5"] == [one.meta["control_number"] for one in documents]
    assert 3 == len({one.source_id for one in documents}) == len({one.meta["file"] for one in documents})
    reply = documents[0].exchange
    assert reply is not None
    assert [(ReceiptState.NONE, None)] == [(group.state, group.due) for group in reply.groups]


def test_purchase_orders_are_named_with_the_time_their_997_is_due(connector: X12Supplier) -> None:
    using = book(acknowledgement_hours=2)
    envelopes = [envelope(request(1)), envelope(request(2))]
    assert ["x12/ISA/ZZ:TOYHUB/ZZ:NORTHWIND", "x12/GS/PO/TOYHUB/NORTHWIND"] == list(
        connector.sequences(envelopes, using)
    )
    [document] = connector.render(envelopes, using, Stamp(NOW, "stamp", (5, 1_000_000_003)))
    exchange = document.exchange
    assert exchange is not None
    [group] = exchange.groups
    assert ("000000005", "4", ReceiptState.AWAITED, NOW + dt.timedelta(hours=2)) == (
        exchange.control_number,
        group.control_number,
        group.state,
        group.due,
    )
    assert [("850", "0001", "P00000001"), ("850", "0002", "P00000002")] == [
        (message.kind, message.control_number, message.subject) for message in group.messages
    ]
    assert (document.sha256, len(document.body)) == (exchange.sha256, exchange.size)


def receipts(text: str) -> list[tuple[str, bool, str, bool]]:
    found = read(text).items
    return [
        (one.set_control_number, one.accepted, one.code, one.undecided)
        for one in found
        if isinstance(one, SyntaxReceipt)
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("AK1*PO*4~AK9*A*2*2*2", [("", True, "A", False)]),
        ("AK1*PO*4~AK9*R*2*2*0", [("", False, "R", False)]),
        (
            "AK1*PO*4~AK2*850*0002~AK5*R*5~AK9*P*2*2*1",
            [("0002", False, "R", False), ("", True, "P", False)],
        ),
        ("AK1*PO*4~AK2*850*0002~AK5*R*5~AK9*P*3*3*1", [("0002", False, "R", False), ("", False, "P", True)]),
        ("AK1*PO*4~AK9*P*2*2*1", [("", False, "P", True)]),
    ],
)
def test_997_is_a_receipt_per_set_named_and_one_for_the_rest(
    body: str, expected: list[tuple[str, bool, str, bool]]
) -> None:
    assert expected == receipts(interchange(body, set_id="997"))


def test_ta1_is_a_receipt_for_a_whole_interchange() -> None:
    found = read(interchange(beside="TA1*000000042*261122*0615*R*006~"))
    [receipt] = found.items
    assert isinstance(receipt, SyntaxReceipt)
    assert ("000000042", False, "R", "the id of its sender is invalid") == (
        receipt.exchange_control_number,
        receipt.accepted,
        receipt.code,
        receipt.detail,
    )
    assert ((), ()) == (found.problems, found.replies)


def test_restarted_supplier_does_not_use_its_control_numbers_again(tmp_path: Any) -> None:
    for expected in (1, 2):
        partner = simulator(tmp_path)
        partner.start()
        while len(files := sorted((tmp_path / "outbound").glob("*-846.edi"))) < expected:
            pass
        partner.stop()
        assert expected == int(files[-1].name[:9])
