"""Hot reload: a changed configuration replaces the running one at once and as a whole, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import structlog

from hub.bootstrap import Hub
from hub.mapping.config import SETUP_SUFFIXES
from hub.sync.daemon import Engine
from hub.sync.retry import as_hub_error

_log = structlog.get_logger(__name__)
_AGAIN_SECONDS = 5.0


class Reloader:
    """Keeps the engine on the newest valid configuration."""

    def __init__(self, hub: Hub, engine: Engine) -> None:
        self.hub = hub
        self._engine = engine
        self._seen = hub.setup.version
        self._turn = threading.Lock()

    def reload_if_changed(self) -> bool:
        """Read the files again where they differ from what was read last; whether the engine got a new set-up."""
        with self._turn:
            now = self.hub.setup.version_now()
            if now == self._seen:
                return False
            self._seen = now
            return self._reload()

    def reload(self) -> bool:
        """Read the files and the secrets again, changed or not."""
        with self._turn:
            self._seen = self.hub.setup.version_now()
            return self._reload()

    def _reload(self) -> bool:
        before = self.hub.setup.version
        try:
            fresh = self.hub.reload()
            connections = fresh.connections()
            self._engine.apply_config(connections, fresh.setup.network)
        except Exception as raised:  # noqa: BLE001  whatever a connector raises: what runs goes on
            error = as_hub_error(raised)
            _log.error(
                "config_refused",
                code=error.code,
                place=getattr(error, "place", ""),
                detail=error.message,
                cure=error.cure,
                further=len(getattr(error, "further", ())),
                running=before,
                offered=self._seen,
            )
            return False
        old, new = self.hub.setup.config, fresh.setup.config
        if (old.web, old.engine) != (new.web, new.engine):
            _log.warning("config_needs_restart", detail="`web` and `engine` are read at the start only.")
        self.hub, self._seen = fresh, fresh.setup.version
        _log.info("config_reloaded", before=before, running=self._seen, connections=len(connections))
        return True


def watch(reloader: Reloader, stop: threading.Event) -> None:
    """Reload soon after one of the files changes, until ``stop`` is set.

    No guarantee: some file systems tell nobody, and none tells of what happened before it was asked.
    """
    while not stop.is_set():
        folders = list(_folders(reloader.hub))
        _log.info("config_watched", folders=len(folders))
        try:
            _watch(reloader, folders, stop)
        except Exception as error:  # noqa: BLE001  a folder that went away must not end hot reload
            _log.warning("config_watch_failed", raised=type(error).__name__)
            stop.wait(_AGAIN_SECONDS)


def _watch(reloader: Reloader, folders: list[Path], stop: threading.Event) -> None:
    """Until the folders to watch are others, or ``stop``."""
    from watchfiles import watch as changes

    reloader.reload_if_changed()
    # Editors replace files, so folders are watched, and new folders (no suffix) count. The database may lie in one
    # of them and is passed over.
    for _ in changes(
        *folders,
        watch_filter=lambda _, path: Path(path).suffix in {"", *SETUP_SUFFIXES},
        stop_event=stop,
        recursive=False,
        debounce=400,
        step=50,
        raise_interrupt=False,
    ):
        reloader.reload_if_changed()
        if list(_folders(reloader.hub)) != folders:
            break


def _folders(hub: Hub) -> Iterator[Path]:
    yield hub.setup.path.resolve().parent
    mappings = hub.setup.mappings.resolve()
    if mappings.is_dir():
        yield mappings
        yield from sorted(path for path in mappings.rglob("*") if path.is_dir() and path.name != "samples")
