"""A small HTTP server on loopback that gives files with ETag and Last-Modified to who logs on."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_USER = "hub"


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class FileServer:
    """``put`` publishes a file; ``answered`` counts what was given by status."""

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(12)
        self.answered: list[int] = []
        self._files: dict[str, _File] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def user(self) -> str:
        """Who may log on."""
        return _USER

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def put(self, name: str, body: bytes, modified: datetime) -> None:
        """Publish a file at ``/name``, in place of a former one."""
        self._files[f"/{name}"] = _File(body, modified)

    def answer(self, path: str, authorisation: str, known: str) -> tuple[int, dict[str, str], bytes]:
        """What is given to this request; ``known`` is its If-None-Match."""
        login = base64.b64encode(f"{_USER}:{self.password}".encode()).decode()
        file = self._files.get(path)
        if not secrets.compare_digest(authorisation, f"Basic {login}"):
            return 401, {}, b""
        if file is None:
            return 404, {}, b""
        about = {"ETag": file.etag, "Last-Modified": format_datetime(file.modified, usegmt=True)}
        return (304, about, b"") if known == file.etag else (200, {**about, "Content-Type": "text/csv"}, file.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files: FileServer) -> None:
        self.files = files
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        asked = self.headers
        files = self.server.files
        status, about, body = files.answer(self.path, asked.get("Authorization", ""), asked.get("If-None-Match", ""))
        files.answered.append(status)
        self.send_response(status)
        for name, value in about.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
        """Say nothing."""
