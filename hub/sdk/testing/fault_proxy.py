"""A proxy on loopback that stands before any HTTP simulator and makes every fault of the kit.

For simulators that cannot misbehave by themselves: start it before them and point the connection at ``url``.
"""

from __future__ import annotations

import threading
from collections import deque
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from hub.sdk.testing.faults import Fault

_STATUSES = {
    Fault.UNAUTHORISED: 401,
    Fault.FORBIDDEN: 403,
    Fault.NOT_FOUND: 404,
    Fault.CONFLICT: 409,
    Fault.INVALID: 422,
    Fault.THROTTLED: 429,
    Fault.THROTTLED_WITHOUT_RETRY_AFTER: 429,
    Fault.SERVER_ERROR: 500,
    Fault.UNAVAILABLE: 503,
}
_HTML = b"<html><body><h1>Be right back</h1></body></html>"
_SOAP_FAULT = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    b"<faultcode>s:Server</faultcode><faultstring>Server error.</faultstring></s:Fault></s:Body></s:Envelope>"
)
_NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_LONGEST_HANG_SECONDS = 120.0
_Answer = tuple[int, list[tuple[str, str]], bytes]


class FaultProxy:
    """A FaultPlan. ``target`` is the simulator's base address; the same path asked of ``url`` is asked of it."""

    def __init__(self, target: str, *, soap: bool = False) -> None:
        self._target = urlsplit(target)
        self._soap = soap
        self._planned: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Its own base address, to be used in place of the target's."""
        return f"http://127.0.0.1:{self._server.server_port}{self._target.path}"

    @property
    def offers(self) -> frozenset[Fault]:
        """Every fault; SOAP_FAULT only before a SOAP partner."""
        return frozenset(Fault) if self._soap else frozenset(Fault) - {Fault.SOAP_FAULT}

    def plan(self, fault: Fault, times: int) -> None:
        """The next ``times`` requests meet this fault."""
        with self._lock:
            self._planned.extend([fault] * times)

    def clear(self) -> None:
        """Forget those not used up."""
        with self._lock:
            self._planned.clear()

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """End it; requests that hang are let go. May be repeated."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def take(self) -> Fault | None:
        """The fault of the next request, used up."""
        with self._lock:
            return self._planned.popleft() if self._planned else None

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        """What the simulator answers."""
        connection = HTTPConnection(self._target.hostname or "127.0.0.1", self._target.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED_ON]
            return answer.status, kept, answer.read()
        finally:
            connection.close()

    def hang(self, seconds: float = _LONGEST_HANG_SECONDS) -> bool:
        """Wait until the proxy stops, True, or the time is over."""
        return self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: FaultProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: a caller that gave up is what many faults are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
        """Silent: addresses may hold a token."""

    def _serve(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.take()
        if fault in _STATUSES:
            retry = [("Retry-After", "2")] if fault is Fault.THROTTLED else []
            self._send((_STATUSES[fault], [("Content-Type", "text/html"), *retry], _HTML))
        elif fault is Fault.WRONG_CONTENT_TYPE:
            self._send((200, [("Content-Type", "text/html")], _HTML))
        elif fault is Fault.SOAP_FAULT:
            self._send((500, [("Content-Type", "text/xml; charset=utf-8")], _SOAP_FAULT))
        elif fault is Fault.TIMEOUT_BEFORE:
            self._hang()
        else:
            self._pass_on(body, fault)

    def _pass_on(self, body: bytes, fault: Fault | None) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        try:
            answer = self.server.proxy.ask(self.command, self.path, headers, body)
        except (OSError, HTTPException):
            self.close_connection = True
            return
        if fault is Fault.TIMEOUT_AFTER:
            self._hang()
        elif fault is Fault.TRUNCATED:
            self._head(answer[0], answer[1], len(answer[2]) + 1)
            self.wfile.write(answer[2][: len(answer[2]) // 2])
            self.close_connection = True
        elif fault is Fault.ENDLESS:
            self._drip(answer)
        else:
            self._send(answer)

    def _hang(self) -> None:
        self.server.proxy.hang()
        self.close_connection = True

    def _drip(self, answer: _Answer) -> None:
        self._head(answer[0], answer[1], None)
        self.close_connection = True
        while not self.server.proxy.hang(0.02):
            self.wfile.write(b" " * 64)

    def _send(self, answer: _Answer) -> None:
        self._head(answer[0], answer[1], len(answer[2]))
        self.wfile.write(answer[2])

    def _head(self, status: int, headers: list[tuple[str, str]], length: int | None) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
