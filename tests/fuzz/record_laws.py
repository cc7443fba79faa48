"""What must hold of any file of records: typed findings and nothing else, and no row told of twice or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from hub.errors import DataError
from hub.mapping.records.format import TABLES
from hub.mapping.records.reject_file import reject_file
from hub.mapping.records.tables import open_table
from hub.mapping.records.trees import open_tree
from tests.fuzz.record_mutants import Mutant


def broken_record_laws(mutant: Mutant) -> list[str]:
    """What went wrong with this file, in words; empty where all is well."""
    return list(_broken(mutant))


def _broken(mutant: Mutant) -> Iterator[str]:
    try:
        yield from _table(mutant) if mutant.form.kind in TABLES else _trees(mutant)
    except DataError as error:
        if not (error.code.startswith("records.") and error.cure and error.path.startswith("fuzzed")):
            yield f"{error.code} at {error.path!r} has no cure or no place"


def _table(mutant: Mutant) -> Iterator[str]:
    table = open_table(mutant.form, "fuzzed", mutant.body)
    wrong: dict[int, tuple[str, str]] = {}
    last = 0
    for batch in table.batches():
        if any(len(row) != len(table.columns) for row in batch.rows):
            yield "a row has not a cell for each column"
        numbers = [table.row_number(batch, index) for index in range(len(batch.rows))]
        told = sorted([*numbers, *(one.row for one in batch.rejects)])
        if len(set(told)) < len(told) or (told and told[0] <= last):
            yield "a row is told of twice"
        last = max(told, default=last)
        wrong |= {one.row: (one.code, one.message) for one in batch.rejects}
    if wrong:
        reject_file(mutant.form, mutant.body, wrong)


def _trees(mutant: Mutant) -> Iterator[str]:
    places = [place for place, _ in open_tree(mutant.form, "fuzzed", mutant.body)]
    if len(set(places)) < len(places):
        yield "a place is told of twice"
