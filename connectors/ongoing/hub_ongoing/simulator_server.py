"""The HTTP side of the simulator: checks requests, answers them, or misbehaves as told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hub_ongoing import simulator_soap as soap

_LARGEST_REQUEST = 10_000_000
_XML = "text/xml; charset=utf-8"
_HTML = b"<html><head><title>Service Unavailable</title></head><body><h1>503</h1></body></html>"


class Trouble(StrEnum):
    """Ways to answer one request wrongly. Only the ``*_after`` kinds and ``truncated`` let it have its effect."""

    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CONFLICT = "409"
    UNPROCESSABLE = "422"
    THROTTLED = "429"
    THROTTLED_WITHOUT_RETRY_AFTER = "429-bare"
    SERVER_ERROR = "500"
    UNAVAILABLE_HTML = "503-html"
    FAULT_IN_500 = "fault-500"
    FAULT_IN_200 = "fault-200"
    REFUSED = "success-false"
    TRUNCATED = "truncated"
    WRONG_CONTENT_TYPE = "content-type"
    NEVER_ENDING = "never-ending"
    EMPTY_RESULT = "empty-result"
    TIMEOUT_BEFORE = "timeout-before"
    TIMEOUT_AFTER = "timeout-after"
    DROPPED_AFTER = "dropped-after"


_STATUSES = {
    Trouble.UNAUTHORISED: 401,
    Trouble.FORBIDDEN: 403,
    Trouble.NOT_FOUND: 404,
    Trouble.CONFLICT: 409,
    Trouble.UNPROCESSABLE: 422,
    Trouble.THROTTLED: 429,
    Trouble.THROTTLED_WITHOUT_RETRY_AFTER: 429,
    Trouble.SERVER_ERROR: 500,
}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    media_type: str = _XML
    headers: tuple[tuple[str, str], ...] = ()


class SoapServer:
    """Serves on a free loopback port, in threads. ``work`` does what a checked call asks."""

    def __init__(self, work: Callable[[soap.Call], Answer], port: int = 0) -> None:
        self.requests: Counter[str] = Counter()
        self._work = work
        self._schema = soap.load_schema()
        self._lock = threading.Lock()
        self._troubles: list[tuple[str, Trouble]] = []
        self._closing = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_port)

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; requests being held are let go."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def misbehave(self, trouble: Trouble, times: int = 1, *, operation: str = "") -> None:
        """Answer the next ``times`` requests (of ``operation``, where given) with ``trouble``."""
        with self._lock:
            self._troubles.extend([(operation, trouble)] * times)

    def behave(self) -> None:
        """Forget every trouble not yet used up."""
        with self._lock:
            self._troubles.clear()

    def take_trouble(self, operation: str) -> Trouble | None:
        """The next trouble meant for this operation, used up."""
        with self._lock:
            for index, (wanted, trouble) in enumerate(self._troubles):
                if wanted in {"", operation}:
                    del self._troubles[index]
                    return trouble
        return None

    def read(self, body: bytes) -> soap.Call:
        """The checked request. Raises soap.BadRequestError."""
        with self._lock:
            call = soap.read_call(body, self._schema)
            self.requests[call.operation] += 1
            return call

    def answer(self, call: soap.Call) -> Answer:
        """What is really done."""
        return self._work(call)

    def hold(self, seconds: float = 120.0) -> None:
        """Keep a request waiting until the server stops."""
        self._closing.wait(seconds)

    @property
    def closing(self) -> bool:
        """Whether held requests shall give up."""
        return self._closing.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, owner: SoapServer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: a client that gave up on a held request is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        owner = self.server.owner
        length = int(self.headers.get("Content-Length", "0"))
        if length > _LARGEST_REQUEST:
            self._send(Answer(413, b"too large", "text/plain"), close=True)
            return
        body = self.rfile.read(length)
        try:
            call = owner.read(body)
        except soap.BadRequestError as bad:
            self._send(Answer(500, soap.fault(f"Server was unable to read request. {bad}", code="soap:Client")))
            return
        if self.headers.get("SOAPAction", "").strip('"') != f"{soap.NAMESPACE}/{call.operation}":
            self._send(Answer(500, soap.fault("Server did not recognise the SOAPAction.", code="soap:Client")))
            return
        trouble = owner.take_trouble(call.operation)
        if trouble is None:
            self._send(owner.answer(call))
        else:
            self._misbehave(trouble, call)

    def do_GET(self) -> None:
        self._send(Answer(404, b"this simulator publishes no WSDL", "text/plain"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Silent: requests hold credentials."""

    def _misbehave(self, trouble: Trouble, call: soap.Call) -> None:
        owner = self.server.owner
        if trouble in _STATUSES:
            retry = (("Retry-After", "3"),) if trouble is Trouble.THROTTLED else ()
            self._send(Answer(_STATUSES[trouble], b"<html><body>no</body></html>", "text/html", retry))
        elif trouble is Trouble.UNAVAILABLE_HTML:
            self._send(Answer(503, _HTML, "text/html; charset=utf-8"))
        elif trouble in {Trouble.FAULT_IN_500, Trouble.FAULT_IN_200}:
            self._send(Answer(500 if trouble is Trouble.FAULT_IN_500 else 200, soap.fault("Server error.")))
        elif trouble is Trouble.REFUSED:
            self._send(Answer(200, soap.refused("The order was not accepted.")))
        elif trouble is Trouble.WRONG_CONTENT_TYPE:
            self._send(Answer(200, b'{"ok": true}', "application/json"))
        elif trouble is Trouble.EMPTY_RESULT:
            self._send(Answer(200, soap.empty(call.operation)))
        elif trouble is Trouble.NEVER_ENDING:
            self._drip()
        elif trouble is Trouble.TIMEOUT_BEFORE:
            owner.hold()
            self.close_connection = True
        else:
            self._lose(trouble, owner.answer(call))

    def _lose(self, trouble: Trouble, answer: Answer) -> None:
        self.close_connection = True
        if trouble is Trouble.TRUNCATED:
            self._head(answer, length=len(answer.body))
            self.wfile.write(answer.body[: len(answer.body) // 2])
        elif trouble is Trouble.TIMEOUT_AFTER:
            self.server.owner.hold()

    def _drip(self) -> None:
        self.close_connection = True
        self._head(Answer(200, b""), length=None)
        try:
            while not self.server.owner.closing:
                self.wfile.write(b" " * 10)
                self.server.owner.hold(0.05)
        except OSError:
            return

    def _send(self, answer: Answer, *, close: bool = False) -> None:
        self.close_connection = self.close_connection or close
        self._head(answer, length=len(answer.body))
        self.wfile.write(answer.body)

    def _head(self, answer: Answer, *, length: int | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
