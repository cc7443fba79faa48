"""A partner's folder: partner.yaml, counting.yaml, x12.yaml and items.csv to a Codebook and counting rules.

Folders overlay each other file by file: the user's ``mappings/partners/<partner>`` first, then what the hub ships.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook, PartnerItem, in_force
from hub.mapping.items_file import read_items
from hub.mapping.x12_profile import X12Profile
from hub.mapping.x12_template import read_profile
from hub.mapping.yaml_file import read_yaml, validate
from hub.model.canonical import Canonical
from hub.model.counting_example import CountingExample
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.network import CountingRule


class PartnerFile(Canonical):
    """partner.yaml. ``sites`` maps the partner's site codes to our locations; ``location`` is its only one.

    ``identity`` says that its item ids are our SKUs where items.csv does not name them. ``item_ids`` are the qualifiers
    that decide what an item is, the first before the others; ``on_conflict`` says what becomes of a line whose ids name
    different SKUs of ours. ``tables`` are value tables (carriers, units, reasons) by name.
    """

    name: str
    location: LocationId | None = None
    sites: Mapping[str, LocationId] = Field(default_factory=dict)
    identity: bool = False
    item_ids: tuple[str, ...] = ()
    on_conflict: Literal["quarantine", "first"] = "quarantine"
    tables: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)


class CountingFile(Canonical):
    """counting.yaml: one rule for all locations of the partner, or one per location; with worked examples."""

    rule: CountingRule = CountingRule()
    locations: Mapping[LocationId, CountingRule] = Field(default_factory=dict)
    examples: tuple[CountingExample, ...] = ()

    def rule_at(self, location: LocationId | None) -> CountingRule:
        """The rule of a location, or of all."""
        return self.rule if location is None else self.locations.get(location, self.rule)


@dataclass(frozen=True)
class Partner:
    """Everything in a partner's folder."""

    partner: PartnerId
    about: PartnerFile
    counting: CountingFile = field(default_factory=CountingFile)
    items: tuple[PartnerItem, ...] = ()
    x12: X12Profile | None = None

    def counting_rule(self, location: LocationId) -> CountingRule:
        """How it counts at one of its locations."""
        return self.counting.rule_at(location)

    def packs(self, day: date) -> dict[Sku, Decimal]:
        """How many eaches the unit of each item holds that day, where a decimal says it."""
        items = in_force(self.items, day)
        return {item.sku: item.units_each for item in items if isinstance(item.units_each, Decimal)}

    def codebook(self, connection: ConnectionId, known_skus: frozenset[Sku] = frozenset()) -> Codebook:
        """The crosswalk for a connection to this partner."""
        return Codebook(
            connection=connection,
            partner=self.partner,
            items=self.items,
            sites=self.about.sites,
            tables=self.about.tables,
            x12=self.x12,
            identity=self.about.identity,
            known_skus=known_skus,
            default_location=self.about.location,
            item_ids=self.about.item_ids,
            first_decides=self.about.on_conflict == "first",
        )


def load_partner(partner: PartnerId, folders: Sequence[Path]) -> Partner:
    """The partner's folder, each file taken from the first of ``folders`` (``.../partners``) that has it; templates
    from ``templates`` beside them.

    Raises ConfigurationError naming file, line and column; ``configuration.unknown-partner`` where no folder has a
    partner.yaml.
    """

    def find(name: str) -> Path | None:
        return next((path for path in (folder / partner / name for folder in folders) if path.is_file()), None)

    about = find("partner.yaml")
    if about is None:
        raise ConfigurationError(
            f"There is no mapping folder for partner {partner}.",
            code="configuration.unknown-partner",
            cure=f"Make mappings/partners/{partner}/partner.yaml.",
        )
    counting, x12, items = find("counting.yaml"), find("x12.yaml"), find("items.csv")
    told = validate(PartnerFile, read_yaml(about), about)
    return Partner(
        partner=partner,
        about=told,
        counting=validate(CountingFile, read_yaml(counting), counting) if counting else CountingFile(),
        items=read_items(items) if items else (),
        x12=_profile(x12, told, folders) if x12 else None,
    )


def _profile(path: Path, about: PartnerFile, folders: Sequence[Path]) -> X12Profile:
    """x12.yaml; where neither it nor its template says ``item_ids``, those of partner.yaml hold for X12 too."""
    profile = read_profile(path, [folder.parent / "templates" / "x12" for folder in folders])
    if not about.item_ids or "item_ids" in profile.model_fields_set:
        return profile
    return profile.model_copy(update={"item_ids": about.item_ids})
