from __future__ import annotations

import pytest

from hub.edi.envelope import read_interchanges
from hub.edi.findings import Severity
from hub.edi.interchange import Interchange, TradingId
from tests.unit.edi.interchanges import ACKNOWLEDGEMENT, document, group, interchange

PLAIN = document("855")


def read(text: str) -> Interchange:
    (found,) = read_interchanges(text.encode())
    return found


def codes(found: Interchange) -> list[str]:
    every = [*found.findings, *(item for member in found.groups for item in member.findings)]
    every.extend(item for member in found.groups for one in member.sets for item in one.findings)
    return [item.code for item in every]


def test_envelope_is_read_with_its_words() -> None:
    found = read(PLAIN)
    assert TradingId("ZZ", "NORTHWIND") == found.sender
    assert TradingId("12", "CROSSDOCK") == found.receiver
    assert ("000000001", "P", "00401") == (found.control_number, found.usage, found.version)
    assert ("PR", "1", "004010") == (
        found.groups[0].functional_id,
        found.groups[0].control_number,
        found.groups[0].version,
    )
    assert ["855"] == [item.id for _, item in found.usable_sets()]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SE*12", "SE*11", "x12.se-count"),
        ("SE*12*0001", "SE*12*0002", "x12.se-control-number"),
        ("SE*12*0001~", "", "x12.se-missing"),
        ("GE*1*", "GE*2*", "x12.ge-count"),
        ("GE*1*1~", "GE*1*9~", "x12.ge-control-number"),
        ("GE*1*1~", "", "x12.ge-missing"),
        ("IEA*1", "IEA*2", "x12.iea-count"),
        ("IEA*1*000000001", "IEA*1*000000002", "x12.iea-control-number"),
        ("IEA*1*000000001~", "", "x12.iea-missing"),
        ("ST*855", "ST*850", "x12.set-not-of-group"),
        ("GE*1*1~", "GE*1*1~REF*IA*1~", "x12.stray-segment"),
    ],
)
def test_broken_envelope_leaves_no_usable_set(old: str, new: str, code: str) -> None:
    found = read(PLAIN.replace(old, new))
    assert code in codes(found)
    assert [] == list(found.usable_sets())


def test_every_truncation_is_rejected() -> None:
    cut = [read_interchanges(PLAIN[:end].encode()) for end in range(120, len(PLAIN) - 1)]
    assert [] == [pair for found in cut for item in found for pair in item.usable_sets()]


def test_several_sets_in_one_group_keep_their_numbers() -> None:
    found = read(interchange(group("855", ACKNOWLEDGEMENT, ACKNOWLEDGEMENT)))
    assert ["0001", "0002"] == [item.control_number for item in found.groups[0].sets]


def test_one_bad_set_leaves_its_neighbour_usable() -> None:
    text = interchange(group("855", ACKNOWLEDGEMENT, ACKNOWLEDGEMENT)).replace("SE*12*0001", "SE*99*0001")
    assert ["0002"] == [item.control_number for _, item in read(text).usable_sets()]


def test_leading_zeros_do_not_matter_in_control_numbers() -> None:
    assert [] == codes(read(PLAIN.replace("IEA*1*000000001", "IEA*1*1")))


def test_partner_may_lower_a_severity() -> None:
    data = PLAIN.replace("SE*12", "SE*11").encode()
    (found,) = read_interchanges(data, severities={"x12.se-count": Severity.WARNING})
    assert 1 == len(list(found.usable_sets()))


def test_unusual_version_is_a_warning() -> None:
    found = read(PLAIN.replace("*00401*", "*00200*"))
    assert ["x12.version-unusual"] == codes(found)
    assert 1 == len(list(found.usable_sets()))


def test_findings_and_segments_show_no_data_in_their_repr() -> None:
    found = read(PLAIN.replace("SO-77", "Ada Secret").replace("SE*12", "SE*Secret"))
    assert "Secret" not in repr(found)
    assert "Secret" not in repr(found.groups[0].sets[0].segments)
