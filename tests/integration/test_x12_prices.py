"""A supplier's price catalogue (832), the purchase orders that name its prices, and its invoices held against them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pytest

from hub.edi.documents.purchase_order import PurchaseOrder, parse_purchase_order
from hub.edi.write import Row
from hub.mapping.codebook import PartnerItem
from hub.model.events import EventKind
from hub.model.identity import OrderId, PartnerId, Sku
from hub.model.network import Network
from hub.sdk.spec import ConnectorSpec
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.transport.throttle import RateBudget
from tests.integration.supplier_mail import EAST, MailWorld, file_of, profile, stock

CASE = Decimal(12)


@dataclass
class PricedWorld(MailWorld):
    """The supplier sells A by the each and B by the case of twelve, and is asked in these units."""

    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def connection(
        self, name: str, spec: ConnectorSpec | None = None, *, budget: RateBudget | None = None, fingerprint: str = "1"
    ) -> LiveConnection:
        made = super().connection(name, spec, budget=budget, fingerprint=fingerprint)
        if name != EAST:
            return made
        items = (PartnerItem(Sku("A"), {"VN": "ES-A"}), PartnerItem(Sku("B"), {"VN": "ES-B"}, "CA", CASE))
        return replace(made, codebook=replace(made.codebook, items=items))

    def network(self) -> Network:
        network = super().network()
        agreed = self.x12.invoice_tolerance
        places = tuple(place.model_copy(update={"invoices": agreed}) for place in network.locations)
        return network.model_copy(update={"locations": places})

    def say(self, engine: Engine, set_id: str, rows: Sequence[Row]) -> None:
        """The supplier sends a document, and the hub does what follows."""
        number = next(self.numbers)
        self.put(f"{number:03}.edi", file_of(set_id, rows, number=number))
        self.work(engine)

    def asked(self, engine: Engine, number: str, **lines: int) -> PurchaseOrder:
        """A buyer orders; the 850 that the supplier gets."""
        self.order(number, lines)
        self.work(engine)
        [found] = self.mail("850*")
        self.collect("850*")
        [(_, sent)] = found.usable_sets()
        return parse_purchase_order(sent)


@pytest.fixture
def mail(database_url: str, tmp_path: Path) -> Iterator[PricedWorld]:
    by_pack = profile(order_unit="pack")
    made = PricedWorld(database_url, suppliers=("east",), folder=tmp_path / "mailbox", x12=by_pack)
    yield made
    made.close()


@pytest.fixture
def engine(mail: PricedWorld) -> Engine:
    """The supplier has stock and told its prices on the eve."""
    made = mail.engine()
    mail.say(made, "846", stock(A=500, B=1200))
    mail.say(made, "832", catalogue("20261101", A=("5.25", "EA"), B=("60", "CA")))
    return made


def catalogue(created: str, action: str = "00", **prices: tuple[str, str]) -> list[Row]:
    """832: what one of a unit costs."""
    rows: list[Row] = [("BCT", "PC", "C1", *[""] * 7, action), ("DTM", "097", created, "1200")]
    for number, (item, (price, unit)) in enumerate(prices.items(), 1):
        rows += [("LIN", str(number), "VN", f"ES-{item}"), ("CTP", "", "UCP", price, "1", unit)]
    return [*rows, ("CTT", str(len(prices)))]


def notice(order: PurchaseOrder) -> list[Row]:
    """856: all of an order in one parcel."""
    rows: list[Row] = [
        ("BSN", "00", f"S-{order.number}", "20261102", "1000", "0001"),
        ("HL", "1", "", "S"),
        ("DTM", "011", "20261102", "1000"),
        ("HL", "2", "1", "O"),
        ("PRF", order.number),
    ]
    for place, line in enumerate(order.lines, 3):
        ids = [part for pair in line.ids for part in pair]
        rows += [("HL", str(place), "2", "I"), ("LIN", line.number, *ids), ("SN1", "", f"{line.quantity:f}", line.unit)]
    return [*rows, ("CTT", str(2 + len(order.lines)))]


def invoice(order: PurchaseOrder, dearer: str = "1") -> list[Row]:
    """810: the order at its own prices, or at so many times these."""
    rows: list[Row] = [("BIG", "20261102", f"INV-{order.number}", "20261102", order.number)]
    total = Decimal(0)
    for line in order.lines:
        assert line.quantity is not None
        assert line.price is not None
        price = line.price * Decimal(dearer)
        total += price * line.quantity
        ids = [part for pair in line.ids for part in pair]
        rows.append(("IT1", line.number, f"{line.quantity:f}", line.unit, f"{price:f}", "", *ids))
    return [*rows, ("TDS", str(round(total * 100))), ("CTT", str(len(order.lines)))]


def named(order: PurchaseOrder) -> list[tuple[Decimal | None, str, Decimal | None]]:
    return [(line.quantity, line.unit, line.price) for line in order.lines]


def outcomes(engine: Engine, number: str) -> list[EventKind]:
    """What became of the invoices for an order."""
    kinds = {EventKind.INVOICE_RECORDED, EventKind.INVOICE_DISPUTED}
    with engine.runtime.storage.read() as uow:
        return [event.kind for event in uow.orders.timeline(OrderId(f"shop-{number}")) if event.kind in kinds]


def asked_price(engine: Engine, sku: str) -> list[Decimal]:
    with engine.runtime.storage.read() as uow:
        return [each.unit_price.amount for each in uow.prices.of(PartnerId("east"), [Sku(sku)]).get(Sku(sku), [])]


def test_purchase_order_names_the_suppliers_price_of_its_own_unit(mail: PricedWorld, engine: Engine) -> None:
    order = mail.asked(engine, "1", A=2, B=24)
    assert [(Decimal(2), "EA", Decimal("5.25")), (Decimal(2), "CA", Decimal(60))] == named(order)
    assert ([Decimal("5.25")], [Decimal(5)]) == (asked_price(engine, "A"), asked_price(engine, "B"))
    assert [] == mail.entries(engine)


@pytest.mark.parametrize(
    ("dearer", "expected"),
    [
        ("1", EventKind.INVOICE_RECORDED),
        ("1.01", EventKind.INVOICE_RECORDED),
        ("0.9", EventKind.INVOICE_RECORDED),
        ("1.02", EventKind.INVOICE_DISPUTED),
    ],
)
def test_invoice_is_held_against_the_price_of_the_832(
    mail: PricedWorld, engine: Engine, dearer: str, expected: EventKind
) -> None:
    order = mail.asked(engine, "1", A=2, B=24)
    mail.say(engine, "856", notice(order))
    mail.say(engine, "810", invoice(order, dearer))
    assert [expected] == outcomes(engine, "1")
    assert [] == mail.entries(engine)


def test_price_without_an_end_is_billed_without_a_dispute(mail: PricedWorld, engine: Engine) -> None:
    mail.x12 = profile(order_unit="pack", invoice_price_percent=Decimal(0))
    engine.apply_config(mail.connections(), mail.network())
    mail.say(engine, "832", catalogue("20261102", B=("10", "CA")))
    order = mail.asked(engine, "1", B=24)
    assert [(Decimal(2), "CA", Decimal(10))] == named(order)
    mail.say(engine, "856", notice(order))
    mail.say(engine, "810", invoice(order))
    assert [EventKind.INVOICE_RECORDED] == outcomes(engine, "1")


def test_newer_prices_count_for_orders_from_then_on(mail: PricedWorld, engine: Engine) -> None:
    before = mail.asked(engine, "1", A=2)
    mail.say(engine, "832", catalogue("20261102", A=("6", "EA"), B=("66", "CA")))
    after = mail.asked(engine, "2", A=2)
    assert [Decimal("5.25"), Decimal(6)] == [order.lines[0].price for order in (before, after)]
    for number, order in enumerate((before, after), 1):
        mail.say(engine, "856", notice(order))
        mail.say(engine, "810", invoice(order))
        assert [EventKind.INVOICE_RECORDED] == outcomes(engine, str(number))


def test_older_prices_that_come_late_change_nothing(mail: PricedWorld, engine: Engine) -> None:
    mail.say(engine, "832", catalogue("20261031", A=("4", "EA"), B=("48", "CA")))
    mail.say(engine, "832", catalogue("20261030", "04", A=("3", "EA")))
    assert [Decimal("5.25")] == [line.price for line in mail.asked(engine, "1", A=2).lines]
    assert [] == mail.entries(engine)


def test_change_of_one_price_leaves_the_other_alone(mail: PricedWorld, engine: Engine) -> None:
    mail.say(engine, "832", catalogue("20261102", "04", A=("6", "EA")))
    assert [Decimal(6), Decimal(60)] == [line.price for line in mail.asked(engine, "1", A=2, B=12).lines]


def test_item_that_is_not_mapped_waits_in_quarantine_and_the_rest_is_priced(mail: PricedWorld, engine: Engine) -> None:
    mail.say(engine, "832", catalogue("20261102", C=("9", "EA"), A=("6", "EA")))
    assert [Decimal(6)] == [line.price for line in mail.asked(engine, "1", A=2).lines]
    assert ["data.unmapped-item"] == [entry.code for entry in mail.entries(engine)]
