"""A partner's folder: partner.yaml, counting.yaml, x12.yaml and items.csv to a Codebook and counting rules.

The user's ``mappings/partners/<partner>`` is laid over what the hub ships: YAML files key by key, items.csv as a whole
(ADR 0029).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook, PartnerItem, in_force
from hub.mapping.faults import Faults
from hub.mapping.inline_secrets import check_secrets
from hub.mapping.items_file import read_items
from hub.mapping.overlay import read_overlaid
from hub.mapping.partner_file import CountingFile, PartnerFile
from hub.mapping.x12_profile import X12Profile
from hub.mapping.yaml_file import validate
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.network import CountingRule

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Partner:
    """Everything in a partner's folder. ``documents``: its YAML files by name as they are in effect, with the place
    of every entry."""

    partner: PartnerId
    about: PartnerFile
    counting: CountingFile = field(default_factory=CountingFile)
    items: tuple[PartnerItem, ...] = ()
    x12: X12Profile | None = None
    documents: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

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


def load_partner(partner: PartnerId, folders: Sequence[Path], *, over: Any = None) -> Partner:
    """The partner's folder, each file of the first of ``folders`` (``.../partners``) laid over those of the others;
    templates from ``templates`` beside them. ``over``: a document to lie over its partner.yaml.

    Raises ConfigurationError with every fault, naming file, line and column; ``configuration.unknown-partner`` where
    no folder has a partner.yaml; ``configuration.path`` for a name or link that leads out of the folders.
    """
    folder = _Folder(partner, folders)
    if not folder.files("partner.yaml"):
        raise ConfigurationError(
            f"There is no mapping folder for partner {partner}.",
            code="configuration.unknown-partner",
            cure=f"Make mappings/partners/{partner}/partner.yaml.",
        )
    faults = Faults()
    found = Partner(partner, PartnerFile(name=""), documents=folder.documents)
    with faults.collected():
        found = replace(found, about=folder.read("partner.yaml", PartnerFile, over) or found.about)
    with faults.collected():
        found = replace(found, counting=folder.read("counting.yaml", CountingFile) or found.counting)
    with faults.collected():
        found = replace(found, x12=_with_item_ids(folder.read("x12.yaml", X12Profile), found.about))
    with faults.collected():
        found = replace(found, items=folder.items())
    check_secrets(folder.documents.get("partner.yaml"), folders[0] / partner / "partner.yaml", faults)
    faults.raise_all()
    return found


def _with_item_ids(profile: X12Profile | None, about: PartnerFile) -> X12Profile | None:
    """Where neither x12.yaml nor its template says ``item_ids``, those of partner.yaml hold for X12 too."""
    if profile is None or not about.item_ids or "item_ids" in profile.model_fields_set:
        return profile
    return profile.model_copy(update={"item_ids": about.item_ids})


def check_partner_name(partner: str) -> None:
    """Raises ConfigurationError ``configuration.path`` for a name that cannot be that of a folder."""
    if not partner or partner.startswith(".") or any(mark in partner for mark in "/\\\0"):
        raise ConfigurationError(
            f"{partner!r} is no name of a partner's folder.",
            code="configuration.path",
            cure="Write the name of a folder in mappings/partners: no path, and no dot in front.",
        )


class _Folder:
    """A partner's files in each of the folders that are laid over each other. ``documents``: those read so far."""

    def __init__(self, partner: PartnerId, folders: Sequence[Path]) -> None:
        check_partner_name(partner)
        self._partner = partner
        self._folders = folders
        self.documents: dict[str, Any] = {}

    def files(self, name: str) -> list[Path]:
        """Where there is a file of that name, the uppermost first."""
        found = [path for path in (folder / self._partner / name for folder in self._folders) if path.is_file()]
        for path in found:
            _check_inside(path)
        return found

    def read(self, name: str, model: type[ModelT], over: Any = None) -> ModelT | None:
        """The file as it is in effect; None where there is none."""
        files = self.files(name)
        if not files:
            return None
        templates = [folder.parent / "templates" / Path(name).stem for folder in self._folders]
        self.documents[name] = read_overlaid(model, files, templates=templates, over=over)
        return validate(model, self.documents[name], files[0])

    def items(self) -> tuple[PartnerItem, ...]:
        """The rows of the uppermost items.csv."""
        files = self.files("items.csv")
        return read_items(files[0]) if files else ()


def _check_inside(path: Path) -> None:
    """Links may lead to other files of the mappings, and nowhere else."""
    if not (path.is_symlink() or path.parent.is_symlink()):
        return
    mappings = path.parents[2].resolve()
    if not path.resolve().is_relative_to(mappings):
        raise ConfigurationError(
            f"The file is a link that leads out of {mappings}.",
            code="configuration.path",
            cure="Copy what it leads to, or make all of the mappings folder a link.",
            place=str(path),
        )
