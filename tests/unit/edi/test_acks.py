from __future__ import annotations

import datetime as dt

import pytest

from hub.edi.acks import acknowledge_group, acknowledgement_envelope, acknowledgement_set
from hub.edi.check import check_interchange
from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange, Status
from hub.edi.write import write_interchange
from tests.unit.edi.interchanges import ACKNOWLEDGEMENT, document, group, interchange

GOOD = ACKNOWLEDGEMENT
ODD = ACKNOWLEDGEMENT.replace("REF*IA*0042", "QQQ*1")
BAD = ACKNOWLEDGEMENT.replace("*PO-1001*20261120*", "**20261399*")


def received(*bodies: str) -> Interchange:
    (found,) = read_interchanges(interchange(group("855", *bodies, number=7)).encode())
    return check_interchange(found)


def acknowledged(found: Interchange) -> FunctionalAcknowledgement:
    document = acknowledge_group(found.groups[0])
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("bodies", "status", "results", "accepted"),
    [
        ((GOOD, GOOD), "A", ["A", "A"], 2),
        ((GOOD, ODD), "E", ["A", "E"], 2),
        ((GOOD, BAD), "P", ["A", "R"], 1),
        ((BAD, BAD), "R", ["R", "R"], 0),
    ],
)
def test_status_of_group_and_sets(bodies: tuple[str, ...], status: str, results: list[str], accepted: int) -> None:
    found = acknowledged(received(*bodies))
    assert ("PR", "7", status) == (found.functional_id, found.group_control_number, found.status)
    assert results == [item.status for item in found.results]
    assert (2, 2, accepted) == (found.sets_included, found.sets_received, found.sets_accepted)


def test_faults_are_told_with_their_place_and_code() -> None:
    notes = acknowledged(received(BAD)).results[0].notes
    assert [("BAK", 2, "8")] == [(note.segment_id, note.position, note.code) for note in notes]
    assert [(3, "1"), (4, "8")] == [(item.element, item.code) for item in notes[0].elements]
    assert [("QQQ", 3, "1")] == [
        (note.segment_id, note.position, note.code) for note in acknowledged(received(ODD)).results[0].notes
    ]


@pytest.mark.parametrize(
    ("old", "new", "status", "set_codes", "group_codes"),
    [
        ("SE*12*", "SE*99*", "R", ("4",), ()),
        ("SE*12*0001", "SE*12*0009", "R", ("3",), ()),
        ("GE*1*", "GE*5*", "R", (), ("5",)),
        ("GE*1*7~", "GE*1*8~", "R", (), ("4",)),
        ("GE*1*7~", "", "R", (), ("3",)),
    ],
)
def test_envelope_faults_have_their_codes(
    old: str, new: str, status: str, set_codes: tuple[str, ...], group_codes: tuple[str, ...]
) -> None:
    text = interchange(group("855", GOOD, number=7)).replace(old, new)
    found = acknowledged(check_interchange(read_interchanges(text.encode())[0]))
    assert (status, set_codes, group_codes) == (found.status, found.results[0].codes, found.codes)
    assert "R" == found.results[0].status


def test_acknowledgements_are_never_acknowledged() -> None:
    (found,) = read_interchanges(document("997").encode())
    assert acknowledge_group(found.groups[0]) is None
    assert acknowledgement_set(found.groups[0]) is None


@pytest.mark.parametrize("bodies", [(GOOD,), (GOOD, ODD, BAD)])
def test_our_acknowledgement_is_valid_and_reads_back_equal(bodies: tuple[str, ...]) -> None:
    found = received(*bodies)
    envelope = acknowledgement_envelope(
        found,
        found.groups[0],
        control_number=3,
        group_control_number=4,
        created=dt.datetime(2026, 11, 22, 6, 20, tzinfo=dt.UTC),
    )
    item = acknowledgement_set(found.groups[0])
    assert item is not None
    (back,) = read_interchanges(write_interchange(envelope, [item]))
    assert (found.receiver, found.sender, "004010", "FA") == (
        back.sender,
        back.receiver,
        back.groups[0].version,
        back.groups[0].functional_id,
    )
    assert Status.ACCEPTED == check_interchange(back).groups[0].sets[0].status
    assert acknowledged(found) == parse_functional(back.groups[0].sets[0])
