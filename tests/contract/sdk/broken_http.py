"""HTTP connectors that read one kind of fault wrongly; ``fails`` names the only check that may notice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from pydantic import SecretStr

from hub.errors import ConfigurationError, HubError, InvariantError, RefusedError, TransientError, UncertainOutcomeError
from hub.sdk.testing import Fault, FaultPartner, FaultPlan, FaultProxy, HttpFaultContract, TranslatedFaults
from hub.transport.http import HttpClient, HttpSettings, Timing, open_http
from tests.contract.sdk.tiny import SECRET


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "16")
        self.end_headers()
        self.wfile.write(b'{"well": "yes!"}')

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
        """Quiet."""


def opened(url: str) -> HttpClient:
    settings = HttpSettings(
        base_url=url,
        allowed_hosts=frozenset({"127.0.0.1"}),
        allow_private=True,
        read_timeout_seconds=0.3,
        deadline_seconds=0.4,
        headers={"authorization": SecretStr(SECRET)},
    )
    return open_http(settings, timing=Timing(sleep=lambda _: None))


class TinyHttp:
    """A connector with one read and one write."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http

    def read(self) -> None:
        self.http.request("GET", "/news", safe=True)

    def write(self) -> None:
        self.http.request("POST", "/orders", safe=False, json={})

    def leave(self) -> None:
        """From now on nobody listens."""
        self.http = opened(f"http://127.0.0.1:{free_port()}/")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Http(HttpFaultContract):
    fails: ClassVar[str]
    connector: ClassVar[type[TinyHttp]] = TinyHttp

    @pytest.fixture(scope="class")
    def proxy(self) -> Iterator[FaultProxy]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        proxy = FaultProxy(f"http://127.0.0.1:{server.server_port}/")
        proxy.start()
        yield proxy
        proxy.stop()
        server.shutdown()
        server.server_close()

    @pytest.fixture(scope="class")
    def http(self, proxy: FaultProxy) -> HttpClient:
        return opened(proxy.url)

    @pytest.fixture
    def partner(self, proxy: FaultProxy, http: HttpClient) -> FaultPartner:
        connector = self.connector(http)
        return FaultPartner(connector.read, self.faults(proxy), connector.leave, SECRET, write=connector.write)

    def faults(self, proxy: FaultProxy) -> FaultPlan:
        return proxy


class TestGoodHttp(Http):
    fails = ""


class TestUntried(Http):
    """A simulator that cannot make one of the faults."""

    fails = "test_simulator_can_misbehave_in_every_way"

    def faults(self, proxy: FaultProxy) -> FaultPlan:
        words = {fault: fault for fault in proxy.offers - {Fault.CONFLICT}}
        return TranslatedFaults(words, proxy.plan, proxy.clear)


class Hoping(TinyHttp):
    """Takes what is not there for something that may come."""

    def read(self) -> None:
        try:
            super().read()
        except RefusedError as error:
            raise TransientError(error.message, code="tiny.hope") from None


class TestHoping(Http):
    fails, connector = "test_failed_read_has_the_right_class", Hoping


class Guessing(TinyHttp):
    """Says of a write with an unknown outcome that it was not done."""

    def write(self) -> None:
        try:
            super().write()
        except UncertainOutcomeError as error:
            raise TransientError(error.message, code="tiny.guess") from None


class TestGuessing(Http):
    fails, connector = "test_failed_write_has_the_right_class", Guessing


class Impatient(TinyHttp):
    def read(self) -> None:
        try:
            super().read()
        except TransientError as error:
            raise TransientError(error.message, code=error.code) from None


class TestImpatient(Http):
    fails, connector = "test_throttled_partner_is_given_the_time_it_asks_for", Impatient


class Cureless(TinyHttp):
    def read(self) -> None:
        try:
            super().read()
        except ConfigurationError as error:
            raise ConfigurationError(error.message, code=error.code) from None


class TestCureless(Http):
    fails, connector = "test_operator_is_told_the_cure_of_what_only_a_person_can_mend", Cureless


class Anxious(TinyHttp):
    """Doubts a write that never left."""

    def write(self) -> None:
        try:
            super().write()
        except TransientError as error:
            if error.code == "transport.unreachable":
                raise UncertainOutcomeError(error.message) from None
            raise


class TestAnxious(Http):
    fails, connector = "test_unreachable_partner_is_transient", Anxious


class Sulking(TinyHttp):
    """Never recovers from an answer that was cut off."""

    sulking = False

    def read(self) -> None:
        if self.sulking:
            raise InvariantError("The connection is broken.")
        try:
            super().read()
        except TransientError as error:
            self.sulking = error.code == "transport.unreachable"
            raise


class TestSulking(Http):
    fails, connector = "test_partner_that_behaves_again_is_read_again", Sulking


class Telling(TinyHttp):
    def read(self) -> None:
        try:
            super().read()
        except HubError as error:
            error.add_note(f"asked with {SECRET}")
            raise


class TestTelling(Http):
    fails, connector = "test_planted_secret_shows_in_no_error", Telling
