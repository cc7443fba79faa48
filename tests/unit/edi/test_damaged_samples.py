"""Samples with segments and elements dropped, doubled, swapped and replaced: findings, never an error."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.edi.documents.registry import document_from_json, document_json, read_document, write_document
from hub.edi.documents.technical import read_technical
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange
from hub.errors import DataError
from tests.unit.edi.test_samples import SAMPLES

ODD = ["-", "+.", "9" * 40, "20261399", "\x1f", "HL", "1E9"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SAMPLES)).read_bytes().decode("cp1252", "replace")
    body = data[106:]
    for _ in range(draw(st.integers(1, 5))):
        mark = draw(st.sampled_from([data[105:106], data[3:4], data[104:105]]))
        parts = body.split(mark)
        first, second = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        match draw(st.sampled_from(["drop", "double", "swap", "replace"])):
            case "drop":
                del parts[first]
            case "double":
                parts.insert(first, parts[first])
            case "swap":
                parts[first], parts[second] = parts[second], parts[first]
            case _:
                parts[first] = draw(st.text(max_size=4) | st.sampled_from(ODD))
        body = mark.join(parts)
    return (data[:106] + body).encode("utf-8", "surrogatepass")


@given(damaged())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_damaged_sample_gives_documents_and_findings(data: bytes) -> None:
    for interchange in readable(data):
        for segment in interchange.strays:
            with suppress(DataError):
                read_technical(segment)
        for group in interchange.groups:
            for one in group.sets:
                with suppress(DataError):
                    document = read_document(one)
                    assert document == document_from_json(json.loads(json.dumps(document_json(document))))
                    write_document(document)


def readable(data: bytes) -> list[Interchange]:
    try:
        return read_interchanges(data)
    except DataError:
        return []
