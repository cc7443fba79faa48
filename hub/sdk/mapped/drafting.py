"""A draft of a mapping from a file: what its columns probably are, and the questions that no file answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import combining, normalize

from hub.errors import DataError
from hub.mapping.fields.shapes import Field, Shape
from hub.mapping.fields.values import FieldKind, reader_of
from hub.mapping.records.layout import Locale
from hub.sdk.mapped.sniffing import Sniffed

_NAMES: Mapping[str, tuple[str, ...]] = {
    "item": ("sku", "item", "itemno", "itemnumber", "article", "articleno", "artikelnummer", "partno", "partnumber",
             "productcode", "vendorsku", "suppliersku", "style", "material"),
    "gtin": ("gtin", "ean", "upc", "barcode", "ean13", "gtin14"),
    "on_hand": ("onhand", "qtyonhand", "stock", "physical", "bestand", "inventory", "soh"),
    "available": ("available", "avail", "qtyavailable", "availableqty", "free", "freestock", "verfugbar", "atp", "qty",
                  "quantity", "menge"),
    "unavailable": ("damaged", "blocked", "onhold", "hold", "quarantine"),
    "committed": ("committed", "allocated", "reserved"),
    "on_order": ("onorder", "inbound", "purchased"),
    "site": ("site", "warehouse", "whs", "location", "depot", "lager", "branch"),
    "unit": ("unit", "uom", "um", "einheit"),
    "expected_on": ("expected", "next", "nextdate", "nextavailable", "eta", "availableon", "restockdate", "duedate"),
    "discontinued": ("discontinued", "eol", "obsolete", "delisted"),
    "price": ("price", "cost", "netprice", "unitprice", "preis", "unitcost"),
    "unit_price": ("price", "unitprice", "netprice", "preis"),
    "currency": ("currency", "curr", "waehrung"),
    "external_id": ("orderid", "order", "orderno", "ordernumber", "id", "reference", "bestellnummer"),
    "number": ("ordernumber", "orderno", "number", "line", "lineno", "pos", "position"),
    "placed_at": ("orderdate", "date", "placed", "createdat", "created"),
    "quantity": ("qty", "quantity", "menge", "units", "shipped", "qtyshipped", "ordered"),
    "line_id": ("lineid", "line", "lineno", "pos", "position"),
    "shipment_id": ("shipment", "shipmentid", "shipmentno", "deliveryno", "delivery", "asn"),
    "request_id": ("po", "ponumber", "purchaseorder", "pono", "yourorder", "yourreference", "customerpo", "orderref"),
    "shipped_at": ("shipped", "shipdate", "shippedat", "date", "dispatched"),
    "carrier": ("carrier", "scac", "shipper", "courier"),
    "tracking_number": ("tracking", "trackingnumber", "trackingno", "consignment", "awb"),
    "invoice_number": ("invoice", "invoiceno", "invoicenumber", "rechnung"),
    "invoiced_at": ("invoicedate", "date"),
    "total": ("total", "amount", "grandtotal", "invoicetotal"),
    "title": ("title", "description", "name", "bezeichnung", "itemname", "productname"),
    "ship_to.name": ("name", "shiptoname", "customer", "recipient"),
    "ship_to.line1": ("address", "street", "address1", "shiptoaddress", "line1"),
    "ship_to.city": ("city", "town", "ort"),
    "ship_to.postal_code": ("zip", "postcode", "postalcode", "plz"),
    "ship_to.region": ("state", "region", "province"),
    "ship_to.country": ("country", "countrycode", "land"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What a file does not say. ``choices`` where not any answer will do; ``proposed`` is what it is if nobody says."""

    key: str
    words: str
    proposed: str
    choices: tuple[str, ...] = ()


@dataclass
class Draft:
    """A mapping as it was guessed. ``fields`` and ``lines``: field to place; ``guessed`` says of each why."""

    shape: Shape
    sniffed: Sniffed
    locale: Locale
    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def unused(self) -> list[str]:
        """Columns that nothing is taken from."""
        used = {*self.fields.values(), *self.lines.values()}
        return [each for each in (*self.sniffed.columns, *self.sniffed.line_columns) if each not in used]


def draft(found: Sniffed, shape: Shape) -> Draft:
    """The most likely mapping."""
    made = Draft(shape, found, _locale(found))
    lined = bool(shape.lines)
    flat = lined and not found.lines
    line_columns = found.columns if flat else found.line_columns
    if lined:
        made.lines = _assigned(_wanted(shape.lines, items=True), line_columns, made.locale)
    taken = set(made.lines.values()) if flat else set()
    free = {name: texts for name, texts in found.columns.items() if name not in taken}
    made.fields = _assigned(_wanted(shape.fields, items=not lined), free, made.locale)
    return made


def questions(made: Draft) -> Iterator[Question]:
    """What must be known beside the file, in the order in which it is asked."""
    return (each for each in answerable(made) if not _is_guessed(made, each.key))


def answerable(made: Draft) -> Iterator[Question]:
    """Every question, those too that the file seems to answer: who knows better, or wants to be sure, may say it."""
    shape, columns = made.shape, tuple(made.sniffed.columns)
    below = tuple(made.sniffed.line_columns) or columns
    for part, fields, there in (("fields", shape.fields, columns), ("lines", shape.lines, below)):
        for each in fields.values():
            yield Question(f"{part}.{each.name}", f"Which column is {each.words}?", "", there)
    if shape.has_items:
        yield Question("item", "Which column names the item?", "", below if shape.lines else columns)
    if shape.name == "stock":
        yield from _of_stock(made, columns)
    if shape.name in {"stock", "prices"}:
        yield Question("mode", "Does the file name everything, or only what changed?", "full", ("full", "delta"))
    words = f"Is a figure such as {ambiguous(made) or '1,234'} more than a thousand, or a bit more than one?"
    yield Question("thousands", words, "", ("thousand", "one"))


