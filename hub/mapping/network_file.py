"""The parts of a set-up that hub.yaml and partner.yaml share: connections and locations.

Descriptions stand on the fields: the JSON Schemas carry them to editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field

from hub.mapping.polling import Poll
from hub.model.calendar import Capacity, CarrierCollection
from hub.model.canonical import Canonical, NonNegativeAmount, Text
from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, PartnerId
from hub.model.place import Place, Use
from hub.model.shipping_cost import ShippingCost


class RateConfig(Canonical):
    """Calls per second a connection may make, and how many at once after a pause."""

    per_second: float = Field(gt=0, description="calls per second")
    burst: float = Field(default=1, ge=1, description="calls at once after a pause")


class PartnerConnection(Canonical):
    """One configured connector for the partner whose folder it stands in."""

    connector: str = Field(description="an installed connector; `hub connector list`")
    channel: ChannelId | None = Field(default=None, description="the channel its orders come from")
    settings: Mapping[str, Any] = Field(
        default_factory=dict,
        description="the connector's own settings; secrets by reference: ${env:NAME}, ${file:PATH}",
    )
    poll: Mapping[str, Poll] = Field(
        default_factory=dict,
        description="by stream: seconds between fetches, a cron expression in UTC, or a polling window",
    )
    rate: RateConfig | None = Field(default=None, description="calls per second; null: no limit")
    allow_private: bool = Field(default=False, description="whether it may have an address in a private network")
    enabled: bool = Field(default=True, description="whether it is used at all")


class ConnectionConfig(PartnerConnection):
    """One configured connector for one partner."""

    partner: PartnerId = Field(description="name of the partner's folder")


class LocationConfig(Canonical):
    """A place stock ships from; see hub.model.network.Location. Counting comes from the partner's counting.yaml."""

    name: str = Field(default="", description="for people")
    kind: RequestKind = Field(description="dropship (a supplier ships for us), warehouse (a 3PL or our own) or store")
    connection: ConnectionId = Field(description="carries our requests to it")
    owner: str = Field(default="", description="whose stock it is; empty: yours, with dropship the supplier's")
    site: str = Field(default="", description="what it shares with locations of other owners")
    place: Place = Field(default=Place(), description="where it is, for zones and for rules of routing")
    tags: tuple[Text, ...] = Field(default=(), description="your own words for it, for rules of routing")
    uses: tuple[Use, ...] = Field(default=(Use.SHIP,), description="what it may do for an order: ship, pickup or both")
    cost: ShippingCost = Field(default=ShippingCost(), description="what shipping from there costs us")
    collection: CarrierCollection | None = Field(
        default=None, description="when carriers collect parcels there; null: on each day that it works"
    )
    capacity: Capacity = Field(default=Capacity(), description="the most that it works off on a working day")
    carriers: tuple[Text, ...] | None = Field(
        default=None, description="carriers of rates/ that serve it; null: all; none: its freight is not yours to pay"
    )
    lead_days: int = Field(default=1, ge=0, description="working days until it ships")
    safety_stock: NonNegativeAmount = Field(default=Decimal(0), description="units per SKU that are never promised")
    pack_multiple: bool = Field(default=False, description="whether it ships whole packs only")
    acknowledge_within_hours: Decimal = Field(
        default=Decimal(24), gt=0, description="silence after that holds the order for a person"
    )
    active: bool = Field(default=True, description="whether it may be promised from")
