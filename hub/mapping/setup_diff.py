"""In what two set-ups differ: keys with their values and places, rows of tables, kits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.mapping.codebook import PartnerItem
from hub.mapping.config import Setup
from hub.mapping.inline_secrets import shown_value
from hub.mapping.overlay import entries
from hub.mapping.partner import Partner
from hub.model.identity import PartnerId
from hub.model.item import ItemFacts
from hub.model.tariff import ZoneEntry


@dataclass(frozen=True, slots=True)
class Value:
    """What stands at a place, fit to be shown."""

    shown: Any
    place: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry of ``file`` that is not the same in both: ``old`` or ``new`` is None where there is none."""

    file: str
    key: str
    old: Value | None
    new: Value | None


def setup_diff(old: Setup, new: Setup) -> Iterator[Changed]:
    """Every difference, hub.yaml first and then partner by partner, both as they are in effect."""
    yield from _differing("hub.yaml", _keys(old.document, old.path), _keys(new.document, new.path))
    kits = [
        {str(sku): (kit, Value(str(kit), "kits.csv")) for sku, kit in each.network.kits.items()} for each in (old, new)
    ]
    yield from _differing("kits.csv", *kits)
    for file, rows in _TABLES.items():
        yield from _differing(file, rows(old), rows(new))
    for name in sorted({*old.partners, *new.partners}):
        yield from _partner(name, old.partners.get(name), new.partners.get(name))


_Keys = Mapping[str, tuple[Any, Value]]


def _differing(file: str, old: _Keys, new: _Keys) -> Iterator[Changed]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if before is None or after is None or before[0] != after[0]:
            yield Changed(file, key, before[1] if before else None, after[1] if after else None)


def _items(setup: Setup) -> _Keys:
    return {str(sku): (facts, Value(_facts(facts), "catalogue.csv")) for sku, facts in setup.network.items.items()}


def _facts(facts: ItemFacts) -> str:
    unsaid = ItemFacts(facts.sku)._asdict()
    said = [f"{name} {value}" for name, value in facts._asdict().items() if value != unsaid[name]]
    return ", ".join(said) or "no facts"


def _terms(setup: Setup) -> _Keys:
    document = setup.network.tariffs.terms.model_dump(mode="json", exclude_unset=True)
    return _keys(document, Path("rates.yaml"))


def _rates(setup: Setup) -> _Keys:
    return {
        f"{table.carrier} {table.service}, zone {zone}": (
            (table.step, prices),
            Value(f"{_money(prices[0])} to {_money(prices[-1])}", "rates"),
        )
        for table in setup.network.tariffs.rates
        for zone, prices in table.zones.items()
    }


def _zones(setup: Setup) -> _Keys:
    return {
        " ".join(filter(None, (*scope, f"{origin.removeprefix('@')} to {area}"))): (entry, Value(_zone(entry), "zones"))
        for scope, chart in setup.network.tariffs.zones.items()
        for origin, rows in chart.items()
        for area, entry in rows.items()
    }


def _zone(entry: ZoneEntry) -> str:
    return entry.zone if entry.transit_days is None else f"{entry.zone} in {entry.transit_days} days"


def _places(setup: Setup) -> _Keys:
    places = setup.network.tariffs.places.items()
    return {area: (degrees, Value("{}, {}".format(*degrees), "places.csv")) for area, degrees in places}


def _reserves(setup: Setup) -> _Keys:
    return {
        f"{location} {sku}": (reserve, Value(_money(reserve.price), "reserve-prices.csv"))
        for (location, sku), reserve in setup.network.tariffs.reserves.items()
    }


def _rules(setup: Setup) -> _Keys:
    """Rules by their names, those of a draft after its own, and which drafts are tried on what."""
    live = setup.network.rules
    found: dict[str, tuple[Any, Value]] = {
        f"rollout {draft}": (percent, Value(f"{percent:f} percent", "rules.yaml"))
        for draft, percent in live.rollout.items()
    }
    found |= {f"shadow {draft}": (True, Value("judged beside", "rules.yaml")) for draft in live.shadow}
    for book in (live, *setup.network.drafts.values()):
        for rule in book.rules:
            said = rule.model_dump(mode="json", exclude_defaults=True, exclude={"name", "place"})
            shown = ", ".join(f"{key} {value}" for key, value in said.items())
            found[f"{book.name} {rule.name}".lstrip()] = said, Value(shown, rule.place)
    return found


def _money(mills: int) -> str:
    return f"{Decimal(mills) / 1000:.3f}"


_TABLES: Mapping[str, Callable[[Setup], _Keys]] = {
    "rules.yaml": _rules,
    "catalogue.csv": _items,
    "rates.yaml": _terms,
    "rates": _rates,
    "zones": _zones,
    "places.csv": _places,
    "reserve-prices.csv": _reserves,
}
"""The merchant's rules and tables by their files, each as its rows by what they are about."""


def _partner(name: PartnerId, old: Partner | None, new: Partner | None) -> Iterator[Changed]:
    folder = f"mappings/partners/{name}"
    documents = [each.documents if each is not None else {} for each in (old, new)]
    for file in dict.fromkeys((*documents[0], *documents[1])):
        path = Path(folder, file)
        yield from _differing(str(path), *(_keys(each.get(file, {}), path) for each in documents))
    mappings = [each.mappings if each is not None else {} for each in (old, new)]
    for stream in sorted({*mappings[0], *mappings[1]}):
        yield from _differing(f"{folder}/documents/{stream}.yaml", *(_mapping(each.get(stream)) for each in mappings))
    items = [each.items if each is not None else () for each in (old, new)]
    yield from _differing(f"{folder}/items.csv", *(_rows(each, folder) for each in items))


def _keys(document: Any, path: Path) -> _Keys:
    return {
        ".".join(each.steps): (each.value, Value(shown_value(each.steps, each.value), str(each.mark or path)))
        for each in entries(document)
        if not each.opens
    }


def _mapping(mapping: Any) -> _Keys:
    if mapping is None:
        return {}
    file = f"documents/{mapping.name}.yaml"
    rules = {(part, each.name): each.place for part, each in mapping.all_fields}
    found: dict[str, tuple[Any, Value]] = {}
    for each in entries(mapping.file.model_dump(mode="json", by_alias=True, exclude_unset=True)):
        if not each.opens:
            part, *names = (step for step in each.steps if step != "fields" or step == each.steps[0])
            place = rules.get((part, names[0]), file) if names else file
            found[".".join(each.steps)] = each.value, Value(each.value, place)
    return found


def _rows(items: Iterable[PartnerItem], folder: str) -> _Keys:
    """Rows by what they are about: an item's ids, its unit and from when it holds."""
    found: dict[str, tuple[Any, Value]] = {}
    for item in items:
        ids = " ".join(f"{name}={value}" for name, value in sorted(item.ids.items()))
        key = " ".join(filter(None, (ids, item.unit, f"from {item.since}" if item.since else "")))
        found[key] = item, Value(_row(item), f"{folder}/items.csv:{item.line}")
    return found


def _row(item: PartnerItem) -> str:
    said = {
        "units_each": f"{item.units_each}",
        "until": item.until,
        "minimum": item.minimum,
        "multiple": item.multiple,
        "external_id": item.external_id,
        "preferred": item.preferred or None,
    }
    return ", ".join([str(item.sku), *(f"{name} {value}" for name, value in said.items() if value not in (None, ""))])
