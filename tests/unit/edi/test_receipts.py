"""A partner's 997 and TA1 in words, and beside our segments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional
from hub.edi.documents.technical import read_technical
from hub.edi.receipts import acknowledgements_of, rejected_segments, words_of_group, words_of_result, words_of_technical
from hub.edi.segment import Segment
from tests.unit.edi.interchanges import PURCHASE_ORDER, document, group, interchange, read_set

OURS = interchange(group("850", PURCHASE_ORDER, PURCHASE_ORDER, number=17)).encode()
BODY = "AK1*PO*17~AK2*850*0001~AK5*A~AK2*850*0002~AK3*PO1*11**8~AK4*2*380*1~AK4*4>2*212*6*1x~AK5*R*5~AK9*P*2*2*1"


def answer(body: str = BODY) -> FunctionalAcknowledgement:
    return parse_functional(read_set("997", body))


def test_notes_stand_beside_our_segments() -> None:
    [found] = rejected_segments(OURS, answer())
    assert ("850", "0002", 11, "PO1", "elements are at fault") == (
        found.set_id,
        found.control_number,
        found.position,
        found.segment_id,
        found.reason,
    )
    assert "PO1*1*2*EA*12.50*PE*UP*012345678905*VN*LAMP-1" == found.text
    assert [(2, None, "is mandatory and missing", "2"), (4, 2, "has invalid characters", "12.50")] == [
        (one.element, one.component, one.reason, one.value) for one in found.elements
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("AK1*PO*17", "AK1*PO*99"), ("AK1*PO", "AK1*IN"), ("AK2*850*0002", "AK2*850*0009"), ("PO1*11", "PO1*999")],
)
def test_note_on_what_we_did_not_send_has_no_segment(old: str, new: str) -> None:
    [found] = rejected_segments(OURS, answer(BODY.replace(old, new)))
    assert "" == found.text
    assert ["", ""] == [one.value for one in found.elements]


def test_numbers_agree_without_their_leading_zeros() -> None:
    body = BODY.replace("AK1*PO*17", "AK1*PO*000000017").replace("850*0002", "850*2")
    assert rejected_segments(OURS, answer(body))[0].text.startswith("PO1")


def test_words_hold_places_and_no_data() -> None:
    accepted, rejected = answer().results
    assert "" == words_of_result(accepted)
    assert (
        "PO1 at segment 11: element 2 is mandatory and missing, element 4-2 has invalid characters"
        == words_of_result(rejected)
    )
    assert "1x" not in words_of_result(rejected) + repr(rejected_segments(OURS, answer()))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("AK1*PO*17~AK2*850*0001~AK5*R*4*3~AK9*R*1*1*0",
         "its number of segments is wrong; the control numbers at its two ends differ"),
        ("AK1*PO*17~AK2*850*0001~AK3*REF*4**1~AK5*R*5~AK9*R*1*1*0", "REF at segment 4: no such segment is known"),
        ("AK1*PO*17~AK2*850*0001~AK5*R*5~AK9*R*1*1*0", "segments are at fault"),
        ("AK1*PO*17~AK2*850*0001~AK3*REF*4**ZZ~AK5*R~AK9*R*1*1*0", "REF at segment 4: code ZZ"),
    ],
)  # fmt: skip
def test_codes_are_told_in_words(body: str, words: str) -> None:
    assert words == words_of_result(answer(body).results[0])


def test_many_notes_are_counted() -> None:
    [first] = answer("AK1*PO*17~AK2*850*0001~AK3*REF*4**1~AK5*R~AK9*R*1*1*0").results
    assert words_of_result(replace(first, notes=first.notes * 25)).endswith("; and 15 more")


def test_group_and_exchange_have_words_too() -> None:
    assert "the group's number of sets is wrong" == words_of_group(answer("AK1*PO*17~AK9*R*1*1*0*5"))
    assert "it ends too early" == words_of_technical(read_technical(Segment(("TA1", "1", "", "", "R", "023"))))
    assert "note 9X9" == words_of_technical(read_technical(Segment(("TA1", "1", "", "", "R", "9X9"))))


def test_answers_to_a_group_are_found_in_the_partners_file() -> None:
    theirs = document("997", BODY).encode()
    assert [answer().results] == [found.results for found in acknowledgements_of(theirs, "PO", "000017")]
    assert [] == list(acknowledgements_of(theirs, "PO", "18"))
    assert [] == list(acknowledgements_of(b"no X12 at all", "PO", "17"))
