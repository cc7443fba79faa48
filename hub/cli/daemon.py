"""The daemon: engine, web server and reloader in one process, started in that order and stopped in the other."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

import structlog
import uvicorn

from hub.bootstrap import Hub
from hub.cli.lock import only_daemon
from hub.cli.reloading import Reloader, watch
from hub.errors import ConfigurationError, InvariantError
from hub.sync.daemon import Engine
from hub.web.app import create_app

_log = structlog.get_logger(__name__)
_STOP_SECONDS = 15.0
_LOOK_SECONDS = 5.0


class Daemon:
    """One hub at work. ``serving`` is called with the address once webhooks are taken."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._wake = threading.Event()

    def run(self, serving: Callable[[str], None] = lambda _: None) -> bool:
        """Work until ``stop``; False where a turn still ran when the time to end it was over.

        Raises ConfigurationError where another hub runs on this configuration or the port is taken.
        """
        with ExitStack() as cleanup:
            cleanup.enter_context(only_daemon(self._hub.setup.path))
            listening = cleanup.enter_context(listen(self._hub.setup.config.web.host, self._hub.setup.config.web.port))
            cleanup.callback(self._hub.storage.close)
            engine = self._hub.engine()
            server = _server(engine)
            web = threading.Thread(target=server.run, args=([listening],), name="web", daemon=True)
            engine.start()
            web.start()
            host, port = listening.getsockname()[:2]
            address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            _log.info("hub_serving", url=address, connections=len(engine.configuration.connections))
            serving(address)
            try:
                self._work(Reloader(self._hub, engine), web)
            finally:
                self._stop.set()
                ended = self._end(server, web, engine)
            return ended

    def stop(self) -> None:
        """Ask it to end; may be called from any thread or a signal handler."""
        self._stop.set()
        self._wake.set()

    def reload(self) -> None:
        """Ask it to read its configuration and secrets again."""
        self._reload.set()
        self._wake.set()

    def _work(self, reloader: Reloader, web: threading.Thread) -> None:
        threading.Thread(target=watch, args=(reloader, self._stop), name="watch", daemon=True).start()
        looked = time.monotonic()
        while not self._stop.is_set():
            self._wake.wait(1.0)
            self._wake.clear()
            if self._reload.is_set():
                self._reload.clear()
                reloader.reload()
            elif time.monotonic() - looked > _LOOK_SECONDS:
                # What the watcher was never told of.
                looked = time.monotonic()
                reloader.reload_if_changed()
            if not web.is_alive():
                raise InvariantError("The web server ended by itself.", code="hub.web-ended")

    def _end(self, server: uvicorn.Server, web: threading.Thread, engine: Engine) -> bool:
        _log.info("hub_stopping")
        server.should_exit = True
        web.join(_STOP_SECONDS)
        ended = engine.stop(_STOP_SECONDS)
        _log.info("hub_stopped", clean=ended)
        return ended


def handle_signals(daemon: Daemon) -> None:
    """SIGTERM and Ctrl-C end it gracefully, a second one at once; SIGHUP reloads. For the main thread."""
    asked = False

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            # Everything that matters is stored already: the next start takes it up, as after a crash.
            os._exit(128 + number)
        asked = True
        daemon.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, lambda _number, _frame: daemon.reload())


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigurationError ``configuration.port``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(1024)
    except OSError as error:
        opened.close()
        raise ConfigurationError(
            f"The hub cannot listen on {host}:{port} ({error.strerror or type(error).__name__}).",
            code="configuration.port",
            cure="Choose another `web.port`, or end what listens there.",
        ) from None
    return opened


def _server(engine: Engine) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(engine),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
    )
    return uvicorn.Server(config)
