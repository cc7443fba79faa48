"""A how-to page followed to the letter: its commands by a shell, beside a hub that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.cli.demo.process import DaemonProcess

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
PATIENCE_SECONDS = 120.0
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """Commands of a page, and the lines that it says they print; columns of tables may be wider or narrower."""

    commands: str
    shown: tuple[str, ...]

    def is_shown(self, output: str) -> bool:
        """Whether each line is there, with all of its words."""
        lines = [line.split() for line in output.splitlines()]
        return all(any(_begins(line, wanted.split()) for line in lines) for wanted in self.shown)


class Newcomer:
    """Follows a page in ``folder``, a step at a time."""

    def __init__(self, page: str, folder: Path) -> None:
        self.folder = folder
        self._steps = _steps((PAGES / page).read_text())

    def follow(self) -> str:
        """Do the next step; gives what was printed, which must be what the page shows."""
        step = next(self._steps)
        ended, output = self._run(step.commands)
        assert ended == 0, f"{step.commands}\nended with {ended}:\n{output}"
        assert step.is_shown(output), f"{step.commands}\nprinted\n{output}\nand not\n" + "\n".join(step.shown)
        return output

    def wait_for(self) -> str:
        """Do the next step, which only looks, until it prints what the page shows."""
        step = next(self._steps)
        end = time.monotonic() + PATIENCE_SECONDS
        while not step.is_shown(output := self._run(step.commands)[1]):
            assert time.monotonic() < end, f"{step.commands}\nprinted\n{output}\nand not\n" + "\n".join(step.shown)
            time.sleep(0.5)
        return output

    def is_done(self) -> bool:
        """Whether the page has no more steps."""
        return next(self._steps, None) is None

    def _run(self, commands: str) -> tuple[int, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@contextmanager
def running_hub(folder: Path, port: int) -> Iterator[DaemonProcess]:
    """``hub run`` on the folder's hub.yaml."""
    daemon = DaemonProcess(folder / "hub.yaml", port, {}, folder / "hub.log")
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()


def _steps(page: str) -> Iterator[Step]:
    blocks = [(found[1], found[2]) for found in _BLOCK.finditer(page)]
    for place, (kind, text) in enumerate(blocks):
        if kind == "sh":
            after, shown = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
            yield Step(text, tuple(shown.splitlines()) if after == "text" else ())


def _begins(line: list[str], wanted: list[str]) -> bool:
    return line[: len(wanted)] == wanted
