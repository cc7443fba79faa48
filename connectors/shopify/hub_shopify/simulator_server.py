"""The HTTP face: ``POST /admin/api/{version}/graphql.json`` on loopback, with bad weather.

The standard library's server, because faults need the raw socket: bodies cut short, bodies without end.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hub_shopify.simulator_faults import Fault, Faults
from hub_shopify.simulator_graphql import GraphqlEndpoint, throttled

PATH = re.compile(r"/admin/api/(\d{4}-\d{2}|unstable)/graphql\.json")
ADMITTED_VERSIONS = ("2026-10", "2026-07", "2026-04")
LONGEST_HANG_SECONDS = 120.0
UNAUTHORISED = '{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}'

# (status, content type, body, extra headers); none of these reaches the shop.
PLAIN_FAULTS: dict[Fault, tuple[int, str, str, dict[str, str]]] = {
    Fault.UNAUTHORISED: (401, "application/json", UNAUTHORISED, {}),
    Fault.FORBIDDEN: (403, "application/json", '{"errors":"Unavailable Shop"}', {}),
    Fault.NOT_FOUND: (404, "application/json", '{"errors":"Not Found"}', {}),
    Fault.CONFLICT: (409, "application/json", '{"errors":"Conflict"}', {}),
    Fault.UNPROCESSABLE: (422, "application/json", '{"errors":{"base":["Unprocessable"]}}', {}),
    Fault.TOO_MANY: (429, "application/json", '{"errors":"Exceeded the rate limit"}', {}),
    Fault.TOO_MANY_RETRY_AFTER: (
        429,
        "application/json",
        '{"errors":"Exceeded the rate limit"}',
        {"Retry-After": "2.0"},
    ),
    Fault.SERVER_ERROR: (500, "application/json", '{"errors":"Internal Server Error"}', {}),
    Fault.UNAVAILABLE_HTML: (503, "text/html", "<html><body>Be right back</body></html>", {}),
    Fault.WRONG_CONTENT_TYPE: (200, "text/html", "<html><body>Welcome</body></html>", {}),
}


class SimulatorServer(ThreadingHTTPServer):
    """Serves one shop until ``stop``; ``base_url`` is known after construction."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, endpoint: GraphqlEndpoint, faults: Faults, access_token: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.endpoint = endpoint
        self.faults = faults
        self.access_token = access_token
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SimulatorServer
    # Headers and body leave in one segment; without this each answer waits for a delayed ACK.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match = PATH.fullmatch(self.path)
        if match is None:
            self._plain(Fault.NOT_FOUND)
            return
        fault = self.server.faults.take(raw.decode("utf-8", "replace"))
        if self.headers.get("X-Shopify-Access-Token") != self.server.access_token:
            self._plain(Fault.UNAUTHORISED)
        elif fault in PLAIN_FAULTS:
            self._plain(fault)
        elif fault is Fault.TIMEOUT_BEFORE:
            self._hang()
        elif fault is Fault.CLOSE_BEFORE:
            self.close_connection = True
        else:
            self._serve(raw, fault, match.group(1))

    def _serve(self, raw: bytes, fault: Fault | None, version: str) -> None:
        try:
            request = json.loads(raw)
        except ValueError:
            self._send(400, "application/json", b'{"errors":"Bad Request"}')
            return
        endpoint = self.server.endpoint
        if fault is Fault.THROTTLED:
            answer = throttled(endpoint.bucket.status(100, None))
        elif fault is Fault.TOP_LEVEL_ERROR:
            extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": "simulated"}
            answer = {"errors": [{"message": "Internal error.", "extensions": extensions}]}
        else:
            answer = endpoint.answer(request)
        body = json.dumps(answer).encode()
        # Shopify serves an unknown version by its oldest living one, and says so here.
        spoken = version if version in ADMITTED_VERSIONS else ADMITTED_VERSIONS[-1]
        self._finish(body, fault, {"X-Shopify-API-Version": spoken})

    def _finish(self, body: bytes, fault: Fault | None, headers: dict[str, str]) -> None:
        if fault is Fault.TIMEOUT_AFTER:
            self._hang()
        elif fault is Fault.CLOSE_AFTER:
            self.close_connection = True
        elif fault is Fault.SERVER_ERROR_AFTER:
            self._plain(Fault.SERVER_ERROR)
        elif fault is Fault.TRUNCATED_BODY:
            self._head(200, "application/json", len(body), headers)
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif fault is Fault.ENDLESS_BODY:
            self._endless(headers)
        else:
            self._send(200, "application/json; charset=utf-8", body, headers)

    def _plain(self, fault: Fault) -> None:
        status, content_type, body, headers = PLAIN_FAULTS[fault]
        self._send(status, content_type, body.encode(), headers)

    def _send(self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, content_type, len(body), headers or {})
        self.wfile.write(body)

    def _head(self, status: int, content_type: str, length: int | None, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _hang(self) -> None:
        self.server.stopping.wait(LONGEST_HANG_SECONDS)
        self.close_connection = True

    def _endless(self, headers: dict[str, str]) -> None:
        self._head(200, "application/json", None, headers | {"Transfer-Encoding": "chunked"})
        chunk = b" " * 1024
        self.wfile.write(b'10\r\n{"data":{"orders"\r\n'.replace(b"10", b"11"))
        while not self.server.stopping.wait(0.02):
            self.wfile.write(b"400\r\n" + chunk + b"\r\n")
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet: the book says what happened."""
