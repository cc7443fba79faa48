"""A TCP server on loopback that answers with whatever bytes a test wants, however rude."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RawRequest:
    """One request as it arrived: its first line, its headers by lower-case name, its body."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[socket.socket, RawRequest], None]
"""Writes the answer to the socket, which is closed afterwards."""


@dataclass
class RawServer:
    """``requests`` holds everything that arrived; ``url`` is where the server listens."""

    port: int
    requests: list[RawRequest] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def answering(body: bytes, *, status: str = "200 OK", kind: str = "application/json", extra: str = "") -> Answer:
    """An ordinary answer."""
    fields = f"content-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{extra}"
    head = f"HTTP/1.1 {status}\r\n{fields}\r\n"

    def answer(connection: socket.socket, _request: RawRequest) -> None:
        connection.sendall(head.encode() + body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request and so on; the last one for the rest."""
    left = list(answers)

    def answer(connection: socket.socket, request: RawRequest) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, request)

    return answer


def hanging_up(_connection: socket.socket, _request: RawRequest) -> None:
    """Takes the request and closes without a word."""


@contextmanager
def raw_server(answer: Answer) -> Iterator[RawServer]:
    """A server in threads of its own; stops, with its connections, when the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listener, server, answer), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listener: socket.socket, server: RawServer, answer: Answer) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            server.connections += 1
            threading.Thread(target=_serve, args=(connection, server, answer), daemon=True).start()


def _serve(connection: socket.socket, server: RawServer, answer: Answer) -> None:
    with connection, suppress(OSError, ValueError):
        request = _read(connection)
        server.requests.append(request)
        answer(connection, request)


def _read(connection: socket.socket) -> RawRequest:
    stream = connection.makefile("rb")
    line = stream.readline().decode().strip()
    headers = {}
    while (header := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    return RawRequest(line, headers, stream.read(int(headers.get("content-length", "0"))))
