"""What is agreed with a partner beyond the standard, and findings that are switched off."""

from __future__ import annotations

import pytest

from hub.edi.acks import acknowledge_group
from hub.edi.agreement import Agreement
from hub.edi.check import check_interchange, check_set
from hub.edi.envelope import read_interchanges
from hub.edi.feed import read_feed
from hub.edi.findings import DEFAULT_SEVERITIES, Severity
from hub.edi.inspection import inspect_interchanges
from hub.edi.interchange import Interchange, Status
from hub.edi.strictness import STRICTNESS
from tests.unit.edi.interchanges import ACKNOWLEDGEMENT, INVENTORY, SHIP_NOTICE, document, read_set


def needed(set_id: str, *needs: str, body: str | None = None) -> list[tuple[str, str, int | None]]:
    agreement = Agreement(needs={set_id: needs})
    found = check_set(read_set(set_id, body), agreement=agreement)
    assert all(each.rejects for each in found)
    return [(each.code, each.segment_id, each.element) for each in found]


@pytest.mark.parametrize("need", ["MAN", "MAN*GM", "BSN05", "REF*CN|MAN*XX", "REF*XX|MAN*CP", "HL01", "W06|TD5"])
def test_notice_that_has_what_is_needed_has_no_finding(need: str) -> None:
    assert [] == needed("856", need)


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("PKG", ("x12.segment-needed", "PKG", None)),
        ("MAN*AA", ("x12.segment-needed", "MAN", None)),
        ("MAN*AA|REF*BM", ("x12.segment-needed", "MAN", None)),
        ("N104", ("x12.element-needed", "N1", 4)),
        ("PRF02", ("x12.element-needed", "PRF", 2)),
    ],
)
def test_what_is_needed_and_not_there_rejects_the_set(need: str, expected: tuple[str, str, int | None]) -> None:
    assert [expected] == needed("856", need, body=SHIP_NOTICE.replace("*92*0042~HL*2", "~HL*2"))


def test_element_is_needed_in_each_of_its_segments() -> None:
    item = read_set("855", ACKNOWLEDGEMENT)
    found = check_set(item, agreement=Agreement(needs={"855": ("ACK05",)}))
    places = [item.position_of(each) for each in item.segments if each.id == "ACK" and not each.get(5)]
    assert places == [each.position for each in found]


def test_needs_of_one_set_are_not_asked_of_another() -> None:
    assert () == check_set(read_set("855"), agreement=Agreement(needs={"856": ("PKG",)}))


def test_set_that_is_not_agreed_is_rejected_and_the_997_says_so() -> None:
    (found,) = read_interchanges(document("846").encode())
    checked = check_interchange(found, agreement=Agreement(receives=frozenset({"855"})))
    assert ["x12.set-not-agreed"] == [each.code for each in checked.groups[0].sets[0].findings]
    answer = acknowledge_group(checked.groups[0])
    assert answer is not None
    assert ("R", [("R", ("1",))]) == (answer.status, [(each.status, each.codes) for each in answer.results])


def test_receipts_need_not_be_agreed() -> None:
    assert () == check_set(read_set("997"), agreement=Agreement(receives=frozenset()))


def test_agreement_holds_in_files_read_on_the_way() -> None:
    agreement = Agreement(receives=frozenset({"855"}))
    (found,) = [
        piece for piece in read_feed(document("846").encode(), agreement=agreement) if isinstance(piece, Interchange)
    ]
    assert ["x12.set-not-agreed"] == [each.code for each in found.groups[0].sets[0].findings]


def needed_of_a_feed(body: str, *needs: str) -> list[tuple[str, str]]:
    agreement = Agreement(needs={"846": needs})
    (found,) = [
        piece
        for piece in read_feed(document("846", body).encode(), agreement=agreement)
        if isinstance(piece, Interchange)
    ]
    return [(each.code, each.text.split(",")[0]) for each in found.groups[0].sets[0].findings]


