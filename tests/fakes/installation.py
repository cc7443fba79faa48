"""A hub installed in a folder, with connectors that exist only here, and what the command line says of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
import structlog
from typer.testing import CliRunner, Result

from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.identity import ChannelId, ConnectionId, LineId, Sku
from hub.model.order import LineCounters, Order, OrderLine, OrderRecord
from hub.model.party import Address
from hub.model.queue import QuarantineEntry
from hub.plugins import Plugins
from hub.ports import Storage
from hub.sdk.capabilities import (
    Envelope,
    Health,
    HealthReport,
    ItemResult,
    OrderSource,
    Outcome,
    Page,
    Parsed,
    Receipt,
    RepeatSafety,
    ShipmentSink,
    Stamp,
)
from hub.sdk.context import ConnectionContext
from hub.sdk.settings import ConnectorSettings, Secret
from hub.sdk.spec import ConnectorSpec
from hub.storage import open_storage

CANARY = "canary-7f3a-never-shown"
STREET = "Canary Lane 12"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class BoothSettings(ConnectorSettings):
    token: Secret
    well: bool = True


class Booth:
    """A partner that says nothing; its check repeats the secret, as a careless connector would."""

    stream: ClassVar[str] = "booth"

    def __init__(self, context: ConnectionContext[BoothSettings]) -> None:
        self.settings = context.settings

    def fetch(self, cursor: str | None) -> Page:
        return Page((), cursor or "")

    def settle(self, page: Page) -> None:
        return None

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return Parsed()

    def check(self) -> HealthReport:
        said = f"Logged on with {self.settings.token.get_secret_value()}."
        return HealthReport(self.settings.well, said, "" if self.settings.well else "partner.unavailable")


class Notices:
    """A partner that is told what left."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: ClassVar[int] = 1

    def __init__(self, context: ConnectionContext[BoothSettings]) -> None:
        self.connection = context.connection

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        keys = tuple(each.key for each in items)
        return [Document(self.connection, Direction.OUTBOUND, "notice", stamp.key, b"{}", stamp.now, item_keys=keys)]

    def send(self, document: Document) -> Receipt:
        return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED) for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        return None


BOOTH = ConnectorSpec(
    name="booth",
    title="Booth",
    version="1.2.3",
    settings=BoothSettings,
    provides={OrderSource: Booth, ShipmentSink: Notices, Health: Booth},
)
PLUGINS = Plugins({"booth": BOOTH}, {"booth": "crossdock-booth"})


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands configure the logs of their own process; afterwards they are as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Installation:
    """Configured with one booth, on a migrated database."""
    monkeypatch.setattr("hub.bootstrap.discover", lambda: PLUGINS)
    monkeypatch.setattr("hub.plugins.discover", lambda: PLUGINS)
    made = Installation(tmp_path)
    made.configure()
    return made


def connection(**settings: Any) -> dict[str, Any]:
    """A connection to a booth, as hub.yaml has it."""
    return {"connector": "booth", "partner": "booth", "settings": {"token": "${env:BOOTH_TOKEN}", **settings}}


@dataclass
class Installation:
    """``folder`` holds hub.yaml, the mappings and the database."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "hub.yaml"

    def configure(self, connections: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> None:
        """Write hub.yaml (YAML is a superset of JSON) and a partner's folder."""
        partner = self.folder / "mappings" / "partners" / "booth"
        partner.mkdir(parents=True, exist_ok=True)
        (partner / "partner.yaml").write_text("name: Booth\nidentity: true\n")
        (partner / "items.csv").write_text("sku,VN\nKITE,B-1\n")
        found = {"booth": connection()} if connections is None else connections
        self.config.write_text(json.dumps({"web": {"port": 0}, "connections": found, **more}, indent=1))

    def storage(self) -> Storage:
        return open_storage(f"sqlite:///{self.folder / 'hub.db'}", clock=lambda: NOW)

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> Result:
        """One command on this configuration."""
        from hub.cli.main import app

        variables = {"BOOTH_TOKEN": CANARY, "CROSSDOCK_CONFIG": str(self.config), **(env or {})}
        return CliRunner().invoke(app, list(words), env=variables)

    def json(self, *words: str) -> Any:
        """What a command gives with --json; nothing else may stand on stdout."""
        return json.loads(self.run(*words, "--json").stdout)


def an_order(number: str = "1001", lines: Sequence[tuple[str, int]] = (("KITE", 2),)) -> OrderRecord:
    """An order of a buyer who lives in ``STREET``."""
    order = Order(
        channel=ChannelId("shop"),
        external_id=number,
        number=f"#{number}",
        placed_at=NOW,
        ship_to=Address(name="Casey Canary", line1=STREET, city="Canaryville", country="US"),
        lines=tuple(
            OrderLine(line_id=LineId(str(place)), sku=Sku(sku), quantity=Decimal(units))
            for place, (sku, units) in enumerate(lines, start=1)
        ),
    )
    return OrderRecord(order, {line.line_id: LineCounters.fresh(line.quantity) for line in order.lines})


def fill(storage: Storage) -> str:
    """An order, its document and a quarantined line of it; gives the document's id."""
    record = an_order()
    body = json.dumps({"buyer": "Casey Canary", "street": STREET}).encode()
    document = Document(ConnectionId("booth"), Direction.INBOUND, "order", "order-1001", body, NOW)
    with storage.begin() as uow:
        uow.orders.add(record)
        (stored,) = uow.inbox.add([document], "booth")
        uow.documents.link(stored, [record.order_id])
        uow.quarantine.add(
            QuarantineEntry(
                stored, ConnectionId("booth"), "lines[1]", "data.unmapped-sku", "It has no SKU.", "Map it.", NOW
            )
        )
    return str(stored)
