"""A segment in words: names, meanings, loops and findings, whatever the file holds."""

from __future__ import annotations

import re

import pytest

from hub.edi.explain import SegmentInWords, explain_segment, interchange_segments
from hub.edi.explain_loops import LoopPlace
from hub.edi.inspection import inspect_interchanges
from hub.edi.spec import meanings
from hub.edi.spec.elements import element_types
from hub.edi.spec.meanings import code_meaning
from hub.edi.spec.names import place_name, segment_name
from hub.edi.spec.segments import segment_specs
from hub.errors import DataError
from tests.unit.edi.interchanges import BODIES, PURCHASE_ORDER, document, group, interchange


def explained(text: str, position: int, number: int = 1) -> SegmentInWords:
    data = text.encode()
    found = inspect_interchanges(data)[number - 1].interchange
    return explain_segment(found, interchange_segments(data, number), position)


def words(text: str, position: int) -> dict[str, tuple[str, str, str]]:
    return {each.place: (each.name, each.value, each.meaning) for each in explained(text, position).elements}


def test_element_is_named_and_its_code_has_a_meaning() -> None:
    found = words(document("850"), 13)
    assert ("kind of product id", "UP", "GTIN-12 (UPC)") == found["PO106"]
    assert ("unit price", "12.50", "") == found["PO104"]


def test_code_without_a_known_meaning_is_shown_as_a_code() -> None:
    found = words(document("850", PURCHASE_ORDER.replace("REF*DP", "REF*Q9")), 6)
    assert ("kind of reference", "Q9", "code Q9") == found["REF01"]


def test_implied_decimals_dates_and_times_are_read_out() -> None:
    assert "78.50" == words(document("810"), 12)["TDS01"][2]
    assert "2026-12-04" == words(document("810"), 4)["BIG01"][2]
    assert ("2026-11-22", "06:15") == tuple(words(document("850"), 1)[place][2] for place in ("ISA09", "ISA10"))


def test_components_of_a_composite_are_explained_one_by_one() -> None:
    found = words(document("997"), 10)
    assert ("element", "4", "") == found["AK401-1"]
    assert ("component", "2", "") == found["AK401-2"]


def test_place_in_the_set_names_every_loop() -> None:
    assert (LoopPlace("PO1", 2),) == explained(document("850"), 15).loops
    assert (LoopPlace("HL", 4, "I"),) == explained(document("856"), 16).loops
    assert (LoopPlace("LIN", 3), LoopPlace("N1", 2)) == explained(document("846"), 18).loops


def test_segment_without_a_place_in_the_set_has_none() -> None:
    found = explained(document("850", PURCHASE_ORDER.replace("CTT*2", "ZZ9*1~CTT*2")), 16)
    assert ("ZZ9", "", None) == (found.segment.id, found.name, found.loops)


def test_segment_of_the_envelope_stands_in_no_set() -> None:
    found = explained(document("850"), 2)
    assert ("group start", None, ()) == (found.name, found.item, found.loops)


def test_findings_of_a_segment_are_told_and_those_of_others_are_not() -> None:
    body = PURCHASE_ORDER.replace("PO1*2*1*EA*3", "PO1*2*1*EA*x")
    assert {"x12.element-characters", "x12.value-unreadable"} & {
        one.code for one in explained(document("850", body), 15).findings
    }
    assert () == explained(document("850", body), 13).findings


def test_findings_of_the_envelope_are_told_on_its_segments() -> None:
    text = document("850").replace("GE*1*1", "GE*2*1")
    assert ["x12.ge-count"] == [one.code for one in explained(text, 18).findings]


def test_each_interchange_of_a_file_is_counted_on_its_own() -> None:
    text = document("850") + document("846")
    assert "BIA" == explained(text, 4, number=2).segment.id
    assert [] == list(interchange_segments(text.encode(), 3))


@pytest.mark.parametrize("position", [0, 20])
def test_position_outside_the_interchange_is_an_error_with_a_code(position: int) -> None:
    with pytest.raises(DataError) as caught:
        explained(document("850"), position)
    assert "x12.no-such-segment" == caught.value.code


@pytest.mark.parametrize("set_id", sorted(BODIES))
def test_every_segment_of_every_set_is_explained(set_id: str) -> None:
    text = document(set_id)
    count = len(list(interchange_segments(text.encode(), 1)))
    assert count == text.count("~")
    for position in range(1, count + 1):
        found = explained(text, position)
        assert found.name
        assert found.loops is not None
        assert [] == [each.place for each in found.elements if each.value.strip() and not each.name]


def test_set_that_the_hub_does_not_read_is_explained_without_a_place() -> None:
    text = interchange(group("816", "BHT*0001*00"))
    assert None is explained(text, 4).loops


def test_every_segment_and_element_of_the_spec_has_a_name() -> None:
    nameless = [
        f"{name}{number:02} ({position.element})"
        for name, spec in segment_specs().items()
        for number, position in enumerate(spec.positions, 1)
        if position.element != "open" and not place_name(name, number, position.element)
    ]
    assert ([], []) == (nameless, [name for name in segment_specs() if not segment_name(name)])


def test_every_code_with_a_meaning_fits_its_element() -> None:
    types = element_types("004010")
    odd = [
        (number, code)
        for number in meanings.known_elements()
        for code, meaning in meanings.codes_of(number).items()
        if not re.fullmatch(rf"[A-Z0-9]{{{types[number].shortest},{types[number].longest}}}", code) or not meaning
    ]
    assert [] == odd


def test_code_meanings_go_by_the_place_first() -> None:
    assert ("production", "partly accepted") == (code_meaning("ISA", 15, "", "P"), code_meaning("AK9", 1, "715", "P"))
    assert "" == code_meaning("QTY", 1, "673", "no such code")
