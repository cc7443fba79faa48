"""What left a location: shipments and their tracked parcels, and how we tell a channel."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from hub.errors import IllegalTransitionError
from hub.model.canonical import Canonical, Instant, PositiveAmount, Text
from hub.model.identity import (
    ChannelId,
    ConnectionId,
    LineId,
    LocationId,
    OrderId,
    RequestId,
    ShipmentId,
    Sku,
)


class ShipmentState(StrEnum):
    """domain.md 1.4, shipment."""

    PLANNED = "planned"
    LABELLED = "labelled"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    VOIDED = "voided"
    LOST = "lost"
    DAMAGED = "damaged"
    REFUSED = "refused"
    RETURNED_TO_SENDER = "returned_to_sender"


_T = ShipmentState
_TROUBLE = frozenset({_T.LOST, _T.DAMAGED, _T.REFUSED, _T.RETURNED_TO_SENDER})
_MOVES: dict[ShipmentState, frozenset[ShipmentState]] = {
    _T.PLANNED: frozenset({_T.LABELLED, _T.HANDED_OVER, _T.VOIDED}),
    _T.LABELLED: frozenset({_T.HANDED_OVER, _T.VOIDED}),
    _T.HANDED_OVER: frozenset({_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY, _T.DELIVERED}) | _TROUBLE,
    _T.IN_TRANSIT: frozenset({_T.OUT_FOR_DELIVERY, _T.DELIVERED}) | _TROUBLE,
    _T.OUT_FOR_DELIVERY: frozenset({_T.IN_TRANSIT, _T.DELIVERED}) | _TROUBLE,
    _T.DELIVERED: frozenset(),
    _T.VOIDED: frozenset(),
    _T.LOST: frozenset({_T.IN_TRANSIT, _T.DELIVERED}),
    _T.DAMAGED: frozenset({_T.RETURNED_TO_SENDER, _T.DELIVERED}),
    _T.REFUSED: frozenset({_T.RETURNED_TO_SENDER}),
    _T.RETURNED_TO_SENDER: frozenset(),
}


def move_shipment(state: ShipmentState, to: ShipmentState) -> ShipmentState:
    """The state after the move; staying is no move. Raises IllegalTransitionError for a move not listed."""
    if to is state:
        return state
    if to not in _MOVES[state]:
        raise IllegalTransitionError("Shipment", state, to)
    return to


class Parcel(Canonical):
    """One tracked box. Tracking may be empty: some partners tell it later. ``sscc`` is 18 digits."""

    tracking_number: str = ""
    carrier: str = ""
    service: str = ""
    tracking_url: str = ""
    sscc: str = Field(default="", pattern=r"^(\d{18})?$")


class ShippedLine(Canonical):
    """Units of one line that left. Identified by request and line number, else by request and SKU, else by the
    channel's order and line (a store that ships in the channel's own system). ``closes``: the partner says that
    nothing more will come for this line."""

    request_id: RequestId | None = None
    number: int | None = None
    sku: Sku | None = None
    order_external_id: str = ""
    line_id: LineId | None = None
    quantity: PositiveAmount
    closes: bool = False


class Shipment(Canonical):
    """A fact: goods left ``location``. ``shipment_id`` is the partner's id; the same id again is a duplicate.

    ``location`` None means the location of the request its lines name. ``channel`` is set where the shipment
    was made in the channel's own system, which then needs no confirmation.
    """

    shipment_id: ShipmentId
    connection: ConnectionId
    location: LocationId | None = None
    channel: ChannelId | None = None
    shipped_at: Instant
    lines: tuple[ShippedLine, ...] = Field(min_length=1)
    parcels: tuple[Parcel, ...] = ()


class ConfirmedLine(Canonical):
    """Units of a channel's order line that left. ``sku`` is the line's, for channels that want the item named again."""

    line_id: LineId
    quantity: PositiveAmount
    sku: Sku | None = None


class ShipmentConfirmation(Canonical):
    """We tell the channel what left. ``key`` is ours and unique: one confirmation, one effect.

    ``ship_to_site`` is the channel's code of the place it goes to, empty for a person's address. ``placed_at``: when
    the order was, by whose day's units it is told.
    """

    key: Text
    order_id: OrderId
    channel: ChannelId
    connection: ConnectionId
    order_external_id: str
    location: LocationId
    lines: tuple[ConfirmedLine, ...] = Field(min_length=1)
    parcels: tuple[Parcel, ...] = ()
    shipped_at: Instant
    placed_at: Instant | None = None
    ship_to_site: str = ""
