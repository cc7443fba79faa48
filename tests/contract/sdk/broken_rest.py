"""Webhook receivers, health checks and specs that break one promise each. Run by test_conformance_kit."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import pytest
from pydantic import ConfigDict

from hub.errors import RefusedError, TransientError
from hub.model.document import Document
from hub.sdk.capabilities import (
    FulfilmentSink,
    Health,
    HealthReport,
    InventorySource,
    OrderSource,
    Parsed,
    WebhookReceiver,
)
from hub.sdk.settings import ConnectorSettings, Secret
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    Delivery,
    HealthContract,
    HealthPartner,
    SpecContract,
    WebhookPartner,
    WebhookReceiverContract,
)
from tests.contract.sdk.tiny import BOOK, NOW, SECRET, TinyHealth, TinyOrders, TinyPartner, TinySink, TinyStock


def signature(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


class TinyReceiver:
    """WebhookReceiver: the body's HMAC in a header."""

    stream: ClassVar[str] = "orders"

    def receive(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Sequence[Document]:
        if not self.genuine(headers.get("x-signature", ""), body):
            raise RefusedError("Not signed by the partner.", code="webhook.bad-signature")
        return [replace(TinyOrders(TinyPartner()).document(self.identity(body), body), at=at)]

    def genuine(self, given: str, body: bytes) -> bool:
        return hmac.compare_digest(given, signature(body))

    def identity(self, body: bytes) -> str:
        return hashlib.sha256(body).hexdigest()


class Webhooks(WebhookReceiverContract):
    fails: ClassVar[str]
    receiver: ClassVar[type[TinyReceiver]] = TinyReceiver

    @pytest.fixture
    def partner(self) -> WebhookPartner:
        told = TinyPartner()
        told.tell_orders()
        deliveries = [Delivery({"x-signature": signature(body)}, body) for body in told.news]
        return WebhookPartner(self.receiver, lambda: deliveries, self.parsed, NOW, SECRET)

    def parsed(self, document: Document) -> Parsed:
        return TinyOrders(TinyPartner()).parse(document, BOOK)


class TestGoodWebhooks(Webhooks):
    fails = ""


class TestMute(Webhooks):
    """Takes messages that then say nothing."""

    fails = "test_genuine_message_is_taken_and_says_something"

    def parsed(self, document: Document) -> Parsed:
        return Parsed()


class Tidying(TinyReceiver):
    """Verifies what it has tidied up, not what came."""

    def genuine(self, given: str, body: bytes) -> bool:
        return super().genuine(given, body.strip())


class TestTidying(Webhooks):
    fails, receiver = "test_altered_body_is_refused", Tidying


class Polite(TinyReceiver):
    def genuine(self, given: str, body: bytes) -> bool:
        return not given or super().genuine(given, body)


class TestPolite(Webhooks):
    fails, receiver = "test_unsigned_message_is_refused", Polite


class Lax(TinyReceiver):
    """Lets what looks like a test message through."""

    def genuine(self, given: str, body: bytes) -> bool:
        return bool(given) and (body == b"{}" or super().genuine(given, body))


class TestLax(Webhooks):
    fails, receiver = "test_wrong_signature_is_refused", Lax


_COUNTER = itertools.count()


class Renaming(TinyReceiver):
    def identity(self, body: bytes) -> str:
        return str(next(_COUNTER))


class TestRenaming(Webhooks):
    fails, receiver = "test_same_message_again_is_the_same_document", Renaming


class Boasting(TinyReceiver):
    def receive(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Sequence[Document]:
        return [replace(one, meta={"verified_with": SECRET}) for one in super().receive(headers, body, at)]


class TestBoasting(Webhooks):
    fails, receiver = "test_planted_secret_shows_nowhere", Boasting


class Checks(HealthContract):
    fails: ClassVar[str]
    health: ClassVar[type[TinyHealth]] = TinyHealth

    @pytest.fixture
    def partner(self) -> HealthPartner:
        told = TinyPartner()
        return HealthPartner(lambda: self.health(told), lambda: setattr(told, "most_at_once", 0), SECRET)


class TestGoodHealth(Checks):
    fails = ""


class Gloomy(TinyHealth):
    def check(self) -> HealthReport:
        return HealthReport(False, "Who knows.", "tiny.gloom")


class TestGloomy(Checks):
    fails, health = "test_reachable_partner_is_well", Gloomy


class Raising(TinyHealth):
    def check(self) -> HealthReport:
        report = super().check()
        if not report.ok:
            raise TransientError("The partner is closed.")
        return report


class TestRaising(Checks):
    fails, health = "test_trouble_is_told_and_never_raised", Raising


class TinySettings(ConnectorSettings):
    base_url: str
    api_token: Secret


class BareSettings(ConnectorSettings):
    base_url: str
    api_token: str


class LooseSettings(ConnectorSettings):
    model_config = ConfigDict(extra="ignore")

    base_url: str


class TinySimulator:
    start = stop = connection_settings = environment = book = idle = None


class HalfSimulator:
    start = stop = None


HERE = __name__
SPEC = ConnectorSpec(
    name="tiny",
    title="Tiny",
    version="1",
    settings=TinySettings,
    provides={
        OrderSource: TinyOrders,
        InventorySource: TinyStock,
        FulfilmentSink: TinySink,
        WebhookReceiver: TinyReceiver,
        Health: TinyHealth,
    },
    allowed_hosts=("{base_url}",),
    docs="README.md",
    simulator=f"{HERE}:TinySimulator",
    default_poll_seconds={"orders": 60},
)


class Specs(SpecContract):
    fails: ClassVar[str] = ""
    given: ClassVar[ConnectorSpec] = SPEC

    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        return self.given


class TestGoodSpec(Specs):
    fails = ""


class TestNamed(Specs):
    fails, given = "test_name_fits_configuration_files_and_packages", replace(SPEC, name="Tiny-Partner")


class TestHalf(Specs):
    fails, given = (
        "test_classes_have_what_their_capabilities_need",
        replace(SPEC, provides={**SPEC.provides, InventorySource: TinyHealth}),
    )


class TestUnchecked(Specs):
    fails, given = (
        "test_health_is_provided",
        replace(SPEC, provides={kind: cls for kind, cls in SPEC.provides.items() if kind is not Health}),
    )


class TestIdle(Specs):
    fails, given = (
        "test_something_is_provided_beyond_health",
        replace(SPEC, provides={Health: TinyHealth}, default_poll_seconds={}),
    )


class TestUnread(Specs):
    fails, given = (
        "test_webhooks_have_a_source_to_parse_them",
        replace(SPEC, provides={**SPEC.provides, OrderSource: TinyStock}, default_poll_seconds={}),
    )


class TestUnpolled(Specs):
    fails, given = (
        "test_polling_times_are_of_streams_that_exist",
        replace(SPEC, default_poll_seconds={"order": 60.0}),
    )


class TestHostless(Specs):
    fails, given = "test_hosts_are_declared", replace(SPEC, allowed_hosts=())


class TestBare(Specs):
    fails, given = "test_secrets_are_given_by_reference_only", replace(SPEC, settings=BareSettings)


class TestLoose(Specs):
    fails, given = "test_settings_are_frozen_and_strict_about_names", replace(SPEC, settings=LooseSettings)


class TestUnsimulated(Specs):
    fails, given = "test_simulator_can_be_loaded", replace(SPEC, simulator=f"{HERE}:HalfSimulator")
