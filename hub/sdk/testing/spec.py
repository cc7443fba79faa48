"""The contract of a connector's spec: needs no partner, only the installed package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from hub.sdk.capabilities import KINDS, SOURCES, Health, WebhookReceiver
from hub.sdk.settings import ConnectorSettings
from hub.sdk.spec import ConnectorSpec

_SECRET_NAME = re.compile(r"(^|_)(password|passphrase|secret|token|api_key|private_key|access_key)$")
_METHODS: Mapping[str, tuple[str, ...]] = {
    "source": ("fetch", "settle", "parse"),
    "sink": ("repeat_safety", "batch_limit", "sequences", "render", "send", "lookup"),
    "webhook": ("receive",),
    "health": ("check",),
}


class SpecContract:
    """Inherit it once per connector and give the fixture ``spec`` (its ConnectorSpec)."""

    def test_name_fits_configuration_files_and_packages(self, spec: ConnectorSpec) -> None:
        """Lower case, digits and underscores; a title for people; a page to read."""
        assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.name), spec.name
        assert spec.title, "no title"
        assert spec.version, "no version"
        assert spec.docs, "no link to documentation"

    def test_classes_have_what_their_capabilities_need(self, spec: ConnectorSpec) -> None:
        """Every verb of the Protocol is there."""
        missing = [
            f"{cls.__name__}.{name}"
            for capability, cls in spec.provides.items()
            for name in _METHODS[_sort_of(capability)]
            if not hasattr(cls, name)
        ]
        assert missing == []

    def test_health_is_provided(self, spec: ConnectorSpec) -> None:
        """``hub doctor`` asks every connection."""
        assert Health in spec.provides

    def test_something_is_provided_beyond_health(self, spec: ConnectorSpec) -> None:
        """A connector moves documents."""
        assert set(spec.provides) - {Health, WebhookReceiver}

    def test_webhooks_have_a_source_to_parse_them(self, spec: ConnectorSpec) -> None:
        """A pushed body is parsed by the Source of the same stream."""
        receivers = [cls for capability, cls in spec.provides.items() if capability is WebhookReceiver]
        assert [cls.__name__ for cls in receivers if str(getattr(cls, "stream", "")) not in spec.streams] == []

    def test_polling_times_are_of_streams_that_exist(self, spec: ConnectorSpec) -> None:
        """A wrong name here would never be polled at that pace."""
        assert sorted(set(spec.default_poll_seconds) - set(spec.streams)) == []

    def test_hosts_are_declared(self, spec: ConnectorSpec) -> None:
        """A pattern of a host, or a settings field that holds one; egress allows nothing else."""
        assert spec.allowed_hosts, "no allowed host: the connector could reach nobody"
        fields = [host[1:-1] for host in spec.allowed_hosts if host.startswith("{")]
        assert [name for name in fields if name not in spec.settings.model_fields] == []
        assert "*" not in spec.allowed_hosts, "every host is no declaration"

    def test_secrets_are_given_by_reference_only(self, spec: ConnectorSpec) -> None:
        """A field named like a secret is a Secret, so that it is never written out in configuration."""
        assert (
            sorted(
                name
                for name, field in spec.settings.model_fields.items()
                if _SECRET_NAME.search(name) and not _holds_secret(field.annotation)
            )
            == []
        )

    def test_settings_are_frozen_and_strict_about_names(self, spec: ConnectorSpec) -> None:
        """A misspelt setting is told, not ignored, and its value never echoed."""
        config = spec.settings.model_config
        assert issubclass(spec.settings, ConnectorSettings)
        assert (
            config.get("extra"),
            config.get("frozen"),
            config.get("hide_input_in_errors"),
        ) == ("forbid", True, True)

    def test_simulator_can_be_loaded(self, spec: ConnectorSpec) -> None:
        """``hub connector test`` and the demo run against it."""
        simulator = spec.load_simulator()
        wanted = ("start", "stop", "connection_settings", "environment", "book", "idle")
        assert [name for name in wanted if not hasattr(simulator, name)] == []


def _sort_of(capability: type) -> str:
    if capability in SOURCES:
        return "source"
    if capability in KINDS:
        return "sink"
    return "webhook" if capability is WebhookReceiver else "health"


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_holds_secret(part) for part in getattr(annotation, "__args__", ()))
