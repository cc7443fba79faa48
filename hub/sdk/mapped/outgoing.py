"""Requests, quantities and prices as a partner's files."""

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
from hub.model.quantity import BASE_UNIT, amount_of_unit, whole_units
from hub.model.stock import QuantityUpdate

Told = FulfilmentRequest | QuantityUpdate | PriceList


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
        case QuantityUpdate():
            named = codebook.item_of(item.sku)
            fields = {"sku": item.sku, "quantity": item.quantity, "computed_at": item.computed_at, **_item(named)}
            yield OurRecord(fields)
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
    """In the partner's unit of the item; in eaches where that is no whole number of it."""
    item = codebook.item_of(line.sku)
    units = whole_units(line.quantity, item.units_each)
    broken = units is None
    fields: dict[str, Value] = {
        "number": Decimal(line.number),
        "sku": line.sku,
        "quantity": line.quantity if broken else units,
        "eaches": line.quantity,
        **_item(item),
        "title": line.title,
    }
    if broken:
        fields["unit"] = BASE_UNIT
    if line.unit_cost is not None:
        cost = line.unit_cost.amount if broken else amount_of_unit(line.unit_cost.amount, item.units_each)
        fields |= {"unit_cost": cost, "currency": line.unit_cost.currency}
    return fields


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
