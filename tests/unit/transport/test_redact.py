"""Canaries through logs and exceptions: none may come out."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import httpx
import pytest
import respx
import structlog
from pydantic import BaseModel, SecretStr

from hub.errors import HubError
from hub.transport.http import HttpSettings, Timing, open_http
from hub.transport.redact import PERSONAL, REDACTED, RedactingFilter, Redactor

CANARY = 'c4n&ry"<key>/+1'


class Login(BaseModel):
    user: str
    password: SecretStr
    more: dict[str, SecretStr] = {}


def logged(redactor: Redactor, write: Callable[[Any], object]) -> str:
    """What a structlog logger with the redactor prints."""
    out = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(out),
        processors=[structlog.processors.format_exc_info, redactor, structlog.processors.JSONRenderer()],
    )
    write(logger)
    return out.getvalue()


def redactor() -> Redactor:
    known = Redactor()
    known.register(SecretStr(CANARY))
    return known


SPELLINGS = [
    CANARY,
    quote(CANARY, safe=""),
    escape(CANARY),
    json.dumps(CANARY)[1:-1],
    base64.b64encode(CANARY.encode()).decode(),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_registered_secret_is_found_in_every_spelling_we_send(spelling: str) -> None:
    assert f"sent {REDACTED} off" == redactor().text(f"sent {spelling} off")


def test_secrets_of_settings_are_registered_wherever_they_sit() -> None:
    known = Redactor()
    known.register_all([Login(user="hub", password=SecretStr("first-1"), more={"k": SecretStr("second-2")})])
    assert f"hub {REDACTED} {REDACTED}" == known.text("hub first-1 second-2")


def test_a_traceback_with_the_secret_is_redacted() -> None:
    def write(logger: Any) -> None:
        try:
            raise ValueError(f"bad key {CANARY}")
        except ValueError:
            logger.exception("failed")

    line = logged(redactor(), write)
    assert "ValueError" in line
    assert "c4n" not in line


@pytest.mark.parametrize(
    "key", ["password", "access_token", "X-Shopify-Access-Token", "Authorization", "apiKey", "set-cookie", "body"]
)
def test_values_under_keys_that_name_secrets_or_bodies_are_hidden(key: str) -> None:
    line = logged(Redactor(), lambda logger: logger.info("call", headers={key: "canary"}))
    assert {"event": "call", "headers": {key: REDACTED}} == json.loads(line)


@pytest.mark.parametrize("key", ["email", "phone", "shipTo", "first_name", "address1", "postalCode", "city"])
def test_values_under_keys_that_name_people_are_hidden(key: str) -> None:
    line = logged(Redactor(), lambda logger: logger.info("call", order={key: {"x": "canary"}}))
    assert {"event": "call", "order": {key: PERSONAL}} == json.loads(line)


def test_what_operators_need_stays_readable() -> None:
    event = {"event": "order taken", "order": "1001", "sku": "MUG-BLUE", "connection": "shop", "token_count": 3}
    kept = {key: value for key, value in event.items() if key != "token_count"}
    assert kept == dict(Redactor()(None, "info", dict(kept)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to pat.doe@mail.test now", f"to {PERSONAL} now"),
        ("https://hub:pass@host.test/x", f"https://{REDACTED}@host.test/x"),
        ("GET /x?access_token=abc&page=2", f"GET /x?access_token={REDACTED}&page=2"),
        ("Authorization: Bearer abcdefghijk", f"Authorization: Bearer {REDACTED}"),
    ],
)
def test_personal_data_and_logins_are_recognised_in_free_text(text: str, expected: str) -> None:
    assert expected == Redactor().text(text)


def test_models_bytes_and_deep_nests_cannot_smuggle_a_secret() -> None:
    deep: dict[str, Any] = {"v": CANARY}
    for _ in range(30):
        deep = {"n": deep}
    line = logged(
        redactor(),
        lambda logger: logger.info(
            "x",
            raw=CANARY.encode(),
            kept=SecretStr(CANARY),
            login=Login(user=CANARY, password=SecretStr(CANARY)),
            deep=deep,
        ),
    )
    assert "c4n" not in line


def test_standard_library_logs_pass_the_same_fence() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(RedactingFilter(redactor()))
    logger = logging.getLogger("tests.canary-library")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("key %s of %s", CANARY, "pat.doe@mail.test")
    assert f"key {REDACTED} of {PERSONAL}" == out.getvalue().splitlines()[0]
    assert "c4n" not in out.getvalue()


def test_a_whole_call_leaves_no_canary_in_logs_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kept = HttpSettings(
        base_url="https://api.vendor.test",
        allowed_hosts=frozenset({"api.vendor.test"}),
        headers={"X-Key": SecretStr(CANARY)},
    )
    errors = []
    with respx.mock, open_http(kept, timing=Timing(sleep=lambda _: None)) as client:
        for fault in (
            httpx.Response(401, text=CANARY),
            httpx.Response(422, text=CANARY),
            httpx.Response(200, text=CANARY),
            httpx.ReadError(CANARY),
            httpx.ConnectError(CANARY),
        ):
            respx.post("https://api.vendor.test/x").side_effect = [fault]
            with pytest.raises(HubError) as raised:
                client.request("POST", "x", params={"k": CANARY}, safe=False)
            errors.append(f"{raised.value}{raised.value!r}{raised.value.__cause__!r}{raised.value.__context__!r}")
    assert "c4n" not in "".join(errors) + caplog.text + repr(kept)
