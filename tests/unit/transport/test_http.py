"""The HTTP client against real, rude servers on loopback, and by respx where a server adds nothing."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    RefusedError,
    TransientError,
    UncertainOutcomeError,
)
from hub.transport.answers import HttpResponse
from hub.transport.http import HttpClient, HttpSettings, Timing, open_http
from hub.transport.statuses import StatusKind, StatusRule
from hub.transport.throttle import RateBudget
from tests.fakes.raw_server import Answer, RawRequest, RawServer, answering, hanging_up, in_turn, raw_server

PARTNER = "https://api.vendor.test/v1/"


class Clock:
    """A monotonic clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def timing(clock: Clock | None = None) -> Timing:
    moment = clock or Clock()
    return Timing(clock=moment, sleep=moment.sleep, random=lambda: 1.0, now=lambda: 1_790_000_000.0)


def settings(**changes: Any) -> HttpSettings:
    return HttpSettings(**{"base_url": PARTNER, "allowed_hosts": {"api.vendor.test"}, **changes})


@contextmanager
def client_to(answer: Answer, **changes: Any) -> Iterator[tuple[HttpClient, RawServer]]:
    """A client on real time, so that deadlines are real, whose pauses between attempts take none."""
    with raw_server(answer) as server:
        base = {"base_url": server.url, "allowed_hosts": {"127.0.0.1"}, "allow_private": True}
        patient = Timing(sleep=lambda _: None, random=lambda: 1.0)
        with open_http(settings(**base, **changes), timing=patient) as client:
            yield client, server


def caught(work: Callable[[], object]) -> HubError:
    with pytest.raises(HubError) as raised:
        work()
    return raised.value


def test_paths_join_the_base_address_and_amounts_come_as_decimals() -> None:
    with respx.mock:
        respx.get(f"{PARTNER}orders", params={"page": "2"}).respond(json={"total": 19.90})
        answer = open_http(settings()).request("GET", "/orders", safe=True, params={"page": "2"})
    assert {"total": Decimal("19.9")} == answer.json()


def test_settings_headers_basic_login_and_key_go_with_the_request() -> None:
    with client_to(answering(b"{}"), headers={"X-Key": SecretStr("k-123")}, basic_auth=("hub", SecretStr("pw"))) as (
        client,
        server,
    ):
        client.request("POST", "orders", safe=False, key="key-7", json={"a": 1})
    sent = server.requests[0]
    assert ("k-123", "key-7", "Basic aHViOnB3", b'{"a":1}') == (
        sent.headers["x-key"],
        sent.headers["idempotency-key"],
        sent.headers["authorization"],
        sent.body,
    )


@pytest.mark.parametrize(
    ("status", "safe", "expected", "code"),
    [
        (302, True, ConfigurationError, "transport.redirected"),
        (400, False, RefusedError, "partner.refused"),
        (401, True, ConfigurationError, "partner.unauthorised"),
        (403, False, ConfigurationError, "partner.unauthorised"),
        (404, True, RefusedError, "partner.not-found"),
        (409, False, RefusedError, "partner.conflict"),
        (422, False, RefusedError, "partner.invalid"),
        (429, False, TransientError, "partner.throttled"),
        (500, True, TransientError, "partner.unavailable"),
        (500, False, UncertainOutcomeError, "transport.outcome-unknown"),
        (502, True, TransientError, "partner.unavailable"),
        (503, True, TransientError, "partner.unavailable"),
        (503, False, UncertainOutcomeError, "transport.outcome-unknown"),
        (504, False, UncertainOutcomeError, "transport.outcome-unknown"),
    ],
)
def test_each_status_lands_on_its_class(status: int, safe: bool, expected: type, code: str) -> None:
    with respx.mock:
        respx.post(f"{PARTNER}orders").respond(status, text="<html>go away</html>")
        error = caught(lambda: open_http(settings(), timing=timing()).request("POST", "orders", safe=safe))
    assert (expected, code) == (type(error), error.code)


def test_503_on_a_write_is_transient_where_the_connector_declares_it() -> None:
    with respx.mock:
        respx.post(f"{PARTNER}orders").respond(503)
        error = caught(lambda: open_http(settings()).request("POST", "orders", safe=False, unavailable_is_safe=True))
    assert TransientError is type(error)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("120", 120.0), ("Mon, 21 Sep 2026 14:38:40 GMT", 1520.0), ("soon", None), (None, None)],
)
def test_429_carries_the_partners_wish_in_seconds_or_as_a_date(header: str | None, expected: float | None) -> None:
    with respx.mock:
        respx.get(f"{PARTNER}orders").respond(429, headers={"Retry-After": header} if header else {})
        error = caught(lambda: open_http(settings(), timing=timing()).request("GET", "orders", safe=True))
    assert isinstance(error, TransientError)
    assert expected == error.retry_after_seconds


