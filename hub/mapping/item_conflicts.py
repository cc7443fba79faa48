"""Where partners' items contradict each other although each items.csv is right by itself: warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from hub.mapping.codebook import PartnerItem
from hub.mapping.gtin import gtin_of, is_restricted
from hub.mapping.partner import Partner
from hub.model.identity import PartnerId, Sku


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of a partner's items.csv."""

    partner: PartnerId
    item: PartnerItem

    @property
    def place(self) -> str:
        """Its file and line."""
        return f"mappings/partners/{self.partner}/items.csv:{self.item.line}"


@dataclass(frozen=True, slots=True)
class ItemConflict:
    """``kind`` is ``gtin`` (one GTIN is two SKUs on the same day) or ``sku`` (two SKUs differ by case or blanks only);
    ``rows`` are the first of each SKU."""

    kind: str
    message: str
    cure: str
    rows: tuple[ItemRow, ...]


def item_conflicts(partners: Iterable[Partner]) -> list[ItemConflict]:
    """Conflicts of all partners' items, by GTIN, then by SKU. Numbers of restricted circulation are a partner's own."""
    rows = [ItemRow(partner.partner, item) for partner in partners for item in partner.items]
    return [*_shared_gtins(rows), *_alike(rows)]


def _shared_gtins(rows: Iterable[ItemRow]) -> Iterator[ItemConflict]:
    by_gtin: dict[str, list[ItemRow]] = {}
    for row in rows:
        for gtin in {gtin_of(name, value) for name, value in row.item.ids.items()} - {None}:
            by_gtin.setdefault(str(gtin), []).append(row)
    for gtin, found in sorted(by_gtin.items()):
        first = _first_of_each(found)
        if len(first) > 1 and not is_restricted(gtin) and _some_meet(found):
            yield ItemConflict(
                "gtin",
                f"GTIN {gtin} is {' and '.join(first)} on the same days.",
                "Correct the wrong row; where they are one item, give it one SKU.",
                tuple(first.values()),
            )


def _alike(rows: Iterable[ItemRow]) -> Iterator[ItemConflict]:
    by_letters: dict[str, list[ItemRow]] = {}
    for row in rows:
        by_letters.setdefault("".join(row.item.sku.split()).casefold(), []).append(row)
    for _, found in sorted(by_letters.items()):
        first = _first_of_each(found)
        if len(first) > 1:
            yield ItemConflict(
                "sku",
                f"SKUs {' and '.join(map(repr, first))} differ by case or blanks only.",
                "Write one of them everywhere; rename one where they are two items.",
                tuple(first.values()),
            )


def _first_of_each(rows: Iterable[ItemRow]) -> dict[Sku, ItemRow]:
    first: dict[Sku, ItemRow] = {}
    for row in rows:
        first.setdefault(row.item.sku, row)
    return first


def _some_meet(rows: Iterable[ItemRow]) -> bool:
    return any(one.item.sku != other.item.sku and one.item.meets(other.item) for one, other in combinations(rows, 2))
