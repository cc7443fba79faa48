"""The real daemon in a process of its own, as an operator would start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from hub.errors import InvariantError


class DaemonProcess:
    """``hub run`` on a configuration. Its output goes to ``log``; secrets come in by its environment only."""

    def __init__(self, config: Path, port: int, environment: Mapping[str, str], log: Path) -> None:
        self._config = config
        self._url = f"http://127.0.0.1:{port}/health"
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, wait_seconds: float = 30.0) -> None:
        """Start it and wait until it answers. Raises InvariantError with the end of its log where it does not."""
        process = self.launch()
        end = time.monotonic() + wait_seconds
        while not self.answers():
            if process.poll() is not None or time.monotonic() > end:
                tail = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise InvariantError(f"The daemon did not come up. The end of its log:\n{tail}")
            time.sleep(0.05)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it; it is not ready yet."""
        with self._log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hub.cli.main", "run", "--config", str(self._config)],
                env=self._environment,
                stdout=stream,
                stderr=stream,
                stdin=subprocess.DEVNULL,
            )
        return self._process

    def answers(self) -> bool:
        """Whether its health page is there."""
        try:
            with urllib.request.urlopen(self._url, timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: nothing gets to be finished."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
