"""Every name that a set-up uses exists in it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.hub_file import HubConfig
from hub.mapping.partner import Partner
from hub.mapping.yaml_file import place_of
from hub.model.identity import ConnectionId, PartnerId


def check_names(config: HubConfig, partners: Mapping[PartnerId, Partner], document: Any, path: Path) -> None:
    """Raises ConfigurationError ``configuration.unknown-name`` and ``configuration.site``, all of them at once.

    ``document`` is what ``config`` was made from; ``path`` stands for what it does not place.
    """
    names = _Names(document, path)
    for name, location in config.locations.items():
        names.check(location.connection, config.connections, "connection", ("locations", name, "connection"))
    for channel_name, channel in config.channels.items():
        names.check(channel.connection, config.connections, "connection", ("channels", channel_name, "connection"))
        for field in ("sells_from", "native"):
            for position, used in enumerate(getattr(channel, field)):
                names.check(used, config.locations, "location", ("channels", channel_name, field, position))
    for connection_name, connection in config.connections.items():
        if connection.channel is not None:
            names.check(connection.channel, config.channels, "channel", ("connections", connection_name, "channel"))
    _check_sites(config, names)
    for partner in partners.values():
        about = _Names(partner.documents.get("partner.yaml"), path, names.faults)
        for used in partner.about.calendars:
            about.check(used, {**config.locations, **partner.about.locations}, "location", ("calendars", used))
    names.faults.raise_all()


class _Names:
    """Looks names of one document up."""

    def __init__(self, document: Any, path: Path, faults: Faults | None = None) -> None:
        self._document = document
        self._path = path
        self.faults = Faults() if faults is None else faults

    def check(self, name: str, names: Mapping[Any, Any], what: str, steps: tuple[str | int, ...]) -> None:
        """``name`` is one of ``names``; else a fault at ``steps``."""
        if name in names:
            return
        near = get_close_matches(name, names, n=1)
        known = f"Did you mean {near[0]}? " if near else ""
        words = f"There is no {what} {name}."
        self.fault(words, "configuration.unknown-name", f"{known}Known: {', '.join(sorted(names)) or 'none'}.", steps)

    def fault(self, words: str, code: str, cure: str, steps: tuple[str | int, ...]) -> None:
        """Something is wrong at ``steps``."""
        place = place_of(self._document, steps, self._path)
        self.faults.add(ConfigurationError(words, code=code, cure=cure, place=place))


def _check_sites(config: HubConfig, names: _Names) -> None:
    """What may share a parcel is asked of one system."""
    connections: dict[str, ConnectionId] = {}
    for name, location in config.locations.items():
        site = location.site or name
        if connections.setdefault(site, location.connection) != location.connection:
            names.fault(
                f"The site {site} has locations of two connections, {connections[site]} and {location.connection}.",
                "configuration.site",
                "Give them one connection, or each a site of its own.",
                ("locations", name, "site" if location.site else "connection"),
            )