def test_connectors_override_the_status_table_and_read_faults_in_their_partners_words() -> None:
    frozen = StatusRule(StatusKind.CONFIGURATION, "shop.frozen", "The shop is frozen")

    def faults(answer: HttpResponse, safe: bool) -> HubError | None:
        return RefusedError(answer.json()["why"], code="shop.stock") if answer.status == 422 else None

    with respx.mock, open_http(settings(), statuses={402: frozen}, faults=faults) as client:
        respx.get(f"{PARTNER}a").respond(402)
        respx.get(f"{PARTNER}b").respond(422, json={"why": "No stock."})
        respx.get(f"{PARTNER}c").respond(404)
        codes = [caught(partial(client.request, "GET", path, safe=True)).code for path in "abc"]
    assert ["shop.frozen", "shop.stock", "partner.not-found"] == codes


def test_accepted_statuses_are_returned() -> None:
    with respx.mock:
        respx.get(f"{PARTNER}orders/1").respond(404, json={})
        answer = open_http(settings()).request("GET", "orders/1", safe=True, accept={404})
    assert 404 == answer.status


def test_connect_failures_are_transient_for_reads_and_writes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    base = {"base_url": f"http://127.0.0.1:{port}", "allowed_hosts": {"127.0.0.1"}, "allow_private": True}
    client = open_http(settings(**base), timing=timing())
    errors = [caught(partial(client.request, "POST", "x", safe=safe)) for safe in (True, False)]
    assert [(TransientError, "transport.unreachable")] * 2 == [(type(e), e.code) for e in errors]


@pytest.mark.parametrize(("safe", "expected"), [(True, TransientError), (False, UncertainOutcomeError)])
def test_a_connection_closed_after_the_request_leaves_a_write_uncertain(safe: bool, expected: type) -> None:
    with client_to(hanging_up) as (client, server):
        error = caught(lambda: client.request("POST", "orders", safe=safe))
    assert (expected, 3 if safe else 1) == (type(error), len(server.requests))


@pytest.mark.parametrize(("safe", "expected"), [(True, TransientError), (False, UncertainOutcomeError)])
def test_a_truncated_body_is_no_answer(safe: bool, expected: type) -> None:
    def answer(connection: socket.socket, request: RawRequest) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{")

    with client_to(answer) as (client, _):
        assert expected is type(caught(lambda: client.request("POST", "orders", safe=safe)))


def test_an_answer_after_our_timeout_leaves_a_write_uncertain() -> None:
    done = threading.Event()

    def answer(connection: socket.socket, request: RawRequest) -> None:
        done.wait(30)

    with client_to(answer, read_timeout_seconds=0.1) as (client, _):
        error = caught(lambda: client.request("POST", "orders", safe=False))
    done.set()
    assert UncertainOutcomeError is type(error)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n", b""])
def test_a_slow_drip_in_body_or_headers_ends_at_the_deadline(head: bytes) -> None:
    stop = threading.Event()

    def answer(connection: socket.socket, request: RawRequest) -> None:
        connection.sendall(head)
        while not stop.wait(0.05):
            connection.sendall(b" ")

    with client_to(answer, deadline_seconds=0.4, read_timeout_seconds=20) as (client, _):
        started = time.monotonic()
        error = caught(lambda: client.request("GET", "orders", safe=True))
        took = time.monotonic() - started
    stop.set()
    # Twenty seconds is what the read timeout alone would have allowed for each byte.
    assert (TransientError, True) == (type(error), took < 20)


def test_an_answer_that_never_ends_is_cut_at_the_size_limit() -> None:
    def answer(connection: socket.socket, request: RawRequest) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
        while True:
            connection.sendall(b" " * 65_536)

    with client_to(answer, max_response_bytes=1_000_000) as (client, _):
        error = caught(lambda: client.request("GET", "orders", safe=True))
    assert "transport.answer-too-large" == error.code


def test_a_gzip_bomb_is_cut_at_the_size_limit_and_honest_gzip_is_unpacked() -> None:
    packed = "content-encoding: gzip\r\n"
    bomb = answering(gzip.compress(b" " * 20_000_000, 9), extra=packed)
    honest = answering(gzip.compress(b'{"a": 1}'), extra=packed)
    with client_to(in_turn(honest, bomb), max_response_bytes=1_000_000) as (client, _):
        answers = client.request("GET", "a", safe=True).json()
        error = caught(lambda: client.request("GET", "b", safe=True))
    assert ({"a": 1}, "transport.answer-too-large") == (answers, error.code)


@pytest.mark.parametrize(("safe", "expected"), [(True, TransientError), (False, UncertainOutcomeError)])
@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "<html>Welcome to the proxy</html>", "content_type": "text/html"},
        {"text": '{"cut": [1, ', "content_type": "application/json"},
        {"text": "", "content_type": "application/json"},
    ],
)
def test_a_200_that_is_not_json_is_an_outage_not_a_document(wrong: dict[str, Any], safe: bool, expected: type) -> None:
    with respx.mock:
        respx.post(f"{PARTNER}orders").respond(200, **wrong)
        error = caught(lambda: open_http(settings(), timing=timing()).request("POST", "orders", safe=safe))
    assert expected is type(error)


