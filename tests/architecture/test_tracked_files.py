"""Nothing in the repository ties it to one machine or one package registry, and tests stay on loopback."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.architecture.source_tree import ROOT, shown, tracked_files

REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|crates\.io|proxy\.golang|conda\.anaconda",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.\-~$})])/(?:work|farm|root|opt/wheels|opt/pypi|home/\w+|Users/\w+|tmp)/")


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if not is_binary(path)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(4096)


def test_no_tracked_file_names_a_package_registry() -> None:
    assert lines_matching(REGISTRIES) == []


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert lines_matching(MACHINE_PATHS) == []


def test_constraints_pin_exact_versions_and_nothing_of_ours() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)] == []
    assert [line for line in pins if line.startswith("crossdock")] == []


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_sockets_outside_loopback_are_blocked() -> None:
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737: never routed
