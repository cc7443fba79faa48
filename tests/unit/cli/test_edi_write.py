"""``hub edi ack`` and ``hub edi generate``: what they write is read again, and bad input is told with its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.unit.cli.edi_runs import file, folder, json_lines, run
from tests.unit.edi.interchanges import BODIES, INVENTORY, PURCHASE_ORDER, document, group, interchange

__all__ = ["folder"]


def test_ack_answers_every_group_with_a_997(folder: Path) -> None:
    bad = PURCHASE_ORDER.replace("PO-1001", "")
    text = interchange(group("850", PURCHASE_ORDER, bad), group("846", INVENTORY, number=2))
    out = folder / "answer.x12"
    result = run("ack", file(folder, text), "--out", out, "--control-number", "40")
    assert 0 == result.exit_code
    first, second = json_lines(run("inspect", out, "--json"))
    assert (["000000040", "000000041"], []) == (
        [first["control_number"], second["control_number"]],
        first["findings"] + second["findings"],
    )
    answered = [each["groups"][0]["sets"][0]["document"] for each in (first, second)]
    assert [("PO", "1", "P"), ("IB", "2", "A")] == [
        (each["functional_id"], each["group_control_number"], each["status"]) for each in answered
    ]
    assert {"qualifier": "12", "id": "CROSSDOCK"} == first["sender"]
    assert [] == list(folder.glob(".*"))


def test_ack_writes_to_standard_output(folder: Path) -> None:
    result = run("ack", file(folder, document("850")))
    assert (b"ISA*00*", True) == (result.stdout_bytes[:7], b"AK9*A*1*1*1~" in result.stdout_bytes)


def test_ack_of_a_truncated_interchange_is_a_rejecting_ta1(folder: Path) -> None:
    result = run("ack", file(folder, document("850").replace("IEA*1*000000001~", "")))
    assert re.search(rb"~\nTA1\*000000001\*261122\*0615\*R\*\d{3}~\nIEA\*0\*", result.stdout_bytes)
    assert b"AK1" not in result.stdout_bytes


def test_ack_answers_the_others_where_one_has_no_sender_to_be_addressed(folder: Path) -> None:
    nobody = document("850").replace("NORTHWIND      ", " " * 15)
    result = run("ack", file(folder, nobody + document("846")))
    assert (6, 1) == (result.exit_code, result.stdout_bytes.count(b"AK9*A*1*1*1~"))
    assert "Not answered: ISA 000000001: ISA05-ISA08: " in result.stderr
    shape = json.loads(run("ack", folder / "one.x12", "--json").stdout)
    assert ["x12.envelope-id"] == [one["code"] for one in shape["unanswered"]]
    alone = run("ack", file(folder, nobody))
    assert (1, "", True) == (alone.exit_code, alone.stdout, "x12.envelope-id" in alone.stderr)


def test_ack_of_a_group_without_a_release_takes_that_of_the_interchange(folder: Path) -> None:
    text = document("850").replace("X*004010", "X*")
    assert b"*X*004010~" in run("ack", file(folder, text)).stdout_bytes


def test_ack_of_acknowledgements_only_has_nothing_to_write(folder: Path) -> None:
    result = run("ack", file(folder, document("997")))
    assert (2, True) == (result.exit_code, "cli.nothing-to-answer" in result.stderr)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_generate_writes_what_inspect_printed(folder: Path, name: str) -> None:
    printed = run("inspect", file(folder, document(name)), "--json").stdout
    source, out = file(folder, printed, "one.json"), folder / "again.x12"
    words = ("--from", "ZZ:NORTHWIND", "--to", "12:CROSSDOCK", "--usage", "T", "--control-number", "7")
    assert 0 == run("generate", source, *words, "--out", out).exit_code
    [shape] = json_lines(run("inspect", out, "--json"))
    [before] = [json.loads(printed)["groups"][0]["sets"][0]["document"]]
    assert before == shape["groups"][0]["sets"][0]["document"]
    assert ("000000007", "T", "ZZ") == (shape["control_number"], shape["usage"], shape["sender"]["qualifier"])


def test_generate_gives_each_kind_an_interchange_of_its_own(folder: Path) -> None:
    printed = run("inspect", file(folder, document("850") + document("846") + document("850")), "--json").stdout
    result = run("generate", "-", "--from", "ZZ:A", "--to", "ZZ:B", "--json", stdin=printed.encode())
    shape = json.loads(result.stdout)
    assert [("850", "000000001"), ("846", "000000002")] == [
        (each["kind"], each["control_number"]) for each in shape["interchanges"]
    ]
    assert 2 == shape["x12"].count("ST*850*")


def test_generate_takes_a_single_document_and_a_list_and_tells_what_it_leaves_out(folder: Path) -> None:
    one = {"set": "850", "number": "PO-1", "date": "2026-11-22", "lines": [{"quantity": "1", "unit": "EA"}]}
    bare = {"groups": [{"sets": [{"id": "816", "document": None}]}]}
    source = file(folder, json.dumps(one) + "\n" + json.dumps([one, bare]), "one.json")
    result = run("generate", source, "--from", "ZZ:A", "--to", "ZZ:B")
    assert 2 == result.stdout_bytes.count(b"BEG*")
    assert "left out, for they have no document: 1 set." in result.stderr


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("{", "x12.json-invalid", "one.json:1:2"),
        ("\xff", "x12.json-invalid", "one.json"),
        ('{"set": "850", "lines": [{"quantity": 5}]}', "x12.json-invalid", "document 1: lines[0].quantity"),
        ('{"set": "123"}', "x12.set-unsupported", "document 1"),
        ("3", "x12.set-unsupported", "document 1"),
        ("[" * 100_000, "x12.json-invalid", "one.json"),
        ("", "cli.no-document", ""),
        ('{"groups": 3}', "cli.no-document", ""),
    ],
)
def test_generate_says_what_is_wrong_with_its_input(folder: Path, text: str, code: str, place: str) -> None:
    source = file(folder, text.encode("latin-1"), "one.json")
    result = run("generate", source, "--from", "ZZ:A", "--to", "ZZ:B")
    assert (True, True, True) == (code in result.stderr, place in result.stderr, "cure:" in result.stderr)
    assert "" == result.stdout


def test_document_that_cannot_be_written_is_named(folder: Path) -> None:
    order = {"set": "850", "number": "PO-1", "date": "2026-11-22", "lines": [{"quantity": "1", "unit": "EA"}]}
    invoice = {"set": "810", "number": "INV-1", "date": "2026-11-22"}
    result = run("generate", file(folder, json.dumps([order, invoice])), "--from", "ZZ:A", "--to", "ZZ:B")
    assert (1, "") == (result.exit_code, result.stdout)
    assert (True, True) == ("x12.not-writable" in result.stderr, "document 2: TDS01" in result.stderr)


def test_generate_tells_what_a_partner_may_find_wrong(folder: Path) -> None:
    order = {"set": "850", "number": "PO-" + "1" * 30, "date": "2026-11-22", "lines": [{"quantity": "1", "unit": "EA"}]}
    source = file(folder, json.dumps(order), "one.json")
    result = run("generate", source, "--from", "ZZ:A", "--to", "ZZ:B")
    assert (0, True) == (result.exit_code, b"PO-111" in result.stdout_bytes)
    assert "x12.element-long  interchange 000000001, set 0001: BEG 2 element 3: " in result.stderr
    shape = json.loads(run("generate", source, "--from", "ZZ:A", "--to", "ZZ:B", "--json").stdout)
    assert ["x12.element-long"] == [one["code"] for one in shape["findings"]]


@pytest.mark.parametrize("party", ["NORTHWIND", "Z:A", "ZZ:", "ZZ:SIXTEENCHARACTER"])
def test_trading_id_that_does_not_fit_is_a_wrong_usage(folder: Path, party: str) -> None:
    result = run("generate", file(folder, "{}"), "--from", party, "--to", "ZZ:B")
    assert (2, True) == (result.exit_code, "cli.trading-id" in result.stderr)
