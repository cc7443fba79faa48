"""What a mapped document says, field by field: the targets of a mapping that reads, the sources of one that writes.

A shape is flat: ``ship_to.city`` is one field of its record. ``lines`` are the fields of what the record holds several
of. What the fields become is said in ``sdk.mapped``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from hub.mapping.fields.values import FieldKind

_T, _N, _D, _M, _F = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DAY, FieldKind.MOMENT, FieldKind.FLAG


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``needed``: a record without it cannot be used. ``choices``: the words it may hold, where not any."""

    name: str
    kind: FieldKind
    words: str
    needed: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """``about``: said once of a whole document; ``fields``: of each record; ``lines``: of each of a record's lines.

    ``items`` are the fields that may name an item, as ``item.QUALIFIER``: any qualifier that items.csv has.
    """

    name: str
    words: str
    fields: Mapping[str, Field]
    about: Mapping[str, Field] = field(default_factory=dict)
    lines: Mapping[str, Field] = field(default_factory=dict)
    has_items: bool = True

    def find(self, part: str, name: str) -> Field | None:
        """The field of ``about``, ``fields`` or ``lines``; None where there is none."""
        if self._takes_items(part) and name.startswith("item.") and len(name) > len("item."):
            return Field(name, _T, "the partner's item number of this kind")
        found: Mapping[str, Field] = getattr(self, part)
        return found.get(name)

    def like(self, part: str, name: str) -> str:
        """The name that was meant, perhaps; empty where none is near."""
        return next(iter(get_close_matches(name, self.names(part), 1)), "")

    def names(self, part: str) -> list[str]:
        """Every name of a part, sorted."""
        found: Mapping[str, Field] = getattr(self, part)
        return sorted([*found, *(["item.QUALIFIER"] if self._takes_items(part) else [])])

    def _takes_items(self, part: str) -> bool:
        return self.has_items and part == ("lines" if self.lines else "fields")


def _named(*fields: Field) -> Mapping[str, Field]:
    return MappingProxyType({each.name: each for each in fields})


def _address() -> Iterator[Field]:
    words = {
        "name": "the person",
        "company": "the company",
        "line1": "street and number",
        "line2": "what else is needed",
        "city": "the town",
        "region": "state or province",
        "postal_code": "the postal code",
        "country": "two letters, ISO 3166",
        "phone": "the telephone",
        "email": "the mail address",
        "site": "the buyer's own code of the place",
    }
    return (Field(f"ship_to.{name}", _T, said) for name, said in words.items())


_MODES = ("full", "delta")
_UNIT = Field("unit", _T, "the unit that the figures are in, as items.csv has it")
_ITEM = (_UNIT, Field("title", _T, "the item's name, for people"))

