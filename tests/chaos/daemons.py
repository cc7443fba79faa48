"""Starting daemons quickly, and ending them without warning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.cli.demo.process import DaemonProcess


class Daemons:
    """One daemon at a time on one configuration: forked from a preloaded process, or an interpreter of its own.

    ``hesitates_seconds``: see the zygote. ``processor_seconds`` sums up what the forked ones used.
    """

    def __init__(
        self, config: Path, port: int, environment: Mapping[str, str], log: Path, hesitates_seconds: float = 0.0
    ) -> None:
        self.log = log
        self._plain = DaemonProcess(config, port, environment, log)
        self._port = port
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.zygote", str(config), str(log), str(hesitates_seconds)],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._forked = 0
        self.processor_seconds = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._zygote.terminate()
        self._zygote.communicate(timeout=10)

    def fork(self) -> None:
        """Begin a daemon; it is not ready yet."""
        self._forked = self._ask("start")

    def start_plain(self) -> None:
        """Begin one as an operator would, with a fresh interpreter; it is not ready yet."""
        self._plain.launch()

    def answers(self) -> bool:
        """Whether the daemon takes webhooks."""
        return self._plain.answers()

    @property
    def alive(self) -> bool:
        """Whether it did not end by itself."""
        if not self._forked:
            return self._plain.running
        try:
            state = Path(f"/proc/{self._forked}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    def kill(self) -> bool:
        """SIGKILL, and wait until it is gone; whether it was still alive to be killed."""
        was_alive = self.alive
        if self._forked:
            os.kill(self._forked, signal.SIGKILL)
            self.processor_seconds += self._ask("wait") / 1000
            self._forked = 0
        elif self._plain.running:
            self._plain.kill()
        return was_alive

    def _ask(self, word: str) -> int:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(f"{word}\n")
        self._zygote.stdin.flush()
        answer = self._zygote.stdout.readline()
        if not answer:
            raise RuntimeError("The zygote died; the end of the log says why.")
        return int(answer)
