"""What every mailbox promises, run against a local folder and a real SFTP server."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    RefusedError,
    TransientError,
    UncertainOutcomeError,
)
from hub.transport.mail_entry import MailEntry
from hub.transport.mail_names import is_plain_name, temporary_name
from hub.transport.mailbox import Mailbox, MailboxKind, MailboxSettings, open_mailbox
from tests.fakes.sftp_server import PASSWORD, SftpServer, sftp_server

HOSTILE_NAMES = [
    "",
    ".",
    "..",
    "../secret",
    "a/../../secret",
    "/etc/hostname",
    "in/other",
    "..\\secret",
    "C:secret",
    "c:\\secret",
    "nul\0byte",
    "line\nbreak",
    "\u202egpj.exe",
    "zero\u200bwidth",
    "x" * 5000,
    "\udcff",
]


def never(_seconds: float) -> None:
    """Sleeps no time."""


def login(server: SftpServer, **changes: Any) -> MailboxSettings:
    given: dict[str, Any] = {
        "url": server.url,
        "host_key": server.host_key,
        "password": SecretStr(PASSWORD),
        "allow_private": True,
    }
    return MailboxSettings(**(given | changes))


@contextmanager
def mailbox_of(kind: str, root: Path, sleep: Callable[[float], None] = never, **changes: Any) -> Iterator[Mailbox]:
    if kind == "folder":
        yield open_mailbox(MailboxSettings(url=f"folder:{root}", **changes), sleep=sleep)
        return
    with sftp_server(root) as server:
        mailbox = open_mailbox(login(server, **changes), sleep=sleep)
        try:
            yield mailbox
        finally:
            mailbox.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "mailbox"
    (place / "in").mkdir(parents=True)
    (place / "out").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    return place


both = pytest.mark.parametrize("kind", ["folder", "sftp"])


@both
def test_a_written_file_is_listed_read_and_moved_when_done(kind: str, root: Path) -> None:
    with mailbox_of(kind, root) as mailbox:
        mailbox.write("in", "850-0001.edi", b"ISA*00~\r\n")
        listed = [(entry.name, entry.size) for entry in mailbox.list("in")]
        body = mailbox.read("in", "850-0001.edi")
        mailbox.move("in", "850-0001.edi", "in/done")
        left = (mailbox.exists("in", "850-0001.edi"), mailbox.exists("in/done", "850-0001.edi"))
    assert [("850-0001.edi", 9)] == listed
    assert (b"ISA*00~\r\n", (False, True)) == (body, left)
    assert ["850-0001.edi"] == [path.name for path in (root / "in" / "done").iterdir()]


@both
def test_writing_the_same_bytes_again_is_success_and_other_bytes_are_refused(kind: str, root: Path) -> None:
    with mailbox_of(kind, root) as mailbox:
        mailbox.write("out", "a.edi", b"one")
        mailbox.write("out", "a.edi", b"one")
        with pytest.raises(RefusedError) as raised:
            mailbox.write("out", "a.edi", b"two")
    assert ("transport.file-exists", b"one") == (raised.value.code, (root / "out" / "a.edi").read_bytes())
    assert ["a.edi"] == os.listdir(root / "out")


@both
def test_a_half_written_file_of_an_earlier_try_is_replaced(kind: str, root: Path) -> None:
    (root / "out" / temporary_name("a.edi")).write_bytes(b"half of someth")
    with mailbox_of(kind, root) as mailbox:
        mailbox.write("out", "a.edi", b"whole")
    assert [("a.edi", b"whole")] == [(path.name, path.read_bytes()) for path in (root / "out").iterdir()]


@both
def test_temporary_names_folders_links_and_hostile_names_are_not_listed(kind: str, root: Path) -> None:
    for name in (".hidden", "x.tmp", "x.PART", "x.filepart", "good.edi", "bad\u202e.edi", temporary_name("y")):
        (root / "in" / name).write_bytes(b"x")
    (root / "in" / "folder").mkdir()
    (root / "in" / "link").symlink_to(root.parent / "secret")
    with mailbox_of(kind, root) as mailbox:
        assert ["good.edi"] == [entry.name for entry in mailbox.list("in")]


@both
def test_files_are_listed_oldest_first(kind: str, root: Path) -> None:
    for name, moment in (("b", 300), ("c", 100), ("a", 300)):
        (root / "in" / name).write_bytes(b"x")
        os.utime(root / "in" / name, (moment, moment))
    with mailbox_of(kind, root) as mailbox:
        assert ["c", "a", "b"] == [entry.name for entry in mailbox.list("in")]


@both
def test_a_file_that_still_grows_is_left_for_the_next_time(kind: str, root: Path) -> None:
    (root / "in" / "growing").write_bytes(b"1")
    (root / "in" / "whole").write_bytes(b"1")
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        (root / "in" / "growing").write_bytes(b"12")

    with mailbox_of(kind, root, sleep) as mailbox:
        assert (["whole"], [2.0]) == ([entry.name for entry in mailbox.list("in")], slept)


@both
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_leads_out_of_its_folder(kind: str, name: str, tmp_path: Path) -> None:
    if kind == "folder":
        mailbox = open_mailbox(MailboxSettings(url=f"folder:{tmp_path}"))
    else:
        # Never connected to: the name is refused first.
        key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        mailbox = open_mailbox(MailboxSettings(url="sftp://hub@127.0.0.1:9/", host_key=key, password=SecretStr("x")))
    calls: list[Callable[[], object]] = [
        lambda: mailbox.read("", name),
        lambda: mailbox.write("", name, b"x"),
        lambda: mailbox.exists("", name),
        lambda: mailbox.move("", name, ""),
        lambda: mailbox.remove("", name, MailEntry("x", 0, datetime.now(UTC))),
    ]
    if name not in ("", "in/other"):
        calls.append(lambda: mailbox.list(name))
    codes = set()
    for call in calls:
        with pytest.raises(DataError) as raised:
            call()
        codes.add(raised.value.code)
    assert {"transport.file-name"} == codes
    assert [] == os.listdir(tmp_path)


@both
def test_links_planted_by_a_partner_are_not_followed(kind: str, root: Path) -> None:
    (root / "in" / "850.edi").symlink_to(root.parent / "secret")
    (root / "escape").symlink_to(root.parent)
    with mailbox_of(kind, root) as mailbox:
        with pytest.raises(DataError) as raised:
            mailbox.read("in", "850.edi")
        assert "transport.file-missing" == raised.value.code
        if kind == "folder":
            with pytest.raises(ConfigurationError):
                mailbox.read("escape", "secret")
            with pytest.raises(ConfigurationError):
                mailbox.write("escape", "new", b"x")
    assert ["mailbox", "secret"] == sorted(os.listdir(root.parent))


@both
def test_moving_never_overwrites_and_a_repeat_is_success(kind: str, root: Path) -> None:
    (root / "out" / "a").write_bytes(b"other")
    (root / "in" / "a").write_bytes(b"ours")
    with mailbox_of(kind, root) as mailbox:
        mailbox.move("in", "a", "out")
        mailbox.move("in", "a", "out")
        with pytest.raises(DataError):
            mailbox.move("in", "unknown", "out")
    found = {path.name: path.read_bytes() for path in (root / "out").iterdir()}
    assert {"a": b"other", "a.2": b"ours"} == found


@both
def test_missing_files_and_folders_are_told_apart(kind: str, root: Path) -> None:
    with mailbox_of(kind, root) as mailbox:
        with pytest.raises(DataError) as missing:
            mailbox.read("in", "nothing")
        folders: list[Callable[[], object]] = [
            lambda: mailbox.list("inn"),
            lambda: mailbox.write("inn", "a", b"x"),
            lambda: mailbox.exists("inn", "a"),
        ]
        for call in folders:
            with pytest.raises(ConfigurationError) as raised:
                call()
            assert "transport.folder" == raised.value.code
    assert "transport.file-missing" == missing.value.code


@both
def test_a_file_above_the_size_limit_is_not_read(kind: str, root: Path) -> None:
    (root / "in" / "big").write_bytes(b"x" * 1001)
    with mailbox_of(kind, root, max_file_bytes=1000) as mailbox, pytest.raises(DataError) as raised:
        mailbox.read("in", "big")
    assert "transport.file-too-large" == raised.value.code


def test_a_planted_pipe_does_not_hang_a_folder(root: Path) -> None:
    os.mkfifo(root / "in" / "pipe")
    with mailbox_of("folder", root) as mailbox:
        assert [] == mailbox.list("in")
        with pytest.raises(DataError):
            mailbox.read("in", "pipe")


def test_ordinary_names_pass() -> None:
    names = ["850_20261122-1.edi", "Bestellung 7 (ü).x12", "a..b", "1.2.3", "x" * 255]
    assert [True] * 5 == [is_plain_name(name) for name in names]


@pytest.mark.parametrize(
    "url", ["", "folder:relative", "sftp://host/", "sftp://u:p@host/", "/srv/mail", "folder://x/y"]
)
def test_addresses_of_no_known_kind_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_mailbox(MailboxSettings(url=url))
    assert "transport.mailbox-url" == raised.value.code


def failing(settings: MailboxSettings) -> HubError:
    mailbox = open_mailbox(settings, sleep=never)
    try:
        with pytest.raises(HubError) as raised:
            mailbox.list("in")
    finally:
        mailbox.close()
    return raised.value


def test_another_host_key_stops_before_the_password_is_sent(root: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with sftp_server(root) as server:
        error = failing(login(server, host_key=other))
    assert (ConfigurationError, "transport.host-key", 0) == (type(error), error.code, server.logins)


@pytest.mark.parametrize("key", ["", "ssh-ed25519 nonsense", "\n"])
def test_a_mailbox_without_a_usable_host_key_does_not_open(key: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_mailbox(MailboxSettings(url="sftp://u@host/", host_key=key, password=SecretStr("x")))
    assert "transport.host-key" == raised.value.code


def test_a_wrong_password_is_a_configuration_error_without_the_password(root: Path) -> None:
    with sftp_server(root) as server:
        error = failing(login(server, password=SecretStr("canary")))
    assert (ConfigurationError, "partner.unauthorised") == (type(error), error.code)
    assert "canary" not in f"{error}{error!r}{error.__context__!r}"


def test_a_private_key_with_a_passphrase_logs_in(root: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    text = key.export_private_key(passphrase="phrase", rounds=1, ignore_few_rounds=True).decode()
    with sftp_server(root, client_key=key) as server:
        mailbox = open_mailbox(
            login(server, password=None, private_key=SecretStr(text), private_key_passphrase=SecretStr("phrase"))
        )
        assert [] == mailbox.list("in")
        mailbox.close()


def test_loopback_needs_the_explicit_entry(root: Path) -> None:
    with sftp_server(root) as server:
        error = failing(login(server, allow_private=False))
    assert ("transport.host-not-allowed", []) == (error.code, server.connections)


def test_a_server_that_is_down_is_transient(root: Path) -> None:
    with sftp_server(root) as server:
        kept = login(server)
    error = failing(kept)
    assert (TransientError, "transport.unreachable") == (type(error), error.code)


def test_a_lost_connection_is_made_again_at_the_next_call(root: Path) -> None:
    with sftp_server(root) as server:
        mailbox = open_mailbox(login(server), sleep=never)
        mailbox.list("in")
        server.before = lambda _: server.hang_up()
        with pytest.raises(TransientError):
            mailbox.exists("in", "a")
        server.before = lambda _: None
        assert [] == mailbox.list("in")
        mailbox.close()
    assert 2 == server.logins


@pytest.mark.parametrize(("times", "listed"), [(1, True), (100, False)])
def test_a_file_that_goes_away_while_the_server_lists_is_no_missing_folder(
    root: Path, times: int, listed: bool
) -> None:
    (root / "in" / "a").write_bytes(b"a")
    left = iter(range(times))

    def gone(operation: str) -> None:
        if operation == "scandir" and next(left, None) is not None:
            raise asyncssh.SFTPNoSuchFile("Listed, and renamed before its size was read.")

    with sftp_server(root) as server:
        server.before = gone
        mailbox = open_mailbox(login(server), sleep=never)
        try:
            if listed:
                assert ["a"] == [entry.name for entry in mailbox.list("in")]
                return
            with pytest.raises(TransientError):
                mailbox.list("in")
        finally:
            mailbox.close()


def test_a_server_that_hangs_ends_at_the_deadline(root: Path) -> None:
    go_on = threading.Event()

    def hang(_operation: str) -> None:
        go_on.wait(30)

    with sftp_server(root) as server:
        mailbox = open_mailbox(login(server, deadline_seconds=0.2), sleep=never)
        mailbox.list("in")
        server.before = hang
        with pytest.raises(TransientError):
            mailbox.exists("in", "a")
        server.before = lambda _: None
        go_on.set()
        assert not mailbox.exists("in", "a")
        mailbox.close()


def test_a_server_that_never_greets_ends_at_the_connect_timeout() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = failing(
            MailboxSettings(
                url=f"sftp://hub@127.0.0.1:{listener.getsockname()[1]}/",
                host_key=key,
                password=SecretStr("x"),
                allow_private=True,
                connect_timeout_seconds=0.2,
            )
        )
    assert (TransientError, "transport.unreachable") == (type(error), error.code)


@pytest.mark.parametrize("done", [False, True])
def test_a_connection_lost_while_the_file_becomes_visible_is_uncertain_and_a_repeat_settles_it(
    done: bool, root: Path
) -> None:
    with sftp_server(root) as server:
        mailbox = open_mailbox(login(server), sleep=never)

        def cut(operation: str) -> None:
            if operation == "rename":
                server.hang_up()
                if not done:
                    raise asyncssh.SFTPFailure("dying")

        if done:
            server.after = cut
        else:
            server.before = cut
        with pytest.raises(UncertainOutcomeError) as raised:
            mailbox.write("out", "a.edi", b"body")
        server.before = server.after = lambda _: None
        assert done == mailbox.exists("out", "a.edi")
        mailbox.write("out", "a.edi", b"body")
        mailbox.close()
    assert ("transport.outcome-unknown", ["a.edi"]) == (raised.value.code, os.listdir(root / "out"))


def test_a_connection_lost_during_the_upload_is_transient_and_leaves_nothing_visible(root: Path) -> None:
    with sftp_server(root) as server:
        mailbox = open_mailbox(login(server), sleep=never)
        server.before = lambda operation: server.hang_up() if operation == "open" else None
        with pytest.raises(TransientError):
            mailbox.write("out", "a.edi", b"body")
        server.before = lambda _: None
        assert [] == mailbox.list("out")
        mailbox.write("out", "a.edi", b"body")
        mailbox.close()
    assert ["a.edi"] == os.listdir(root / "out")


def test_settings_never_print_a_secret() -> None:
    kept = MailboxSettings(url="sftp://u@h/", password=SecretStr("canary"), private_key=SecretStr("canary"))
    assert "canary" not in f"{kept!r}{kept}"


def test_mailbox_kind_of_a_plug_in_is_opened_by_it_and_others_are_named() -> None:
    opened: list[MailboxSettings] = []

    def van(settings: MailboxSettings, *, now: Callable[[], float], sleep: Callable[[float], None]) -> Mailbox:
        opened.append(settings)
        return open_mailbox(MailboxSettings(url="folder:/x"), now=now, sleep=sleep)

    kinds = {"van": MailboxKind(van, "crossdock-van")}
    open_mailbox(MailboxSettings(url="van://hub@exchange.example/", options={"slot": "7"}), kinds=kinds)
    assert [{"slot": "7"}] == [settings.options for settings in opened]
    with pytest.raises(ConfigurationError) as raised:
        open_mailbox(MailboxSettings(url="as2://partner.example/"), kinds=kinds)
    assert "transport.mailbox-kind" == raised.value.code
    assert "as2:" in raised.value.message
    assert "sftp: (crossdock), van: (crossdock-van)" in raised.value.cure
