"""The real X12 connector and real files: repeats, reused numbers, refusals, acknowledgements and their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.edi.documents.functional import parse_functional
from hub.model.document import Direction
from hub.model.exchange import ExchangeState, ReceiptState
from hub.model.identity import DocumentId, OrderId
from hub.model.order import OrderRecord
from hub.model.purchase import PurchaseOrderState
from hub.model.queue import InboxState
from hub.sync.daemon import Engine
from hub.sync.quarantine import reprocess
from tests.integration.supplier_mail import EAST, MailWorld, file_of, on_hand, profile, stock


@pytest.fixture
def mail(database_url: str, tmp_path: Path) -> Iterator[MailWorld]:
    made = MailWorld(database_url, suppliers=("east",), folder=tmp_path / "mailbox")
    yield made
    made.close()


def inbound(mail: MailWorld, engine: Engine) -> list[tuple[str, ExchangeState, int]]:
    found = mail.log(engine, connection=EAST, direction=Direction.INBOUND)[::-1]
    return [(one.control_number, one.state, one.repeats) for one in found]


def codes(mail: MailWorld, engine: Engine) -> list[str]:
    return [entry.code for entry in mail.entries(engine)]


def order_of(engine: Engine, number: str) -> OrderRecord:
    with engine.runtime.storage.read() as uow:
        found = uow.orders.get(OrderId(f"shop-{number}"))
    assert found is not None
    return found


def purchase_of(engine: Engine, number: str) -> PurchaseOrderState | None:
    with engine.runtime.storage.read() as uow:
        [request] = uow.requests.for_order(OrderId(f"shop-{number}"))
    return request.purchase


def test_file_sent_twice_is_recorded_once_and_answered_twice_with_the_same_bytes(mail: MailWorld) -> None:
    engine = mail.engine()
    body = file_of("846", stock(A=5))
    mail.put("one.edi", body)
    mail.work(engine)
    [first] = mail.collect("997-*")
    mail.put("two.edi", body)
    mail.work(engine)
    [again] = mail.collect("997-*")
    assert first == again
    assert [("1", ExchangeState.RECORDED, 1)] == inbound(mail, engine)
    assert 5 == on_hand(engine)
    assert [InboxState.APPLIED] * 2 == [entry.state for entry in mail.inbox(engine)]


def test_file_left_by_a_crash_is_the_same_document(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5)))
    mail.work(engine)
    # As it was before it was moved away, its time too.
    (mail.folder / "outbound/done/one.edi").rename(mail.folder / "outbound/one.edi")
    mail.work(engine)
    assert 1 == len(mail.inbox(engine))
    assert [("1", ExchangeState.RECORDED, 0)] == inbound(mail, engine)


def test_same_number_with_other_content_is_held_and_alarmed(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5)))
    mail.work(engine)
    mail.collect()
    mail.put("two.edi", file_of("846", stock(A=50)))
    mail.work(engine)
    assert ["exchange.control-number-reused"] == codes(mail, engine)
    assert 5 == on_hand(engine)
    assert [] == mail.collect()
    assert [("1", ExchangeState.RECORDED, 0), ("1", ExchangeState.HELD, 0)] == inbound(mail, engine)


def test_held_file_is_recorded_once_the_profile_says_that_numbers_come_again(mail: MailWorld) -> None:
    engine = mail.engine()
    for name, count in (("one.edi", 5), ("two.edi", 50)):
        mail.put(name, file_of("846", stock(A=count)))
        mail.work(engine)
    [held] = mail.entries(engine)
    mail.x12 = profile(control_numbers="none")
    engine.apply_config(mail.connections(), mail.network())
    reprocess(engine.runtime.storage, held.document)
    mail.work(engine)
    assert [] == codes(mail, engine)
    assert [("1", ExchangeState.RECORDED, 0)] * 2 == inbound(mail, engine)
    assert 2 == len(mail.mail("997-*"))


def test_reprocessing_is_no_repeat(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5, C=7)))
    mail.work(engine)
    mail.collect()
    [entry] = mail.inbox(engine)
    reprocess(engine.runtime.storage, entry.document)
    mail.work(engine)
    assert [("1", ExchangeState.RECORDED, 0)] == inbound(mail, engine)
    assert ["data.unmapped-item"] == codes(mail, engine)
    assert [] == mail.collect()


def test_repeat_inside_one_file_counts_once(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5)) * 2)
    mail.work(engine)
    assert [("1", ExchangeState.RECORDED, 1)] == inbound(mail, engine)
    assert 1 == len(mail.mail("997-*")[0].groups[0].sets)


def test_skipped_numbers_are_noted_and_late_ones_taken(mail: MailWorld) -> None:
    engine = mail.engine()
    for number in (1, 4, 2):
        mail.put(f"{number}.edi", file_of("846", stock(A=number), number=number))
        mail.work(engine)
    assert ["", "Came where 2 was next.", ""] == [
        one.note for one in mail.log(engine, direction=Direction.INBOUND)[::-1]
    ]
    assert [] == codes(mail, engine)
    assert 3 == len(mail.mail("997-*"))


def test_test_data_is_refused_with_a_rejecting_997_in_its_own_usage(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("test.edi", file_of("846", stock(A=5), usage="T"))
    mail.work(engine)
    [answer] = mail.mail("997-*")
    verdict = parse_functional(answer.groups[0].sets[0])
    assert ("T", "R", ["R"], 0) == (
        answer.usage,
        verdict.status,
        [one.status for one in verdict.results],
        verdict.sets_accepted,
    )
    assert ["x12.usage-mismatch"] == codes(mail, engine)
    assert [("1", ExchangeState.REFUSED, 0)] == inbound(mail, engine)
    assert 0 == on_hand(engine)


def test_refused_file_that_comes_again_is_taken_once_the_profile_allows_it(mail: MailWorld) -> None:
    engine = mail.engine()
    body = file_of("846", stock(A=5), usage="T")
    mail.put("one.edi", body)
    mail.work(engine)
    mail.x12 = profile(usage="T")
    engine.apply_config(mail.connections(), mail.network())
    mail.put("two.edi", body)
    mail.work(engine)
    assert 5 == on_hand(engine)
    assert [("1", ExchangeState.RECORDED, 1)] == inbound(mail, engine)


def test_cut_off_file_is_answered_with_a_ta1_and_its_whole_again_is_taken(mail: MailWorld) -> None:
    engine = mail.engine()
    body = file_of("846", stock(A=5))
    mail.put("cut.edi", body[: body.index(b"CTT")])
    mail.work(engine)
    [answer] = mail.mail("TA1-*")
    assert [("TA1", "000000001", "R", "023")] == [
        (one.id, one.get(1), one.get(4), one.get(5)) for one in answer.technical
    ]
    assert not answer.findings
    mail.put("whole.edi", body)
    mail.work(engine)
    assert 5 == on_hand(engine)
    assert [("1", ExchangeState.REFUSED, 0), ("1", ExchangeState.RECORDED, 0)] == inbound(mail, engine)


def test_ta1_is_given_where_it_is_asked_for(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5), acknowledgement_requested=True))
    mail.work(engine)
    [answer] = mail.mail("TA1-*")
    assert ["A", "000"] == [answer.technical[0].get(4), answer.technical[0].get(5)]
    assert 1 == len(mail.mail("997-*"))


def test_answers_keep_release_and_parties_of_what_they_answer(mail: MailWorld) -> None:
    engine = mail.engine()
    mail.put("one.edi", file_of("846", stock(A=5), number=1))
    mail.put("two.edi", file_of("846", stock(A=6), number=2, version="005010", group_sender="ES-STOCK"))
    mail.work(engine)
    found = {answer.groups[0].version: answer.groups[0] for answer in mail.mail("997-*")}
    assert {"004010", "005010"} == set(found)
    assert ("TOYHUB", "ES-STOCK") == (found["005010"].sender, found["005010"].receiver)
    assert [1, 2] == sorted(int(answer.control_number) for answer in mail.mail("997-*"))


def two_orders_sent(mail: MailWorld) -> Engine:
    """Purchase orders of two customers in one group, which the supplier has taken away."""
    engine = mail.engine()
    mail.put("stock.edi", file_of("846", stock(A=9)))
    mail.work(engine)
    mail.order("1", {"A": 2})
    mail.order("2", {"A": 1})
    mail.work(engine)
    mail.work(engine)
    return engine


def sent_group(mail: MailWorld) -> str:
    [found] = mail.mail("850-*")
    assert ["850", "850"] == [each.id for each in found.groups[0].sets]
    return found.groups[0].control_number


def test_numbers_of_interchanges_and_groups_run_in_series_of_their_own(mail: MailWorld) -> None:
    two_orders_sent(mail)
    [order] = mail.mail("850-*")
    [answer] = mail.mail("997-*")
    assert {"000000001", "000000002"} == {order.control_number, answer.control_number}
    assert ("1", "1") == (order.groups[0].control_number, answer.groups[0].control_number)


def test_997_that_rejects_one_of_two_orders_holds_that_one(mail: MailWorld) -> None:
    engine = two_orders_sent(mail)
    group = sent_group(mail)
    rows = [
        ("AK1", "PO", group),
        ("AK2", "850", "0002"),
        ("AK3", "PO1", "8", "", "8"),
        ("AK4", "2", "330", "6", "Sample Street"),
        ("AK5", "R", "5"),
        ("AK9", "P", "2", "2", "1"),
    ]
    mail.put("answer.edi", file_of("997", rows, number=2))
    mail.work(engine)
    assert (PurchaseOrderState.RECEIVED, PurchaseOrderState.SENT) == (
        purchase_of(engine, "1"),
        purchase_of(engine, "2"),
    )
    words = "PO1 at segment 8: element 2 has invalid characters"
    assert ("", True) == (order_of(engine, "1").hold, words in order_of(engine, "2").hold)
    [entry] = mail.entries(engine)
    assert ("exchange.rejected", "shop-2", True, False) == (
        entry.code,
        entry.order_id,
        words in entry.message,
        "Sample Street" in entry.message,
    )
    [sent] = [one for one in mail.log(engine, direction=Direction.OUTBOUND) if one.groups[0].kind == "PO"]
    [logged] = sent.groups
    assert (ReceiptState.PARTIAL, ["received", "rejected"]) == (logged.state, [one.state for one in logged.messages])
    assert DocumentId("") != logged.answer


def test_overdue_997_is_one_entry_that_its_arrival_closes(mail: MailWorld) -> None:
    engine = two_orders_sent(mail)
    group = sent_group(mail)
    mail.advance(hours=24)
    mail.work(engine)
    overdue = [one for one in mail.entries(engine) if one.code == "exchange.acknowledgement-overdue"]
    assert [f"group PO {group}"] == [one.path for one in overdue]
    mail.put("answer.edi", file_of("997", [("AK1", "PO", group), ("AK9", "A", "2", "2", "2")], number=2))
    mail.work(engine)
    assert "exchange.acknowledgement-overdue" not in codes(mail, engine)
    assert [] == mail.log(engine, awaiting=True)


def test_partner_that_gives_no_997_is_not_waited_for(mail: MailWorld) -> None:
    mail.x12 = profile(acknowledgement_hours=0)
    engine = two_orders_sent(mail)
    mail.advance(hours=24)
    mail.work(engine)
    assert "exchange.acknowledgement-overdue" not in codes(mail, engine)


def test_our_997s_are_not_waited_for(mail: MailWorld) -> None:
    engine = two_orders_sent(mail)
    assert ["PO"] == [one.groups[0].kind for one in mail.log(engine, awaiting=True)]


@pytest.mark.parametrize(("status", "held"), [("R", True), ("A", False)])
def test_ta1_for_an_interchange_of_ours(mail: MailWorld, status: str, held: bool) -> None:
    engine = two_orders_sent(mail)
    [sent] = mail.mail("850-*")
    note = "006" if held else "000"
    row = ("TA1", sent.control_number, sent.date, sent.time, status, note)
    mail.put("answer.edi", file_of("TA1", [row], number=2))
    mail.work(engine)
    assert [held, held] == [bool(order_of(engine, number).hold) for number in ("1", "2")]
    assert (["exchange.rejected"] if held else []) == codes(mail, engine)
    if held:
        assert "the id of its sender is invalid" in order_of(engine, "1").hold


def test_resend_is_the_same_bytes_under_the_same_number(mail: MailWorld) -> None:
    engine = two_orders_sent(mail)
    [first] = mail.collect("850-*")
    with engine.runtime.storage.begin() as uow:
        items = [item for item in uow.outbox.page(connection=EAST) if item.kind == "fulfilment"]
        for item in items:
            uow.outbox.settle(item.key, item.state.UNKNOWN, due=mail.clock())
        uow.lanes.mark("east/out")
    mail.work(engine)
    assert [first] == mail.collect("850-*")
    assert 1 == sum(one.groups[0].kind == "PO" for one in mail.log(engine, direction=Direction.OUTBOUND))
