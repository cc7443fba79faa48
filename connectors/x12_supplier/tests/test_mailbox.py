"""Which files are read, when, and what is done with them once they are stored."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from supplier import CONNECTION, NOW, codebook, envelope, request, stamp

from hub.errors import ConfigurationError, UncertainOutcomeError
from hub.model.identity import PartnerId
from hub.sdk.capabilities import Outcome, Page
from hub.sdk.context import ConnectionContext
from hub.transport.folder_mailbox import FolderMailbox
from hub.transport.mail_entry import MailEntry
from hub.transport.mailbox import Mailbox, MailboxKind, MailboxSettings
from hub_x12_supplier.connector import X12Supplier
from hub_x12_supplier.settings import X12SupplierSettings


class Shelf(FolderMailbox):
    """A folder that notes what is read; one that is ``closed`` lets nothing be moved."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), stable_seconds=0)
        self.reads: list[str] = []
        self.closed = False
        self.vanishing = ""

    def read(self, folder: str, name: str) -> bytes:
        self.reads.append(name)
        if name == self.vanishing:
            (Path(self._root) / folder / name).unlink()
        return super().read(folder, name)

    def move(self, folder: str, name: str, to_folder: str, expected: MailEntry | None = None) -> None:
        if self.closed:
            raise ConfigurationError("Closed to us.", code="transport.folder")
        super().move(folder, name, to_folder, expected)


