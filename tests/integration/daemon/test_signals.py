"""Told once it ends in good order; told twice it ends at once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

NEVER_ENDS = """
import time
from hub.cli.daemon import handle_signals
class Daemon:
    def stop(self): print("stopping", flush=True)
    def reload(self): print("reloading", flush=True)
handle_signals(Daemon())
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", NEVER_ENDS], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"ready\n" == process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    assert b"reloading\n" == process.stdout.readline()
    process.send_signal(number)
    assert b"stopping\n" == process.stdout.readline()
    process.send_signal(number)
    process.communicate()
    assert 128 + number == process.returncode
