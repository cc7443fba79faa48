"""A partner that exchanges files, as a person sets it up, checks it and looks at what could not be used."""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from typer.testing import CliRunner

from hub.bootstrap import open_hub
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId

PARTNERS = Path(__file__).parents[3] / "connectors/filedrop/tests/partners"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
STOCK = "Item;Site;Unit;On hand;Counted\r\nQT-100;MAIN;EA;5;\r\nQT-200;MAIN;CA;1o;\r\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """hub.yaml beside Quayside's folder."""
    shutil.copytree(PARTNERS, tmp_path / "mappings" / "partners")
    return configured(tmp_path / "hub.yaml", receive={"stock": "stock_*.csv"})


def configured(path: Path, *, channel: str = "", confirm: bool = False, **settings: Any) -> Path:
    """One line for each setting, so that places can be told apart."""
    given = {"mailbox": f"folder:{path.parent}", **settings}
    about = {"connector": "filedrop", "partner": "quayside", **({"channel": channel} if channel else {})}
    connection = json.dumps({**about, "settings": given}, indent=1)
    agreed = json.dumps({channel: {"connection": "quayside", "confirm": confirm}})
    channels = f', "channels":\n{agreed}' if channel else ""
    path.write_text(f'{{"connections": {{"quayside": {connection}}}{channels}}}')
    return path


def run(config: Path, *words: str) -> Any:
    """What a command gives with --json."""
    from hub.cli.main import app

    found = CliRunner().invoke(app, [*words, "--json"], env={"CROSSDOCK_CONFIG": str(config)})
    return json.loads(found.stdout)


def line_of(config: Path, text: str) -> int:
    return next(number for number, line in enumerate(config.read_text().splitlines(), start=1) if text in line)


def test_connection_that_is_right_is_valid(config: Path) -> None:
    assert [] == run(config, "config", "validate")["problems"]


