"""A real SFTP server on loopback: one folder, one user, host key made on the spot."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER = "crossdock"
PASSWORD = "only-for-tests"


@dataclass
class SftpServer:
    """``url`` and ``host_key`` are what a mailbox's settings need.

    ``before`` is called with the name of each operation (``open``, ``rename``, ...) before it is done, and
    ``after`` when it is done; either may call ``hang_up``.
    """

    root: Path
    port: int = 0
    host_key: str = ""
    before: Callable[[str], None] = field(default=lambda _: None)
    after: Callable[[str], None] = field(default=lambda _: None)
    logins: int = 0
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}/"

    def hang_up(self) -> None:
        """Cuts every connection at once, as a dying server does."""
        for connection in self.connections:
            connection.abort()
        self.connections.clear()


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], server: SftpServer) -> None:
        super().__init__(channel, chroot=str(server.root).encode())
        self._server = server

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        self._server.before("open")
        return super().open(path, pflags, attrs)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._server.before("rename")
        super().rename(oldpath, newpath)
        self._server.after("rename")

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        self._server.before("scandir")
        return super().scandir(path)

    def lstat(self, path: bytes) -> Any:
        self._server.before("lstat")
        return super().lstat(path)


class _Door(asyncssh.SSHServer):
    def __init__(self, server: SftpServer, key: asyncssh.SSHKey | None) -> None:
        self._server = server
        self._key = key

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return self._key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and self._key is not None and key.public_data == self._key.public_data

    def auth_completed(self) -> None:
        self._server.logins += 1


@contextmanager
def sftp_server(root: Path, *, client_key: asyncssh.SSHKey | None = None, port: int = 0) -> Iterator[SftpServer]:
    """Serves ``root`` until the block ends; takes the password, and ``client_key`` if given."""
    server = SftpServer(root)
    key = asyncssh.generate_private_key("ssh-ed25519")
    server.host_key = key.export_public_key().decode().strip()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[key],
            server_factory=lambda: _Door(server, client_key),
            sftp_factory=lambda channel: _Files(channel, server),
        )

    async def stop(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        server.hang_up()
        await acceptor.wait_closed()
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    server.port = acceptor.get_port()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
