"""One configured connector, made and ready: what the lanes work with."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.mapping.polling import PollWindow
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import ChannelId, ConnectionId, PartnerId
from hub.sdk.capabilities import Health, OrderSource, SelectiveSink, Sink, Source, WebhookReceiver
from hub.sdk.context import ConnectionContext
from hub.sdk.mapped.uses import MappingUser, PlaceOfSetting, check_uses
from hub.sdk.spec import ConnectorSpec, stream_name
from hub.sdk.x12.rules import rules_of
from hub.sync.schedule import DEFAULT_POLL_SECONDS, PollSchedule
from hub.transport.throttle import RateBudget


@dataclass(frozen=True, eq=False)
class LiveConnection:
    """One connection with one object per provided class.

    ``polls`` holds the streams that are fetched, with their schedules; a stream left out is only fed by webhooks.
    ``fingerprint`` is a hash of the configuration it was made from: a hot reload keeps the objects where it is
    equal. The SDK promises connectors one call at a time per object, so ``using`` locks the object; the webhook
    receiver is an object of its own, for a webhook must not wait for a fetch that hangs.
    """

    id: ConnectionId
    spec: ConnectorSpec
    codebook: Codebook
    objects: Mapping[type, object] = field(repr=False)
    receiver: WebhookReceiver | None = field(default=None, repr=False)
    polls: Mapping[str, PollSchedule] = field(default_factory=dict)
    budget: RateBudget | None = field(default=None, repr=False)
    channel: ChannelId | None = None
    fingerprint: str = ""
    _locks: Mapping[int, threading.Lock] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        made = [*self.objects.values(), *([self.receiver] if self.receiver is not None else [])]
        object.__setattr__(self, "_locks", {id(one): threading.Lock() for one in made})

    @classmethod
    def open(
        cls,
        spec: ConnectorSpec,
        context: ConnectionContext[Any],
        codebook: Codebook,
        *,
        polls: Mapping[str, PollSchedule | PollWindow | float | str] | None = None,
        budget: RateBudget | None = None,
        fingerprint: str = "",
    ) -> LiveConnection:
        """Make the connector's objects.

        ``polls``: schedule, window, seconds or cron expression per stream, over the spec's own defaults; 0 or an empty
        text switches polling of a stream off. Raises ConfigurationError for a stream the connector has not.
        """
        wanted: dict[str, PollSchedule | PollWindow | float | str] = dict.fromkeys(spec.streams, DEFAULT_POLL_SECONDS)
        wanted.update(spec.default_poll_seconds)
        wanted.update(polls or {})
        unknown = sorted(set(wanted) - set(spec.streams))
        if unknown:
            raise ConfigurationError(
                f"Connector {spec.name} has no stream {unknown[0]}.",
                code="configuration.unknown-stream",
                cure=f"Its streams are: {', '.join(sorted(spec.streams))}.",
                place=f"connections.{context.connection}",
            )
        if codebook.x12 is not None:
            _check_rules(codebook.x12, codebook.partner)
        receiver = spec.provides.get(WebhookReceiver)
        return cls(
            id=context.connection,
            spec=spec,
            codebook=codebook,
            objects={made: made(context) for made in _classes(spec)},
            receiver=cast("WebhookReceiver", receiver(context)) if receiver is not None else None,
            polls={name: PollSchedule.of(poll) for name, poll in wanted.items() if poll},
            budget=budget,
            channel=context.channel,
            fingerprint=fingerprint,
        )

    def source(self, stream: str) -> Source | None:
        """The source that fetches and parses a stream."""
        found = self.spec.streams.get(stream)
        return cast("Source", self.objects[found]) if found is not None else None

    def sink(self, kind: str) -> Sink | None:
        """The sink that takes outbox items of a kind."""
        found = self.spec.sinks.get(kind)
        if found is None:
            return None
        sink = self.objects[found]
        return None if isinstance(sink, SelectiveSink) and kind not in sink.kinds else cast("Sink", sink)

    def check_mappings(self, place: PlaceOfSetting) -> None:
        """Raises ConfigurationError with every fault of what the settings say of the partner's mappings.

        ``place`` gives the place of a setting.
        """
        uses = [use for one in self.objects.values() if isinstance(one, MappingUser) for use in one.mappings_used]
        check_uses(uses, self.codebook, self.channel, place)

    @property
    def health(self) -> Health | None:
        """The connector's own check, for ``doctor`` and ``connector test``."""
        found = self.spec.provides.get(Health)
        return cast("Health", self.objects[found]) if found is not None else None

    @property
    def order_stream(self) -> str:
        """The stream that is fetched for orders, empty where none is."""
        found = self.spec.provides.get(OrderSource)
        name = stream_name(found) if found is not None else ""
        return name if name in self.polls else ""

    @property
    def webhook_stream(self) -> str:
        """The stream a webhook's documents belong to, empty where it takes none."""
        return stream_name(self.spec.provides[WebhookReceiver]) if self.receiver is not None else ""

    @contextmanager
    def using(self, one: object) -> Iterator[None]:
        """Hold one of the objects for a call."""
        with self._locks[id(one)]:
            yield

    def close(self) -> None:
        """Close the objects that can be closed, after the calls they are in."""
        for one in {id(made): made for made in [*self.objects.values(), self.receiver]}.values():
            closing = getattr(one, "close", None)
            if callable(closing):
                with self.using(one):
                    closing()


def _classes(spec: ConnectorSpec) -> list[type]:
    """What its objects are of, each once; the webhook receiver is an object of its own."""
    provided = [made for capability, made in spec.provides.items() if capability is not WebhookReceiver]
    return list(dict.fromkeys([*provided, *spec.further_sources]))


def _check_rules(profile: X12Profile, partner: PartnerId) -> None:
    """Faults of an x12.yaml that only X12 itself can tell, told at the start and not at the first file."""
    try:
        rules_of(profile)
    except ConfigurationError as error:
        error.place = f"mappings/partners/{partner}/x12.yaml"
        raise