def test_204_needs_no_body_and_its_json_is_a_data_error() -> None:
    with respx.mock:
        respx.delete(f"{PARTNER}orders/1").respond(204)
        answer = open_http(settings()).request("DELETE", "orders/1", safe=False)
    assert "transport.not-json" == caught(answer.json).code
    assert DataError is type(caught(answer.json))


def test_reads_and_keyed_writes_are_repeated_with_growing_pauses_and_bare_writes_are_not() -> None:
    clock = Clock()
    with respx.mock, open_http(settings(), timing=timing(clock)) as client:
        route = respx.post(f"{PARTNER}orders")
        route.side_effect = [httpx.Response(500), httpx.ReadTimeout("late"), httpx.Response(200, json={})]
        client.request("POST", "orders", safe=False, key="k1")
        assert ([0.25, 1.0], 3) == (clock.slept, route.call_count)
        route.side_effect = [httpx.Response(500)]
        assert UncertainOutcomeError is type(caught(lambda: client.request("POST", "orders", safe=False)))
        assert 4 == route.call_count


def test_a_refused_repeat_of_a_write_without_an_answer_stays_uncertain() -> None:
    with respx.mock, open_http(settings(), timing=timing()) as client:
        respx.post(f"{PARTNER}orders").side_effect = [httpx.ReadTimeout("late"), httpx.Response(409)]
        error = caught(lambda: client.request("POST", "orders", safe=False, key="k1"))
    assert (UncertainOutcomeError, "transport.outcome-unknown") == (type(error), error.code)


def test_a_long_retry_after_is_left_to_the_engine() -> None:
    clock = Clock()
    with respx.mock:
        route = respx.get(f"{PARTNER}orders").respond(429, headers={"Retry-After": "300"})
        caught(lambda: open_http(settings(), timing=timing(clock)).request("GET", "orders", safe=True))
    assert ([], 1) == (clock.slept, route.call_count)


def test_refusals_are_never_repeated() -> None:
    with respx.mock:
        route = respx.get(f"{PARTNER}orders").respond(422)
        caught(lambda: open_http(settings(), timing=timing()).request("GET", "orders", safe=True))
    assert 1 == route.call_count


def test_redirects_are_not_followed_with_our_credentials() -> None:
    with client_to(answering(b"", status="307 Moved", extra="location: /elsewhere\r\n")) as (client, server):
        error = caught(lambda: client.request("POST", "orders", safe=False))
    assert ("transport.redirected", 1) == (error.code, len(server.requests))


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with client_to(answering(b"{}")) as (client, server):
        client.request("GET", "orders", safe=True)
    assert 1 == len(server.requests)


def test_a_rate_budget_delays_calls_and_refuses_what_the_deadline_cannot_hold() -> None:
    clock = Clock()
    budget = RateBudget(rate_per_second=1, burst=1, clock=clock)
    with respx.mock, open_http(settings(), timing=timing(clock), budget=budget) as client:
        respx.get(f"{PARTNER}orders").respond(200, json={})
        client.request("GET", "orders", safe=True)
        client.request("GET", "orders", safe=True, cost=2)
        error = caught(lambda: client.request("POST", "orders", safe=False, cost=100))
        client.request("GET", "orders", safe=True)
    # The refused call cost nothing, so the last one waits for its own token only.
    assert ([2.0, 1.0], "transport.rate-budget") == (clock.slept, error.code)


def test_a_header_value_that_http_forbids_is_named_without_the_secret() -> None:
    with client_to(answering(b"{}"), headers={"X-Key": SecretStr("canary\nsecret")}) as (client, _):
        error = caught(lambda: client.request("GET", "orders", safe=True))
    assert "transport.request" == error.code
    assert "canary" not in f"{error!r}{error}{error.__cause__!r}{error.__context__!r}"


def test_settings_never_print_a_secret() -> None:
    kept = settings(headers={"X-Key": SecretStr("canary")}, basic_auth=("hub", SecretStr("canary")))
    assert "canary" not in f"{kept!r}{kept}"
