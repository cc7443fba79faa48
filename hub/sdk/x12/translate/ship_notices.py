"""856 to Shipment: one per purchase order it names, so that each is recorded once whatever file it came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from hub.edi.documents.ship_notice import ShipLevel, ShipNotice, ShippedItem
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import RequestId, ShipmentId
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.faults import profile_error
from hub.sdk.x12.translate.reading import (
    book_of,
    date_named,
    eaches,
    instant,
    item_at,
    latest,
    line_number,
    profile_of,
    sscc,
)

_CLOSING = frozenset({"CC", "CP"})
"""SN108: the line is complete, or part of it was shipped and the rest will not come."""


def shipments(notice: ShipNotice, codebook: Codebook, received: dt.datetime) -> tuple[list[Shipment], list[Problem]]:
    """The goods that left, per purchase order, in the units of its day where the notice repeats that (PRF04), else of
    the notice's. Lines that can't be used are problems, the rest counts.

    Raises DataError ``x12.unsupported-set`` for a cancelled notice (BSN01 01), which takes back a fact,
    ``x12.ship-notice-shape`` and ``x12.label-needed`` where it is not as the profile wants it.
    """
    if notice.purpose == "01":
        raise profile_error("x12.unsupported-set", "The ship notice cancels an earlier one.", "856/BSN")
    _check_agreed(notice, profile_of(codebook))
    by_order: dict[str, list[ShippedLine]] = {}
    holders: dict[str, list[ShippedItem]] = {}
    problems: list[Problem] = []
    for number, shipped in enumerate(notice.items(), start=1):
        path = f"856/HL item {number}"
        order = shipped.order.number if shipped.order else ""
        ordered_on = shipped.order.date if shipped.order else None
        line = _line(shipped, order, book_of(ordered_on or notice.date, codebook, received), path, problems)
        if line is not None:
            by_order.setdefault(order, []).append(line)
            holders.setdefault(order, []).append(shipped)
    shipped_at = _shipped_at(notice, codebook, received)
    found = [
        Shipment(
            shipment_id=ShipmentId(f"{notice.shipment_id}/{order}"),
            connection=codebook.connection,
            shipped_at=shipped_at,
            lines=tuple(lines),
            parcels=_parcels(holders[order], codebook),
        )
        for order, lines in by_order.items()
    ]
    return found, problems


def _check_agreed(notice: ShipNotice, profile: X12Profile) -> None:
    allowed = profile.ship_notice_shapes
    odd = next((shape for shape in _shapes(notice.roots) if shape not in allowed), "") if allowed else ""
    if odd:
        message = f"The ship notice nests its levels {odd[:8]}; {', '.join(allowed)} is agreed."
        raise profile_error("x12.ship-notice-shape", message, "856/HL")
    if profile.labels_required:
        for number, shipped in enumerate(notice.items(), start=1):
            if not any(map(sscc, shipped.marks("GM", "AA"))):
                path = f"856/HL item {number}"
                raise profile_error("x12.label-needed", "No carton or pallet label (SSCC) holds the item.", path)


def _shapes(levels: Iterable[ShipLevel], above: str = "") -> Iterator[str]:
    """HL03 from each root to each level without others under it."""
    for level in levels:
        path = above + level.code
        yield from _shapes(level.children, path) if level.children else (path,)


def _line(
    shipped: ShippedItem, order: str, codebook: Codebook, path: str, problems: list[Problem]
) -> ShippedLine | None:
    item = item_at(shipped.line.ids, codebook, path)
    if isinstance(item, Problem):
        problems.append(item)
        return None
    if not order or shipped.line.quantity is None or shipped.line.quantity <= 0:
        problems.append(
            Problem(
                path,
                "x12.incomplete-item",
                "The item names no purchase order or no quantity above zero.",
                "Ask the partner for a corrected notice.",
            )
        )
        return None
    quantity = eaches(shipped.line.quantity, shipped.line.unit, item, codebook, path)
    if isinstance(quantity, Problem):
        problems.append(quantity)
        return None
    return ShippedLine(
        request_id=RequestId(order),
        number=line_number(shipped.line.line_number),
        sku=item.sku,
        quantity=quantity,
        closes=shipped.line.status in _CLOSING,
    )


def _shipped_at(notice: ShipNotice, codebook: Codebook, received: dt.datetime) -> dt.datetime:
    zone = profile_of(codebook).timezone
    for dates in (notice.dates, *(level.dates for level in notice.levels())):
        found = date_named(dates, "011")
        if found is not None:
            return latest(instant(found.date, found.time, zone, received), received)
    return latest(instant(notice.date, notice.time, zone, received), received)


def _parcels(items: Iterable[ShippedItem], codebook: Codebook) -> tuple[Parcel, ...]:
    """One parcel per label or tracking number; where a notice has neither, one without."""
    found: dict[tuple[str, str], Parcel] = {}
    for item in items:
        levels = [item.level, *item.containers, *filter(None, [item.shipment])]
        tracking = item.marks("CP") or tuple(_references(levels, "CN", "2I"))
        labels = [sscc(label) for label in item.marks("GM", "AA")]
        carrier = _carrier(levels, codebook)
        for index in range(max(len(tracking), len(labels), 1)):
            number = tracking[index] if index < len(tracking) else ""
            label = labels[index] if index < len(labels) else ""
            found.setdefault((number, label), Parcel(tracking_number=number, carrier=carrier, sscc=label))
    return tuple(found.values())


def _references(levels: Iterable[ShipLevel], *qualifiers: str) -> Iterable[str]:
    return dict.fromkeys(
        item.value for level in levels for item in level.references if item.qualifier in qualifiers and item.value
    )


def _carrier(levels: Iterable[ShipLevel], codebook: Codebook) -> str:
    for level in levels:
        for detail in level.carriers:
            named = detail.id or detail.routing
            if named:
                return codebook.code("carriers", named) or named
    return ""