@pytest.mark.parametrize(
    ("settings", "code", "text", "words"),
    [
        ({"receive": {"stok": "*"}}, "configuration.unknown-mapping", '"stok"', "Did you mean stock?"),
        ({"receive": {"requests": "*"}}, "configuration.mapping-kind", '"requests"', "writes requests"),
        ({"receive": {"orders": "*"}}, "configuration.no-channel", '"orders"', "serves no channel"),
        (
            {"send": {"fulfilment": {"mapping": "quantities", "name": "{number}"}}},
            "configuration.mapping-kind",
            '"mapping"',
            "one wanted that writes requests",
        ),
        (
            {"send": {"fulfilment": {"mapping": "requests", "name": "requests.csv"}}},
            "configuration.settings",
            '"name"',
            "put {number} in it",
        ),
        (
            {"download": [{"url": "https://a.example/s.csv", "mapping": "nothing"}]},
            "configuration.unknown-mapping",
            '"mapping"',
            "no mapping nothing",
        ),
        (
            {"download": [{"url": "https://a.example/s.csv", "mapping": "stock", "headers": {"X-Key": "canary"}}]},
            "configuration.inline-secret",
            '"X-Key"',
            "written out",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    config: Path, settings: dict[str, Any], code: str, text: str, words: str
) -> None:
    configured(config, **settings)
    [problem] = run(config, "config", "validate")["problems"]
    assert code == problem["code"]
    assert words in f"{problem['message']} {problem['cure']}"
    assert f"{config}:{line_of(config, text)}:" in problem["place"]
    assert "canary" not in json.dumps(problem)


def test_every_mapping_that_is_wrong_is_told_at_once(config: Path) -> None:
    configured(config, receive={"one": "*", "two": "*"})
    problems = run(config, "config", "validate")["problems"]
    assert [line_of(config, '"one"'), line_of(config, '"two"')] == [
        int(each["place"].split(":")[-2]) for each in problems
    ]


def test_orders_are_read_where_the_connection_serves_a_channel(config: Path) -> None:
    configured(config, channel="shop", receive={"orders": "*"})
    assert [] == run(config, "config", "validate")["problems"]


def by_sftp(config: Path, host_key: str) -> Path:
    kept = config.parent / "password"
    kept.write_text("canary-pass")
    given: dict[str, Any] = {"mailbox": "sftp://hub@files.quayside.example:22/", "password": f"${{file:{kept}}}"}
    return configured(config, **given, host_key=host_key, receive={"stock": "stock_*.csv"})


def test_public_key_of_a_server_may_lie_in_a_file(config: Path) -> None:
    kept = config.parent / "quayside.pub"
    by_sftp(config, f"${{file:{kept}}}")
    [problem] = run(config, "config", "validate")["problems"]
    line = line_of(config, "host_key")
    assert ("configuration.missing-secret", f"{config}:{line}") == (
        problem["code"],
        problem["place"].rpartition(":")[0],
    )
    prints = set()
    for _ in range(2):
        kept.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_public_key())
        assert [] == run(config, "config", "validate")["problems"]
        prints.add(open_hub(config, environment={}).connection(ConnectionId("quayside")).fingerprint)
    assert 2 == len(prints), "another key, another connection"


def test_mailbox_that_cannot_be_opened_is_told_with_its_place(config: Path) -> None:
    by_sftp(config, "")
    [problem] = run(config, "config", "validate")["problems"]
    line = line_of(config, '"settings"')
    assert ("transport.host-key", f"{config}:{line}") == (problem["code"], problem["place"].rpartition(":")[0])


def test_channel_that_nobody_can_tell_of_shipments_has_to_say_so(config: Path) -> None:
    configured(config, channel="shop", confirm=True, receive={"orders": "*"})
    [problem] = run(config, "config", "validate")["problems"]
    assert ("configuration.no-sink", True) == (
        problem["code"],
        "Set confirm of the channel to false" in problem["cure"],
    )
    line = line_of(config, '"confirm"')
    assert f"{config}:{line}:" in problem["place"]
    told = {"mapping": "confirmations", "name": "shipped_{number}.csv"}
    configured(config, channel="shop", confirm=True, receive={"orders": "*"}, send={"shipment": told})
    assert [] == run(config, "config", "validate")["problems"]


def stored(config: Path, text: str = STOCK, direction: Direction = Direction.INBOUND) -> str:
    """A file that lies in the hub's store."""
    meta = {"file": "stock_1.csv", "mapping": "stock"}
    document = Document(
        ConnectionId("quayside"), direction, "stock", f"{direction} stock_1.csv", text.encode(), NOW, meta=meta
    )
    with open_hub(config, environment={}).storage.begin() as uow:
        if direction is Direction.INBOUND:
            uow.inbox.add([document], "mailbox")
        else:
            uow.documents.add(document)
        found = uow.documents.known(document.connection, direction, document.source_id)
    assert found is not None
    return found


def test_rows_that_cannot_be_used_are_given_back_in_a_file(config: Path, tmp_path: Path) -> None:
    from hub.cli.main import app

    document, output = stored(config), tmp_path / "rejects.csv"
    said = run(config, "document", "rejects", document)
    assert ("stock_1-rejects.csv", 1) == (said["file"], said["records"])
    words = ["document", "rejects", document, "--out", str(output)]
    found = CliRunner().invoke(app, words, env={"CROSSDOCK_CONFIG": str(config)})
    assert 0 == found.exit_code, found.output
    assert base64.b64decode(said["body_base64"]) == output.read_bytes()
    [row] = csv.DictReader(io.StringIO(output.read_text()), delimiter=";")
    assert ("QT-200", "1o", "3") == (row["Item"], row["On hand"], row["reject_row"])


def test_file_all_of_which_can_be_used_has_none(config: Path) -> None:
    said = run(config, "document", "rejects", stored(config, STOCK.replace("1o", "10")))
    assert (0, None, None) == (said["records"], said["file"], said["body_base64"])


def test_document_of_ours_has_no_rejects(config: Path) -> None:
    said = run(config, "document", "rejects", stored(config, direction=Direction.OUTBOUND))
    assert "cli.no-rejects" == said["code"]


def test_unknown_document_is_told(config: Path) -> None:
    assert "cli.unknown-document" == run(config, "document", "rejects", "D999999999")["code"]


def test_mapping_that_was_changed_makes_the_connection_anew(config: Path) -> None:
    name = ConnectionId("quayside")
    before = open_hub(config, environment={}).connection(name).fingerprint
    assert before == open_hub(config, environment={}).connection(name).fingerprint
    mapping = config.parent / "mappings/partners/quayside/documents/stock.yaml"
    mapping.write_text(mapping.read_text().replace("mode: {value: full}", "mode: {value: delta}"))
    assert before != open_hub(config, environment={}).connection(name).fingerprint
