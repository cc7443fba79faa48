"""The scanner's rules of edi.md 5.2, one test each."""

from __future__ import annotations

import io

import pytest

from hub.edi.envelope import read_interchanges
from hub.edi.findings import Finding
from hub.edi.isa import InterchangeStart
from hub.edi.scan import scan
from hub.edi.segment import Segment
from hub.errors import DataError
from tests.unit.edi.interchanges import document, header

PLAIN = document("855")


def segments_of(data: bytes) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for piece in scan(data):
        if isinstance(piece, InterchangeStart):
            found.append(piece.isa.elements)
        elif isinstance(piece, Segment):
            found.append(piece.elements)
    return found


def codes_of(data: bytes) -> list[str]:
    return [piece.code for piece in scan(data) if isinstance(piece, Finding)]


def split_independently(text: str) -> list[tuple[str, ...]]:
    return [tuple(part.split("*")) for part in text.split("~") if part]


def refused_code(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_interchanges(data)
    return caught.value.code


def test_plain_file_gives_every_segment_and_no_finding() -> None:
    assert split_independently(PLAIN) == segments_of(PLAIN.encode())
    assert [] == codes_of(PLAIN.encode())


@pytest.mark.parametrize("terminator", ["~\n", "~\r\n", "\n", "\r\n", "\r", "'", "\x1c", "~\t"])
def test_any_terminator_gives_the_same_segments_without_a_finding(terminator: str) -> None:
    data = PLAIN.replace("~", terminator).encode()
    assert split_independently(PLAIN) == segments_of(data)
    assert [] == codes_of(data)


@pytest.mark.parametrize("separator", ["|", "^", "\x1d", "+", "\t", "!"])
def test_any_element_separator_gives_the_same_segments(separator: str) -> None:
    data = PLAIN.replace("*", separator).encode()
    assert split_independently(PLAIN) == segments_of(data)


def test_separator_outside_ascii_is_read() -> None:
    data = PLAIN.replace("*", "\xa6").encode("latin-1")
    assert split_independently(PLAIN) == segments_of(data)


def test_doubled_terminators_are_counted_and_nothing_is_lost() -> None:
    data = PLAIN.replace("~", "~~").encode()
    assert split_independently(PLAIN)[1:] == segments_of(data)[1:]
    assert "x12.empty-segments" in codes_of(data)


def test_blank_line_inside_a_file_does_not_end_it() -> None:
    data = PLAIN.replace("~", "~\n").replace("BAK", "\n\nBAK").encode()
    assert split_independently(PLAIN) == segments_of(data)


def test_two_interchanges_with_different_delimiters_are_both_read() -> None:
    other = PLAIN.replace("*", "|").replace("~", "'").replace(">", ":")
    both = [item.delimiters.element for item in read_interchanges((PLAIN + other).encode())]
    assert ["*", "|"] == both


def test_second_interchange_is_found_when_the_first_has_no_last_terminator() -> None:
    other = PLAIN.replace("*", "|").replace("~", "^")
    found = read_interchanges((PLAIN[:-1] + "\n" + other).encode())
    assert [16, 16] == [item.segment_count for item in found]


def test_byte_order_mark_is_a_finding() -> None:
    assert split_independently(PLAIN) == segments_of(PLAIN.encode("utf-8-sig"))
    assert ["x12.byte-order-mark"] == codes_of(PLAIN.encode("utf-8-sig"))


@pytest.mark.parametrize("width", [1000, 105, 104, 80, 72, 40])
def test_wrapped_lines_are_joined(width: int) -> None:
    data = "\n".join(PLAIN[first : first + width] for first in range(0, len(PLAIN), width)).encode()
    assert split_independently(PLAIN) == segments_of(data)


def test_unpadded_header_is_read_with_a_finding() -> None:
    data = PLAIN.replace("NORTHWIND      ", "NORTHWIND").replace("          ", "").encode()
    (found,) = read_interchanges(data)
    assert "NORTHWIND" == found.sender.id
    assert ["x12.isa-unpadded"] == [finding.code for finding in found.findings]


@pytest.mark.parametrize("tail", ["*P*~", "*P~"])
@pytest.mark.parametrize("line_break", ["", "\n"])
def test_missing_component_separator_is_read_with_a_finding(tail: str, line_break: str) -> None:
    data = PLAIN.replace("*P*>~", tail).replace("~", "~" + line_break).encode()
    assert split_independently(PLAIN)[1:] == segments_of(data)[1:]
    assert ["x12.isa16-missing"] == codes_of(data)


def test_last_segment_without_terminator_is_kept() -> None:
    assert split_independently(PLAIN) == segments_of(PLAIN[:-1].encode())
    assert ["x12.segment-unterminated"] == codes_of(PLAIN[:-1].encode())


def test_text_around_interchanges_is_counted() -> None:
    data = f"Dear ISAAC*xx*,\n{PLAIN}\nregards\x1a".encode()
    assert split_independently(PLAIN) == segments_of(data)
    assert ["x12.data-outside", "x12.data-outside"] == codes_of(data)


def test_name_that_starts_like_a_header_starts_no_interchange() -> None:
    data = document("855", "BAK*00*AC*PO-1*20261120~N1*ST*ISAAC*xx*").encode()
    assert 1 == len(read_interchanges(data))


def test_windows_letters_are_read_with_a_finding() -> None:
    data = PLAIN.replace("SO-77", "Zoë").encode("cp1252")
    assert any("Zoë" in elements for elements in segments_of(data))
    assert ["x12.not-utf8"] == codes_of(data)


def test_segment_offset_is_its_place_in_the_bytes() -> None:
    data = PLAIN.replace("~", "~\r\n").encode()
    found = [piece for piece in scan(data) if isinstance(piece, Segment)]
    assert all(data[item.offset :].lstrip(b"\r\n").startswith(item.id.encode()) for item in found)


def test_repetition_separator_is_read_from_00402_on() -> None:
    assert "^" == read_interchanges((header(version="00501") + "IEA*0*000000001~").encode())[0].delimiters.repetition
    assert "" == read_interchanges((header() + "IEA*0*000000001~").encode())[0].delimiters.repetition


def test_a_slow_stream_gives_the_same_pieces_as_bytes() -> None:
    class Drip(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(7)

    data = (PLAIN + PLAIN.replace("*", "|").replace("~", "'")).encode()
    assert [repr(piece) for piece in scan(data)] == [repr(piece) for piece in scan(Drip(data))]


def test_input_without_interchange_is_refused() -> None:
    assert "x12.no-interchange" == refused_code(b"sku,quantity\nLAMP-1,4\n")
    assert "x12.no-interchange" == refused_code(b"")


def test_header_with_too_few_elements_is_refused() -> None:
    assert "x12.isa-too-short" == refused_code(PLAIN.replace("*U*00401", "").encode())


@pytest.mark.parametrize("terminator", ["A", "7", " ", "*"])
def test_impossible_terminator_is_refused(terminator: str) -> None:
    assert "x12.bad-terminator" == refused_code((header()[:-1] + terminator + "GS" + terminator).encode())


def test_a_bad_header_does_not_cost_the_next_interchange() -> None:
    bad = PLAIN.replace("*U*00401", "")
    found = read_interchanges((PLAIN + bad + PLAIN).encode())
    assert [False, True, False] == [one.rejected for one in found]
    assert ["x12.isa-too-short"] == [finding.code for finding in found[1].findings]
    assert [one.control_number for one in found] == [found[0].control_number, "", found[0].control_number]
