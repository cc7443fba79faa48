"""Mappings and tables for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.load import read_mapping
from hub.mapping.fields.reading import Said, TableReader, TreeReader
from hub.mapping.records.tables import open_table

ABOUT = {"file": {"name": "file.csv", "at": None}, "partner": "northwind"}


def a_mapping(
    folder: Path, text: str, *, tables: Mapping[str, Mapping[str, str]] | None = None, **others: str
) -> CompiledMapping:
    """The mapping of this YAML; ``others`` are templates by name."""
    file, templates = folder / "document.yaml", folder / "templates"
    file.write_text(dedent(text), encoding="utf-8")
    templates.mkdir(exist_ok=True)
    for name, body in others.items():
        (templates / f"{name}.yaml").write_text(dedent(body), encoding="utf-8")
    return read_mapping("document", [file], [templates], tables or {})


def rows_of(mapping: CompiledMapping, text: str) -> list[Said]:
    """What each record of this table says."""
    table = open_table(mapping.file.format, "file.csv", text.encode())
    reader = TableReader(mapping, table.columns)

    def rows() -> Iterator[tuple[int, list[str]]]:
        for batch in table.batches():
            for index, row in enumerate(batch.rows):
                yield table.row_number(batch, index), row

    return list((reader.grouped if mapping.file.lines else reader.read)(rows(), ABOUT))


def trees_of(mapping: CompiledMapping, *trees: object) -> list[Said]:
    """What each of these trees says."""
    return list(TreeReader(mapping).read(((f"[{number}]", tree) for number, tree in enumerate(trees)), ABOUT))
