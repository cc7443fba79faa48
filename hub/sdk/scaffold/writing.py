"""Templates to a connector's folder. Plain ``string.Template``: what is generated is code to be read and changed."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from types import MappingProxyType

from hub import __version__
from hub.errors import ConfigurationError

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rest": ("rest", "every"),
        "soap": ("soap", "every"),
        "x12": ("x12", "mailbox", "every"),
        "file": ("file", "mailbox", "every"),
    }
)
"""Kind of partner to the template folders it is made from; the first that has a file wins."""

_SHIP_ORDERS = "| takes ship orders (FulfilmentSink) | one order per request, safe to repeat by its key |\n"
_MAILBOX = ("mailbox: sftp://hub@files.partner.example:22/", "host_key: ssh-ed25519 AAAA...", "password: ${{env:{}}}")
_READ_ONLY = {"capabilities": "", "features": "Counts"}
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "rest": {"speaks": "JSON over HTTP", "capabilities": _SHIP_ORDERS, "features": "Counts, ship orders"},
        "soap": {"speaks": "SOAP", **_READ_ONLY},
        "x12": {"speaks": "ANSI X12 files", **_READ_ONLY},
        "file": {"speaks": "CSV files", **_READ_ONLY},
    }
)
_SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rest": ("base_url: https://api.partner.example/", "api_token: ${{env:{}}}"),
        "soap": ("endpoint: https://api.partner.example/service", "username: hub", "password: ${{env:{}}}"),
        "x12": _MAILBOX,
        "file": _MAILBOX,
    }
)

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 20
_TEMPLATE = ".tmpl"


def new_connector(name: str, kind: str, target: Path) -> list[Path]:
    """Write ``target/name``, a connector distribution for a partner that speaks ``kind``; the files written, in order.

    ``name`` is lower case with single underscores (``acme_wms``); the package is ``hub_acme_wms``, the distribution
    ``crossdock-acme-wms``. Nothing is ever overwritten. Raises ConfigurationError ``configuration.connector-name``,
    ``configuration.connector-kind`` and ``configuration.connector-exists``.
    """
    _check(name, kind)
    folder = target / name
    if folder.exists():
        raise ConfigurationError(
            f"There is already something at {folder}.",
            code="configuration.connector-exists",
            cure="Choose another name or another folder; nothing was written.",
        )
    words = _words(name, kind)
    texts = {place: Template(source.read_text("utf-8")).substitute(words) for place, source in _templates(name, kind)}
    written = []
    for place, text in sorted(texts.items()):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        written.append(path)
    return written


def _check(name: str, kind: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or keyword.iskeyword(name):
        raise ConfigurationError(
            f"{name!r} is no name for a connector.",
            code="configuration.connector-name",
            cure=f"Use at most {_LONGEST_NAME} lower-case letters, digits and single underscores, such as acme_wms.",
        )
    if kind not in KINDS:
        raise ConfigurationError(
            f"There is no kind {kind!r} of connector.",
            code="configuration.connector-kind",
            cure=f"Choose one of: {', '.join(KINDS)}.",
        )


def _words(name: str, kind: str) -> dict[str, str]:
    parts = name.split("_")
    major, minor = __version__.split(".")[:2]
    return {
        "name": name,
        "dashed": name.replace("_", "-"),
        "Class": "".join(part.capitalize() for part in parts),
        "title": " ".join(part.capitalize() for part in parts),
        "upper": name.upper(),
        "settings": "".join(f"      {line.format(name.upper() + '_SECRET')}\n" for line in _SETTINGS[kind]),
        **_WORDS[kind],
        "core": f"crossdock>={major}.{minor},<{major}.{int(minor) + 1}",
    }


def _templates(name: str, kind: str) -> list[tuple[str, Traversable]]:
    """Where each file goes, and its template; ``package__`` in a template's name stands for the package."""
    root = resources.files("hub.sdk.scaffold").joinpath("templates")
    found: dict[str, Traversable] = {}
    for folder in KINDS[kind]:
        for source in root.joinpath(folder).iterdir():
            if source.name.endswith(_TEMPLATE):
                found.setdefault(source.name.removesuffix(_TEMPLATE), source)
    return [(_place(stem, name), source) for stem, source in found.items()]


def _place(stem: str, name: str) -> str:
    folders = {"package": f"hub_{name}", "tests": "tests", "wsdl": f"hub_{name}/wsdl"}
    folder, separator, file = stem.partition("__")
    return f"{folders[folder]}/{file.replace('NAME', name)}" if separator and folder in folders else stem
