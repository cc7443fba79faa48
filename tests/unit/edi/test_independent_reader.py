"""What we write, read by somebody else's parser: ansi-x12 (MIT), which also checks every count and control number."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from typing import Any

import pytest

from hub.edi.acks import acknowledge_group
from hub.edi.check import check_interchange
from hub.edi.documents.functional import render_functional
from hub.edi.documents.registry import document_from_json, set_ids, write_document
from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import Delimiters
from hub.edi.write import OutboundSet, write_interchange
from tests.unit.edi.interchanges import BODIES, ENVELOPE, group, interchange
from tests.unit.edi.test_samples import ROOT, as_parts, meaning, occurring, used_by

theirs: Any = importlib.import_module("x12")

MARKS = [
    Delimiters("*", ">", "~"),
    Delimiters("|", ":", "~"),
    Delimiters("*", ">", "\n"),
    Delimiters("\x1d", "\x1f", "\x1c"),
]


def sample_sets(set_id: str) -> list[OutboundSet]:
    """Every document of the samples of one set, written by us."""
    found = (one for path in sorted(ROOT.glob("*/*.json")) for one in json.loads(path.read_text("utf-8"))["documents"])
    writable = (one for one in found if one["set"] == set_id and (set_id != "810" or "total" in one))
    return [write_document(document_from_json(one)) for one in writable]


def read_by_them(data: bytes) -> Any:
    return theirs.parse_x12_interchange(theirs.tokenize_x12(data))


def seen_by_them(data: bytes) -> list[list[tuple[str, ...]]]:
    """Their segments of each set, with composites split by the separator they found."""
    found = read_by_them(data)
    mark = data[104:105]
    return [
        [
            (segment.tag, *(element.decode().replace(mark.decode(), "\x00") for element in segment.elements))
            for segment in one.segments
        ]
        for functional in found.groups
        for one in functional.transactions
    ]


def written_by_us(item: OutboundSet) -> list[tuple[str, ...]]:
    rows = [meaning(row) for row in item.rows if any(row[1:])]
    return [tuple("\x00".join(as_parts(element)).rstrip("\x00") for element in row) for row in rows]


@pytest.mark.parametrize("marks", MARKS, ids=["stars", "pipes", "newlines", "control characters"])
@pytest.mark.parametrize("version", ["004010", "005010VICS"])
@pytest.mark.parametrize("set_id", set_ids())
def test_they_read_the_segments_and_elements_that_we_wrote(set_id: str, version: str, marks: Delimiters) -> None:
    sets = [item for item in sample_sets(set_id) if not occurring(item.rows) & used_by(marks)]
    envelope = replace(ENVELOPE, functional_id=GROUP_OF_SET[set_id], version=version, delimiters=marks)
    assert sets
    assert [written_by_us(item) for item in sets] == seen_by_them(write_interchange(envelope, sets))


@pytest.mark.parametrize("set_id", sorted(set(BODIES) - {"997"}))
@pytest.mark.parametrize("broken", [False, True])
def test_they_read_our_acknowledgements(set_id: str, *, broken: bool) -> None:
    body = BODIES[set_id].partition("~")[2] if broken else BODIES[set_id]
    (received,) = read_interchanges(interchange(group(set_id, body, body)).encode())
    answer = acknowledge_group(check_interchange(received).groups[0])
    assert answer is not None
    data = write_interchange(replace(ENVELOPE, functional_id="FA"), [render_functional(answer)])
    found = read_by_them(data)
    assert [b"997"] == [one.transaction_set_code for one in found.groups[0].transactions]
    (segments,) = seen_by_them(data)
    assert ("AK1", GROUP_OF_SET[set_id], "1") == segments[0]
    assert ["R" if broken else "A"] * 2 == [segment[1] for segment in segments if segment[0] == "AK5"]
    assert ("AK9", "R" if broken else "A", "2", "2", "0" if broken else "2") == segments[-1][:5]
