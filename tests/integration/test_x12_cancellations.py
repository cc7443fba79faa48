"""A cancelled order asked back from an X12 supplier: 860 out, 865 in, through the engine and real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.edi.documents.order_change import parse_change
from hub.flows.cancel_order import cancel_order
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import ChannelId, OrderId, Sku
from hub.model.order import OrderRecord, OrderStatus
from hub.model.returns import Cancellation
from hub.sync.daemon import Engine
from tests.integration.supplier_mail import MailWorld, file_of, profile, stock


@pytest.fixture
def mail(database_url: str, tmp_path: Path) -> Iterator[MailWorld]:
    takes_changes = profile(sends=("850", "860", "997"))
    made = MailWorld(database_url, suppliers=("east",), folder=tmp_path / "mailbox", x12=takes_changes)
    yield made
    made.close()


def ordered(mail: MailWorld) -> Engine:
    """An order of two units is with the supplier."""
    engine = mail.engine()
    mail.put("stock.edi", file_of("846", stock(A=9)))
    mail.work(engine)
    mail.order("1", {"A": 2})
    mail.work(engine)
    assert 1 == len(mail.collect("850*"))
    return engine


def cancel(mail: MailWorld, engine: Engine) -> None:
    """The buyer cancels."""
    asked = Cancellation(
        channel=ChannelId("shop"), external_id="1", cancelled_at=mail.clock(), reason="changed my mind"
    )
    with engine.runtime.storage.begin() as uow:
        cancel_order(Work(uow, mail.network(), mail.clock(), None, "test"), asked)
    mail.work(engine)


def order(engine: Engine) -> OrderRecord:
    with engine.runtime.storage.read() as uow:
        found = uow.orders.get(OrderId("shop-1"))
    assert found is not None
    return found


def reserved(engine: Engine) -> int:
    with engine.runtime.storage.read() as uow:
        return int(sum(each.reserved for each in uow.ledger.balances([Sku("A")])))


def answer(status: str, number: str) -> list[tuple[str, ...]]:
    return [("BCA", "01", status, number, "", "", "20261102")]


def test_an_agreed_cancellation_gives_the_stock_back(mail: MailWorld) -> None:
    engine = ordered(mail)
    cancel(mail, engine)
    [(_, asked)] = [pair for found in mail.mail("860*") for pair in found.usable_sets()]
    change = parse_change(asked)
    assert ("01", 2) == (change.purpose, reserved(engine))
    mail.put("answer.edi", file_of("865", answer("AT", change.number), number=2))
    mail.work(engine)
    assert (OrderStatus.CANCELLED, 0) == (order(engine).status, reserved(engine))


def test_a_refused_cancellation_leaves_the_order_with_the_supplier(mail: MailWorld) -> None:
    engine = ordered(mail)
    cancel(mail, engine)
    [(_, asked)] = [pair for found in mail.mail("860*") for pair in found.usable_sets()]
    mail.put("answer.edi", file_of("865", answer("RJ", parse_change(asked).number), number=2))
    mail.work(engine)
    assert (OrderStatus.OPEN, 2) == (order(engine).status, reserved(engine))
    with engine.runtime.storage.read() as uow:
        kinds = [event.kind for event in uow.orders.timeline(OrderId("shop-1"))]
    assert EventKind.CANCELLATION_REFUSED in kinds


def test_a_supplier_that_takes_no_changes_is_asked_by_a_person(mail: MailWorld) -> None:
    mail.x12 = profile()
    engine = ordered(mail)
    cancel(mail, engine)
    assert [] == mail.mail("860*")
    with engine.runtime.storage.read() as uow:
        refused = [
            event for event in uow.orders.timeline(OrderId("shop-1")) if event.kind is EventKind.CANCELLATION_REFUSED
        ]
    assert 1 == len(refused)
    assert 2 == reserved(engine)
