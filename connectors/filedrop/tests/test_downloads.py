"""Files that are fetched by HTTP: only what changed, and no failing one keeps the others back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from quayside import codebook, connection, context, simulator

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError
from hub.model.document import Document
from hub.model.stock import StockReport
from hub.sdk.capabilities import Page
from hub_filedrop.downloads import Downloads
from hub_filedrop.settings import FileDropSettings
from hub_filedrop.simulator_http import FileServer

MOMENT = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
STOCK = "Item;Site;Unit;On hand\r\nQT-100;MAIN;EA;{}\r\n"


class Server(FileServer):
    """Serves what a test puts there; ``downloads`` are settings that fetch these files."""

    def says(self, name: str, text: str, minutes: int = 0) -> None:
        self.put(name, text.encode(), MOMENT + dt.timedelta(minutes=minutes))

    def source(self, *names: str, **settings: Any) -> Downloads:
        wanted = [
            {
                "url": f"{self.url}/{name}",
                "mapping": "stock",
                "username": self.user,
                "password": SecretStr(self.password),
            }
            for name in names
        ]
        given = FileDropSettings.model_validate({"download": wanted, **settings})
        return Downloads(context(given, sleep=lambda _: None))


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.stop()


def round_of(source: Downloads, cursor: str | None) -> tuple[list[Document], str]:
    """What one poll fetches, with the cursor behind it."""
    found: list[Document] = []
    while True:
        page: Page = source.fetch(cursor)
        found += page.documents
        cursor = page.cursor
        if not page.more:
            return found, cursor


def bodies(documents: list[Document]) -> list[str]:
    return [document.body.decode().splitlines()[1].rpartition(";")[2] for document in documents]


def test_file_is_a_document_again_only_when_it_changed(server: Server) -> None:
    source = server.source("stock.csv")
    server.says("stock.csv", STOCK.format(5))
    first, cursor = round_of(source, None)
    again, cursor = round_of(server.source("stock.csv"), cursor)
    assert (["5"], [], [200, 304]) == (bodies(first), again, server.answered)
    server.says("stock.csv", STOCK.format(6), minutes=5)
    changed, cursor = round_of(source, cursor)
    assert ["6"] == bodies(changed)


def test_server_without_etag_and_time_is_known_by_the_bytes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.says("stock.csv", STOCK.format(5))
    answer = server.answer
    monkeypatch.setattr(server, "answer", lambda *asked: (200, {"Content-Type": "text/csv"}, answer(*asked)[2]))
    source = server.source("stock.csv")
    first, cursor = round_of(source, None)
    again, cursor = round_of(source, cursor)
    assert (["5"], []) == (bodies(first), again)


def test_file_that_is_as_it_was_before_the_last_change_is_another_document(server: Server) -> None:
    source, cursor, names = server.source("stock.csv"), None, []
    for quantity in (5, 6, 5):
        server.says("stock.csv", STOCK.format(quantity))
        [document], cursor = round_of(source, cursor)
        names.append(document.source_id)
    assert 3 == len(set(names))


def test_file_fetched_again_after_a_crash_is_the_same_document(server: Server) -> None:
    server.says("stock.csv", STOCK.format(5))
    before, _ = round_of(server.source("stock.csv"), None)
    after, _ = round_of(server.source("stock.csv"), None)
    assert [before[0].source_id] == [after[0].source_id]


def test_figures_are_as_old_as_the_server_says(server: Server) -> None:
    server.says("stock.csv", STOCK.format(5))
    source = server.source("stock.csv")
    [document], _ = round_of(source, None)
    [report] = source.parse(document, codebook()).items
    assert isinstance(report, StockReport)
    assert (MOMENT, "stock.csv") == (report.as_of, report.reference)


def test_every_file_is_a_page_and_one_that_fails_keeps_none_back(server: Server) -> None:
    for name in ("b.csv", "d.csv"):
        server.says(name, STOCK.format(5))
    source = server.source("missing.csv", "b.csv", "c.csv", "d.csv")
    pages, cursor, errors = [], None, list[HubError]()
    for _ in range(6):
        try:
            page = source.fetch(cursor)
        except HubError as error:
            errors.append(error)
            continue
        pages.append(page)
        cursor = page.cursor
    assert ["b.csv", "d.csv"] == [document.meta["file"] for page in pages for document in page.documents]
    assert errors
    assert {RefusedError} == {type(error) for error in errors}


def test_failing_file_is_told_once_in_each_round(server: Server) -> None:
    server.says("b.csv", STOCK.format(5))
    source = server.source("b.csv", "missing.csv")
    page = source.fetch(None)
    assert (1, True) == (len(page.documents), page.more)
    with pytest.raises(RefusedError):
        source.fetch(page.cursor)
    server.says("missing.csv", STOCK.format(7))
    found, _ = round_of(source, page.cursor)
    assert ["7"] == bodies(found)


def test_wrong_password_is_for_a_person(server: Server) -> None:
    server.says("stock.csv", STOCK.format(5))
    source = server.source("stock.csv")
    server.password = "another one"
    with pytest.raises(ConfigurationError) as caught:
        source.fetch(None)
    assert "partner.unauthorised" == caught.value.code


def test_web_page_in_place_of_the_file_is_an_outage(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Please log in</html>")
    monkeypatch.setattr(server, "answer", lambda *_: page)
    with pytest.raises(TransientError) as caught:
        server.source("stock.csv").fetch(None)
    assert "transport.unexpected-answer" == caught.value.code


def test_answer_longer_than_allowed_is_refused(server: Server) -> None:
    server.says("stock.csv", STOCK.format(5) * 100)
    with pytest.raises(TransientError) as caught:
        server.source("stock.csv", max_download_bytes=1000).fetch(None)
    assert "transport.answer-too-large" == caught.value.code


def test_download_that_was_taken_out_is_forgotten(server: Server) -> None:
    for name in ("a.csv", "b.csv"):
        server.says(name, STOCK.format(5))
    page = server.source("a.csv", "b.csv").fetch(None)
    found, _ = round_of(server.source("a.csv"), page.cursor)
    assert [] == found


def test_connection_without_downloads_has_none(tmp_path: Path) -> None:
    source = Downloads(context(FileDropSettings(mailbox=f"folder:{tmp_path}", receive={"stock": ("*",)})))
    assert Page((), '{"versions":{},"waiting":[]}') == source.fetch(None)


def test_check_asks_for_the_first_byte(tmp_path: Path) -> None:
    partner = simulator(tmp_path, http=True)
    partner.start()
    partner.tell_stock()
    assert connection(partner).check().detail == "0 files waiting, stock.csv"
    partner.stop()
    assert not connection(partner).check().ok
