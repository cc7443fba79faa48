from __future__ import annotations

import datetime as dt

import pytest

from hub.edi.acks import (
    When,
    acknowledge_group,
    acknowledgement_envelope,
    acknowledgement_set,
    technical_acknowledgement,
)
from hub.edi.check import check_interchange
from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange, Status
from hub.edi.write import Row, control_number, write_interchange, write_technical
from tests.unit.edi.interchanges import ACKNOWLEDGEMENT, ENVELOPE, document, group, interchange

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


def test_what_we_do_not_take_is_rejected_as_a_whole() -> None:
    document = acknowledge_group(received(GOOD, ODD).groups[0], refused=True)
    assert document is not None
    assert ("R", ["R", "R"], 0) == (document.status, [one.status for one in document.results], document.sets_accepted)


def test_sets_without_findings_are_left_out_where_the_partner_wishes() -> None:
    document = acknowledge_group(received(GOOD, ODD, BAD).groups[0], every_set=False)
    assert document is not None
    assert ["E", "R"] == [one.status for one in document.results]
    assert (3, 2) == (document.sets_received, document.sets_accepted)


def technical(text: str, when: When = "on_request", refusal: str = "") -> Row | None:
    (found,) = read_interchanges(text.encode())
    return technical_acknowledgement(found, when=when, refusal=refusal)


PLAIN = interchange(group("855", GOOD), control_number=42)
ASKED = PLAIN.replace("*0*P*>", "*1*P*>")


@pytest.mark.parametrize(
    ("text", "when", "refusal", "verdict"),
    [
        (PLAIN, "on_request", "", None),
        (ASKED, "on_request", "", ("A", "000")),
        (PLAIN, "always", "", ("A", "000")),
        (ASKED, "never", "", None),
        (PLAIN.replace("IEA*1", "IEA*3"), "on_request", "", ("R", "021")),
        (PLAIN.replace("IEA*1*000000042", "IEA*1*000000043"), "on_request", "", ("R", "001")),
        (PLAIN[: PLAIN.index("IEA")], "on_request", "", ("R", "023")),
        (PLAIN.replace("GE*1*1~", "GE*1*1~QQQ*1~"), "on_request", "", ("R", "022")),
        (PLAIN.replace("IEA*1", "IEA*3"), "never", "", None),
        (ASKED.replace("*00401*", "*00499*"), "on_request", "", ("E", "017")),
        (ASKED, "on_request", "x12.usage-mismatch", ("R", "020")),
        (PLAIN, "on_request", "x12.usage-mismatch", None),
        (ASKED, "on_request", "x12.something-new", ("R", "024")),
    ],
)
def test_ta1_is_given_where_it_is_due(text: str, when: When, refusal: str, verdict: tuple[str, str] | None) -> None:
    row = technical(text, when, refusal)
    assert verdict == (None if row is None else (row[4], row[5]))
    assert row is None or ("TA1", "000000042", "261122", "0615") == row[:4]


def test_our_ta1_stands_between_isa_and_iea_alone() -> None:
    row = technical(ASKED)
    assert row is not None
    (back,) = read_interchanges(write_technical(ENVELOPE, [row]))
    assert ((), (), "000000042") == (back.groups, back.findings, back.technical[0].get(1))
    assert "00401" == back.version


def test_numbers_begin_again_after_nine_digits() -> None:
    assert [1, 999_999_999, 1, 2] == [control_number(count) for count in (1, 999_999_999, 1_000_000_000, 1_000_000_001)]
