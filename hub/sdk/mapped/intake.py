"""A document taken apart by its mapping: what each record says, and a problem for each that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.reading import FieldFault, Fields, Said, TableReader, TreeReader, about_of
from hub.mapping.fields.values import shown
from hub.mapping.records.tables import Reject, Table, open_table
from hub.mapping.records.trees import open_tree
from hub.model.document import Document
from hub.model.identity import LocationId
from hub.model.money import Money
from hub.model.quantity import BASE_UNIT, Units, to_base
from hub.sdk.capabilities import Problem
from hub.sdk.items import item_at
from hub.sdk.problem_tally import ProblemTally

EACHES = frozenset({"", "EA", "PC", "UN", "EACH"})
"""Units that are one each, whatever the item."""

LARGEST = Decimal(10) ** 12
"""Quantities are smaller than this."""


@dataclass
class Intake:
    """A document on its way through ``mapping``; ``tally`` has the problems found so far.

    ``refused`` has those that are told by themselves by the number of the row or record that they are of, ``together``
    the rows of each record that is several, by the first of them.
    """

    document: Document
    mapping: CompiledMapping
    codebook: Codebook
    about: Fields = field(init=False)
    tally: ProblemTally = field(default_factory=ProblemTally)
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    together: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        said = about_of(self.mapping, self.environment)
        if said.fault is not None:
            raise DataError(said.fault.message, code=said.fault.code, cure=said.fault.cure, path=said.fault.field)
        self.about = said.fields

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be told of the document so far."""
        return self.tally.told()

    @property
    def file(self) -> str:
        """The name that the document came under."""
        return self.document.meta.get("file", self.document.source_id)

    @property
    def written_at(self) -> datetime:
        """When its file was written, as far as its mailbox knows; else when it came."""
        written = self.document.meta.get("modified", "")
        return min(datetime.fromisoformat(written).astimezone(UTC), self.document.at) if written else self.document.at

    @property
    def environment(self) -> dict[str, object]:
        """What expressions may name beside the record."""
        return {"file": {"name": self.file, "at": self.written_at}, "partner": str(self.codebook.partner)}

    def moment(self, said: object) -> datetime:
        """The moment that the document says, never one that is still to come; else that of its file."""
        return min(said, self.document.at) if isinstance(said, datetime) else self.written_at

    def table(self) -> Table:
        """The document as a table. Raises DataError ``records.*`` for one that cannot be read."""
        return open_table(self.mapping.file.format, self.file, self.document.body)

    def records(self) -> Iterator[Said]:
        """What each record says that can be used. Raises DataError ``records.*`` where the document is no such file."""
        for said in self._all():
            if said.lines and self.mapping.is_table:
                self.together[said.number] = tuple(line.number for line in said.lines)
            if said.fault is not None:
                self.fault(said, said.fault)
            else:
                yield said

    def lines(self, said: Said) -> Iterator[Said]:
        """Those of its lines that can be used."""
        for line in said.lines:
            if line.fault is not None:
                self.fault(line, line.fault)
            else:
                yield line

    def _all(self) -> Iterator[Said]:
        if not self.mapping.is_table:
            trees = open_tree(self.mapping.file.format, self.file, self.document.body)
            yield from TreeReader(self.mapping).read(trees, self.environment)
            return
        table = self.table()
        reader = TableReader(self.mapping, table.columns)
        rows = self._rows(table)
        yield from (reader.grouped if self.mapping.file.lines else reader.read)(rows, self.environment)

    def _rows(self, table: Table) -> Iterator[tuple[int, list[str]]]:
        for batch in table.batches():
            self.rejected(batch.rejects)
            yield from zip(batch.numbers, batch.rows, strict=True)

    def rejected(self, rejects: Iterable[Reject]) -> None:
        """Rows that the file's format has no place for."""
        for each in rejects:
            place = f"row {each.row}" + (f", {each.column}" if each.column else "")
            self._tell(each.row, Problem(place, each.code, each.message, each.cure))

    def report(self, said: Said, code: str, message: str, cure: str, *, name: str = "", value: str = "") -> None:
        """A problem of a record or line; ``name`` is the field that it is of."""
        place = f"{said.place}, {name}" if name else said.place
        self._tell(said.number, Problem(place, code, message, cure, value))

    def fault(self, said: Said, fault: FieldFault) -> None:
        """A record or line that the mapping could not be applied to. What may be a person's is left out."""
        if fault.field.startswith("ship_to."):
            self._tell(said.number, Problem(fault.place, fault.code, f"{fault.field} cannot be used.", fault.cure))
        else:
            self._tell(said.number, Problem(fault.place, fault.code, fault.message, fault.cure, fault.value))

    def _tell(self, number: int, problem: Problem) -> None:
        if self.tally.note(problem):
            self.refused.setdefault(number, []).append(problem)

    def item(self, said: Said) -> PartnerItem | None:
        """The item that a record or line names; None with a problem where it is not mapped."""
        ids = [(name[5:], str(value)) for name, value in said.fields.items() if name.startswith("item.")]
        if not ids:
            cure = "Complete the record; if it names the item elsewhere, map that."
            self.report(said, "data.missing-item", "The record names no item.", cure)
            return None
        found = item_at(ids, self.codebook, said.place)
        if isinstance(found, Problem):
            self._tell(said.number, found)
            return None
        return found

    def eaches_of(self, said: Said, item: PartnerItem | None) -> tuple[str, Units] | None:
        """The unit of a record's figures and its eaches; None with a problem for one that nobody told us."""
        unit = said.fields.get("unit")
        if unit is None and item is not None:
            return item.unit, item.units_each
        if unit is None and not self._counts_in_packs:
            return BASE_UNIT, Decimal(1)
        size = item.of_unit(str(unit)) if item is not None else None
        if size is None and unit is not None and str(unit).upper() in EACHES:
            size = Decimal(1)
        if size is None:
            what = f"Unit {shown(unit or '(none)')} has no known number of eaches for this item."
            cure = "Give the item's unit and units_each in items.csv, or map the unit by a table, and reprocess."
            self.report(said, "data.unknown-unit", what, cure, value=shown(unit or ""))
            return None
        return str(unit), size

    @cached_property
    def _counts_in_packs(self) -> bool:
        """Whether the partner counts an item otherwise than one by one: a bare figure of no item says nothing then."""
        return any(item.units_each != 1 for item in self.codebook.items)

    def eaches(self, said: Said, name: str, units_each: Units) -> Decimal | None:
        """A quantity field in eaches; None with a problem where it is no quantity that can be kept."""
        value = said.fields.get(name)
        try:
            quantity = to_base(value, units_each) if isinstance(value, Decimal) else None
        except DataError as error:
            self.report(said, error.code, error.message, error.cure, name=name, value=shown(value))
            return None
        if quantity is None or abs(quantity) >= LARGEST:
            self.refuse(said, name, "There is no such quantity.")
            return None
        return quantity

    def location(self, said: Said) -> LocationId | None:
        """The location of a record's site; None with a problem where it is not mapped."""
        site = str(said.fields.get("site", ""))
        found = self.codebook.location_for(site)
        if found is None:
            what = f"Site {shown(site) or '(none)'} of partner {self.codebook.partner} is not mapped to a location."
            cure = f"Name it under sites in mappings/partners/{self.codebook.partner}/partner.yaml and reprocess."
            self.report(said, "data.unknown-site", what, cure, name="site", value=shown(site))
        return found

    def money(self, said: Said, name: str, currency: object) -> Money | None:
        """A money field; None where it is not said. ``currency`` is that of the record or document."""
        amount = said.fields.get(name)
        if not isinstance(amount, Decimal):
            return None
        code = str(currency or "")
        if len(code) != 3 or not (code.isascii() and code.isupper()):
            self.refuse(said, "currency", f"{shown(code) or 'Nothing'} is no currency of three capital letters.")
            return None
        return Money(amount=amount, currency=code)

    def refuse(self, said: Said, name: str, message: str, code: str = "mapping.value") -> None:
        """A problem of one field."""
        value = shown(said.fields.get(name, ""))
        cure = "Correct the file, or the mapping, and reprocess."
        self.report(said, code, message, cure, name=name, value=value)
