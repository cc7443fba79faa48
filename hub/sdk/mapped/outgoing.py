"""Requests, confirmations, quantities and prices as a partner's files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.values import Value
from hub.mapping.fields.writing import OurFields, OurRecord, RowWriter, TreeWriter
from hub.mapping.records.layout import Column
from hub.mapping.records.writing import write_records
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.party import Address
from hub.model.price import PriceList
from hub.model.quantity import BASE_UNIT, Units, amount_of_unit, floored_units, whole_units
from hub.model.shipment import ConfirmedLine, Parcel, ShipmentConfirmation
from hub.model.stock import QuantityUpdate

Told = FulfilmentRequest | ShipmentConfirmation | QuantityUpdate | PriceList


def written(items: Sequence[Told], mapping: CompiledMapping, codebook: Codebook, file: str, now: datetime) -> bytes:
    """One file of all items: the same bytes for the same items, codebook and moment.

    Raises DataError for an item that is not mapped, and ``records.unwritable`` for a value that the format has no
    place for.
    """
    records = (record for item in items for record in our_records(item, codebook))
    about = {"file": {"name": file, "at": now}, "partner": str(codebook.partner)}
    form, stream = mapping.file.format, io.BytesIO()
    if mapping.is_table:
        writer = RowWriter(mapping)
        columns = {name: form.columns.get(name, Column()) for name in writer.columns}
        write_records(form.model_copy(update={"columns": columns}), writer.rows(records, about), stream)
    else:
        write_records(form, TreeWriter(mapping).trees(records, about), stream)
    return stream.getvalue()


def our_records(item: Told, codebook: Codebook) -> Iterator[OurRecord]:
    """An item as its Shape names its fields."""
    match item:
        case FulfilmentRequest():
            yield _request(item, codebook)
        case ShipmentConfirmation():
            yield _confirmation(item, codebook.on((item.placed_at or item.shipped_at).date()))
        case QuantityUpdate():
            yield _quantity(item, codebook.item_of(item.sku))
        case PriceList():
            yield from _prices(item, codebook)


def _request(request: FulfilmentRequest, codebook: Codebook) -> OurRecord:
    fields: dict[str, Value] = {
        "request_id": request.request_id,
        "kind": request.kind.value,
        "site": codebook.site_of(request.location),
        "location": request.location,
        "order_number": request.order_number,
        "channel": request.channel,
        "service": request.service,
        "requested_at": request.requested_at,
        "promised_by": request.promised_by,
    }
    if request.ship_to is not None:
        fields |= {f"ship_to.{name}": getattr(request.ship_to, name) for name in Address.model_fields}
    return OurRecord(fields, [_line(line, codebook) for line in request.lines])


def _line(line: RequestLine, codebook: Codebook) -> OurFields:
    counted, units_each = _counted(line.quantity, codebook.item_of(line.sku))
    fields = {"number": Decimal(line.number), "sku": line.sku, **counted, "title": line.title}
    if line.unit_cost is not None:
        cost = amount_of_unit(line.unit_cost.amount, units_each)
        fields |= {"unit_cost": cost, "currency": line.unit_cost.currency}
    return fields


def _confirmation(told: ShipmentConfirmation, codebook: Codebook) -> OurRecord:
    """In the units of the day of the order."""
    fields: dict[str, Value] = {
        "confirmation_id": told.key,
        "external_id": told.order_external_id,
        "placed_at": told.placed_at,
        "site": codebook.site_of(told.location),
        "location": told.location,
        "ship_to.site": told.ship_to_site,
        "shipped_at": told.shipped_at,
        "parcels": Decimal(len(told.parcels)),
        "tracking_numbers": ", ".join(each.tracking_number for each in told.parcels if each.tracking_number),
    }
    said = {name: [getattr(each, name) for each in told.parcels] for name in Parcel.model_fields}
    fields |= {name: next(filter(None, values), "") for name, values in said.items()}
    return OurRecord(fields, [_confirmed(line, codebook) for line in told.lines])


def _confirmed(line: ConfirmedLine, codebook: Codebook) -> OurFields:
    if line.sku is None:
        return {"line_id": line.line_id, "quantity": line.quantity, "eaches": line.quantity, "unit": BASE_UNIT}
    return {"line_id": line.line_id, "sku": line.sku, **_counted(line.quantity, codebook.item_of(line.sku))[0]}


def _counted(quantity: Decimal, item: PartnerItem) -> tuple[OurFields, Units]:
    """Eaches in the partner's unit of the item, with its eaches; as they are where they are no whole number of it."""
    units = whole_units(quantity, item.units_each)
    if units is None:
        return {"quantity": quantity, "eaches": quantity, **_item(item), "unit": BASE_UNIT}, Decimal(1)
    return {"quantity": units, "eaches": quantity, **_item(item)}, item.units_each


def _quantity(update: QuantityUpdate, item: PartnerItem) -> OurRecord:
    fields: dict[str, Value] = {
        "sku": update.sku,
        "quantity": floored_units(update.quantity, item.units_each),
        "eaches": update.quantity,
        "computed_at": update.computed_at,
    }
    return OurRecord(fields | _item(item))


def _item(item: PartnerItem) -> dict[str, Value]:
    return {"unit": item.unit, **{f"item.{name}": value for name, value in item.ids.items()}}


def _prices(found: PriceList, codebook: Codebook) -> Iterator[OurRecord]:
    for line in found.lines:
        item = codebook.item_of(line.sku)
        yield OurRecord(
            {
                **_item(item),
                "catalogue": found.catalogue,
                "issued_at": found.issued_at,
                "mode": found.mode.value,
                "price": amount_of_unit(line.unit_price.amount, item.units_each),
                "currency": line.unit_price.currency,
                "from_quantity": line.from_quantity,
                "since": line.since,
                "until": line.until,
                "title": line.title,
            }
        )
