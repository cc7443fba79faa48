"""What must not leave: planted secrets in anything we keep or print, and connections to hosts nobody declared."""

from __future__ import annotations

import base64
import json
import socket
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from hub.model.document import Document


def spellings(secret: str) -> frozenset[str]:
    """The secret as it is commonly written: plain, in JSON, in a URL, in base64."""
    packed = base64.b64encode(secret.encode()).decode()
    found = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret), packed, packed.rstrip("=")}
    return frozenset(text for text in found if text)


def leaks(secret: str, texts: Mapping[str, str]) -> list[str]:
    """Names of the texts that hold the secret in any spelling."""
    known = spellings(secret)
    return sorted(name for name, text in texts.items() if any(spelling in text for spelling in known))


def document_text(document: Document) -> str:
    """Everything the hub stores of a document."""
    meta = json.dumps(dict(document.meta))
    return f"{document!r} {document.source_id} {meta} {document.body.decode('utf-8', 'replace')}"


def error_text(error: BaseException) -> str:
    """An error as a log might show it: with its arguments, its cause and its traceback."""
    return f"{error!s} {error!r} {vars(error)!r} {''.join(traceback.format_exception(error))}"


@dataclass
class Contacts:
    """Hosts that were looked up or connected to."""

    hosts: set[str] = field(default_factory=set)


class Watched:
    """Contracts inherit it: the fixture ``contacts`` notes every host, and lets no connection leave the allowed."""

    @pytest.fixture
    def contacts(self, partner: Any) -> Iterator[Contacts]:
        """Watches from when the partner is set up; ``partner.hosts`` are allowed."""
        with watched_contacts(partner.hosts) as found:
            yield found


@contextmanager
def watched_contacts(allowed: frozenset[str]) -> Iterator[Contacts]:
    """Notes hosts inside the block. One that is not allowed can't be resolved or connected to."""
    found = Contacts()
    with pytest.MonkeyPatch.context() as patch:
        look_up, connect = socket.getaddrinfo, socket.socket.connect

        def noted(host: Any) -> None:
            name = host.decode() if isinstance(host, bytes) else str(host)
            found.hosts.add(name)
            if name not in allowed:
                raise OSError(f"The conformance kit lets nobody call {name}.")

        def watched_look_up(host: Any, *rest: Any, **named: Any) -> Any:
            if host is not None:
                noted(host)
            return look_up(host, *rest, **named)

        def watched_connect(self: socket.socket, address: Any) -> None:
            if isinstance(address, tuple):
                noted(address[0])
            connect(self, address)

        patch.setattr(socket, "getaddrinfo", watched_look_up)
        patch.setattr(socket.socket, "connect", watched_connect)
        yield found
