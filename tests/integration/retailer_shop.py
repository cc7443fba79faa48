"""A merchant that sells to an X12 retailer: the real connector, its simulator, and a supplier who ships at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from hub.edi.interchange import TradingId
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.model.network import Network
from hub.model.order import OrderRecord
from hub.sdk.context import ConnectionContext
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub_x12_retailer.plugin import hub_connectors
from hub_x12_retailer.settings import X12RetailerSettings
from hub_x12_retailer.simulator import RetailerSimulator
from tests.fakes.world import CHANNEL, World
from tests.integration.supplier_mail import file_of

SHOP = ConnectionId("shop")
MUG, TEA = "70001", "70002"
PATIENCE = 30.0
ITEMS = (
    PartnerItem(Sku("MUG"), {"SK": MUG}),
    PartnerItem(Sku("TEA"), {"SK": TEA}, unit="CA", units_each=Decimal(12)),
)


def a_retailer(folder: Path) -> RetailerSimulator:
    """It orders mugs one by one and tea by the case of twelve."""
    return RetailerSimulator(
        {
            "name": "brightmart",
            "folder": folder,
            "own_id": "BRIGHTMART",
            "items": [{"item": MUG}, {"item": TEA, "unit": "CA", "units_each": "12"}],
            "tick": 0.01,
        }
    )


@dataclass
class AnsweringWorld(World):
    """Its channel is told what becomes of each order, and is billed for what left."""

    def network(self) -> Network:
        plain = super().network()
        agreed = {"acknowledge": True, "invoice": True}
        return plain.model_copy(
            update={"channels": tuple(each.model_copy(update=agreed) for each in plain.channels)},
        )


@dataclass
class Trade:
    """The hub between the retailer and the supplier."""

    world: World
    retailer: RetailerSimulator
    engine: Engine

    def go_on(self, rounds: int = 4) -> None:
        """The engine works, the retailer's desk reads what it wrote, and so on."""
        for _ in range(rounds):
            self.engine.run_until_idle()
            ends = time.monotonic() + PATIENCE
            while not self.retailer.idle():
                assert time.monotonic() < ends, "the retailer's desk did not come so far in time"
                time.sleep(0.005)
            self.world.advance(minutes=2)

    def sold(self, **units: int) -> str:
        """A buyer orders mugs and tea."""
        number = self.retailer.sell({{"mug": MUG, "tea": TEA}[name]: count for name, count in units.items()})
        assert number is not None
        return number

    def order(self, number: str) -> OrderRecord:
        """What the hub knows of it."""
        with self.engine.runtime.storage.read() as uow:
            found = uow.orders.find(CHANNEL, number)
        assert found is not None
        return found

    def cancel_late(self, number: str) -> None:
        """The retailer's buyer cancels although the ship notice lies in its mailbox."""
        body = file_of(
            "860",
            [("BCH", "01", "SA", number, "", "", "20261102")],
            number=900,
            sender=TradingId("ZZ", "BRIGHTMART"),
            group_sender="BRIGHTMART",
        )
        (self.retailer.scenario.folder / "outbound" / "late.edi").write_bytes(body)


def retailer_connection(retailer: RetailerSimulator, items: tuple[PartnerItem, ...] = ITEMS) -> LiveConnection:
    """The hub's connection to it, with what its items.csv names."""
    context = ConnectionContext(
        connection=SHOP,
        partner=PartnerId("brightmart"),
        settings=X12RetailerSettings.model_validate(dict(retailer.connection_settings())),
        clock=lambda: datetime.now(UTC),
        channel=CHANNEL,
        allow_private=True,
    )
    codebook = Codebook(
        connection=SHOP,
        partner=PartnerId("brightmart"),
        items=items,
        x12=X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="BRIGHTMART"), item_ids=("SK",)),
    )
    [spec] = hub_connectors()
    return LiveConnection.open(spec, context, codebook, polls={"mailbox": 60.0})


def trading(world: World, retailer: RetailerSimulator) -> Trade:
    """The hub has told the retailer what there is: 20 mugs, 42 tins of tea."""
    engine = world.engine(connections=[retailer_connection(retailer), world.connection("east")])
    world.stock("east", {"MUG": 20, "TEA": 42})
    made = Trade(world, retailer, engine)
    made.go_on()
    return made
