"""A real SFTP server on loopback over one folder, for a simulated partner's mailbox."""

from __future__ import annotations

import asyncio
import secrets
import threading
from pathlib import Path

import asyncssh

_USER = "hub"


class SftpServer:
    """Password login, a host key of its own, the folder as root; runs in a thread with its own event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self.password = secrets.token_urlsafe(12)
        self.port = 0
        self._server: asyncssh.SSHAcceptor
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sftp-server", daemon=True)

    @property
    def host_key(self) -> str:
        """The public key to pin."""
        return self._key.export_public_key().decode().strip()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"sftp://{_USER}@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Listen on a free port; returns once it does."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """Stop listening and drop whoever is connected."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _close(self) -> None:
        for connection in tuple(self._connections):
            connection.abort()
        self._server.close()
        await self._server.wait_closed()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()

    async def _listen(self) -> None:
        password, folder, connections = self.password, self._folder, self._connections

        class Login(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                self._connection = conn
                connections.add(conn)

            def connection_lost(self, exc: Exception | None) -> None:
                connections.discard(self._connection)

            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, given: str) -> bool:
                return username == _USER and secrets.compare_digest(given, password)

        def files(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(folder).encode())

        self._server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, server_host_keys=[self._key], sftp_factory=files
        )
        self.port = self._server.get_port()
