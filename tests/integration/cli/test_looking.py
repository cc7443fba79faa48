"""What the nouns say of what is stored, and that nobody's address is in it."""

from __future__ import annotations

import base64
import json

import pytest

from hub.cli.lock import only_daemon
from hub.model.identity import DocumentId, OrderId
from hub.model.queue import InboxState
from tests.fakes.installation import STREET, Installation, fill


@pytest.fixture
def filled(installation: Installation) -> Installation:
    storage = installation.storage()
    fill(storage)
    storage.close()
    return installation


EVERY = [
    ("status",),
    ("order", "list"),
    ("order", "show", "1001"),
    ("order", "trace", "#1001"),
    ("order", "why-missing", "1001"),
    ("order", "why-missing", "9999"),
    ("order", "release", "1001"),
    ("request", "list"),
    ("route", "explain", "1001"),
    ("route", "reoptimise"),
    ("stock", "show"),
    ("stock", "explain", "KITE"),
    ("document", "list"),
    ("document", "show", "D000000001"),
    ("document", "reprocess", "D000000001"),
    ("quarantine", "list"),
    ("quarantine", "show", "1"),
    ("quarantine", "release", "1"),
]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_succeeds_and_shows_no_address(filled: Installation, words: tuple[str, ...]) -> None:
    done = filled.run(*words)
    assert 0 == done.exit_code, done.output
    assert STREET not in done.output
    assert "Casey" not in done.output
    assert done.stdout.strip()


@pytest.mark.parametrize("words", [words for words in EVERY if words[:2] != ("quarantine", "release")], ids=" ".join)
def test_every_command_gives_its_versioned_object(filled: Installation, words: tuple[str, ...]) -> None:
    found = filled.json(*words)
    noun = "-".join(word for word in words if word.islower() and word.replace("-", "").isalpha())
    assert f"crossdock.{noun}/1" == found["schema"]
    assert STREET not in json.dumps(found)


def test_the_keys_of_an_order_are_stable(filled: Installation) -> None:
    order = filled.json("order", "show", "1001")["order"]
    assert ["order_id", "channel", "number", "placed_at", "status", "hold", "units", "shipped", "outstanding",
            "external_id", "service", "lines", "requests", "shipments", "expected"] == list(order)  # fmt: skip
    assert ("shop-1001", "2", "0") == (order["order_id"], order["units"], order["shipped"])


def test_the_keys_of_a_document_are_stable(filled: Installation) -> None:
    document = filled.json("document", "show", "D000000001")
    assert ["schema", "document", "connection", "direction", "kind", "source_id", "at", "media_type", "bytes",
            "sha256", "meta", "items", "stream", "state", "attempts", "note", "orders",
            "quarantine"] == list(document)  # fmt: skip
    assert (["shop-1001"], "stored", "booth") == (document["orders"], document["state"], document["stream"])


def test_a_body_is_shown_only_when_asked_for(filled: Installation) -> None:
    assert STREET in filled.run("document", "show", "D000000001", "--raw").stdout
    raw = filled.json("document", "show", "D000000001", "--raw")
    assert STREET in base64.b64decode(raw["body_base64"]).decode()


def test_a_quarantined_line_says_what_where_cure_and_the_next_command(filled: Installation) -> None:
    text = filled.run("quarantine", "show", "1").stdout
    for part in ("It has no SKU.", "lines[1]", "Map it.", "hub document reprocess D000000001", "data.unmapped-sku"):
        assert part in text


def test_releasing_closes_the_entry_and_cannot_be_done_twice(filled: Installation) -> None:
    assert 0 == filled.run("quarantine", "release", "1").exit_code
    assert [] == filled.json("quarantine", "list")["entries"]
    assert 2 == filled.run("quarantine", "release", "1").exit_code


def test_reprocessing_marks_the_document_and_says_whether_a_hub_runs(filled: Installation) -> None:
    assert "once `hub run` is started" in filled.run("document", "reprocess", "D000000001").stdout
    with only_daemon(filled.config):
        assert filled.json("document", "reprocess", "D000000001")["daemon"]
    with filled.storage().read() as uow:
        entry = uow.inbox.entry(DocumentId("D000000001"))
    assert entry is not None
    assert (InboxState.STORED, "reprocess") == (entry.state, entry.note)


def test_next_commands_name_the_configuration_they_need(filled: Installation) -> None:
    done = filled.run("order", "show", "1001", "--config", str(filled.config), env={"CROSSDOCK_CONFIG": ""})
    assert f"hub order trace shop-1001 --config {filled.config}" in done.stdout
    assert "--config" not in filled.run("order", "show", "1001").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("order", "show", "nope"),
        ("order", "list", "--status", "nope"),
        ("stock", "explain", "NOPE"),
        ("document", "show", "nope"),
        ("document", "reprocess", "D000000099"),
        ("quarantine", "show", "99"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_a_usage_error_with_a_way_on(filled: Installation, words: tuple[str, ...]) -> None:
    done = filled.run(*words)
    assert 2 == done.exit_code
    assert "cure:" in done.stderr
    assert "" == done.stdout


@pytest.mark.parametrize(
    ("words", "following"),
    [
        (("order", "list"), "hub status"),
        (("stock", "show"), "hub status"),
        (("document", "list"), "hub status"),
        (("quarantine", "list"), "Nothing is in quarantine"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_an_empty_list_says_what_to_do_next(installation: Installation, words: tuple[str, ...], following: str) -> None:
    assert following in installation.run(*words).stdout


def test_a_held_order_goes_on_when_it_is_released(filled: Installation) -> None:
    from dataclasses import replace

    storage = filled.storage()
    with storage.begin() as uow:
        record = uow.orders.get(OrderId("shop-1001"))
        assert record is not None
        uow.orders.save(replace(record, hold="Look at it."))
    assert filled.json("order", "release", "1001")["released"]
    with storage.read() as uow:
        record = uow.orders.get(OrderId("shop-1001"))
    storage.close()
    assert record is not None
    assert "" == record.hold


def test_piped_output_has_no_colour_and_keeps_long_lines_whole(filled: Installation) -> None:
    text = filled.run("quarantine", "list").stdout
    assert "\x1b" not in text
    (line,) = [line for line in text.splitlines() if "D000000001" in line and "It has no SKU." in line]
    assert "data.unmapped-sku" in line
