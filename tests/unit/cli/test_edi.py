"""``hub edi`` on real files: what is printed, how it ends, and that no input makes a traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import Result

from tests.unit.cli.edi_runs import file, folder, json_lines, run
from tests.unit.edi.interchanges import BODIES, INVENTORY, PURCHASE_ORDER, document, group, header, interchange

__all__ = ["folder"]

SAMPLES = Path(__file__).parents[2] / "samples" / "x12"


def counted_by_hand(data: bytes) -> list[int]:
    """An independent splitter: segments of each interchange, by what its own ISA says."""
    counts = []
    for start in [found.start() for found in re.finditer(rb"ISA(?=[^A-Za-z0-9 ]..[^A-Za-z0-9 ])", data)]:
        head = data[start : start + 106]
        terminator = head[105:106]
        segments = data[start:].split(terminator)
        ends = next(number for number, one in enumerate(segments) if one.strip().startswith(b"IEA"))
        counts.append(sum(1 for one in segments[: ends + 1] if one.strip()))
    return counts


def splittable_texts() -> dict[str, bytes]:
    """Every shape of file that a splitter of ten lines can count."""
    made = {name: document(name) for name in BODIES}
    made["wrapped"] = document("850").replace("~", "~\n")
    made["newline"] = document("856").replace("~", "\n")
    made["others"] = document("846").replace("*", "|").replace("~", "'")
    made["several"] = document("850") + "\r\n" + document("810").replace("*", "^").replace("~", "!")
    made["several with line breaks"] = (document("850") + document("846")).replace("~", "~\n")
    made["empty segments"] = document("855").replace("~", "~~\n\n")
    return {name: text.encode() for name, text in made.items()}


@pytest.mark.parametrize(("name", "data"), splittable_texts().items(), ids=splittable_texts())
def test_independent_splitter_counts_the_same_segments(folder: Path, name: str, data: bytes) -> None:
    assert counted_by_hand(data) == [
        one["segments"] for one in json_lines(run("inspect", file(folder, data), "--json"))
    ]


def test_independent_splitter_counts_the_same_segments_of_every_sample() -> None:
    checked = 0
    for path in sorted(SAMPLES.rglob("*.x12")) + sorted(SAMPLES.rglob("*.edi")):
        shapes = json_lines(run("inspect", path, "--json", "--no-documents"))
        codes = {one["code"] for shape in shapes for one in shape["findings"]}
        if codes & {"x12.isa-unpadded", "x12.isa16-missing", "x12.iea-missing", "x12.wrapped-lines"}:
            continue
        assert (path.name, counted_by_hand(path.read_bytes())) == (path.name, [one["segments"] for one in shapes])
        checked += 1
    assert checked


def test_inspect_prints_one_object_per_interchange_and_line(folder: Path) -> None:
    first = file(folder, document("850") + document("846"))
    second = file(folder, document("810"), "two.x12")
    result = run("inspect", first, second, "--json")
    sets = [each["groups"][0]["sets"][0]["id"] for each in json_lines(result)]
    assert (["850", "846", "810"], 0, "") == (sets, result.exit_code, result.stderr)


def test_inspect_reads_standard_input() -> None:
    assert ["000000001"] == [
        one["control_number"] for one in json_lines(run("inspect", "-", "--json", stdin=document("850").encode()))
    ]


def test_inspect_shows_a_tree_for_people(folder: Path) -> None:
    shown = run("inspect", file(folder, document("850", PURCHASE_ORDER.replace("PO1*1*2", "PO1*1*x")))).stdout
    for words in (
        "interchange 000000001  ZZ:NORTHWIND to 12:CROSSDOCK, production, 00401, 19 segments, delimiters * > ~",
        "group PO 1  004010, 1 set",
        "850 0001  purchase order, 15 segments, accepted with findings",
        "PO1 11 element 2: PO102 is not a number. (x)",
        "number: PO-1001",
    ):
        assert words in shown


def test_inspect_without_documents_shows_none(folder: Path) -> None:
    path = file(folder, document("850"))
    assert "PO-1001" not in run("inspect", path, "--no-documents").stdout
    assert "PO-1001" not in run("inspect", path, "--no-documents", "--json").stdout


def without_clock(text: str) -> list[str]:
    """What was printed, but for the headers of what was written just now."""
    return [line for line in text.splitlines() if not line.startswith(("ISA*", "GS*"))]


def test_inspect_shows_the_ta1_of_an_interchange_without_groups(folder: Path) -> None:
    note = "TA1*000000042*261122*0615*R*023~"
    path = file(folder, f"{header(7)}{note}IEA*0*000000007~")
    assert "TA1  answers interchange 000000042: rejected, file ends too early" in run("inspect", path).stdout
    [shape] = json_lines(run("inspect", path, "--json"))
    [told] = shape["technical_acknowledgements"]
    assert ("TA1", "000000042", "R", "023") == tuple(told[key] for key in ("set", "control_number", "status", "note"))
    assert ([], 3) == (shape["groups"], shape["segments"])


@pytest.mark.parametrize("name", sorted(BODIES))
def test_big_file_is_read_in_constant_memory_with_the_same_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    doubtful = BODIES[name].replace("*EA", "*EACH", 1)
    path = file(folder, document(name) + "\n" + document(name, doubtful).replace("IEA*1", "IEA*2"))
    last = str(document(name).count("~") - 4)
    words = (["inspect", "--no-documents", "--json"], ["validate"], ["explain", "--segment", last], ["ack"])
    small = [without_clock(run(first, path, *rest).stdout) for first, *rest in words]
    monkeypatch.setattr("hub.cli.edi_files.BIG_FILE_BYTES", 100)
    assert small == [without_clock(run(first, path, *rest).stdout) for first, *rest in words]
    documents = [one["groups"][0]["sets"][0]["document"] for one in json_lines(run("inspect", path, "--json"))]
    assert [None, None] == documents
    insisted = json_lines(run("inspect", path, "--json", "--documents"))
    assert name == insisted[0]["groups"][0]["sets"][0]["document"]["set"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "x12.no-interchange"),
        ("Dear all, no file today.", "x12.no-interchange"),
        ("ISA*00*too*short~", "x12.isa-too-short"),
        (document("850").replace("~", "Z"), "x12.bad-terminator"),
    ],
)
def test_unreadable_file_is_one_object_and_the_others_are_still_shown(folder: Path, text: str, code: str) -> None:
    result = run("inspect", file(folder, text, "bad.x12"), file(folder, document("850")), "--json")
    bad, good = json_lines(result)
    assert ([code], 0) == ([one["code"] for one in bad["findings"]], bad["segments"])
    assert (19, 1) == (good["segments"], result.exit_code)
    people = run("inspect", folder / "bad.x12", folder / "one.x12")
    assert (True, True, 1) == (code in people.stdout, "PO-1001" in people.stdout, people.exit_code)


@pytest.mark.parametrize("words", [["inspect"], ["validate"], ["explain", "--segment", "1"], ["ack"]])
def test_missing_file_is_a_wrong_usage_and_nothing_is_shown(folder: Path, words: list[str]) -> None:
    result = run(words[0], folder / "none.x12", *words[1:])
    assert (2, "") == (result.exit_code, result.stdout)
    assert "cli.file" in result.stderr


def test_standard_input_cannot_be_named_twice() -> None:
    result = run("diff", "-", "-", stdin=document("850").encode())
    assert (2, True) == (result.exit_code, "cli.input-twice" in result.stderr)


def test_validate_ends_by_the_worst_finding(folder: Path) -> None:
    good = file(folder, document("850"), "good.x12")
    doubtful = file(folder, document("850", PURCHASE_ORDER.replace("PO1*1*2", "PO1*1*x")), "doubtful.x12")
    bad = file(folder, document("850").replace("SE*15", "SE*16"), "bad.x12")
    assert [0, 0, 1, 1] == [
        run("validate", *files).exit_code for files in ([good], [good, doubtful], [good, bad], [bad, doubtful])
    ]
    assert [0, 1] == [run("validate", "--strict", path).exit_code for path in (good, doubtful)]


def test_validate_tells_each_finding_with_its_place(folder: Path) -> None:
    path = file(folder, document("850").replace("SE*15", "SE*16"))
    result = run("validate", path)
    assert f"{path}: 1 rejection, 0 warnings" in result.stdout
    assert "x12.se-count  group 1, set 0001: SE 15 element 1: " in result.stdout
    shape = json.loads(run("validate", path, "--json").stdout)
    assert ("crossdock.edi-validate/1", False) == (shape["schema"], shape["valid"])
    [told] = shape["files"][0]["findings"]
    assert ("x12.se-count", "000000001", "1", "0001") == tuple(
        told[key] for key in ("code", "interchange", "group", "set")
    )


def test_validate_says_when_nothing_is_wrong_or_nothing_is_readable(folder: Path) -> None:
    assert "nothing wrong" in run("validate", file(folder, document("850"))).stdout
    result = run("validate", file(folder, "nothing", "bad.x12"))
    assert (1, True) == (result.exit_code, "x12.no-interchange" in result.stdout)


def test_partner_raises_and_lowers_severities(folder: Path) -> None:
    made = folder / "mappings" / "partners" / "strictmart"
    made.mkdir(parents=True)
    (made / "partner.yaml").write_text("name: Strictmart\n")
    (made / "x12.yaml").write_text(
        "us: {id: CROSSDOCK}\npartner: {id: NORTHWIND}\n"
        "severities: {x12.value-unreadable: reject, x12.se-count: warning}\n"
    )
    unreadable = file(folder, document("846", INVENTORY.replace("QTY*33*40", "QTY*33*x")))
    miscounted = file(folder, document("850").replace("SE*15", "SE*16"), "two.x12")
    assert [0, 1] == [run("validate", unreadable, *words).exit_code for words in ([], ["--partner", "strictmart"])]
    assert [1, 0] == [run("validate", miscounted, *words).exit_code for words in ([], ["--partner", "strictmart"])]
    [shape] = json_lines(run("inspect", unreadable, "--json", "--partner", "strictmart"))
    [item] = shape["groups"][0]["sets"]
    assert ("rejected", None) == (item["status"], item["document"])


def test_partner_is_held_to_what_is_agreed(folder: Path) -> None:
    made = folder / "mappings" / "partners" / "agreed"
    made.mkdir(parents=True)
    (made / "partner.yaml").write_text("name: Agreed\n")
    (made / "x12.yaml").write_text(
        "template: small-supplier\nus: {id: CROSSDOCK}\npartner: {id: NORTHWIND}\n"
        'receives: ["846"]\nneeds: {"846": [REF*ZZ]}\n'
    )
    files = file(folder, document("855")), file(folder, document("846"), "two.x12")
    result = run("validate", *files, "--partner", "agreed")
    assert 1 == result.exit_code
    assert ["x12.set-not-agreed", "x12.segment-needed"] == re.findall(r"reject\s+(x12\.[a-z-]+)", result.stdout)
    assert 0 == run("validate", *files).exit_code
    answer = file(folder, run("ack", files[0], "--partner", "agreed").stdout, "answer.x12")
    assert "AK9*R" in answer.read_text()


def test_unknown_partner_and_one_without_x12_are_a_matter_of_configuration(folder: Path) -> None:
    made = folder / "mappings" / "partners" / "quiet"
    made.mkdir(parents=True)
    (made / "partner.yaml").write_text("name: Quiet\n")
    path = file(folder, document("850"))
    for name in ("nobody", "quiet"):
        result = run("inspect", path, "--partner", name)
        assert (3, True) == (result.exit_code, "configuration.unknown-partner" in result.stderr)


def test_explain_tells_name_meaning_place_and_findings(folder: Path) -> None:
    path = file(folder, document("850", PURCHASE_ORDER.replace("PO1*1*2*EA", "PO1*1*x*EA")))
    shown = run("explain", path, "--segment", "13").stdout
    for words in (
        "PO1  order line",
        "Segment 11 of 850 0001, 13 of the interchange; in the 1st PO1 loop (order line).",
        "PO107",
        "GTIN-12 (UPC)",
        "PO102 is not a number. (x)",
    ):
        assert words in shown
    shape = json.loads(run("explain", path, "--segment", "13", "--json").stdout)
    assert ("crossdock.edi-explain/1", "PO1", 11) == (shape["schema"], shape["segment"], shape["set_position"])


def test_explain_counts_from_the_set_as_a_997_does(folder: Path) -> None:
    path = file(folder, interchange(group("850", PURCHASE_ORDER, PURCHASE_ORDER)))
    shape = json.loads(run("explain", path, "--set", "2", "--segment", "11", "--json").stdout)
    assert ("PO1", "0002", 28) == (shape["segment"], shape["set"], shape["position"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--segment", "99"], "x12.no-such-segment"),
        (["--segment", "99", "--set", "0001"], "x12.no-such-segment"),
        (["--segment", "1", "--set", "0007"], "cli.unknown-set"),
        (["--segment", "1", "--interchange", "3"], "cli.unknown-interchange"),
    ],
)
def test_explain_of_what_is_not_there_names_the_cure(folder: Path, words: list[str], code: str) -> None:
    result = run("explain", file(folder, document("850")), *words)
    assert (True, True) == (code in result.stderr, "cure:" in result.stderr)


def test_diff_is_zero_for_equal_and_one_for_different(folder: Path) -> None:
    one = file(folder, document("850"))
    same = file(folder, document("850").replace("*", "|").replace("~", "!\n"), "two.x12")
    other = file(folder, document("850").replace("PO1*1*2*EA", "PO1*1*3*EA"), "three.x12")
    equal, different = run("diff", one, same), run("diff", one, other)
    assert (0, "They say the same.\n") == (equal.exit_code, equal.stdout)
    assert (1, "850 0001\n  PO102 13: 2 -> 3\n") == (different.exit_code, different.stdout)
    shape = json.loads(run("diff", one, other, "--json").stdout)
    assert ("crossdock.edi-diff/1", False, 1) == (shape["schema"], shape["equal"], len(shape["differences"]))


def test_mutilated_files_make_findings_or_clear_errors_and_no_fault_of_ours(folder: Path) -> None:
    whole = interchange(group("856", BODIES["856"]), group("846", INVENTORY, number=2)).encode()
    pieces = [whole[:length] for length in range(0, len(whole), 97)]
    pieces += [whole[:at] + b"~*>ISA\xff\x00" + whole[at + 3 :] for at in range(0, len(whole), 131)]
    for piece in pieces:
        path = file(folder, piece)
        for words in (["inspect", "--json"], ["validate"], ["explain", "--segment", "9"], ["ack"]):
            result = run(words[0], path, *words[1:])
            assert (None, False) == (unforeseen(result), "hub.internal" in result.output)


def unforeseen(result: Result) -> BaseException | None:
    return None if isinstance(result.exception, SystemExit | None) else result.exception
