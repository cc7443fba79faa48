"""What of a document could not be used, given back so that a person mends it and sends it again."""

from __future__ import annotations

import io
from collections.abc import Iterator

from hub.mapping.codebook import Codebook
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.reject_file import reject_file
from hub.mapping.records.tree import Tree
from hub.mapping.records.trees import open_tree
from hub.mapping.records.writing import write_records
from hub.model.document import Document
from hub.model.identity import ChannelId
from hub.sdk.capabilities import Problem, RejectFile
from hub.sdk.mapped.intake import Intake
from hub.sdk.mapped.reading import intake_of, taken
from hub.sdk.mapped.stock import stock_feed


def rejects(
    document: Document, mapping: CompiledMapping, codebook: Codebook, channel: ChannelId | None = None
) -> RejectFile | None:
    """The rows that can't be used now, in a file of the same format; of JSON and XML a list of the records with their
    reasons, in JSON. None where all can be used.

    A record that is several rows comes with all of them: half an order is another order. Raises DataError where the
    document as a whole can't be read.
    """
    intake = intake_of(document, mapping, codebook)
    if mapping.is_table and mapping.shape.name == "stock":
        for _ in stock_feed(intake):
            pass
    else:
        taken(intake, channel)
    if not intake.refused:
        return None
    if mapping.is_table:
        rows = _rows(intake)
        body = reject_file(mapping.file.format, document.body, rows)
        return RejectFile(_name(intake.file), body, len(rows))
    records = list(_records(intake))
    stream = io.BytesIO()
    write_records(RecordFormat(kind="json"), records, stream)
    return RejectFile(_name(intake.file, "json"), stream.getvalue(), len(records))


def _rows(intake: Intake) -> dict[int, tuple[str, str]]:
    """Every row that has to come again, with a code and the reasons."""
    found = {number: (problems[0].code, _reasons(problems)) for number, problems in intake.refused.items()}
    for rows in intake.together.values():
        bad = [row for row in rows if row in intake.refused]
        if bad:
            reason = (intake.refused[bad[0]][0].code, f"Row {bad[0]}, which is of the same record, cannot be used.")
            found |= {row: reason for row in rows if row not in found}
    return dict(sorted(found.items()))


def _records(intake: Intake) -> Iterator[Tree]:
    trees = open_tree(intake.mapping.file.format, intake.file, intake.document.body)
    for number, (place, tree) in enumerate(trees, start=1):
        problems = intake.refused.get(number, [])
        if problems:
            reasons: list[Tree] = [{"place": one.path, "code": one.code, "message": _words(one)} for one in problems]
            yield {"place": place, "reasons": reasons, "record": tree}


def _reasons(problems: list[Problem]) -> str:
    return " ".join(dict.fromkeys(map(_words, problems)))


def _words(problem: Problem) -> str:
    return f"{problem.message} {problem.cure}".rstrip()


def _name(file: str, ending: str = "") -> str:
    """``stock.csv.gz`` as ``stock-rejects.csv.gz``; without folders, whatever the partner called it."""
    plain = file.replace("\\", "/").rpartition("/")[2]
    stem, _, own = plain.partition(".")
    endings = ending or own
    return f"{stem or 'document'}-rejects{f'.{endings}' if endings else ''}"
