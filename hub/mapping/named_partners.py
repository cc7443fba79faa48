"""The partners that hub.yaml names under ``partners``, and the connections and locations they bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.hub_file import HubConfig
from hub.mapping.overlay import layers_to_one
from hub.mapping.partner import Partner, load_partner
from hub.mapping.yaml_file import place_of
from hub.mapping.yaml_nodes import Mark, YamlMap, mark_of
from hub.model.identity import PartnerId

_BROUGHT = ("connections", "locations")


class NamedPartners:
    """Reads their folders; what is wrong with them goes to ``faults``. ``refused``: those that cannot be used."""

    def __init__(self, own: Any, path: Path, folders: Sequence[Path], faults: Faults) -> None:
        self.partners: dict[PartnerId, Partner] = {}
        self.refused: set[PartnerId] = set()
        self._faults = faults
        for name, over, steps in _named(own):
            try:
                self.partners[name] = load_partner(name, folders, over=over)
            except ConfigurationError as error:
                error.place = error.place or place_of(own, steps, path)
                faults.add(error)
                self.refused.add(name)

    def under(self, own: Any) -> Any:
        """``own``, the document of hub.yaml, laid over what the partners bring."""
        if not self.partners or not isinstance(own, Mapping):
            return own
        ground = YamlMap()
        for kind in _BROUGHT:
            ground.put(kind, self._brought(kind), None)
        return layers_to_one(HubConfig, [own, ground])

    def without_refused(self, document: Any) -> Any:
        """``document``, where a partner was refused without what may lie over its entries: that would seem to lack
        what the partner brings."""
        if not self.refused or not isinstance(document, Mapping):
            return document
        found = YamlMap()
        for key, value in document.items():
            if key not in _BROUGHT:
                found.put(key, value, mark_of(document, key))
        return found

    def _brought(self, kind: str) -> YamlMap:
        found = YamlMap()
        owners: dict[str, PartnerId] = {}
        for partner, one in self.partners.items():
            own = one.documents["partner.yaml"].get(kind) or {}
            for name, given in own.items():
                mark = mark_of(own, name)
                if name in owners:
                    self._faults.add(_clash(kind, name, owners[name], found.marks.get(name), partner, mark))
                    continue
                owners[name] = partner
                found.put(name, _of_partner(given, partner, mark) if kind == "connections" else given, mark)
        return found


def _named(own: Any) -> Iterator[tuple[PartnerId, Any, tuple[str | int, ...]]]:
    """Each name, what is to lie over its partner.yaml, and where it stands; what has another shape is left to the
    model to refuse."""
    given = own.get("partners") if isinstance(own, Mapping) else None
    if isinstance(given, Mapping):
        for name, over in given.items():
            if over is None or isinstance(over, Mapping):
                yield PartnerId(name), over, ("partners", name)
    elif isinstance(given, list):
        for position, name in enumerate(given):
            if isinstance(name, str):
                yield PartnerId(name), None, ("partners", position)


def _of_partner(given: Any, partner: PartnerId, mark: Mark | None) -> YamlMap:
    found = YamlMap()
    for key, value in given.items():
        found.put(key, value, mark_of(given, key))
    found.put("partner", partner, mark)
    return found


def _clash(
    kind: str, name: str, first: PartnerId, first_mark: Mark | None, second: PartnerId, mark: Mark | None
) -> ConfigurationError:
    return ConfigurationError(
        f"The partners {first} ({first_mark}) and {second} both bring {kind}.{name}.",
        code="configuration.partner-clash",
        cure="Rename it in one of the folders, or take one away in hub.yaml: "
        f"partners: {{{second}: {{{kind}: {{{name}: null}}}}}}.",
        place=str(mark),
    )
