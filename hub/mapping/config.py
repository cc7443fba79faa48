"""The set-up: hub.yaml and the partners' folders, and from them the Network the domain works with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from hub.errors import ConfigurationError
from hub.mapping.catalogue import load_catalogue
from hub.mapping.faults import Faults
from hub.mapping.hub_file import ChannelConfig, HubConfig
from hub.mapping.inline_secrets import check_secrets
from hub.mapping.item_lots import lots_of
from hub.mapping.kits import load_kits
from hub.mapping.named_partners import NamedPartners
from hub.mapping.network_file import LocationConfig
from hub.mapping.partner import Partner, load_partner
from hub.mapping.rules.load import load_rules
from hub.mapping.setup_files import steady
from hub.mapping.setup_names import check_names
from hub.mapping.shipped import mapping_folders
from hub.mapping.tariff_files import check_carriers_of, load_tariffs
from hub.mapping.yaml_file import faults_of, place_of, read_yaml, validate
from hub.model.identity import LocationId, PartnerId, Sku
from hub.model.item import ItemFacts
from hub.model.kit import Kit
from hub.model.network import Channel, InvoiceTolerance, Location, Network
from hub.model.prices import prices_of
from hub.model.tariff import Tariffs

SETUP_SUFFIXES = frozenset({".yaml", ".yml", ".csv"})
"""What a set-up's files end with."""


@dataclass(frozen=True)
class Setup:
    """A configuration that holds together: every name it uses exists, every partner's folder is read.

    ``version`` is a hash of the files it was read from, taken before they were read: where they change meanwhile
    it differs from theirs now. ``document`` is hub.yaml laid over what its partners bring, with the place of every
    entry.
    """

    path: Path
    config: HubConfig
    partners: Mapping[PartnerId, Partner]
    network: Network
    version: str
    document: Any = field(default_factory=dict, repr=False, compare=False)

    @property
    def mappings(self) -> Path:
        """The folder of the user's own mappings; it need not exist."""
        return self.path.parent / self.config.mappings

    def place(self, *steps: str | int) -> str:
        """``file:line:column`` of an entry of the set-up: in hub.yaml, or in the partner.yaml that brings it."""
        return place_of(self.document, steps, self.path)

    def faults_of(
        self, model: type[BaseModel], error: ValidationError, under: Sequence[str], *, code: str
    ) -> ConfigurationError:
        """What ``error`` tells of the part of the set-up at ``under``, which should fit ``model``."""
        return faults_of(model, error, self.document, self.path, under=under, code=code)

    def version_now(self) -> str:
        """``version`` of the files as they are now."""
        return _version(_content(self.path), self.mappings)

    @property
    def database_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        url = self.config.database
        if url.startswith(prefix) and not url.startswith("sqlite:////") and url != prefix + ":memory:":
            return prefix + str((self.path.parent / url.removeprefix(prefix)).resolve())
        return url


def load_setup(path: Path) -> Setup:
    """Read and check hub.yaml, the partner folders it names, rules of routing, and tables of kits, items and rates.

    Raises ConfigurationError with every fault, each with file, line, column and cure. What follows from a fault is
    not told beside it: names are looked up once all files are right by themselves. Files that are being replaced are
    read once all of them are (see hub.mapping.setup_files).
    """
    with steady(path.parent):
        return _load(path)


def _load(path: Path) -> Setup:
    content = _content(path)
    own = read_yaml(path)
    mappings = path.parent / _mappings_of(own)
    version = _version(content, mappings)
    folders = [each / "partners" for each in mapping_folders(mappings)]
    faults = Faults()
    named = NamedPartners(own, path, folders, faults)
    check_secrets(own, path, faults)
    document = named.under(own)
    config = HubConfig()
    with faults.collected():
        config = validate(HubConfig, named.without_refused(document), path)
    partners = _partners(named, document, path, folders, faults)
    faults.raise_all()
    check_names(config, partners, document, path)
    kits = load_kits(config.kits, document, path, mappings)
    items = load_catalogue(mappings, faults)
    tariffs = load_tariffs(mappings, config.locations, faults)
    check_carriers_of(config.locations, tariffs, document, path, faults)
    faults.raise_all()
    network = _network(config, partners, kits, items, tariffs)
    rules, drafts = load_rules(mappings, network)
    network = network.model_copy(update={"rules": rules, "drafts": drafts})
    return Setup(path, config, partners, network, version, document)


def mappings_named(path: Path) -> str:
    """The mappings folder that a hub.yaml names, be it right otherwise or not."""
    own = None
    with suppress(ConfigurationError):
        own = read_yaml(path)
    return _mappings_of(own)


def _mappings_of(own: Any) -> str:
    given = own.get("mappings") if isinstance(own, Mapping) else None
    return given if isinstance(given, str) else str(HubConfig.model_fields["mappings"].default)


def _partners(
    named: NamedPartners, document: Any, path: Path, folders: Sequence[Path], faults: Faults
) -> dict[PartnerId, Partner]:
    """Those that are named, and those of connections; of a document that may be wrong otherwise."""
    found, tried = dict(named.partners), {*named.partners, *named.refused}
    for steps, partner in _partners_of_connections(document):
        if partner in tried:
            continue
        tried.add(partner)
        try:
            found[partner] = load_partner(partner, folders)
        except ConfigurationError as error:
            error.place = error.place or place_of(document, steps, path)
            faults.add(error)
    return found


def _partners_of_connections(document: Any) -> Iterator[tuple[tuple[str, ...], PartnerId]]:
    connections = document.get("connections") if isinstance(document, Mapping) else None
    for name, connection in connections.items() if isinstance(connections, Mapping) else ():
        partner = connection.get("partner") if isinstance(connection, Mapping) else None
        if isinstance(partner, str):
            yield ("connections", name, "partner"), PartnerId(partner)


def _version(content: bytes, mappings: Path) -> str:
    digest = hashlib.sha256(content)
    for each in sorted(one for one in mappings.rglob("*") if one.suffix in SETUP_SUFFIXES):
        digest.update(f"\0{each}\0".encode() + _content(each))
    return digest.hexdigest()[:12]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b"unreadable"


def _network(
    config: HubConfig,
    partners: Mapping[PartnerId, Partner],
    kits: Mapping[Sku, Kit],
    items: Mapping[Sku, ItemFacts],
    tariffs: Tariffs,
) -> Network:
    def location(name: LocationId, given: LocationConfig) -> Location:
        partner = partners[config.connections[given.connection].partner]
        return Location(
            location=name,
            partner=partner.partner,
            counting=partner.counting_rule(name),
            calendar=partner.about.calendar_at(name),
            invoices=partner.x12.invoice_tolerance if partner.x12 else InvoiceTolerance(),
            lots=lots_of(partner.items, whole_units=given.pack_multiple),
            **{field: getattr(given, field) for field in LocationConfig.model_fields},
        )

    return Network(
        locations=tuple(location(name, given) for name, given in config.locations.items()),
        channels=tuple(
            Channel(channel=name, **{field: getattr(given, field) for field in ChannelConfig.model_fields})
            for name, given in config.channels.items()
        ),
        currency=config.currency,
        max_splits=config.routing.max_splits,
        max_attempts=config.routing.max_attempts,
        soft_hold_hours=config.stock.soft_hold_hours,
        kits=kits,
        items=items,
        prices=prices_of(config.routing.goal, config.routing.prices),
        own_prices=config.routing.prices,
        tariffs=tariffs,
    )