def _is_guessed(made: Draft, key: str) -> bool:
    """Whether the file seems to answer it, or nothing depends on it."""
    part, _, name = key.partition(".")
    if name:
        shape, known = (made.shape.fields, made.fields) if part == "fields" else (made.shape.lines, made.lines)
        return not shape[name].needed or name in known
    match key:
        case "item":
            return any(each.startswith("item.") for each in (made.lines if made.shape.lines else made.fields))
        case "figure":
            return bool(_figures(made))
        case "thousands":
            return not ambiguous(made)
    return False


def _figures(made: Draft) -> set[str]:
    return {"on_hand", "available"} & set(made.fields)


def _of_stock(made: Draft, columns: tuple[str, ...]) -> Iterator[Question]:
    yield Question("figure", "Which column says how many there are?", "", columns)
    yield Question(
        "basis",
        "Is the figure all that lies there (on_hand), or what can still be sold to us (available)?",
        next(iter(sorted(_figures(made))), "available"),
        ("on_hand", "available"),
    )
    yield Question(
        "net_of",
        "Which of our open orders has the partner taken off that figure already?",
        "none",
        ("none", "sent", "acknowledged"),
    )
    words = "What does it mean that a full file does not name an item?"
    yield Question("missing", words, "unchanged", ("unchanged", "zero", "delisted"))
    yield Question("stale_after_hours", "After how many hours is a figure too old to be promised from?", "48")
    yield Question("timezone", "In which time zone does the partner write its times?", "UTC")


def _wanted(fields: Mapping[str, Field], *, items: bool) -> list[Field]:
    found = [each for each in fields.values() if each.name in _NAMES]
    if items:
        return [Field("item.gtin", FieldKind.TEXT, ""), Field("item.VN", FieldKind.TEXT, ""), *found]
    return found


def _assigned(wanted: Iterable[Field], columns: Mapping[str, Sequence[str]], locale: Locale) -> dict[str, str]:
    """Each field its best column, each column one field; the surest first."""
    scored = sorted(
        ((_score(each, name, texts, locale), each.name, name) for each in wanted for name, texts in columns.items()),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    found: dict[str, str] = {}
    for score, target, column in scored:
        if score > 0 and target not in found and column not in found.values():
            found[target] = column
    return {name: column for column in columns for name in found if found[name] == column}


def _score(target: Field, column: str, texts: Sequence[str], locale: Locale) -> int:
    """How likely it is: by the name, where the values can be of that kind."""
    key = {"item.VN": "item", "item.gtin": "gtin"}.get(target.name, target.name)
    bare = re.sub(r"[^a-z0-9]", "", _plain(column.rsplit(".", 1)[-1].lower()))
    names = _NAMES.get(key, ())
    score = 100 - names.index(bare) if bare in names else 40 if any(len(n) > 3 and n in bare for n in names) else 0
    if not score or not all(_reads(target.kind, text, locale) for text in texts[:50] if text.strip()):
        return 0
    return score + (10 if target.needed else 0)


def _plain(text: str) -> str:
    """Without accents."""
    return "".join(mark for mark in normalize("NFD", text) if not combining(mark))


def _reads(kind: FieldKind, text: str, locale: Locale) -> bool:
    try:
        reader_of(kind, locale)(text.strip())
    except DataError:
        return False
    return True


def _locale(found: Sniffed) -> Locale:
    """By values that can be read in one way only."""
    texts = [text.strip() for column in (*found.columns.values(), *found.line_columns.values()) for text in column]
    facts: dict[str, Any] = {}
    if any(re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d{1,2}", text) for text in texts):
        facts["decimal"] = ","
        if any(re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text) for text in texts):
            facts["thousands"] = "."
    elif any(re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+", text) for text in texts):
        facts["thousands"] = ","
    for pattern, form in (
        (r"\d{2}\.\d{2}\.\d{4}", "%d.%m.%Y"),
        (r"(1[3-9]|2\d|3[01])/\d{2}/\d{4}", "%d/%m/%Y"),
        (r"\d{2}/(1[3-9]|2\d|3[01])/\d{4}", "%m/%d/%Y"),
        (r"20\d{6}", "%Y%m%d"),
    ):
        if any(re.fullmatch(pattern, text) for text in texts):
            facts["date"] = (form,)
            break
    return Locale(**facts)


def ambiguous(made: Draft) -> str:
    """A figure of the file whose only mark, before three digits, may be of thousands or of decimals; empty where there
    is none, or where another figure says which."""
    if made.locale.decimal == "," or made.locale.thousands:
        return ""
    columns = (*made.sniffed.columns.values(), *made.sniffed.line_columns.values())
    texts = [text.strip() for column in columns for text in column]
    points = any(re.fullmatch(r"-?\d*\.(\d{1,2}|\d{4,})", text) for text in texts)
    form = r"-?[1-9]\d{0,2},\d{3}" if points else r"-?[1-9]\d{0,2}[.,]\d{3}"
    return next((text for text in texts if re.fullmatch(form, text)), "")
