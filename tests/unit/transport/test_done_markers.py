"""Done markers, both ways, on a local folder and a real SFTP server."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub.errors import TransientError
from hub.transport.mail_entry import MailEntry
from hub.transport.mailbox import Mailbox, MailboxSettings
from hub.transport.marked_mailbox import MarkedMailbox
from tests.unit.transport.test_mailboxes import both, mailbox_of

LONG_AGO = 1_700_000_000.0
NAME, STEM = "{name}.done", "{stem}.ok"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "mailbox"
    (place / "in").mkdir(parents=True)
    (place / "out").mkdir()
    return place


def put(root: Path, *names: str, at: float = LONG_AGO, body: bytes = b"ISA") -> None:
    for name in names:
        (root / "in" / name).write_bytes(b"" if name.endswith((".done", ".ok")) else body)
        os.utime(root / "in" / name, (at, at))


def listed(mailbox: Mailbox) -> list[str]:
    return [entry.name for entry in mailbox.list("in")]


def found(root: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (root / folder).iterdir() if path.is_file())


@both
def test_file_counts_once_its_marker_lies_beside_it(kind: str, root: Path) -> None:
    put(root, "a.edi", "b.edi", "b.edi.done", "c.edi.done")
    with mailbox_of(kind, root, receive_marker=NAME) as mailbox:
        assert ["b.edi"] == listed(mailbox)
        put(root, "a.edi.done")
        assert ["a.edi", "b.edi"] == listed(mailbox)


@both
def test_marker_goes_where_its_file_goes(kind: str, root: Path) -> None:
    put(root, "a.edi", "a.edi.done", "b.edi", "b.edi.done")
    with mailbox_of(kind, root, receive_marker=NAME) as mailbox:
        first, second = mailbox.list("in")
        mailbox.move("in", "a.edi", "in/read", first)
        mailbox.move("in", "a.edi", "in/read", first)
        mailbox.remove("in", "b.edi", second)
        mailbox.remove("in", "b.edi", second)
    assert ([], ["a.edi", "a.edi.done"]) == (found(root, "in"), found(root, "in/read"))


@both
def test_move_cut_off_before_the_marker_is_made_good_by_its_repeat(kind: str, root: Path) -> None:
    put(root, "a.edi", "a.edi.done")
    with mailbox_of(kind, root, receive_marker=NAME) as mailbox:
        [entry] = mailbox.list("in")
        (root / "in" / "read").mkdir()
        (root / "in" / "a.edi").rename(root / "in" / "read" / "a.edi")
        mailbox.move("in", "a.edi", "in/read", entry)
    assert ([], ["a.edi", "a.edi.done"]) == (found(root, "in"), found(root, "in/read"))


@both
def test_marker_left_behind_does_not_pass_for_that_of_a_newer_file(kind: str, root: Path) -> None:
    now = time.time()
    put(root, "a.edi.done", at=now - 100)
    put(root, "a.edi", at=now)
    with mailbox_of(kind, root, receive_marker=NAME) as mailbox:
        assert [] == listed(mailbox)
        put(root, "a.edi.done", at=now)
        assert ["a.edi"] == listed(mailbox)


@both
def test_marker_with_an_odd_time_holds_no_file_back_for_ever(kind: str, root: Path) -> None:
    put(root, "a.edi")
    put(root, "a.edi.done", at=LONG_AGO - 3600)
    with mailbox_of(kind, root, receive_marker=NAME) as mailbox:
        assert ["a.edi"] == listed(mailbox)


@both
def test_marker_by_the_stem_stays_until_the_last_of_its_files_is_gone(kind: str, root: Path) -> None:
    put(root, "a.edi", "a.txt", "a.ok", "b.edi")
    with mailbox_of(kind, root, receive_marker=STEM) as mailbox:
        assert ["a.edi", "a.txt"] == listed(mailbox)
        mailbox.move("in", "a.edi", "in/read")
        assert ["a.txt"] == listed(mailbox)
        mailbox.move("in", "a.txt", "in/read")
    assert (["b.edi"], ["a.edi", "a.ok", "a.txt"]) == (found(root, "in"), found(root, "in/read"))


@both
def test_our_marker_is_put_after_the_file_and_a_repeat_puts_the_one_that_is_missing(kind: str, root: Path) -> None:
    with mailbox_of(kind, root, send_marker=NAME) as mailbox:
        mailbox.write("out", "850.edi", b"ISA")
        assert mailbox.exists("out", "850.edi")
        (root / "out" / "850.edi.done").unlink()
        assert not mailbox.exists("out", "850.edi")
        mailbox.write("out", "850.edi", b"ISA")
        assert mailbox.exists("out", "850.edi")
    assert ["850.edi", "850.edi.done"] == found(root, "out")
    assert b"" == (root / "out" / "850.edi.done").read_bytes()


class Recorded:
    """A mailbox that notes what is written, and fails at one name."""

    def __init__(self, fails_at: str) -> None:
        self.written: list[str] = []
        self._fails_at = fails_at

    def write(self, folder: str, name: str, body: bytes) -> None:
        if name == self._fails_at:
            raise TransientError("down")
        self.written.append(name)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def test_no_marker_is_put_where_its_file_was_not() -> None:
    inner: Any = Recorded("850.edi")
    with pytest.raises(TransientError):
        MarkedMailbox(inner, send_marker=NAME, now=time.time).write("out", "850.edi", b"ISA")
    assert [] == inner.written


@pytest.mark.parametrize(
    "pattern",
    [
        "done",
        "{name}",
        "{stem}",
        "{name}{name}.x",
        "{name}{stem}",
        "../{name}.done",
        ".{name}",
        "{name}.tmp",
        "{name}/x",
    ],
)
def test_marker_that_is_no_plain_name_of_its_own_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError) as raised:
        MailboxSettings(url="folder:/x", receive_marker=pattern)
    assert "{name}.done" in str(raised.value)


@both
def test_file_that_changed_since_it_was_listed_is_left(kind: str, root: Path) -> None:
    put(root, "a.edi", "b.edi")
    with mailbox_of(kind, root) as mailbox:
        first, second = mailbox.list("in")
        put(root, "a.edi", "b.edi", body=b"ISA, another one")
        mailbox.move("in", "a.edi", "in/read", first)
        mailbox.remove("in", "b.edi", second)
        assert ["a.edi", "b.edi"] == found(root, "in")
        changed: list[MailEntry] = mailbox.list("in")
        mailbox.move("in", "a.edi", "in/read", changed[0])
        mailbox.remove("in", "b.edi", changed[1])
    assert ([], ["a.edi"]) == (found(root, "in"), found(root, "in/read"))
