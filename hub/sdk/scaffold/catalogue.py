"""Writes ``connectors/README.md``: what each connector can do, from its spec, and how good it is, from its score.

``python -m hub.sdk.scaffold.catalogue connectors`` after a change; a test fails where the page is out of step.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.sdk.capabilities import KINDS, SOURCES, WebhookReceiver
from hub.sdk.scaffold.quality import Quality, Status, read_quality
from hub.sdk.spec import ConnectorSpec

_HEAD = """\
# Connectors

Each folder is a distribution of its own: `pip install crossdock-<name>`. This page is generated from the connectors'
specs and their `quality.toml`: do not edit it, run `python -m hub.sdk.scaffold.catalogue`. To write a connector, follow
[the author's guide](../docs/how-to/write-a-connector.md).

| connector | tells us | is told | webhooks | done | to do | exempt |
|---|---|---|---|---|---|---|
"""


def catalogue(connectors: Path) -> str:
    """The page for every connector below ``connectors``.

    Raises ConfigurationError for a score that can't be read, ImportError for a connector that is not installed.
    """
    return _HEAD + "".join(_row(folder) for folder in _folders(connectors)) + "".join(_open_points(connectors))


def _folders(connectors: Path) -> list[Path]:
    return sorted(path.parent for path in connectors.glob("*/pyproject.toml"))


def _row(folder: Path) -> str:
    [spec] = _specs(folder.name)
    quality = read_quality(folder / "quality.toml")
    cells = [
        f"[{spec.title}]({folder.name}/README.md)",
        _words(capability for capability in spec.provides if capability in SOURCES),
        _words(capability for capability in spec.provides if capability in KINDS),
        "yes" if WebhookReceiver in spec.provides else "",
        *(str(quality.count(status)) for status in Status),
    ]
    return f"| {' | '.join(cells)} |\n"


def _specs(name: str) -> Iterable[ConnectorSpec]:
    plugin = importlib.import_module(f"hub_{name}.plugin")
    specs: Iterable[ConnectorSpec] = plugin.hub_connectors()
    return specs


def _words(capabilities: Iterable[type]) -> str:
    """``OrderSource`` and ``InventorySink`` as one word each."""
    names = (capability.__name__.removesuffix("Source").removesuffix("Sink").lower() for capability in capabilities)
    return ", ".join(sorted(names))


def _open_points(connectors: Path) -> Iterator[str]:
    yield "\n## What is not done yet\n"
    for folder in _folders(connectors):
        quality = read_quality(folder / "quality.toml")
        yield f"\n**{folder.name}**\n\n"
        yield "".join(_points(quality)) or "- nothing\n"


def _points(quality: Quality) -> Iterator[str]:
    for rule, score in quality.rules.items():
        if score.status is Status.OPEN:
            yield f"- {rule.replace('_', ' ')}: {score.reason}\n"


def main(arguments: list[str]) -> int:
    """Write the page into the folder named, ``connectors`` by default."""
    connectors = Path(arguments[0] if arguments else "connectors")
    (connectors / "README.md").write_text(catalogue(connectors), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