@pytest.mark.parametrize(
    "need", ["BIA", "REF*IA", "N1*WH", "PID", "QTY*33", "QTY*63|QTY*17", "SDQ", "CTT01", "DTM*018", "QTY02", "BIA04"]
)
def test_what_is_needed_is_found_wherever_it_stands_in_a_feed(need: str) -> None:
    assert [] == needed_of_a_feed(INVENTORY, need)


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("DTM*405", ("x12.segment-needed", "DTM*405 is missing")),
        ("LIN01", ("x12.element-needed", "LIN01 is empty 2 times")),
        ("BIA06", ("x12.element-needed", "BIA06 is empty")),
    ],
)
def test_what_is_needed_and_not_there_rejects_a_feed(need: str, expected: tuple[str, str]) -> None:
    assert [expected] == needed_of_a_feed(INVENTORY, need)


def test_needs_are_asked_of_the_usual_items_of_a_big_feed() -> None:
    items = "~".join(f"LIN*{n}*VN*A-{n}~QTY*33*{n}*{'EA' if n % 3 else ''}" for n in range(1, 20_001))
    body = f"BIA*00*DD*STOCK*20261122~{items}~CTT*20000"
    assert [] == needed_of_a_feed(body, "QTY*33", "LIN03")
    assert [("x12.element-needed", "QTY03 is empty 6666 times")] == needed_of_a_feed(body, "QTY03")


UNREADABLE = INVENTORY.replace("QTY*33*40", "QTY*33*x")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (document("850").replace("SE*15", "SE*16"), {"x12.se-count"}),
        (document("850").replace("GE*1", "GE*2"), {"x12.ge-count"}),
        (document("850").replace("IEA*1", "IEA*2"), {"x12.iea-count"}),
        ("\ufeff" + document("850"), {"x12.byte-order-mark"}),
        (document("846", UNREADABLE), {"x12.value-unreadable", "x12.element-characters"}),
        (document("846", "QQQ*1~" + INVENTORY), {"x12.segment-unknown"}),
    ],
)
def test_finding_that_is_switched_off_is_not_told(text: str, codes: set[str]) -> None:
    off = dict.fromkeys(codes, Severity.OFF)

    def told(severities: dict[str, Severity]) -> tuple[set[str], Status]:
        (found,) = inspect_interchanges(text.encode(), severities=severities)
        whole, (group,) = found.interchange, found.groups
        findings = (*whole.findings, *group.group.findings, *(each for one in group.sets for each in one.item.findings))
        return {each.code for each in findings}, group.sets[0].status

    assert codes <= told({})[0]
    assert set() == codes & told(off)[0]
    assert told(off)[1] is not Status.REJECTED


def test_finding_switched_off_is_not_told_of_a_feed() -> None:
    data = document("846", INVENTORY.replace("QTY*33*40", "QTY*33*x")).encode()
    off = {"x12.element-characters": Severity.OFF}
    (found,) = [piece for piece in read_feed(data, severities=off) if isinstance(piece, Interchange)]
    assert () == found.groups[0].sets[0].findings


def test_presets_speak_of_findings_there_are() -> None:
    assert {"lenient", "standard", "strict"} == set(STRICTNESS)
    assert set() == {code for preset in STRICTNESS.values() for code in preset} - set(DEFAULT_SEVERITIES)
    changed = [
        (code, DEFAULT_SEVERITIES[code])
        for preset in STRICTNESS.values()
        for code, severity in preset.items()
        if severity is DEFAULT_SEVERITIES[code]
    ]
    assert [] == changed


@pytest.mark.parametrize("missing", ["SE*", "GE*", "IEA*"])
def test_what_is_cut_off_is_refused_by_the_lenient_too(missing: str) -> None:
    text = document("850")
    (found,) = read_interchanges(text[: text.index(f"~{missing}") + 1].encode(), severities=STRICTNESS["lenient"])
    assert found.rejected
