"""The hand-written samples: what is read in each is what its JSON says, and it survives writing with other delimiters.

Neither side is the truth alone: text and JSON have both been reviewed and must agree, so a difference is a change of
meaning and never simply a file to write anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.edi.check import check_set
from hub.edi.documents.registry import (
    document_from_json,
    document_json,
    read_document,
    set_ids,
    write_document,
)
from hub.edi.documents.technical import read_technical
from hub.edi.envelope import read_interchanges
from hub.edi.findings import Finding
from hub.edi.interchange import Delimiters, Interchange, TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundEnvelope, OutboundSet, Row, write_interchange
from tests.unit.edi.interchanges import ENVELOPE

ROOT = Path(__file__).parents[2] / "samples" / "x12"
SAMPLES = sorted(ROOT.glob("*/*.edi"))
NAMES = [f"{path.parent.name}/{path.stem}" for path in SAMPLES]
MARKS = [
    Delimiters("*", ">", "~"),
    Delimiters("|", ":", "~"),
    Delimiters("^", "!", "'"),
    Delimiters("*", "\\", "\n"),
    Delimiters("\x1d", "\x1f", "\x1c"),
]


def expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def sets_of(interchanges: list[Interchange]) -> list[TransactionSet]:
    return [one for interchange in interchanges for group in interchange.groups for one in group.sets]


def read(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The JSON of every document and every finding's code, as a sample's JSON has them."""
    documents: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for interchange in read_interchanges(path.read_bytes()):
        findings.extend(interchange.findings)
        for segment in interchange.strays:
            technical = read_technical(segment)
            documents.append(document_json(technical))
            findings.extend(technical.findings)
        for group in interchange.groups:
            findings.extend(group.findings)
            for one in group.sets:
                document = read_document(one)
                documents.append(document_json(document))
                findings.extend((*one.findings, *document.findings))
    return documents, sorted(finding.code for finding in findings)


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_sample_says_what_its_json_says(path: Path) -> None:
    documents, findings = read(path)
    assert expected(path)["documents"] == documents
    assert expected(path)["findings"] == findings


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_sample_is_a_good_set_of_its_spec(path: Path) -> None:
    rejecting = [
        (one.id, finding.code, finding.segment_id, finding.element)
        for one in sets_of(read_interchanges(path.read_bytes()))
        for finding in check_set(one)
        if finding.rejects
    ]
    assert [] == rejecting


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
@given(marks=st.sampled_from(MARKS))
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
def test_segments_read_written_and_read_are_the_same(path: Path, marks: Delimiters) -> None:
    for one in sets_of(read_interchanges(path.read_bytes())):
        rows = tuple(map(as_row, one.segments[1:-1]))
        free = next(each for each in (marks, *MARKS) if not occurring(rows) & used_by(each))
        (back,) = sets_of(read_interchanges(written(one, rows, free)))
        assert [row for row in map(meaning, rows) if len(row) > 1] == [
            meaning(as_row(segment)) for segment in back.segments[1:-1]
        ]


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_document_of_a_sample_written_and_read_is_the_same_document(path: Path) -> None:
    for one in sets_of(read_interchanges(path.read_bytes())):
        document = read_document(one)
        if one.id == "810" and document_json(document).get("total") is None:
            continue
        envelope = envelope_of(one)
        (back,) = sets_of(read_interchanges(write_interchange(envelope, [write_document(document)])))
        assert not any(finding.rejects for finding in check_set(back))
        carried = {key: value for key, value in document_json(document).items() if key != "lines_claimed"}
        assert carried.items() <= document_json(read_document(back)).items()


def test_json_of_every_sample_gives_its_document() -> None:
    documents = [one for path in SAMPLES for one in expected(path)["documents"] if one["set"] != "TA1"]
    assert documents == [document_json(document_from_json(one)) for one in documents]


def test_there_are_a_hundred_samples_and_some_of_every_set() -> None:
    sets = [one["set"] for path in SAMPLES for one in expected(path)["documents"]]
    assert len(SAMPLES) >= 100
    assert {*set_ids(), "TA1"} == set(sets)
    assert not [path.name for path in ROOT.glob("*/*.json") if not path.with_suffix(".edi").exists()]


def test_samples_come_in_many_releases_and_delimiters() -> None:
    found = [interchange for path in SAMPLES for interchange in read_interchanges(path.read_bytes())]
    versions = {group.version for interchange in found for group in interchange.groups}
    assert {"003040", "004010", "004010VICS", "004010UCS", "004030", "005010", "005010VICS"} <= versions
    assert len({replace(interchange.delimiters, repetition="") for interchange in found}) >= 6
    assert "^" in {interchange.delimiters.repetition for interchange in found}


def test_every_hierarchy_of_a_shipment_has_a_sample() -> None:
    shapes = {shape for path in ROOT.glob("856/*.json") for one in expected(path)["documents"] for shape in paths(one)}
    assert {"SOI", "SOPI", "SOTI", "SOTPI", "SOIP", "SOIT", "STOI", "SI"} <= shapes


def paths(notice: dict[str, Any]) -> Iterator[str]:
    waiting = [(root, "") for root in notice["roots"]]
    while waiting:
        level, above = waiting.pop()
        yield above + level["code"]
        waiting.extend((child, above + level["code"]) for child in level.get("children", ()))


def as_row(segment: Segment) -> Row:
    """Text is never split: only what holds the sender's component separator is a composite."""
    parts = (segment.components(number) for number in range(1, len(segment.elements)))
    return (segment.id, *(part[0] if len(part) == 1 else part for part in parts))


def as_parts(element: str | tuple[str, ...]) -> tuple[str, ...]:
    return (element,) if isinstance(element, str) else element


def occurring(rows: tuple[Row, ...]) -> set[str]:
    return {mark for row in rows for element in row for text in as_parts(element) for mark in text}


def used_by(marks: Delimiters) -> set[str]:
    """Also what the writer takes for a repetition separator from 5010 on."""
    repetition = set() if marks == MARKS[-1] else {"^", "`"}
    return {marks.element, marks.component, marks.terminator, *repetition}


def meaning(row: Row) -> Row:
    """Trailing empty elements say nothing, and a composite of one part is that part."""
    last = max(number for number, element in enumerate(row) if any(as_parts(element)))
    return row[: last + 1]


def envelope_of(one: TransactionSet) -> OutboundEnvelope:
    version = max(one.version, "004010")
    return replace(ENVELOPE, functional_id=one.functional_id, version=version)


def written(one: TransactionSet, rows: tuple[Row, ...], marks: Delimiters) -> bytes:
    return write_interchange(replace(envelope_of(one), delimiters=marks), [OutboundSet(one.id, rows)])
