from __future__ import annotations

import pytest

from hub.edi.check import check_interchange, check_set
from hub.edi.envelope import read_interchanges
from hub.edi.findings import Finding, Severity
from hub.edi.interchange import Status
from hub.edi.spec.elements import element_types
from hub.edi.spec.segments import segment_specs
from hub.edi.spec.sets import Loop, Stage, set_specs
from tests.unit.edi.interchanges import ACKNOWLEDGEMENT, BODIES, INVENTORY, PURCHASE_ORDER, document, read_set


def found_in(set_id: str, body: str) -> list[tuple[str, str, int | None]]:
    return [(item.code, item.segment_id, item.element) for item in check_set(read_set(set_id, body))]


@pytest.mark.parametrize("set_id", sorted(BODIES))
def test_a_good_set_has_no_finding(set_id: str) -> None:
    found: tuple[Finding, ...] = ()
    assert found == check_set(read_set(set_id))


@pytest.mark.parametrize("set_id", sorted(BODIES))
def test_a_good_set_has_no_finding_in_5010(set_id: str) -> None:
    text = document(set_id).replace("*U*00401*", "*^*00501*").replace("*X*004010", "*X*005010")
    (found,) = read_interchanges(text.encode())
    assert Status.ACCEPTED == check_interchange(found).groups[0].sets[0].status


def test_header_segments_pass_in_any_order() -> None:
    first, *middle, last = PURCHASE_ORDER.split("PO1*1")[0].strip("~").split("~")
    assert last.startswith("N4")
    shuffled = [first, *middle[-2:], last, *reversed(middle[:-2])]
    body = "~".join(shuffled) + "~PO1*1" + PURCHASE_ORDER.split("PO1*1")[1]
    assert [] == found_in("850", body)


def test_missing_needed_element_rejects_the_set() -> None:
    body = ACKNOWLEDGEMENT.replace("BAK*00*AC*PO-1001", "BAK*00*AC*")
    assert [("x12.element-needed", "BAK", 3)] == found_in("855", body)
    assert Severity.REJECT == check_set(read_set("855", body))[0].severity


def test_missing_needed_segment_rejects_the_set() -> None:
    body = "~".join(part for part in PURCHASE_ORDER.split("~") if not part.startswith(("PO1", "PID")))
    assert [("x12.segment-needed", "PO1", None)] == found_in("850", body)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("REF*IA*0042", "QQQ*1", ("x12.segment-unknown", "QQQ", None)),
        ("REF*IA*0042", "BSN*00*1*20261120*1200", ("x12.segment-unexpected", "BSN", None)),
        ("*20261120****", "*20261399****", ("x12.element-date", "BAK", 4)),
        ("PO1*1*10*EA", "PO1*1*1x*EA", ("x12.element-characters", "PO1", 2)),
        ("PO1*1*10*EA", "PO1*1*10*EACH", ("x12.element-long", "PO1", 3)),
        ("CTT*2", "CTT*2*1*1*LB*1*CF*text*8*9", ("x12.element-surplus", "CTT", 8)),
        ("REF*IA*0042", "REF*IA", ("x12.element-condition", "REF", 2)),
    ],
)
def test_other_deviations_are_warnings(old: str, new: str, expected: tuple[str, str, int | None]) -> None:
    body = ACKNOWLEDGEMENT.replace(old, new, 1)
    assert expected in found_in("855", body)
    assert not any(item.rejects for item in check_set(read_set("855", body)))


def test_position_counts_from_st() -> None:
    found = check_set(read_set("855", ACKNOWLEDGEMENT.replace("REF*IA*0042", "QQQ*1")))
    assert [3] == [item.position for item in found]


def test_one_faulty_stock_line_does_not_reject_the_feed() -> None:
    body = INVENTORY.replace("LIN**VN*BULB-9", "LIN**VN*")
    assert not any(item.rejects for item in check_set(read_set("846", body)))


@pytest.mark.parametrize("shape", ["SOI", "SOPI", "STOI", "SOTPI", "SOIP", "SI", "SOIT", "SOQI"])
def test_any_ship_notice_shape_passes(shape: str) -> None:
    said = {"O": "~PRF*PO-1", "P": "~MAN*GM*00012345", "T": "~MAN*GM*00012346", "I": "~LIN**VN*A-1~SN1**1*EA"}
    levels = (f"HL*{number}*{number - 1 or ''}*{code}{said.get(code, '')}" for number, code in enumerate(shape, 1))
    body = "BSN*00*S-1*20261120*1200~" + "~".join(levels) + "~CTT*1"
    assert [] == found_in("856", body)


def test_ship_notice_without_a_level_is_rejected() -> None:
    assert [("x12.segment-needed", "HL", None)] == found_in("856", "BSN*00*S-1*20261120*1200~CTT*0")


def test_delimiters_of_the_sender_are_no_trouble_in_data() -> None:
    body = ACKNOWLEDGEMENT.replace("SO-77", "SO>77")
    assert [] == found_in("855", body)


def test_unknown_set_is_rejected_by_name() -> None:
    found = check_set(read_set("864", "BMG*00"))
    assert [("x12.set-unsupported", Severity.REJECT)] == [(item.code, item.severity) for item in found]


def test_partner_may_raise_a_severity() -> None:
    item = read_set("855", ACKNOWLEDGEMENT.replace("REF*IA*0042", "QQQ*1"))
    (found,) = check_set(item, severities={"x12.segment-unknown": Severity.REJECT})
    assert found.rejects


def test_spec_names_only_known_segments_and_elements() -> None:
    def ids(stages: tuple[Stage, ...]) -> list[str]:
        found: list[str] = []
        for stage in stages:
            for member in stage:
                found.extend([member.head, *ids(member.stages)] if isinstance(member, Loop) else [member.id])
        return found

    used = {name for spec in set_specs().values() for name in ids(spec.stages)}
    numbers = {
        number
        for spec in segment_specs().values()
        for position in spec.positions
        for number in (position.parts or (position.element,))
    }
    assert set() == used - set(segment_specs())
    assert set() == numbers - set(element_types("004010"))
