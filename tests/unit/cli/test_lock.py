"""One daemon per configuration; a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.lock import daemon_runs, only_daemon
from hub.errors import ConfigurationError

HOLDER = """
import sys, time
from pathlib import Path
from hub.cli.lock import only_daemon
with only_daemon(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_daemon_is_refused_and_told_whose_turn_it_is(tmp_path: Path) -> None:
    config = tmp_path / "hub.yaml"
    with only_daemon(config):
        assert daemon_runs(config)
        with pytest.raises(ConfigurationError, match=f"process {os.getpid()}") as raised, only_daemon(config):
            pass
    assert "configuration.already-running" == raised.value.code
    assert not daemon_runs(config)


def test_two_configurations_do_not_meet(tmp_path: Path) -> None:
    with only_daemon(tmp_path / "one.yaml"), only_daemon(tmp_path / "two.yaml"):
        assert daemon_runs(tmp_path / "two.yaml")


def test_a_killed_daemon_leaves_no_lock(tmp_path: Path) -> None:
    config = tmp_path / "hub.yaml"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(config)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert b"held\n" == holder.stdout.readline()
    assert daemon_runs(config)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with only_daemon(config):
        assert daemon_runs(config)


def test_the_same_file_by_another_path_is_the_same_configuration(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with only_daemon(tmp_path / "hub.yaml"):
        assert daemon_runs(tmp_path / "link" / "hub.yaml")


def test_a_link_to_the_file_is_the_same_configuration(tmp_path: Path) -> None:
    (tmp_path / "hub.yaml").touch()
    (tmp_path / "other.yaml").symlink_to(tmp_path / "hub.yaml")
    with only_daemon(tmp_path / "hub.yaml"):
        assert daemon_runs(tmp_path / "other.yaml")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised, only_daemon(tmp_path / "none" / "hub.yaml"):
        pass
    assert "configuration.lock" == raised.value.code
    assert not daemon_runs(tmp_path / "none" / "hub.yaml")
