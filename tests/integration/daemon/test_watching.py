"""The watcher sees files in folders that did not exist when it began."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from hub.bootstrap import Hub
from hub.cli.reloading import Reloader, watch
from hub.mapping.config import load_setup


class Noting:
    """Stands in for a Reloader: says when the files are no longer those of the beginning."""

    def __init__(self, config: Path) -> None:
        self.hub = cast("Hub", SimpleNamespace(setup=load_setup(config)))
        self.asked = threading.Event()
        self.changed = threading.Event()

    def reload_if_changed(self) -> bool:
        self.asked.set()
        if self.hub.setup.version_now() != self.hub.setup.version:
            self.changed.set()
        return self.changed.is_set()


@contextmanager
def watching(reloader: Noting) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(cast("Reloader", reloader), stop))
    thread.start()
    try:
        assert reloader.asked.wait(30)
        yield
    finally:
        stop.set()
        thread.join(30)


def test_first_partner_folder_made_beside_a_running_hub_is_read(tmp_path: Path) -> None:
    config = tmp_path / "hub.yaml"
    config.write_text("currency: USD\n")
    reloader = Noting(config)
    with watching(reloader):
        folder = tmp_path / "mappings" / "partners" / "alder"
        folder.mkdir(parents=True)
        for number in range(100):
            # Again and again: what is written before the file system is asked to watch, nobody hears of.
            (folder / "partner.yaml").write_text(f"name: Alder {number}\n")
            if reloader.changed.wait(0.6):
                return
        raise AssertionError("The watcher told of nothing.")
