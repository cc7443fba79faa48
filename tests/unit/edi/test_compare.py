"""Two files compared: what they say counts, how they are written does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.edi.compare import Change, Difference, compare
from hub.edi.isa import InterchangeStart
from hub.edi.scan import scan
from hub.edi.segment import Segment
from hub.errors import DataError
from tests.unit.edi.interchanges import PURCHASE_ORDER, document, group, interchange

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "x12").rglob("*.edi"))


def differences(before: str, after: str, *, envelope: bool = False) -> list[Difference]:
    return compare(before.encode(), after.encode(), envelope=envelope)


def brief(found: list[Difference]) -> list[tuple[str, str, int | None, str, str]]:
    return [(one.change.value, one.segment_id, one.element, one.before, one.after) for one in found]


def test_delimiters_line_breaks_and_padding_do_not_count() -> None:
    plain = document("997")
    other = plain.replace("*", "|").replace(">", ":").replace("~", "'\r\n")
    assert [] == differences(plain, other)


def rewritten(data: bytes) -> bytes:
    """The same file with control characters for delimiters."""
    lines: list[list[str]] = []
    for piece in scan(data):
        if isinstance(piece, InterchangeStart):
            lines.append([*piece.isa.elements[:-1], "\x1f"])
        elif isinstance(piece, Segment):
            lines.append([text.replace(piece.component_separator, "\x1f") for text in piece.elements])
    return "".join("\x1d".join(line) + "\x1c" for line in lines).encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_says_the_same_with_other_delimiters(path: Path) -> None:
    data = path.read_bytes()
    assert [] == compare(data, rewritten(data), envelope=True)


def test_control_numbers_and_dates_of_the_envelope_count_only_when_asked_for() -> None:
    first = interchange(group("850", PURCHASE_ORDER), control_number=1)
    second = interchange(group("850", PURCHASE_ORDER, number=9), control_number=8).replace("261122", "261123")
    assert [] == differences(first, second)
    places = {(one.segment_id, one.element) for one in differences(first, second, envelope=True)}
    assert {("ISA", 9), ("ISA", 13), ("GS", 4), ("GS", 6), ("GE", 2), ("IEA", 2)} >= places
    assert {("ISA", 13), ("GS", 6)} <= places


def test_who_sends_and_who_receives_always_counts() -> None:
    found = differences(document("850"), document("850").replace("NORTHWIND", "SOUTHWIND"))
    assert [("changed", "ISA", 6, "NORTHWIND", "SOUTHWIND")] == brief(found)
    assert "" == found[0].set_id


def test_changed_element_is_told_with_its_place() -> None:
    [found] = differences(document("850"), document("850").replace("PO1*1*2*EA", "PO1*1*3*EA"))
    assert ("850", "0001", "0001", "PO1", 2, "2", "3") == (
        found.set_id, found.control_before, found.control_after, found.segment_id, found.element, found.before,
        found.after,
    )  # fmt: skip
    assert (13, 13) == (found.position_before, found.position_after)


def test_added_segment_does_not_shift_what_follows() -> None:
    body = PURCHASE_ORDER.replace("CTT*2", "MSG*Ring twice~CTT*2")
    assert [("added", "MSG", None, "", ""), ("changed", "SE", 1, "15", "16")] == brief(
        differences(document("850"), document("850", body))
    )


def test_removed_set_is_told_as_one_and_the_others_are_equal() -> None:
    bodies = [PURCHASE_ORDER.replace("PO-1001", f"PO-{number}") for number in (1, 2, 3)]
    before, after = interchange(group("850", *bodies)), interchange(group("850", bodies[0], bodies[2]))
    found = differences(before, after)
    assert [("removed", "", None), ("changed", "GE", 1)] == [(o.change.value, o.segment_id, o.element) for o in found]
    assert ("850", "0002") == (found[0].set_id, found[0].control_before)


def test_difference_the_other_way_round_is_the_reverse() -> None:
    first, second = document("850"), document("850", PURCHASE_ORDER.replace("~PID*F****Brass lamp", ""))
    there, back = differences(first, second), differences(second, first)
    assert (Change.REMOVED, Change.ADDED) == (there[0].change, back[0].change)


def test_composite_differs_from_the_same_text_that_is_none() -> None:
    found = differences(document("997"), document("997").replace("AK4*4>2*", "AK4*4:2*"))
    assert [("changed", "AK4", 1, "4>2", "4:2")] == brief(found)


def test_segments_outside_any_set_are_compared_too() -> None:
    stray = document("850").replace("GE*1*1", "ZZ9*1~GE*1*1")
    assert [("added", "ZZ9", None, "", "")] == brief(differences(document("850"), stray))


def test_very_different_big_files_are_compared_in_bounded_time() -> None:
    def lines(mark: str) -> str:
        return "~".join(f"LIN*{number}*VN*{mark}{number}~QTY*33*{number}*EA" for number in range(6_000))

    found = differences(
        document("846", f"BIA*00*DD*1*20261122~{lines('A')}"), document("846", f"BIA*00*DD*1*20261122~{lines('B')}")
    )
    assert 6_000 == sum(one.segment_id == "LIN" for one in found)


@pytest.mark.parametrize("text", ["", "no interchange", "ISA*short~"])
def test_side_without_an_interchange_is_an_error_with_a_cure(text: str) -> None:
    with pytest.raises(DataError) as caught:
        differences(document("850"), text)
    assert ("x12.no-interchange", True) == (caught.value.code, bool(caught.value.cure))
