"""Records of prices as price lists, one for each catalogue that the document is of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hub.mapping.fields.reading import Said
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.quantity import amount_of_each
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import Intake


def price_list(intake: Intake) -> Parsed:
    """The list, and a problem for each record that cannot be used: a full list with such records changes what it names
    only, for an item of ours may be among them."""
    found: dict[tuple[object, ...], ItemPrice] = {}
    for said in intake.records():
        price = _price(intake, said)
        if price is None:
            continue
        first = found.setdefault((price.sku, price.from_quantity, price.since, price.until), price)
        if first.unit_price != price.unit_price:
            intake.refuse(said, "price", "Another record says another price of the same item and time.")
    lines = tuple(found.values())
    if not lines:
        return Parsed((), intake.problems)
    unsure = bool(intake.tally.codes - {"data.unmapped-item"})
    made = PriceList(
        partner=intake.codebook.partner,
        connection=intake.document.connection,
        catalogue=str(intake.about["catalogue"]),
        issued_at=intake.moment(intake.about.get("issued_at")),
        mode=FeedMode.DELTA if unsure else FeedMode(str(intake.about["mode"])),
        lines=lines,
    )
    return Parsed((made,), intake.problems)


def _price(intake: Intake, said: Said) -> ItemPrice | None:
    item = intake.item(said)
    size = intake.eaches_of(said, item) if item is not None else None
    currency = said.fields.get("currency") or intake.about.get("currency")
    money = intake.money(said, "price", currency) if size is not None else None
    if item is None or size is None or money is None:
        return None
    start = intake.eaches(said, "from_quantity", size[1]) if "from_quantity" in said.fields else Decimal(1)
    if money.amount < 0:
        intake.refuse(said, "price", "A price is no less than nothing.")
        return None
    if start is None:
        return None
    if start <= 0:
        intake.refuse(said, "from_quantity", "A price holds from more than none on.")
        return None
    since, until = said.fields.get("since"), said.fields.get("until")
    if isinstance(since, date) and isinstance(until, date) and until < since:
        intake.refuse(said, "until", "The price ends before it begins.")
        return None
    return ItemPrice(
        sku=item.sku,
        unit_price=Money(amount=amount_of_each(money.amount, size[1]), currency=money.currency),
        from_quantity=start,
        since=since if isinstance(since, date) else None,
        until=until if isinstance(until, date) else None,
        title=str(said.fields.get("title", "")),
    )
