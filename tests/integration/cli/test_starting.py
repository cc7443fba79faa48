"""From nothing to a valid configuration, and a doctor who says what is wrong."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from hub.cli.lock import only_daemon
from tests.fakes.installation import CANARY, Installation, connection


def test_init_writes_a_valid_configuration(tmp_path: Path) -> None:
    made = Installation(tmp_path / "new")
    done = made.run("init", str(made.folder))
    assert 0 == done.exit_code
    assert {"hub.yaml", ".gitignore", ".env.example", "hub.schema.json", "mappings"} == {
        path.name for path in made.folder.iterdir()
    }
    assert made.config.read_text().startswith("# yaml-language-server: $schema=hub.schema.json\n")
    schemas = made.folder / "mappings" / "schemas"
    assert {"hub", "partner", "counting", "x12", "document", "rates", "rules"} == {
        path.name.partition(".")[0] for path in schemas.iterdir()
    }
    assert "line_break" in (schemas / "x12.schema.json").read_text()
    assert 0 == made.run("config", "validate").exit_code


def test_the_commented_examples_are_right_once_they_are_uncommented(tmp_path: Path) -> None:
    Installation(tmp_path).run("init", str(tmp_path))
    text = (tmp_path / "hub.yaml").read_text()
    text = re.sub(r"^#  ", "  ", re.sub(r": \{\}$", ":", text, flags=re.MULTILINE), flags=re.MULTILINE)
    (tmp_path / "hub.yaml").write_text(text)
    for partner in ("shop", "alder"):
        folder = tmp_path / "mappings" / "partners" / partner
        folder.mkdir(parents=True)
        (folder / "partner.yaml").write_text(f"name: {partner}\nlocation: alder\n")
        (folder / "x12.yaml").write_text("template: small-supplier\nus: {id: HUB}\npartner: {id: ALDER}\n")
    named = re.findall(r"^(\w+)=$", (tmp_path / ".env.example").read_text(), flags=re.MULTILINE)
    found = Installation(tmp_path).run("config", "validate", env=dict.fromkeys(named, "value"))
    assert 0 == found.exit_code, found.output
    assert "2 connections, 1 locations, 1 channels" in found.stdout


def test_init_never_overwrites(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.config.write_text("currency: EUR\n")
    found = made.json("init", str(tmp_path))
    assert (["hub.yaml"], "currency: EUR\n") == (found["kept"], made.config.read_text())
    assert [] == made.json("init", str(tmp_path))["written"]


def test_no_configuration_leads_to_init(tmp_path: Path) -> None:
    done = Installation(tmp_path).run("status")
    assert 3 == done.exit_code
    assert "hub init" in done.stderr
    assert "configuration.missing" in done.stderr


def test_every_wrong_connection_is_told_with_its_place(installation: Installation) -> None:
    installation.configure({"one": connection(well="perhaps"), "two": connection(wel=True), "three": connection()})
    assert 3 == installation.run("config", "validate").exit_code
    first, second = installation.json("config", "validate")["problems"]
    assert (f"{installation.config}:11:5", "configuration.settings") == (first["place"], first["code"])
    assert first["message"].startswith("connections.one.settings.well: ")
    assert f"{installation.config}:19:5" == second["place"]
    assert "did you mean well?" in second["cure"]


def test_secrets_written_out_are_told_all_at_once_and_never_repeated(installation: Installation) -> None:
    installation.configure({"one": connection(token="written out"), "two": connection(token=CANARY)})
    done = installation.run("config", "validate", "--json")
    assert ["configuration.inline-secret"] * 2 == [each["code"] for each in json.loads(done.stdout)["problems"]]
    assert CANARY not in done.output


def test_a_worked_example_that_does_not_come_out_is_told(installation: Installation) -> None:
    installation.configure({"one": connection()})
    [folder] = (installation.folder / "mappings" / "partners").iterdir()
    rule = "rule: {basis: on_hand, contains: [committed]}"
    example = "{quantity: 9, parts: {committed: 4}, on_hand: 9}"
    (folder / "counting.yaml").write_text(f"{rule}\nexamples:\n  - {example}\n")
    assert 3 == installation.run("config", "validate").exit_code
    [problem] = installation.json("config", "validate")["problems"]
    assert "configuration.counting-example" == problem["code"]
    assert "says 9 on hand, and its rule makes of it 5 on hand" in problem["message"]
    assert "-4 of these committed to its customers: reported committed 4 EA" in problem["message"]


def test_missing_secrets_may_be_left_for_later(installation: Installation) -> None:
    installation.configure({"booth": connection(token="${env:NOT_THERE}")})
    assert 3 == installation.run("config", "validate").exit_code
    assert 0 == installation.run("config", "validate", "--no-secrets").exit_code


def test_a_yaml_error_names_line_and_column(installation: Installation) -> None:
    installation.config.write_text("currency: USD\nconections: {}\n")
    done = installation.run("config", "validate")
    assert 3 == done.exit_code
    assert "hub.yaml:2:1" in done.stdout
    assert "did you mean connections?" in done.stdout


def test_schemas_are_json_schemas(installation: Installation) -> None:
    assert "properties" in installation.json("config", "schema", "counting")["json_schema"]
    assert 2 == installation.run("config", "schema", "nothing").exit_code


def test_a_healthy_installation_passes_the_doctor(installation: Installation) -> None:
    done = installation.run("doctor")
    assert 0 == done.exit_code, done.stdout
    found = {each["name"]: each["state"] for each in installation.json("doctor")["checks"]}
    assert {"python", "configuration", "disk", "folder", "database", "ledger", "clock", "port"} < set(found)
    assert "ok" == found["connection booth"] == found["database"]


def test_the_doctor_says_that_a_partner_failed(installation: Installation) -> None:
    installation.configure({"booth": connection(well=False)})
    assert 4 == installation.run("doctor").exit_code


def test_the_doctor_finds_a_secret_that_leads_nowhere(installation: Installation) -> None:
    installation.configure({"booth": connection(token="${env:NOT_THERE}")})
    done = installation.run("doctor")
    assert 1 == done.exit_code
    assert "Set it, or correct the reference" in done.stdout


def test_the_doctor_finds_a_taken_port(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        installation.configure(web={"port": taken.getsockname()[1]})
        done = installation.run("doctor")
        assert 1 == done.exit_code
        assert "cannot listen" in done.stdout
        with only_daemon(installation.config):
            assert 0 == installation.run("doctor").exit_code


def test_the_doctor_finds_a_clock_that_went_back(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from hub.cli import checks

    monkeypatch.setattr(checks, "_RELEASED", datetime(2999, 1, 1, tzinfo=UTC))
    assert 1 == installation.run("doctor").exit_code


def test_a_connection_can_be_tested(installation: Installation) -> None:
    found = installation.json("connector", "test", "booth")
    assert (True, ["booth"], False) == (found["ok"], found["streams"], found["webhooks"])
    installation.configure({"booth": connection(well=False)})
    assert 4 == installation.run("connector", "test", "booth").exit_code
    assert 3 == installation.run("connector", "test", "nobody").exit_code


def test_connectors_are_listed_with_their_connections(installation: Installation) -> None:
    listed = installation.json("connector", "list")
    (row,) = listed["connectors"]
    assert ("booth", "crossdock-booth", ["booth"]) == (row["connector"], row["package"], row["connections"])
    assert [("folder", "crossdock"), ("sftp", "crossdock")] == [
        (one["kind"], one["package"]) for one in listed["mailboxes"]
    ]


@pytest.mark.parametrize("words", [("doctor",), ("connector", "test", "booth"), ("config", "validate"), ("status",)])
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_no_command_shows_a_secret(installation: Installation, words: tuple[str, ...], how: tuple[str, ...]) -> None:
    done = installation.run(*words, *how)
    assert 0 == done.exit_code
    assert CANARY not in done.output


def test_a_new_connector_is_written_and_never_over_another(installation: Installation) -> None:
    folder = installation.folder / "connectors"
    words = ("connector", "new", "acme_wms", "--kind", "rest", "--folder", str(folder))
    written = installation.json(*words)["written"]
    assert str(folder / "acme_wms" / "pyproject.toml") in written
    assert 3 == installation.run(*words).exit_code
    assert 2 == installation.run("connector", "new", "other", "--kind", "telepathy").exit_code


def test_a_partner_is_shown_as_it_is_in_effect(installation: Installation) -> None:
    about = installation.folder / "mappings" / "partners" / "booth" / "partner.yaml"
    about.write_text(f"name: Booth\nsites:\n  '01': {{}}\ncontacts: {{edi: {{mail: {CANARY}@booth.example}}}}\n")
    assert 3 == installation.run("config", "show", "booth").exit_code
    about.write_text(f"name: Booth\nsites:\n  '01': booth\ncontacts: {{edi: {{mail: {CANARY}@booth.example}}}}\n")
    done = installation.run("config", "show", "booth")
    assert [
        ["# partner.yaml"],
        ['name: "Booth"', f"{about}:1:1"],
        ["sites:", f"{about}:2:1"],
        ['  01: "booth"', f"{about}:3:3"],
        ["contacts:", f"{about}:4:1"],
        ["  edi:", f"{about}:4:12"],
        ['    mail: "***"', f"{about}:4:18"],
    ] == [[part.rstrip() for part in line.split("  # ")] for line in done.stdout.splitlines()]
    rows = installation.json("config", "show", "booth")["files"]["partner.yaml"]
    assert {"key": ["sites", "01"], "value": "booth", "file": str(about), "line": 3} == rows[2]
    assert 2 == installation.run("config", "show", "nobody").exit_code
