"""All simulated partners of the toy world, started and stopped together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import yaml

from hub.cli.demo.toy import CHANNEL, ToyScale, configuration, scenarios
from hub.plugins import discover
from hub.sdk.simulation import ChannelSimulator, PartnerBook, Simulator


class ToyPartners:
    """The simulators, and the configuration under ``folder`` that connects a hub to them."""

    def __init__(self, folder: Path, port: int, scale: ToyScale, database: str = "sqlite:///hub.db") -> None:
        self.folder = folder
        self.port = port
        self.config = folder / "hub.yaml"
        self._scale = scale
        self._database = database
        plugins = discover()
        self.simulators: dict[str, Simulator] = {
            name: plugins.connector(connector).load_simulator()(scenario)
            for name, (connector, scenario) in scenarios(folder / "partners", port, scale).items()
        }

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for simulator in self.simulators.values():
            simulator.start()
        settings = {name: simulator.connection_settings() for name, simulator in self.simulators.items()}
        write_yaml(self.config, configuration(settings, self.port, self._database, self._scale))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for simulator in self.simulators.values():
            simulator.stop()

    @property
    def shop(self) -> ChannelSimulator:
        """Where the buyers are."""
        return cast("ChannelSimulator", self.simulators[CHANNEL])

    def environment(self) -> dict[str, str]:
        """Every secret the configuration refers to."""
        return {name: value for one in self.simulators.values() for name, value in one.environment().items()}

    def books(self) -> dict[str, PartnerBook]:
        """Every partner's own books."""
        return {name: simulator.book() for name, simulator in self.simulators.items()}

    def idle(self) -> bool:
        """No partner has anything left to do."""
        return all(simulator.idle() for simulator in self.simulators.values())


def write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    """Write a configuration file with the editor's schema line on top."""
    # Plain containers only: what a simulator gives may hold types that YAML has no word for.
    plain = json.loads(json.dumps(content, default=str))
    with path.open("w", encoding="utf-8") as stream:
        stream.write("# yaml-language-server: $schema=hub.schema.json\n")
        yaml.dump(plain, stream, Dumper=_Writer, sort_keys=False, allow_unicode=True)


class _Writer(yaml.SafeDumper):  # type: ignore[misc]  # It has no types.
    """Quotes whatever text YAML 1.2 could read as a number: this writer knows 1.1 only, to which 08 is text."""


def _written(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if text[:1] in tuple("0123456789+-.") else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _written)
