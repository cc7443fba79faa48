"""Whatever stands in a file, it gives facts and problems, or is refused: nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.mapping.fields.shapes import READ, Shape
from hub.sdk.mapped.reading import parse_mapped
from tests.unit.sdk.mapped.records import CHANNEL, codebook, compiled, document

LIKELY = [
    "", " ", "N-1", "N-2", "400001", "E", "W", "EA", "CA", "0", "1", "7", "-3", "1.5", "0.0000001", "1e5", "9" * 12,
    "9" * 39, "EUR", "euro", "SE", "se", "P1", "2026-11-22", "2026-11-22T10:00", "0001-01-01T00:00+14:00",
    "9999-12-31T23:59-12:00", "yes", "no", "full", "00345678901234567890", "x" * 300, "a\0b", "😀", "\u202e",
]  # fmt: skip
TEXTS = st.sampled_from(LIKELY) | st.text(max_size=12)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=3,
)
FORGIVING = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)


def mapping_of(shape: Shape, kind: str) -> tuple[str, list[str]]:
    """A mapping of every field of the shape, each from a place of its own name, and these places."""
    record = [*shape.fields, *([] if shape.lines else ["item.VN"])]
    lines = [*shape.lines, "item.VN"] if shape.lines else []
    places = dict.fromkeys([*record, *lines])
    mapping: dict[str, Any] = {
        "document": shape.name,
        "format": {"kind": kind, **({"columns": {name: {} for name in places}} if kind == "csv" else {})},
        "about": {name: {"value": "full" if name == "mode" else "EUR"} for name in shape.about if name in about(shape)},
        "fields": {name: f"'{name}'" if kind == "json" else name for name in record},
    }
    if lines:
        how = {"by": [record[0]]} if kind == "csv" else {"each": "lines"}
        mapping["lines"] = {**how, "fields": {name: f"'{name}'" if kind == "json" else name for name in lines}}
    return json.dumps(mapping), list(places)


def about(shape: Shape) -> set[str]:
    return {each.name for each in shape.about.values() if each.needed} | ({"currency"} & set(shape.about))


def check(folder: Path, mapping: str, body: bytes) -> None:
    try:
        parsed = parse_mapped(document(body), compiled(folder, mapping), codebook(), CHANNEL)
    except DataError:
        return
    for problem in parsed.problems:
        assert problem.path
        assert problem.message
        assert "." in problem.code


@pytest.mark.parametrize("shape", READ, ids=lambda shape: shape.name)
@FORGIVING
@given(data=st.data())
def test_any_table_is_facts_and_problems(tmp_path: Path, shape: Shape, data: st.DataObject) -> None:
    mapping, columns = mapping_of(shape, "csv")
    row = st.lists(TEXTS, min_size=len(columns), max_size=len(columns))
    stream = io.StringIO()
    csv.writer(stream).writerows([columns, *data.draw(st.lists(row, min_size=1, max_size=3))])
    check(tmp_path, mapping, stream.getvalue().encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("shape", READ, ids=lambda shape: shape.name)
@FORGIVING
@given(data=st.data())
def test_any_tree_is_facts_and_problems(tmp_path: Path, shape: Shape, data: st.DataObject) -> None:
    mapping, places = mapping_of(shape, "json")
    line = st.fixed_dictionaries({}, optional=dict.fromkeys(places, VALUES))
    record = st.builds(lambda of, lines: {**of, "lines": lines}, line, st.lists(line, max_size=2) | VALUES)
    body = json.dumps(data.draw(st.lists(record, min_size=1, max_size=2)), ensure_ascii=True)
    check(tmp_path, mapping, body.encode())


@pytest.mark.parametrize("shape", READ, ids=lambda shape: shape.name)
def test_what_is_drawn_can_be_a_fact(tmp_path: Path, shape: Shape) -> None:
    mapping, places = mapping_of(shape, "csv")
    good = {
        "item.VN": "N-1", "site": "E", "quantity": "7", "number": "1", "currency": "EUR", "price": "1.5", "total": "7",
        "unit_price": "1", "on_hand": "7", "request_id": "P1", "external_id": "P1", "shipment_id": "P1",
        "invoice_number": "P1", "ship_to.country": "SE",
    }  # fmt: skip
    text = f"{','.join(places)}\n{','.join(good.get(name, '') for name in places)}\n"
    parsed = parse_mapped(document(text), compiled(tmp_path, mapping), codebook(), CHANNEL)
    assert (1, ()) == (len(parsed.items), parsed.problems)
