"""What rules of routing may ask: the published facts of an order, its lines and a location, with their types.

Types are written as the expression language names them; docs/reference/rules.md has the same table.
"""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """One field: its ``type``, and what it says."""

    name: str
    type: str
    says: str


ORDER: tuple[Fact, ...] = (
    Fact("id", "text", "the hub's id of the order"),
    Fact("channel", "text", "where it started"),
    Fact("service", "text", "the delivery service that was sold: `standard`, `express`"),
    Fact("tags", "list of text", "the channel's words for it"),
    Fact("total", "decimal or null", "what its lines cost, in `currency`; null where a line has no price"),
    Fact("currency", "text", "of `total`; empty where a line has no price"),
    Fact("units", "decimal", "eaches of all lines"),
    Fact("weight_kg", "decimal or null", "of all lines; null where an item's weight is not known"),
    Fact("weight_lb", "decimal or null", "the same in pounds"),
    Fact("placed_at", "moment", "when the customer bought"),
    Fact("promised_by", "date or null", "the day that the channel promised"),
    Fact("country", "text", "it ships to: ISO 3166 alpha-2; empty where nobody said"),
    Fact("region", "text", "state or province, as the channel writes it"),
    Fact("postal_code", "text", "as the channel writes it"),
    Fact("pickup_at", "text or null", "the location where the customer fetches it; null where it is shipped"),
    Fact("ship_complete", "bool", "whether the channel wants all or nothing"),
    Fact("attempts", "int", "how often it was routed before"),
    Fact("rejected_by", "list of text", "locations that rejected one of its lines"),
    Fact("lines", "list of line", "its lines"),
)
LINE: tuple[Fact, ...] = (
    Fact("sku", "text", "the item; empty while it is not mapped"),
    Fact("quantity", "decimal", "eaches"),
    Fact("unit_price", "decimal or null", "of one each, as sold"),
    Fact("category", "text", "of the catalogue"),
    Fact("tags", "list of text", "of the catalogue"),
    Fact("hazmat", "bool", "whether it is dangerous goods"),
    Fact("weight_kg", "decimal or null", "of all its units; null where the item's weight is not known"),
    Fact("weight_lb", "decimal or null", "the same in pounds"),
)
LOCATION: tuple[Fact, ...] = (
    Fact("id", "text", "its name in hub.yaml"),
    Fact("name", "text", "for people"),
    Fact("kind", "text", "`dropship`, `warehouse` or `store`"),
    Fact("partner", "text", "who runs it"),
    Fact("owner", "text", "whose stock it is; empty: the merchant's"),
    Fact("site", "text", "what it shares with locations of other owners; its own id where it names none"),
    Fact("country", "text", "ISO 3166 alpha-2; empty where hub.yaml does not say"),
    Fact("region", "text", "state or province"),
    Fact("postal_code", "text", "its postal code"),
    Fact("tags", "list of text", "the merchant's words for it"),
    Fact("uses", "list of text", "what it may do: `ship`, `pickup`"),
    Fact("channels", "list of text", "channels whose orders it may ship"),
)

RECORDS: dict[str, tuple[Fact, ...]] = {"line": LINE, "order": ORDER, "location": LOCATION}
"""By the name that conditions give them; each after those that it is made of."""