class Desk:
    """A mailbox of a kind of its own, the connector on it, and the cursor and files that the hub stored."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        for name in ("inbound", "outbound"):
            (folder / name).mkdir()
        self.folder = folder / "outbound"
        self.sent = folder / "inbound"
        self.shelf = Shelf(folder)
        self.cursor: str | None = None
        self.stored: list[str] = []
        self.bodies: list[bytes] = []

        def opened(_settings: MailboxSettings, *, now: Callable[[], float], sleep: Callable[[float], None]) -> Mailbox:
            return self.shelf

        self._context = ConnectionContext(
            CONNECTION,
            PartnerId("northwind"),
            X12SupplierSettings.model_validate({"mailbox": "shelf:", **settings}),
            lambda: NOW,
            mailbox_kinds={"shelf": MailboxKind(opened, "tests")},
        )

    def connector(self) -> X12Supplier:
        return X12Supplier(self._context)

    def put(self, name: str, body: bytes = b"ISA", at: int = 1_700_000_000) -> None:
        (self.folder / name).write_bytes(body)
        os.utime(self.folder / name, (at, at))

    def poll(self, *, settled: bool = True) -> list[str]:
        """The names of the files that are stored for the first time; a new connector each time, as after a restart."""
        found: list[str] = []
        more = True
        while more:
            connector = self.connector()
            page = connector.fetch(self.cursor)
            found += self._store(page)
            more = page.more
            if settled:
                connector.settle(page)
        return found

    def _store(self, page: Page) -> list[str]:
        fresh = [one for one in page.documents if one.source_id not in self.stored]
        self.stored += [one.source_id for one in fresh]
        self.bodies += [one.body for one in fresh]
        self.cursor = page.cursor
        return [one.meta["file"] for one in fresh]

    def left(self, folder: str = "") -> list[str]:
        place = self.folder / folder
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []


def test_only_files_of_the_patterns_are_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path, receive_pattern=["*.edi", "846_*"])
    for name in ("a.EDI", "846_1.x12", "readme.txt"):
        desk.put(name)
    assert ["846_1.x12", "a.EDI"] == sorted(desk.poll())
    assert ["readme.txt"] == desk.left()
    assert "0 files waiting" == desk.connector().check().detail


def test_one_pattern_may_stand_alone_and_a_folder_is_none() -> None:
    settings = {"mailbox": "x", "receive_pattern": "*.edi"}
    assert ("*.edi",) == X12SupplierSettings.model_validate(settings).receive_pattern
    refused: tuple[object, ...] = ("in/*.edi", "", [])
    for wrong in refused:
        with pytest.raises(ValidationError):
            X12SupplierSettings.model_validate({**settings, "receive_pattern": wrong})


def test_stored_files_are_moved_away_by_default(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("a.edi")
    assert ["a.edi"] == desk.poll()
    assert ([], ["a.edi"]) == (desk.left(), desk.left("done"))
    assert [] == desk.poll()
    assert "" == desk.cursor


def test_files_left_at_the_partner_are_read_once_each(tmp_path: Path) -> None:
    desk = Desk(tmp_path, after_reading="leave", page_size=2)
    for name in ("a.edi", "b.edi", "c.edi"):
        desk.put(name)
    assert ["a.edi", "b.edi", "c.edi"] == desk.poll()
    assert [] == desk.poll()
    desk.put("d.edi")
    assert ["d.edi"] == desk.poll()
    assert ["a.edi", "b.edi", "c.edi", "d.edi"] == desk.shelf.reads == desk.left()


def test_file_that_is_left_and_written_anew_is_read_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, after_reading="leave")
    desk.put("stock.edi", b"ISA1")
    desk.poll()
    desk.put("stock.edi", b"ISA2", at=1_700_000_060)
    assert ["stock.edi"] == desk.poll()


def test_what_is_remembered_of_files_left_goes_when_they_go(tmp_path: Path) -> None:
    desk = Desk(tmp_path, after_reading="leave")
    desk.put("a.edi")
    desk.poll()
    (desk.folder / "a.edi").unlink()
    desk.poll()
    assert "" == desk.cursor


def test_file_is_deleted_only_where_the_setting_says_so_and_only_once_it_is_stored(tmp_path: Path) -> None:
    desk = Desk(tmp_path, after_reading="delete")
    desk.put("a.edi")
    assert ["a.edi"] == desk.poll(settled=False)
    assert ["a.edi"] == desk.left()
    assert [] == desk.poll()
    assert ([], []) == (desk.left(), desk.left("done"))


@pytest.mark.parametrize("after_reading", ["move", "delete"])
def test_file_written_anew_between_reading_and_settling_is_kept_and_read(tmp_path: Path, after_reading: str) -> None:
    desk = Desk(tmp_path, after_reading=after_reading)
    desk.put("a.edi")
    page = desk.connector().fetch(None)
    desk.put("a.edi", b"ISA, another one")
    desk.connector().settle(page)
    assert ["a.edi"] == desk.left()
    assert ["a.edi"] == desk.poll()
    assert [b"ISA, another one"] == desk.bodies[-1:]


def test_files_that_cannot_be_moved_away_keep_no_other_file_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, page_size=2)
    desk.shelf.closed = True
    for name in ("a.edi", "b.edi", "c.edi"):
        desk.put(name)
    assert ["a.edi", "b.edi", "c.edi"] == desk.poll(settled=False)
    desk.put("d.edi")
    assert ["d.edi"] == desk.poll(settled=False)


def test_file_taken_back_before_it_is_read_is_no_trouble(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.shelf.vanishing = "a.edi"
    desk.put("a.edi")
    desk.put("b.edi")
    assert ["b.edi"] == desk.poll()
    assert ["b.edi"] == desk.left("done")


def test_file_taken_back_before_it_is_moved_keeps_no_other_where_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("a.edi")
    desk.put("b.edi")
    page = desk.connector().fetch(None)
    (desk.folder / "a.edi").unlink()
    desk.connector().settle(page)
    assert ["b.edi"] == desk.left("done")


def test_purchase_order_lies_at_the_supplier_once_its_marker_does(tmp_path: Path) -> None:
    (tmp_path / "inbound").mkdir()
    settings = X12SupplierSettings(mailbox=f"folder:{tmp_path}", send_marker="{name}.done", stable_seconds=0)
    connector = X12Supplier(ConnectionContext(CONNECTION, PartnerId("northwind"), settings, lambda: NOW))
    [document] = connector.render([envelope(request())], codebook(), stamp())
    connector.send(document)
    marker = tmp_path / "inbound" / f"{document.meta['file']}.done"
    receipt = connector.lookup(document)
    assert receipt is not None
    assert Outcome.ACCEPTED is receipt.results[0].outcome
    # A crash between file and marker: nobody takes the file, and the repeat puts what is missing.
    marker.unlink()
    with pytest.raises(UncertainOutcomeError):
        connector.lookup(document)
    connector.send(document)
    assert marker.exists()
