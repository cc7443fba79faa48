"""What a Shopify connection listens to: orders, store counts, store shipments, webhooks, and its health.

Glue only: I/O is in ``client``, meaning in ``translate``. The sinks are in ``sinks`` and ``quantities``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from hub.errors import ConfigurationError, HubError, RefusedError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.identity import ChannelId
from hub.sdk.capabilities import HealthReport, Page, Parsed
from hub.sdk.context import ConnectionContext
from hub_shopify.settings import API_VERSION, ShopifySettings
from hub_shopify.translate.counts import COUNTS_KIND, parse_counts
from hub_shopify.translate.orders import ORDER_KIND, WEBHOOK_KIND, parse_order
from hub_shopify.translate.shipments import SHIPMENTS_KIND, parse_shipments

if TYPE_CHECKING:
    from hub_shopify.client import OrdersPage, ShopifyClient

Context = ConnectionContext[ShopifySettings]
ORDER_TOPICS = frozenset({"orders/create", "orders/updated", "orders/cancelled"})


class Connected:
    """A capability object of one connection; its client opens with the first call."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = context.settings

    @cached_property
    def client(self) -> ShopifyClient:
        from hub_shopify.client import ShopifyClient

        return ShopifyClient(self.context)

    @property
    def channel(self) -> ChannelId:
        """The channel whose orders these are. Raises ConfigurationError where none is configured."""
        if self.context.channel is None:
            raise ConfigurationError(
                "This Shopify connection serves no channel.",
                code="configuration.no-channel",
                cure="Name this connection in a channel of the configuration.",
                place=str(self.context.connection),
            )
        return self.context.channel

    def settle(self, page: Page) -> None:
        """Nothing to tell Shopify: polling leaves no trace and webhooks are settled by their 200."""

    def document(self, kind: str, source_id: str, body: bytes, at: datetime) -> Document:
        return Document(
            connection=self.context.connection,
            direction=Direction.INBOUND,
            kind=kind,
            source_id=source_id,
            body=body,
            at=at,
            media_type="application/json",
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Where polling by update time stands: everything since ``since`` is being read, ``after`` is the next page,
    ``high`` the newest update seen. The next window starts an overlap before ``high``: Shopify's search index
    lags, and its times are whole seconds."""

    since: str = ""
    after: str | None = None
    high: str = ""

    @classmethod
    def of(cls, cursor: str | None, start: datetime | None) -> Window:
        if cursor:
            state = json.loads(cursor)
            return cls(state["since"], state["after"], state["high"])
        return cls(since=_stamp(start)) if start else cls()

    def cursor(self) -> str:
        return json.dumps({"since": self.since, "after": self.after, "high": self.high})

    def search(self) -> str:
        return f"updated_at:>='{self.since or '2000-01-01T00:00:00Z'}'"

    def moved(self, page: OrdersPage, overlap_seconds: int) -> Window:
        """After this page: on to its successor, or to the next window."""
        high = max([self.high, *(str(node["updatedAt"]) for node in page.nodes)])
        if page.next_cursor:
            return Window(self.since, page.next_cursor, high)
        since = _stamp(datetime.fromisoformat(high) - timedelta(seconds=overlap_seconds)) if high else self.since
        return Window(max(since, self.since), None, high)


class Orders(Connected):
    """OrderSource: polls orders by update time, each a document; the overlap's repeats are dropped by id."""

    stream: ClassVar[str] = "orders"

    def fetch(self, cursor: str | None) -> Page:
        window = Window.of(cursor, self.settings.first_orders_since)
        page = self.client.orders_updated(window.search(), window.after)
        moved = window.moved(page, self.settings.overlap_seconds)
        now = self.context.clock()
        documents = tuple(self._one(ORDER_KIND, node, now) for node in page.nodes)
        return Page(documents=documents, cursor=moved.cursor(), more=moved.after is not None)

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return parse_order(document, codebook, self.channel, self.settings.accept_test_orders)

    def _one(self, kind: str, node: Mapping[str, Any], at: datetime) -> Document:
        body = _body(node)
        # The digest is part of the identity: two updates within one second differ only in content.
        return self.document(kind, f"{_number(node['id'])}:{node['updatedAt']}:{_digest(body)}", body, at)


class OrderWebhooks(Connected):
    """WebhookReceiver: orders pushed by Shopify, parsed by the stream ``orders``.

    The signature covers the body only, so nothing is believed of the headers but whether to look at the
    body at all, and a repeat is known by the body's digest, never by X-Shopify-Event-Id.
    """

    stream: ClassVar[str] = "orders"

    def receive(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Sequence[Document]:
        if not self._is_signed(headers.get("x-shopify-hmac-sha256", ""), body):
            raise RefusedError(
                "A webhook is not signed with this shop's secret.",
                code="webhook.bad-signature",
                cure="If it is Shopify's, correct webhook_secret.",
            )
        if headers.get("x-shopify-topic", "") not in ORDER_TOPICS:
            return ()
        return (self.document(WEBHOOK_KIND, f"webhook:{hashlib.sha256(body).hexdigest()}", body, at),)

    def _is_signed(self, signature: str, body: bytes) -> bool:
        current, previous = self.settings.webhook_secret, self.settings.previous_webhook_secret
        if current is None:
            raise ConfigurationError(
                "A webhook came, but no webhook_secret is configured to check it.",
                code="configuration.no-webhook-secret",
                cure="Set webhook_secret by reference.",
                place=str(self.context.connection),
            )
        secrets = [secret.get_secret_value().encode() for secret in (current, previous) if secret]
        wanted = [base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()) for secret in secrets]
        given = signature.encode("utf-8", "replace")
        # Every secret is compared, so that timing does not tell which one fits.
        return True in [hmac.compare_digest(one, given) for one in wanted]


class StoreCounts(Connected):
    """InventorySource: what each store's location counts, one full report per store and poll."""

    stream: ClassVar[str] = "store-counts"

    def fetch(self, cursor: str | None) -> Page:
        documents = []
        # Shopify tells shipments in whole seconds: one of the second we ask in must count as later than the
        # count. At worst it is taken off twice until the next count, never forgotten.
        asked = self.context.clock().astimezone(UTC)
        as_of = asked.replace(microsecond=0) - timedelta(microseconds=1)
        for store in self.settings.store_locations:
            levels = self.client.location_counts(store)
            body = _body({"location": store, "asOf": as_of.isoformat(), "levels": levels})
            documents.append(self.document(COUNTS_KIND, f"{store}:{asked.isoformat()}", body, asked))
        return Page(documents=tuple(documents), cursor=asked.isoformat())

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return parse_counts(document, codebook)


class StoreShipments(Connected):
    """ShipmentSource: fulfilments made by stores, read off the orders they belong to."""

    stream: ClassVar[str] = "store-shipments"

    def fetch(self, cursor: str | None) -> Page:
        window = Window.of(cursor, self.settings.first_orders_since)
        stores = self.settings.store_locations
        if not stores:
            return Page(documents=(), cursor=window.cursor())
        places = " OR ".join(f"fulfillment_location_id:{store}" for store in stores)
        page = self.client.store_shipments(f"{window.search()} AND ({places})", window.after)
        moved = window.moved(page, self.settings.overlap_seconds)
        now = self.context.clock()
        documents = tuple(
            self.document(SHIPMENTS_KIND, f"{_number(node['id'])}:{_digest(body)}", body, now)
            for node, body in ((node, _body(node)) for node in page.nodes)
        )
        return Page(documents=documents, cursor=moved.cursor(), more=moved.after is not None)

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return parse_shipments(document, codebook, self.channel, self.settings.store_locations)


class ShopHealth(Connected):
    """Health: reaches the shop and checks which API version it answers with."""

    def check(self) -> HealthReport:
        try:
            shop = self.client.shop()
        except HubError as error:
            return HealthReport(ok=False, detail=str(error), code=error.code)
        spoken = self.client.spoken_version
        if spoken and spoken != API_VERSION:
            detail = f"Shopify answers as {spoken}, not as {API_VERSION}; update the connector."
            return HealthReport(ok=False, detail=detail, code="shopify.version-mismatch")
        return self._wrong_location() or HealthReport(
            ok=True, detail=f"{shop.get('myshopifyDomain', '')} answers as {API_VERSION}."
        )

    def _wrong_location(self) -> HealthReport | None:
        try:
            online = {_number(place["id"]): place["fulfillsOnlineOrders"] for place in self.client.locations()}
        except HubError as error:
            return HealthReport(ok=False, detail=str(error), code=error.code)
        unknown = [n for n in (self.settings.online_location, *self.settings.store_locations) if n and n not in online]
        if unknown:
            detail = f"The shop has no active location {', '.join(unknown)}."
            return HealthReport(ok=False, detail=detail, code="shopify.unknown-location")
        routed = [store for store in self.settings.store_locations if online[store]]
        if routed:
            detail = (
                f"Shopify itself assigns online orders to {', '.join(routed)}: it and the hub would both decide. "
                "Switch off 'Fulfil online orders' for these locations; the hub can still assign to them."
            )
            return HealthReport(ok=False, detail=detail, code="shopify.store-routes-itself")
        return None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(gid: str) -> str:
    return str(gid).rsplit("/", 1)[-1]


def _body(node: Mapping[str, Any]) -> bytes:
    return json.dumps(node, separators=(",", ":"), ensure_ascii=False).encode()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
