"""Trees: records of JSON and XML as nested values, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.errors import ConfigurationError
from hub.mapping.records.faults import in_file
from hub.mapping.records.format import TABLES, RecordFormat
from hub.mapping.records.json_records import json_records
from hub.mapping.records.source import opened
from hub.mapping.records.tree import Tree
from hub.mapping.records.xml_records import xml_records

__all__ = ["Tree", "open_tree"]


def open_tree(form: RecordFormat, name: str, body: bytes | Path) -> Iterator[tuple[str, Tree]]:
    """Every record with its place (``feed.products[17]``, ``line 18``, ``/feed/product[17] line 40``); ``name`` is for
    errors only. Memory does not grow with the file.

    JSON: integers as int, other numbers as Decimal. XML: an element is its text where it has neither attributes nor
    children, else a mapping with attributes as ``@name``, text as ``#text``, children by their names without
    namespace, those of one name as a list. Raises DataError ``records.*`` as soon as the file shows that it cannot be
    trusted: what was read until then must not be used before the last record has come. Raises ConfigurationError
    ``configuration.record-kind`` for a format of tables.
    """
    if form.kind in TABLES:
        raise ConfigurationError(
            f"A file of the kind {form.kind} is a table.",
            code="configuration.record-kind",
            cure="Write one of the kinds json, xml.",
        )
    return _records(form, name, body)


def _records(form: RecordFormat, name: str, body: bytes | Path) -> Iterator[tuple[str, Tree]]:
    with in_file(name), opened(form, body) as source:
        yield from (json_records if form.kind == "json" else xml_records)(form, source)
