"""A merchant whose supplier trades by X12 files in a folder: the real connector, and files that a test writes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import Interchange, TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, Row, write_interchange, write_technical
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.exchange import Exchange
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.queue import InboxEntry, QuarantineEntry
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.transport.throttle import RateBudget
from hub_x12_supplier.plugin import hub_connectors
from hub_x12_supplier.settings import X12SupplierSettings
from tests.fakes.world import START, World

EAST = ConnectionId("east")


def profile(**changes: Any) -> X12Profile:
    """The hub is TOYHUB, the supplier EASTSIDE; stock is counted on hand."""
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="EASTSIDE"), "item_ids": ("VN",)}
    return X12Profile(**{**parties, **changes})


@dataclass
class MailWorld(World):
    """``folder`` is the mailbox. A test may change while the hub runs: ``x12``, the supplier's profile, and
    ``more_items``, what its items.csv names beside A and B."""

    folder: Path = field(default_factory=Path)
    x12: X12Profile = field(default_factory=profile)
    more_items: tuple[PartnerItem, ...] = ()
    _times: Iterator[int] = field(default_factory=lambda: itertools.count(1_700_000_000))

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("inbound", "outbound", "outbound/done"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def connection(
        self, name: str, spec: ConnectorSpec | None = None, *, budget: RateBudget | None = None, fingerprint: str = "1"
    ) -> LiveConnection:
        if name != EAST:
            return super().connection(name, spec, budget=budget, fingerprint=fingerprint)
        settings = X12SupplierSettings(mailbox=f"folder:{self.folder}", stable_seconds=0)
        context = ConnectionContext(EAST, PartnerId("east"), settings, self.clock, allow_private=True)
        codebook = Codebook(
            connection=EAST,
            partner=PartnerId("east"),
            items=(*(PartnerItem(Sku(name), {"VN": f"ES-{name}"}) for name in ("A", "B")), *self.more_items),
            x12=self.x12,
            default_location=LocationId("east"),
        )
        [found] = hub_connectors()
        return LiveConnection.open(found, context, codebook, polls={"mailbox": 60.0}, budget=budget)

    def put(self, name: str, body: bytes) -> None:
        """The supplier writes a file; every writing has a moment of its own."""
        path = self.folder / "outbound" / name
        path.write_bytes(body)
        moment = next(self._times)
        os.utime(path, (moment, moment))

    def work(self, engine: Engine) -> None:
        """Poll once and do everything that follows."""
        self.advance(minutes=2)
        engine.run_until_idle()

    def mail(self, pattern: str = "*") -> list[Interchange]:
        """What lies in the supplier's folder, oldest control number first; reading leaves it there."""
        paths = sorted((self.folder / "inbound").glob(f"{pattern}.edi"), key=lambda path: path.name.split("-")[-1])
        return [found for path in paths for found in read_interchanges(path.read_bytes())]

    def collect(self, pattern: str = "*") -> list[bytes]:
        """The supplier takes its mail away."""
        paths = sorted((self.folder / "inbound").glob(f"{pattern}.edi"), key=lambda path: path.name.split("-")[-1])
        taken = [path.read_bytes() for path in paths]
        for path in paths:
            path.unlink()
        return taken

    def entries(self, engine: Engine) -> list[QuarantineEntry]:
        with engine.runtime.storage.read() as uow:
            return uow.quarantine.open()

    def log(self, engine: Engine, **which: Any) -> list[Exchange]:
        with engine.runtime.storage.read() as uow:
            return uow.exchanges.page(**which)

    def inbox(self, engine: Engine) -> list[InboxEntry]:
        with engine.runtime.storage.read() as uow:
            documents = uow.documents.page(connection=EAST)
            return [entry for one in documents if (entry := uow.inbox.entry(one.id)) is not None]


def file_of(set_id: str, *sets: Sequence[Row], number: int = 1, group: int | None = None, **changes: Any) -> bytes:
    """An interchange of the supplier's with one group of these sets."""
    given = {
        "sender": TradingId("ZZ", "EASTSIDE"),
        "receiver": TradingId("ZZ", "TOYHUB"),
        "group_sender": "EASTSIDE",
        "group_receiver": "TOYHUB",
        "functional_id": GROUP_OF_SET.get(set_id, "FA"),
        "version": "004010",
        "control_number": number,
        "group_control_number": group or number,
        "created": START,
    }
    envelope = OutboundEnvelope(**{**given, **changes})
    if set_id == "TA1":
        return write_technical(envelope, sets[0])
    return write_interchange(envelope, [OutboundSet(set_id, tuple(rows)) for rows in sets])


def stock(**units: int) -> list[Row]:
    """846: so many on hand, counted on the eve of the first day."""
    rows: list[Row] = [("BIA", "00", "SI", "COUNT", "20261101", "1200")]
    for number, (item, count) in enumerate(units.items(), 1):
        rows += [("LIN", str(number), "VN", f"ES-{item}"), ("QTY", "17", str(count), "EA")]
    return [*rows, ("CTT", str(len(units)))]


def on_hand(engine: Engine, sku: str = "A") -> Decimal:
    """What the hub believes the supplier has."""
    with engine.runtime.storage.read() as uow:
        return sum((row.on_hand for row in uow.ledger.balances([Sku(sku)])), Decimal(0))
