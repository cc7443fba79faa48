"""What a connector's tests hand to the kit: one frozen object per contract, made by the fixture ``partner``.

Everything here is given by the connector's own tests; the kit never guesses. ``open`` always makes a new object with
the same settings, as a restart of the hub would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.errors import HubError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.sdk.capabilities import Envelope, Health, Parsed, Sink, Source, WebhookReceiver
from hub.sdk.testing.faults import Fault, FaultPlan
from hub.sdk.testing.unknown import with_unknown_fields

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class SourcePartner:
    """A Source wired to its simulator.

    ``produce`` makes the partner have something new to tell, waits until it can be fetched, and returns the *marks* by
    which it is recognised (``marks_of``: an order's external id, ``SKU@location`` of a count, a request id). Set the
    page size small enough for two pages, and give at least two lines. ``codebook_lacking`` is the codebook without one
    item that the documents name; by default without its first. ``spoil`` makes one line of a document unreadable,
    None where there are no lines to spoil. ``with_unknown`` adds fields nobody knows, and says None where a format has
    no place for them. ``secret`` is the planted credential; ``hosts`` the only ones that may be contacted.
    """

    open: Callable[[], Source]
    codebook: Codebook
    produce: Callable[[], frozenset[str]]
    secret: str
    codebook_lacking: Codebook | None = None
    spoil: Callable[[Document], Document] | None = None
    with_unknown: Callable[[Document], Document | None] = with_unknown_fields
    most_pages: int = 50
    hosts: frozenset[str] = LOOPBACK


@dataclass(frozen=True)
class SinkPartner:
    """A Sink wired to its simulator.

    ``items`` gives that many new envelopes, each with a key of its own, which the partner will accept; ``most_items``
    is how many it can give. ``effects`` says, from the partner's own book and once it has worked off what it holds, how
    often one of them took effect (1 is right). ``carried`` lists the fields of the canonical item that the wire carries
    (``request_id``, ``lines.*.quantity``) and ``read_back`` reads them from rendered bytes: item key to field path to
    value; both empty where no reader exists. ``lacking`` is a codebook by which no item can be told. ``faults`` lets
    answers be lost; the simulator of an HTTP partner has it. ``hurried`` opens the sink that then meets no answer: with
    timeouts of a second, whereas all others have those of every day, so that no busy machine fails a test.
    """

    open: Callable[[], Sink]
    codebook: Codebook
    items: Callable[[int], Sequence[Envelope]]
    effects: Callable[[Envelope], int]
    now: datetime
    secret: str
    most_items: int = 20
    carried: tuple[str, ...] = ()
    read_back: Callable[[Document], Mapping[str, Mapping[str, Any]]] | None = None
    codebook_lacking: Codebook | None = None
    faults: FaultPlan | None = None
    hurried: Callable[[], Sink] | None = None
    hosts: frozenset[str] = LOOPBACK


@dataclass(frozen=True)
class FaultPartner:
    """A partner over HTTP that misbehaves on demand.

    ``read`` is one call that only reads (``lambda: source.fetch(None)``), ``write`` one that changes something, new at
    each call, or None. ``stop`` ends the simulator, so that nothing listens. ``also`` names further error classes that
    are right at this partner (404 means a wrong address here); write the reason beside it. Give the connection a
    ``sleep`` that does not wait, and short timeouts where the plan is ``silent`` only (TranslatedFaults).
    """

    read: Callable[[], object]
    faults: FaultPlan
    stop: Callable[[], None]
    secret: str
    write: Callable[[], object] | None = None
    also: Mapping[Fault, tuple[type[HubError], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """One pushed message as it arrives: header names in lower case, the raw body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class WebhookPartner:
    """A WebhookReceiver. ``deliveries`` gives genuine messages, signed as the partner signs them at ``at``; ``parse``
    is the Source's of the same stream."""

    open: Callable[[], WebhookReceiver]
    deliveries: Callable[[], Sequence[Delivery]]
    parse: Callable[[Document], Parsed]
    at: datetime
    secret: str


@dataclass(frozen=True)
class HealthPartner:
    """A Health check with the simulator running; ``stop`` ends it or takes away what the check needs."""

    open: Callable[[], Health]
    stop: Callable[[], None]
    secret: str
