"""Broken input: nothing but DataError leaves the layer, and no segment is lost on the way."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.edi.acks import acknowledgement_envelope, acknowledgement_set
from hub.edi.check import check_interchange
from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.functional import parse_functional
from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.purchase_order import parse_purchase_order, render_purchase_order
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange
from hub.edi.write import write_interchange
from hub.errors import DataError
from tests.unit.edi.interchanges import BODIES, document, transaction_set

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
PARSERS = {
    "850": parse_purchase_order,
    "855": parse_acknowledgement,
    "856": parse_ship_notice,
    "846": parse_inventory,
    "810": parse_invoice,
    "997": parse_functional,
}
FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A valid document after up to four drops, doublings, swaps or truncations of segments, elements or bytes."""
    text = document(draw(st.sampled_from(sorted(BODIES))))
    for _ in range(draw(st.integers(1, 4))):
        mark = draw(st.sampled_from(["~", "*", ""]))
        parts = text.split(mark) if mark else list(text)
        first = draw(st.integers(0, len(parts) - 1))
        second = draw(st.integers(0, len(parts) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "truncate", "replace"])):
            case "drop":
                del parts[first]
            case "double":
                parts.insert(first, parts[first])
            case "swap":
                parts[first], parts[second] = parts[second], parts[first]
            case "truncate":
                del parts[first + 1 :]
            case _:
                parts[first] = draw(st.text(max_size=4))
        text = mark.join(parts) or "~"
    return text.encode("utf-8", "surrogatepass")


def read_everything(data: bytes) -> list[Interchange]:
    """Read, check, parse and acknowledge; DataError is the one error that may come of it."""
    try:
        found = [check_interchange(item) for item in read_interchanges(data)]
    except DataError:
        return []
    for item in found:
        for group in item.groups:
            for one in group.sets:
                if one.id in PARSERS:
                    document = PARSERS[one.id](one)
                    repr(document)
                    if one.id == "850":
                        render_purchase_order(parse_purchase_order(one))
                    if one.id == "856":
                        list(parse_ship_notice(one).items())
            _acknowledge(item, group)
    return found


def _acknowledge(item: Interchange, group) -> None:  # type: ignore[no-untyped-def]
    envelope = acknowledgement_envelope(item, group, control_number=1, group_control_number=1, created=NOW)
    answer = acknowledgement_set(group)
    if answer is not None:
        try:
            (back,) = read_interchanges(write_interchange(envelope, [answer]))
        except DataError:
            return
        assert not back.rejected


@FEW
@given(mutants())
def test_mutants_raise_nothing_but_data_errors(data: bytes) -> None:
    read_everything(data)


@FEW
@given(st.binary(max_size=400))
@example(b"ISA*00*")
@example(b"ISA*00*" + b"*" * 12 + b"GS*")
@example(b"ISA*00*" + b"*" * 20)
@example(b"ISA*00**\n*\n*********************")
def test_random_bytes_raise_nothing_but_data_errors(data: bytes) -> None:
    read_everything(data)


@FEW
@given(st.binary(max_size=60), st.integers(0, 400))
def test_random_bytes_inside_a_document_raise_nothing_but_data_errors(noise: bytes, place: int) -> None:
    text = document("856").encode()
    read_everything(text[:place] + noise + text[place:])


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["PO1", "LIN", "HL", "QQQ", "", " ", "N1", "SE", "ST", "GE"]),
            st.text(st.characters(exclude_characters="~*\r\n>", exclude_categories=["Cs", "Cc"]), max_size=5),
        ),
        max_size=12,
    )
)
def test_segments_out_are_those_of_an_independent_splitter(segments: list[tuple[str, str]]) -> None:
    body = "~".join("*".join(item) for item in segments)
    text = document("855").replace("~CTT", f"~{body}~CTT")
    (found,) = read_interchanges(text.encode())
    kept = [item for group in found.groups for one in group.sets for item in one.segments]
    envelopes = 2 + sum(2 - ("x12.ge-missing" in [f.code for f in group.findings]) for group in found.groups)
    assert len([part for part in text.split("~") if part.strip()]) == found.segment_count
    assert found.segment_count == len(kept) + len(found.strays) + envelopes


def test_a_chain_of_hundreds_of_levels_is_read() -> None:
    levels = "~".join(f"HL*{number}*{number - 1 or ''}*I~SN1**1*EA" for number in range(1, 400))
    (found,) = read_everything(document("856", "BSN*00*S*20261120*1200~" + levels).encode())
    assert 399 == len(list(parse_ship_notice(found.groups[0].sets[0]).levels()))


def test_levels_that_are_their_own_parents_are_read() -> None:
    data = document("856", "BSN*00*S*20261120*1200~HL*1*1*S~HL*1*1*O~HL*2*3*I~HL*3*2*I").encode()
    (found,) = read_everything(data)
    assert 4 == len(list(parse_ship_notice(found.groups[0].sets[0]).levels()))


def test_thousands_of_sets_and_long_segments_are_read() -> None:
    sets = "".join(transaction_set("855", "BAK*00*AD*PO*20261120", f"{number:04}") for number in range(2000))
    text = document("855").replace("GE*1*", "GE*2001*").replace("GE*", sets + "GE*", 1)
    (found,) = read_interchanges(text.encode())
    assert 2001 == len(found.groups[0].sets)
    assert 1 == len(read_interchanges((document("855", "MSG*" + "x" * 300_000)).encode()))
