"""What may be said of a connection, and what is said of it that is wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from hub.errors import ConfigurationError
from hub.sdk.settings import resolve_secrets, secrets_in
from hub_filedrop.names import checked_template
from hub_filedrop.settings import FileDropSettings
from hub_filedrop.translate import file_name

NOW = dt.datetime(2026, 11, 22, 12, 0, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "template",
    ["{number}.csv", "orders_{date}_{number:06}.csv", "{date}{time}-{number}.txt", "a{{b}}{number:012}.json"],
)
@given(numbers=st.sets(st.integers(1, 10**12), min_size=2, max_size=5))
def test_no_two_files_have_the_same_name(template: str, numbers: set[int]) -> None:
    names = {file_name(checked_template(template), number, NOW) for number in numbers}
    assert len(numbers) == len(names)


def test_name_holds_the_moment_in_utc() -> None:
    assert "orders_20261122_120005_000042.csv" == file_name("orders_{date}_{time}_{number:06}.csv", 42, NOW)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("orders.csv", "put {number} in it"),
        ("orders_{date}_{time}.csv", "put {number} in it"),
        ("orders_{nr}.csv", "nothing else in braces"),
        ("orders_{number.__class__}.csv", "nothing else in braces"),
        ("orders_{number!r}.csv", "nothing else in braces"),
        ("orders_{number:>40}.csv", "nothing else in braces"),
        ("orders_{date:%Y}_{number}.csv", "nothing else in braces"),
        ("orders_{}_{number}.csv", "nothing else in braces"),
        ("orders_{number", "no template"),
        ("out/orders_{number}.csv", "plain file name"),
        ("../orders_{number}.csv", "plain file name"),
        (".orders_{number}.csv", "plain file name"),
        ("orders_{number}.part", "plain file name"),
        ("o" * 250 + "{number}.csv", "plain file name"),
    ],
)
def test_name_that_could_come_twice_or_lead_elsewhere_is_refused(template: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        checked_template(template)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "name what comes or goes"),
        ({"mailbox": "folder:/tmp"}, "name what comes or goes"),
        ({"receive": {"stock": "*.csv"}}, "need a mailbox"),
        ({"mailbox": "folder:/tmp", "receive": {"stock": "in/*.csv"}}, "without folders"),
        ({"mailbox": "folder:/tmp", "send": {"shipment": {"mapping": "m", "name": "{number}"}}}, "'fulfilment'"),
        (
            {
                "mailbox": "folder:/tmp",
                "send": {kind: {"mapping": "m", "name": "{number}.csv"} for kind in ("fulfilment", "item")},
            },
            "the same name",
        ),
        ({"download": [{"url": "https://a.example/x", "mapping": "m", "username": "u"}]}, "go together"),
        ({"download": [{"url": "https://u:p@a.example/x", "mapping": "m"}]}, "should match pattern"),
        ({"download": [{"url": "file:///etc/passwd", "mapping": "m"}]}, "should match pattern"),
        ({"download": [{"url": "https://a.example/x", "mapping": "m"}] * 2}, "stands twice"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        FileDropSettings.model_validate(settings)
    assert words in str(caught.value)


def test_secrets_of_downloads_are_given_by_reference_only() -> None:
    download = {"url": "https://a.example/x", "mapping": "m", "username": "hub", "password": "${env:PASSWORD}"}
    known = {"env": {"PASSWORD": "canary-pass", "KEY": "canary-key"}.get}
    headers = {"X-Api-Key": "${env:KEY}"}
    given = {"download": [{**download, "headers": headers}]}
    settings = FileDropSettings.model_validate(resolve_secrets(FileDropSettings, given, known, "quayside"))
    assert ["canary-key", "canary-pass"] == sorted(map(SecretStr.get_secret_value, secrets_in(settings)))
    assert "canary" not in repr(settings)
    headers["X-Api-Key"] = "canary-key"
    with pytest.raises(ConfigurationError) as caught:
        resolve_secrets(FileDropSettings, given, known, "quayside")
    assert ("configuration.inline-secret", "quayside.download.0.headers.X-Api-Key") == (
        caught.value.code,
        caught.value.place,
    )
    assert "canary" not in str(caught.value)