STOCK = Shape(
    "stock",
    "what a partner has: a record for each item, or for each item and place",
    fields=_named(
        Field("site", _T, "the partner's code of the place"),
        Field("on_hand", _N, "units that lie there"),
        Field("available", _N, "units that can be sold to us"),
        Field("committed", _N, "units promised to its customers"),
        Field("unavailable", _N, "units that are damaged or held"),
        Field("on_order", _N, "units that it has ordered"),
        Field("in_transit", _N, "units on their way to it"),
        _UNIT,
        Field("as_of", _M, "the moment of this record's figures"),
        Field("expected_on", _D, "the day on which it expects more"),
        Field("expected", _N, "how many units it expects then"),
        Field("discontinued", _F, "whether it will have no more"),
    ),
    about=_named(
        Field("as_of", _M, "the moment of the figures; without it, that of the file"),
        Field("mode", _T, "whether the file names everything", needed=True, choices=_MODES),
        Field("reference", _T, "the report's number"),
    ),
)
PRICES = Shape(
    "prices",
    "a catalogue of prices: a record for each price",
    fields=_named(
        Field("price", _N, "the price of one unit", needed=True),
        Field("currency", _T, "three letters, ISO 4217"),
        Field("from_quantity", _N, "units from which on it holds"),
        Field("since", _D, "the first day on which it holds"),
        Field("until", _D, "the last one"),
        *_ITEM,
    ),
    about=_named(
        Field("catalogue", _T, "the catalogue's number", needed=True),
        Field("issued_at", _M, "when it was issued; without it, the moment of the file"),
        Field("mode", _T, "whether the file names everything", needed=True, choices=_MODES),
        Field("currency", _T, "of prices that name none"),
    ),
)
ORDERS = Shape(
    "orders",
    "orders of a channel: a record for each order, with its lines",
    fields=_named(
        Field("external_id", _T, "the channel's own key of the order", needed=True),
        Field("number", _T, "the number that people know; without it, the key"),
        Field("placed_at", _M, "when it was placed; without it, the moment of the file"),
        Field("revision", _T, "sorts two versions of an order"),
        Field("service", _T, "the delivery service in our words"),
        Field("promised_by", _D, "the day that the customer was promised"),
        Field("currency", _T, "three letters, ISO 4217"),
        Field("shipping_charge", _N, "what the customer pays for shipping"),
        *_address(),
    ),
    lines=_named(
        Field("line_id", _T, "the channel's own key of the line; without it, its number"),
        Field("quantity", _N, "units ordered", needed=True),
        Field("unit_price", _N, "the price of one unit"),
        *_ITEM,
    ),
)
SHIPMENTS = Shape(
    "shipments",
    "what a location has shipped: a record for each shipment, with its lines",
    fields=_named(
        Field("shipment_id", _T, "the partner's key of the shipment", needed=True),
        Field("request_id", _T, "our purchase order or request; of every line that names none"),
        Field("site", _T, "the partner's code of the place it left"),
        Field("shipped_at", _M, "when it left; without it, the moment of the file"),
        Field("carrier", _T, "who carries it, in our words by the table carriers"),
        Field("service", _T, "the carrier's service"),
        Field("tracking_number", _T, "the parcel's number"),
        Field("tracking_url", _T, "where it can be followed"),
        Field("sscc", _T, "the parcel's serial number of 18 digits"),
    ),
    lines=_named(
        Field("request_id", _T, "our purchase order or request"),
        Field("number", _N, "the number of our request's line"),
        Field("quantity", _N, "units shipped", needed=True),
        Field("closes", _F, "whether no more will come for the line"),
        *_ITEM,
    ),
)
INVOICES = Shape(
    "invoices",
    "what a partner bills: a record for each invoice, with its lines",
    fields=_named(
        Field("invoice_number", _T, "the invoice's number", needed=True),
        Field("request_id", _T, "our purchase order", needed=True),
        Field("invoiced_at", _M, "when it was issued; without it, the moment of the file"),
        Field("currency", _T, "three letters, ISO 4217"),
        Field("charges", _N, "what is billed beside the lines"),
        Field("total", _N, "all that is to be paid", needed=True),
    ),
    lines=_named(
        Field("number", _N, "the number of our request's line"),
        Field("quantity", _N, "units billed", needed=True),
        Field("unit_price", _N, "the price of one unit", needed=True),
        *_ITEM,
    ),
)
REQUESTS = Shape(
    "requests",
    "orders that we send to who ships for us: a record for each request, with its lines",
    fields=_named(
        Field("request_id", _T, "our number; with a supplier the purchase order"),
        Field("kind", _T, "dropship, warehouse or store"),
        Field("site", _T, "the partner's code of the place"),
        Field("location", _T, "our name of the place"),
        Field("order_number", _T, "the order's number, as its channel knows it"),
        Field("channel", _T, "the channel of the order"),
        Field("service", _T, "the delivery service in our words"),
        Field("requested_at", _M, "when it was made"),
        Field("promised_by", _D, "the day that the customer was promised"),
        *_address(),
    ),
    lines=_named(
        Field("number", _N, "the line's number, from 1"),
        Field("sku", _T, "our SKU"),
        Field("quantity", _N, "units of `unit`"),
        Field("eaches", _N, "the same in eaches"),
        Field("unit_cost", _N, "what we pay for one unit"),
        Field("currency", _T, "of unit_cost"),
        *_ITEM,
    ),
)
CONFIRMATIONS = Shape(
    "confirmations",
    "what left of a channel's orders: a record for each shipment of an order, with its lines",
    fields=_named(
        Field("confirmation_id", _T, "our key of it: the same one is the same shipment"),
        Field("external_id", _T, "the channel's own key of the order"),
        Field("placed_at", _M, "when the order was placed"),
        Field("site", _T, "the partner's code of the place it left"),
        Field("location", _T, "our name of the place"),
        Field("ship_to.site", _T, "the channel's own code of the place it goes to"),
        Field("shipped_at", _M, "when it left"),
        Field("parcels", _N, "how many parcels it is"),
        Field("carrier", _T, "who carries it, in our words; like all below of the first parcel that says it"),
        Field("service", _T, "the carrier's service"),
        Field("tracking_number", _T, "the parcel's number"),
        Field("tracking_url", _T, "where it can be followed"),
        Field("sscc", _T, "the parcel's serial number of 18 digits"),
        Field("tracking_numbers", _T, "those of all parcels, with a comma and a blank between them"),
    ),
    lines=_named(
        Field("line_id", _T, "the channel's own key of the line"),
        Field("sku", _T, "our SKU"),
        Field("quantity", _N, "units of `unit` that left"),
        Field("eaches", _N, "the same in eaches"),
        _UNIT,
    ),
)
QUANTITIES = Shape(
    "quantities",
    "what a channel may sell: a record for each item",
    fields=_named(
        Field("sku", _T, "our SKU"),
        Field("quantity", _N, "whole units of `unit` to show, rounded down"),
        Field("eaches", _N, "the same in eaches, not rounded"),
        Field("computed_at", _M, "when it was worked out"),
        _UNIT,
    ),
)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {each.name: each for each in (STOCK, PRICES, ORDERS, SHIPMENTS, INVOICES, REQUESTS, CONFIRMATIONS, QUANTITIES)}
)
"""Every kind of document by its name."""
READ = (STOCK, PRICES, ORDERS, SHIPMENTS, INVOICES)
WRITTEN = (REQUESTS, CONFIRMATIONS, QUANTITIES, PRICES)
