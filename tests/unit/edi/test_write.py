from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from hub.edi.check import check_interchange
from hub.edi.documents.purchase_order import PurchaseOrder, parse_purchase_order, render_purchase_order
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Delimiters, Status, TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, set_control_number, write_interchange
from hub.errors import ConfigurationError, DataError
from tests.unit.edi.interchanges import ENVELOPE, read_set


def order(number: str = "PO-1001") -> PurchaseOrder:
    return replace(parse_purchase_order(read_set("850")), number=number)


def written(*orders: PurchaseOrder, envelope: OutboundEnvelope = ENVELOPE) -> bytes:
    return write_interchange(envelope, [render_purchase_order(item) for item in orders])


def refusal(*orders: PurchaseOrder, envelope: OutboundEnvelope) -> str:
    with pytest.raises(DataError) as caught:
        written(*orders, envelope=envelope)
    return caught.value.code


def test_header_is_padded_to_106_characters() -> None:
    data = written(order())
    assert (
        b"ISA*00*          *00*          *12*CROSSDOCK      *ZZ*NORTHWIND      *261122*0615*U*00401*000000042*0*P*>~"
        b"GS*PO*CD*NW*20261122*0615*17*X*004010~ST*850*0001~BEG*00*DS*PO-1001**20261120~"
    ) == data[:184]


def test_several_orders_in_one_group_are_read_back_equal() -> None:
    (found,) = read_interchanges(written(order("PO-1"), order("PO-2"), order("PO-3")))
    assert () == found.findings
    assert ["PO-1", "PO-2", "PO-3"] == [parse_purchase_order(item).number for _, item in found.usable_sets()]
    assert [set_control_number(index) for index in range(3)] == [item.control_number for item in found.groups[0].sets]
    assert order("PO-2") == parse_purchase_order(found.groups[0].sets[1])


def test_what_we_write_has_no_finding() -> None:
    (found,) = read_interchanges(written(order(), order("PO-2")))
    assert [Status.ACCEPTED] * 2 == [item.status for item in check_interchange(found).groups[0].sets]


def test_same_input_gives_the_same_bytes() -> None:
    assert written(order()) == written(order())


@pytest.mark.parametrize("version", ["004010VICS", "005010"])
def test_release_decides_the_header(version: str) -> None:
    (found,) = read_interchanges(written(order(), envelope=replace(ENVELOPE, version=version)))
    assert (f"00{version[2:5]}", version) == (found.version, found.groups[0].version)
    assert ("^" if version == "005010" else "") == found.delimiters.repetition


def test_line_breaks_are_written_where_the_partner_wants_them() -> None:
    data = written(order(), envelope=replace(ENVELOPE, line_break="\r\n"))
    assert data.count(b"~") == data.count(b"~\r\n")
    assert written(order()) == data.replace(b"\r\n", b"")


def test_delimiters_that_occur_in_data_are_avoided() -> None:
    (found,) = read_interchanges(written(order("PO*1>~")))
    assert "PO*1>~" == parse_purchase_order(found.groups[0].sets[0]).number


def test_repetition_separator_is_none_of_the_partners_delimiters() -> None:
    carets = replace(ENVELOPE, version="005010", delimiters=Delimiters("^", "!", "'"))
    (found,) = read_interchanges(written(order(), envelope=carets))
    assert (Delimiters("^", "!", "'", "`"), ()) == (found.delimiters, found.findings)


def test_fixed_delimiters_in_data_are_refused_with_their_place() -> None:
    fixed = replace(ENVELOPE, delimiters=Delimiters())
    assert "x12.delimiter-in-data" == refusal(order("PO*1"), envelope=fixed)


def test_substitute_stands_for_a_delimiter_in_data() -> None:
    fixed = replace(ENVELOPE, delimiters=Delimiters(), substitute="-")
    assert b"BEG*00*DS*PO-1**" in written(order("PO*1"), envelope=fixed)


def test_line_break_in_data_becomes_a_blank() -> None:
    assert b"*Ring twice, please~" in write_interchange(
        ENVELOPE, [OutboundSet("850", (("MSG", "Ring twice,\r\nplease"),))]
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"control_number": 0}, "x12.control-number"),
        ({"control_number": 1_000_000_000}, "x12.control-number"),
        ({"sender": TradingId("12", "MUCHTOOLONGANID!")}, "x12.envelope-id"),
        ({"sender": TradingId("", "CROSSDOCK")}, "x12.envelope-id"),
        ({"version": "4010"}, "x12.version"),
        ({"usage": "*"}, "x12.usage"),
    ],
)
def test_envelope_that_does_not_fit_is_refused(change: dict[str, object], code: str) -> None:
    assert code == refusal(order(), envelope=replace(ENVELOPE, **change))  # type: ignore[arg-type]


def test_text_the_partner_cannot_read_is_refused() -> None:
    assert "x12.not-encodable" == refusal(order("PÖ-1"), envelope=replace(ENVELOPE, encoding="ascii"))


def test_group_without_a_set_is_refused() -> None:
    assert "x12.empty-group" == refusal(envelope=ENVELOPE)


def test_unknown_encoding_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError) as writing:
        written(order(), envelope=replace(ENVELOPE, encoding="klingon"))
    with pytest.raises(ConfigurationError) as reading:
        read_interchanges(written(order()), encoding="klingon")
    assert ["x12.unknown-encoding"] * 2 == [writing.value.code, reading.value.code]


def test_pyx12s_own_reader_reads_what_we_write_without_an_error() -> None:
    text = written(order("PO-1"), order("PO-2")).decode()
    theirs = X12Reader(io.StringIO(text))
    segments = [segment.format("", "*", ">") for segment in theirs]
    theirs.cleanup()
    assert [] == theirs.pop_errors()
    assert text.count("~") == len(segments)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
rows = st.lists(st.tuples(st.sampled_from(["REF", "MSG", "N1", "PID"]), texts, texts), min_size=1, max_size=6)


@given(rows, st.sampled_from(["004010", "005010"]))
def test_any_text_survives_writing_and_reading(found: list[tuple[str, str, str]], version: str) -> None:
    envelope = replace(ENVELOPE, version=version)
    (back,) = read_interchanges(write_interchange(envelope, [OutboundSet("850", tuple(found))]))
    read = [item.elements for item in back.groups[0].sets[0].segments[1:-1]]
    trimmed = [row[: max((place for place, text in enumerate(row) if text), default=0) + 1] for row in found]
    assert [row for row in trimmed if len(row) > 1] == read
    assert not back.rejected
