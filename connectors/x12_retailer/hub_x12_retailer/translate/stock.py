"""QuantityUpdate to 846: what the retailer may sell, in its own units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from hub.edi.documents.inventory import InventoryAdvice, StockLine, StockQuantity, render_inventory
from hub.edi.write import control_number
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.quantity import floored_units
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of
from hub.sdk.x12.translate.ordered import product_ids
from hub.sdk.x12.translate.reading import profile_of

STOCK_SET = "846"
_CHANGE, _SELLER_REPORT, _AVAILABLE = "04", "SI", "33"
"""BIA01: items it does not name are unchanged. BIA02, QTY01."""


def quantities(updates: Sequence[tuple[str, QuantityUpdate]], codebook: Codebook, stamp: Stamp) -> Document:
    """One 846 with a line for each item; a rejection of it is about all of them.

    Raises DataError ``data.unmapped-sku`` for an item the retailer does not know.
    """
    reference = f"{control_number(stamp.numbers[0]):09d}"
    told = advice([update for _, update in updates], codebook, reference, stamp.now)
    document = interchange_of(STOCK_SET, [(SentSet(STOCK_SET, "", reference), render_inventory(told))], codebook, stamp)
    mark = document.meta["set:"]
    marks = {f"set:{key}": mark for key, _ in updates}
    meta = {name: value for name, value in document.meta.items() if name != "set:"} | marks
    return replace(document, item_keys=tuple(key for key, _ in updates), meta=meta)


def advice(updates: Sequence[QuantityUpdate], codebook: Codebook, reference: str, now: dt.datetime) -> InventoryAdvice:
    """The quantities in X12's words, as of ``now`` in the retailer's time."""
    local = now.astimezone(ZoneInfo(profile_of(codebook).timezone))
    codebook = codebook.on(local.date())
    return InventoryAdvice(
        purpose=_CHANGE,
        report_type=_SELLER_REPORT,
        number=reference,
        date=local.date(),
        time=local.time().replace(microsecond=0),
        lines=tuple(_line(str(place), update, codebook) for place, update in enumerate(updates, start=1)),
    )


def _line(number: str, update: QuantityUpdate, codebook: Codebook) -> StockLine:
    item = codebook.item_of(update.sku)
    return StockLine(
        number=number,
        ids=product_ids(item, codebook),
        quantities=(StockQuantity(_AVAILABLE, floored_units(update.quantity, item.units_each), item.unit),),
    )
