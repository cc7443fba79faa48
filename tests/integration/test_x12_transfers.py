"""Goods sent to an X12 warehouse: 943 out, 944 in, through the started engine, the simulator and real files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from hub.flows.announce_transfer import Consignment, announce_transfer
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.exchange import ReceiptState
from hub.model.fulfilment import RequestKind
from hub.model.identity import ConnectionId, LocationId, OrderId, PartnerId, Sku, TransferId
from hub.model.ledger import Balance, Cause
from hub.model.network import CountingRule, MissingPart, Network
from hub.model.stock import CountBasis
from hub.model.transfer import StockTransfer, TransferState
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.marks import working
from hub.sync.runtime import Limits
from hub.sync.schedule import PollSchedule
from hub.transport.throttle import RateBudget
from hub_x12_warehouse.plugin import hub_connectors
from hub_x12_warehouse.settings import X12WarehouseSettings
from hub_x12_warehouse.simulator import WarehouseSimulator
from tests.fakes.world import World

FoundT = TypeVar("FoundT")

PATIENCE = 30.0
LAMP = Sku("LAMP-BRASS")
PLACE = LocationId("talloak")
TALLOAK = ConnectionId("talloak")
STOCK, SENT, DAMAGED = Decimal(5), Decimal(12), Decimal(1)
SELDOM, OFTEN = 3600.0, 0.2


@dataclass
class WarehouseShop(World):
    """A shop whose lamps lie in a warehouse, which finds one of each delivery damaged."""

    folder: Path = field(default_factory=Path)
    feed_every: float = SELDOM

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = datetime.now(UTC)
        self.warehouse = WarehouseSimulator(
            {
                "name": "talloak",
                "folder": self.folder,
                "own_id": "TALLOAK",
                "items": [{"item": "LAMP-1", "stock": {"TO1": str(STOCK)}}],
                "arrivals": ["damaged"],
                "ship_after": SELDOM,
                "receive_after": 0.1,
                "feed_every": self.feed_every,
                "tick": 0.02,
            }
        )

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def network(self) -> Network:
        network = super().network()
        [place] = network.locations
        counting = CountingRule(contains=(CountBasis.UNAVAILABLE,), missing_part=MissingPart.ZERO)
        place = place.model_copy(update={"kind": RequestKind.WAREHOUSE, "counting": counting})
        return network.model_copy(update={"locations": (place,)})

    def connection(
        self, name: str, spec: ConnectorSpec | None = None, *, budget: RateBudget | None = None, fingerprint: str = "1"
    ) -> LiveConnection:
        found = self._talloak() if name == TALLOAK else super().connection(name, spec, budget=budget)
        return replace(found, polls={stream: PollSchedule(0.1) for stream in found.polls})

    def _talloak(self) -> LiveConnection:
        settings = X12WarehouseSettings.model_validate(self.warehouse.connection_settings())
        context = ConnectionContext(TALLOAK, PartnerId("talloak"), settings, self.clock, allow_private=True)
        codebook = Codebook(
            connection=TALLOAK,
            partner=PartnerId("talloak"),
            items=(PartnerItem(LAMP, {"VN": "LAMP-1"}),),
            sites={"TO1": PLACE},
            x12=X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="TALLOAK"), item_ids=("VN",)),
            default_location=PLACE,
        )
        [spec] = hub_connectors()
        return LiveConnection.open(spec, context, codebook)

    def put_again(self, name: str, old: bytes = b"", new: bytes = b"") -> None:
        """The warehouse sends the file of its 944 once more, as it was or with something changed."""
        [path] = self.folder.glob("outbound/done/*-944.edi*")
        (self.folder / "outbound" / name).write_bytes(path.read_bytes().replace(old, new) if old else path.read_bytes())


def eventually(find: Callable[[], FoundT | None]) -> FoundT:
    """What ``find`` gives once it is something; a good run never waits long."""
    ends = time.monotonic() + PATIENCE
    while not (found := find()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)
    return found


@pytest.fixture
def feed_every() -> float:
    return SELDOM


@pytest.fixture
def shop(database_url: str, tmp_path: Path, feed_every: float) -> Iterator[WarehouseShop]:
    made = WarehouseShop(database_url, suppliers=("talloak",), folder=tmp_path / "mailbox", feed_every=feed_every)
    made.warehouse.start()
    yield made
    made.warehouse.stop()
    made.close()


@pytest.fixture
def engine(shop: WarehouseShop) -> Iterator[Engine]:
    made = shop.engine(limits=Limits(sweep_seconds=0.02))
    made.start()
    yield made
    assert made.stop(PATIENCE)


def balance(engine: Engine) -> Balance:
    with engine.runtime.storage.read() as uow:
        return next(iter(uow.ledger.balances([LAMP], [PLACE])), Balance(LAMP, PLACE))


def asked_of(engine: Engine, order_id: str) -> Decimal:
    """Units of an order that the warehouse is asked for."""
    with engine.runtime.storage.read() as uow:
        requests = uow.requests.for_order(OrderId(order_id))
    return sum((line.quantity for request in requests for line in request.lines), Decimal(0))


def transfer(engine: Engine, number: TransferId) -> StockTransfer:
    with engine.runtime.storage.read() as uow:
        found = uow.transfers.get(number)
    assert found is not None
    return found


def announced(shop: WarehouseShop, engine: Engine) -> TransferId:
    """A dozen lamps are on their way."""
    goods = Consignment({LAMP: SENT}, shipped_at=shop.clock(), purchase_order="PO-900", carrier="TALO")
    with working(engine.runtime.storage, shop.network(), shop.clock, actor="operator") as work:
        return announce_transfer(work, PLACE, goods).transfer_id


def received(engine: Engine, number: TransferId) -> StockTransfer:
    def whole() -> StockTransfer | None:
        found = transfer(engine, number)
        return found if found.state is TransferState.RECEIVED else None

    return eventually(whole)


def shelf(engine: Engine) -> tuple[Decimal, Decimal]:
    """On hand, and how many of it unavailable."""
    found = balance(engine)
    return found.on_hand, found.unavailable


def routing_was_tried(engine: Engine, order_id: str) -> bool:
    with engine.runtime.storage.read() as uow:
        return bool(uow.requests.plans(OrderId(order_id)))


def counted(engine: Engine, after: datetime) -> Balance:
    """What there is after a count that was taken later."""

    def later() -> Balance | None:
        found = balance(engine)
        return found if found.counted_at is not None and found.counted_at > after else None

    return eventually(later)


def quarantined(engine: Engine) -> list[str]:
    with engine.runtime.storage.read() as uow:
        return [entry.code for entry in uow.quarantine.open()]


def test_announced_goods_arrive_and_the_order_that_waited_is_routed(shop: WarehouseShop, engine: Engine) -> None:
    eventually(lambda: balance(engine).on_hand == STOCK)
    shop.order("1", {LAMP: 5})
    eventually(lambda: asked_of(engine, "shop-1") == 5)
    shop.order("2", {LAMP: 8})
    eventually(lambda: routing_was_tried(engine, "shop-2"))
    assert 0 == asked_of(engine, "shop-2")
    number = announced(shop, engine)
    [line] = received(engine, number).lines
    assert (SENT, SENT) == (line.quantity, line.received)
    assert (STOCK + SENT, DAMAGED) == shelf(engine)
    eventually(lambda: asked_of(engine, "shop-2") == 8)
    eventually(lambda: len(shop.warehouse.book().instructions) == 2)
    assert {} == shop.warehouse.book().oversold
    booked = shop.warehouse.book().transfers[number]
    assert 1 == booked.times
    assert ({"LAMP-1": SENT}, {"LAMP-1": DAMAGED}) == (dict(booked.lines), dict(booked.damaged))
    assert 13 == balance(engine).reserved
    assert [] == quarantined(engine)


def test_943_is_acknowledged_by_its_997(shop: WarehouseShop, engine: Engine) -> None:
    number = announced(shop, engine)
    received(engine, number)

    def states() -> list[ReceiptState]:
        with engine.runtime.storage.read() as uow:
            return [group.state for one in uow.exchanges.page() for group in one.groups if group.kind == "AR"]

    eventually(lambda: states() == [ReceiptState.RECEIVED])
    assert "" == transfer(engine, number).note


def test_the_same_944_again_changes_nothing(shop: WarehouseShop, engine: Engine) -> None:
    eventually(lambda: balance(engine).on_hand == STOCK)
    number = announced(shop, engine)
    before = received(engine, number)
    [name] = eventually(lambda: [path.name for path in shop.folder.glob("outbound/done/*-944.edi*")])
    shop.put_again("again.edi")
    shop.put_again("renumbered.edi", name[:9].encode(), b"000000777")
    eventually(lambda: len([*shop.folder.glob("outbound/done/again.edi*")]) == 1)
    eventually(lambda: len([*shop.folder.glob("outbound/done/renumbered.edi*")]) == 1)
    eventually(lambda: recorded(engine, "777"))
    assert (STOCK + SENT, DAMAGED) == shelf(engine)
    assert before == transfer(engine, number)
    assert [] == quarantined(engine)


def recorded(engine: Engine, control_number: str) -> bool:
    with engine.runtime.storage.read() as uow:
        return any(one.control_number == control_number for one in uow.exchanges.page())


@pytest.mark.parametrize("feed_every", [OFTEN])
def test_count_that_includes_the_goods_does_not_add_them_twice(shop: WarehouseShop, engine: Engine) -> None:
    eventually(lambda: balance(engine).on_hand == STOCK)
    received(engine, announced(shop, engine))
    with engine.runtime.storage.read() as uow:
        rows = uow.ledger.movements(LAMP, PLACE)
    held, arrived = [row for row in rows if row.cause is Cause.RECEIPT]
    assert (SENT, DAMAGED) == (arrived.quantity, held.quantity)
    found = counted(engine, arrived.observed_at)
    assert (STOCK + SENT, DAMAGED) == (found.on_hand, found.unavailable)
    assert shop.warehouse.book().stock["TO1", "LAMP-1"] == found.on_hand
    assert [] == quarantined(engine)
