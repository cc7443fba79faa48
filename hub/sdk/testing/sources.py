"""The contract of every Source, and one class per kind of news.

A connector's tests inherit one class per capability and give the fixture ``partner``:

    class TestStock(InventorySourceContract):
        @pytest.fixture
        def partner(self, simulator) -> SourcePartner:
            return SourcePartner(open=lambda: Stock(context(simulator)), ...)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import pytest

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Direction, Document
from hub.model.order import Order
from hub.model.price import PriceList
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.quantity import Units, exact_units, to_base
from hub.model.returns import Cancellation, Return
from hub.model.shipment import Shipment
from hub.model.stock import CountBasis, StockReport, StockRow
from hub.model.transfer import GoodsReceipt
from hub.sdk.capabilities import Item, Source
from hub.sdk.testing.intake import Intake, Step
from hub.sdk.testing.partners import SourcePartner
from hub.sdk.testing.telling import all_marks, marks_of, usable_lines, values_in
from hub.sdk.testing.watching import Contacts, Watched, document_text, leaks

_SKEW = dt.timedelta(minutes=5)


def _taken(partner: SourcePartner, source: Source) -> Intake:
    intake = Intake()
    intake.run(source, partner.most_pages)
    return intake


def _missing(partner: SourcePartner, source: Source, intake: Intake, wanted: frozenset[str]) -> list[str]:
    return sorted(wanted - all_marks(intake.parsed(source, partner.codebook)))


def _items(partner: SourcePartner) -> list[Item]:
    partner.produce()
    source = partner.open()
    return [item for one in _taken(partner, source).parsed(source, partner.codebook) for item in one.items]


class SourceContract(Watched):
    """What every Source promises. ``kinds`` are the items this capability exists for."""

    kinds: ClassVar[tuple[type, ...]] = ()

    def test_tells_what_the_capability_is_for(self, partner: SourcePartner) -> None:
        """At least one item of the capability's own kind came out."""
        told = {type(item).__name__ for item in _items(partner)}
        assert partner.produce(), "the fixture names no marks, so nothing would be proved by these tests"
        wanted = {kind.__name__ for kind in self.kinds}
        assert not wanted or told & wanted, f"told {sorted(told)}, but no {sorted(wanted)}"

    def test_pages_end(self, partner: SourcePartner) -> None:
        """``more`` turns False."""
        partner.produce()
        intake = _taken(partner, partner.open())
        assert intake.ended, f"there was still more after {partner.most_pages} pages"

    def test_cursor_survives_json_and_a_restart(self, partner: SourcePartner) -> None:
        """A new object, given nothing but the stored cursor, goes on where the last one was."""
        intake = Intake()
        first = partner.produce()
        intake.run_restarted(partner.open, partner.most_pages)
        assert _missing(partner, partner.open(), intake, first) == [], "lost by restarting after every page"
        second = partner.produce()
        intake.run_restarted(partner.open, partner.most_pages)
        assert _missing(partner, partner.open(), intake, second) == [], "news lost after a restart"

    @pytest.mark.parametrize("page", [1, 2])
    @pytest.mark.parametrize("step", list(Step))
    def test_nothing_is_lost_when_killed_between_two_steps(self, partner: SourcePartner, step: Step, page: int) -> None:
        """Killed after a step of the first or second page, and once more at the same step after the restart."""
        wanted = partner.produce()
        intake = Intake()
        intake.run(partner.open(), partner.most_pages, killed_after=(step, page))
        intake.run(partner.open(), partner.most_pages, killed_after=(step, page))
        intake.run(partner.open(), partner.most_pages)
        assert _missing(partner, partner.open(), intake, wanted) == [], f"lost by a kill after {step} of page {page}"

    def test_settling_may_be_repeated(self, partner: SourcePartner) -> None:
        """The same page settled again, also by a restarted hub, does no harm."""
        partner.produce()
        source = partner.open()
        page = source.fetch(None)
        source.settle(page)
        source.settle(page)
        partner.open().settle(page)

    def test_documents_say_what_they_are(self, partner: SourcePartner) -> None:
        """Inbound, of this connection, with a body and an identity of their own."""
        partner.produce()
        intake = _taken(partner, partner.open())
        documents = [document for page in intake.pages for document in page.documents]
        assert documents, "nothing was fetched"
        for document in documents:
            assert document.direction is Direction.INBOUND, document
            assert partner.codebook.connection == document.connection, document
            assert document.source_id, f"no source id: {document}"
            assert document.kind, f"no kind: {document}"
        bodies: dict[str, set[str]] = {}
        for document in documents:
            bodies.setdefault(document.source_id, set()).add(document.sha256)
        shared = sorted(name for name, found in bodies.items() if len(found) > 1)
        assert shared == [], "different bodies under one source id: the second would be dropped as a duplicate"

    def test_parsing_twice_is_equal(self, partner: SourcePartner) -> None:
        """Parsing is pure: another object, another moment, the same result."""
        partner.produce()
        intake = _taken(partner, partner.open())
        first = intake.parsed(partner.open(), partner.codebook)
        assert first == intake.parsed(partner.open(), partner.codebook), "parsed differently the second time"

    def test_exchanges_count_what_came_in_them(self, partner: SourcePartner) -> None:
        """Numbered envelopes, where the partner has them: inbound, of this connection, of the document's own bytes, and
        together they count no more than the document said."""
        partner.produce()
        source = partner.open()
        for document in _taken(partner, source).documents.values():
            parsed = source.parse(document, partner.codebook)
            for one in parsed.exchanges:
                found = one.exchange
                assert (found.direction, found.connection) == (Direction.INBOUND, partner.codebook.connection)
                assert 0 < found.size <= len(document.body), "not a part of the document"
                assert found.control_number, "without a control number no repeat is known"
            for name in ("items", "problems", "replies"):
                counted = sum(getattr(one, name) for one in parsed.exchanges)
                assert counted <= len(getattr(parsed, name)), f"more {name} counted than there are"

    def test_unknown_fields_are_tolerated(self, partner: SourcePartner) -> None:
        """A partner's new field changes nothing that we read."""
        partner.produce()
        source = partner.open()
        documents = list(_taken(partner, source).documents.values())
        grown = [found for found in map(partner.with_unknown, documents) if found is not None]
        if not grown:
            pytest.skip("this format has no place for unknown fields")
        expected = [source.parse(one, partner.codebook) for one in documents if partner.with_unknown(one) is not None]
        found = [source.parse(one, partner.codebook) for one in grown]
        assert [usable_lines(one) for one in expected] == [usable_lines(one) for one in found], "lines were lost"
        assert all_marks(expected) == all_marks(found), "something else was read"

    def test_bad_line_is_reported_and_the_rest_kept(self, partner: SourcePartner) -> None:
        """An unmapped item, and a line that can't be read, cost only themselves, and never in silence."""
        partner.produce()
        source = partner.open()
        documents = list(_taken(partner, source).documents.values())
        lacking = partner.codebook_lacking or _without_first_item(partner.codebook)
        bad = [(document, document, lacking) for document in documents]
        if partner.spoil is not None:
            bad += [(document, partner.spoil(document), partner.codebook) for document in documents]
        noticed = [_check_bad_line(source, whole, spoilt, partner.codebook, book) for whole, spoilt, book in bad]
        assert any(noticed), "nothing was spoilt, so nothing was proved: give codebook_lacking or spoil"

    def test_times_are_aware_and_quantities_exact(self, partner: SourcePartner) -> None:
        """No naive time and no float, neither in documents nor in items."""
        partner.produce()
        source = partner.open()
        intake = _taken(partner, source)
        values = [(f"document {one.kind}.at", one.at) for one in intake.documents.values()]
        found: Sequence[tuple[str, object]] = [
            *values,
            *(
                (p, v)
                for one in intake.parsed(source, partner.codebook)
                for item in one.items
                for p, v in values_in(item)
            ),
        ]
        naive = [path for path, value in found if isinstance(value, dt.datetime) and value.utcoffset() is None]
        floats = [path for path, value in found if isinstance(value, float)]
        unreal = [path for path, value in found if isinstance(value, Decimal) and not value.is_finite()]
        assert (naive, floats, unreal) == ([], [], []), "naive times, floats, numbers that are none"

    def test_planted_secret_shows_nowhere(
        self, partner: SourcePartner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Not in documents, pages, items, reprs, logs or output."""
        caplog.set_level(0)
        partner.produce()
        source = partner.open()
        intake = _taken(partner, source)
        parsed = intake.parsed(source, partner.codebook)
        texts = {f"document {number}": document_text(one) for number, one in enumerate(intake.documents.values())}
        texts |= {"pages": repr(intake.pages), "parsed": repr(parsed), "repr": repr(source), "log": caplog.text}
        texts |= {"output": "".join(capfd.readouterr())}
        assert leaks(partner.secret, texts) == [], "the secret shows"

    def test_no_host_beyond_the_allowed_is_contacted(self, partner: SourcePartner, contacts: Contacts) -> None:
        """Only the partner itself."""
        partner.produce()
        source = partner.open()
        _taken(partner, source).parsed(source, partner.codebook)
        assert sorted(contacts.hosts - partner.hosts) == []


def _without_first_item(codebook: Codebook) -> Codebook:
    return replace(codebook, items=codebook.items[1:])


def _check_bad_line(source: Source, whole: Document, spoilt: Document, known: Codebook, codebook: Codebook) -> bool:
    """Whether the parser saw any difference at all."""
    good = source.parse(whole, known)
    before = usable_lines(good)
    try:
        parsed = source.parse(spoilt, codebook)
    except DataError:
        if before > 1:
            pytest.fail(f"one bad line refused a whole {whole.kind} document of {before} lines")
        return True
    lost = before - usable_lines(parsed)
    assert not lost or parsed.problems, f"{lost} lines of a {whole.kind} document vanished without a problem"
    assert lost < before or before <= 1, f"all {before} lines went with the bad one"
    assert all(problem.path and problem.code and problem.message for problem in parsed.problems), parsed.problems
    return parsed != good


class OrderSourceContract(SourceContract):
    """OrderSource."""

    kinds: ClassVar[tuple[type, ...]] = (Order, Cancellation)


class AcknowledgementSourceContract(SourceContract):
    """AcknowledgementSource."""

    kinds: ClassVar[tuple[type, ...]] = (Acknowledgement, SyntaxReceipt)


class ShipmentSourceContract(SourceContract):
    """ShipmentSource."""

    kinds: ClassVar[tuple[type, ...]] = (Shipment,)


class InvoiceSourceContract(SourceContract):
    """InvoiceSource."""

    kinds: ClassVar[tuple[type, ...]] = (Invoice,)


class TransferSourceContract(SourceContract):
    """TransferSource."""

    kinds: ClassVar[tuple[type, ...]] = (GoodsReceipt,)


class ItemSourceContract(SourceContract):
    """ItemSource."""

    kinds: ClassVar[tuple[type, ...]] = (PriceList,)


class ReturnSourceContract(SourceContract):
    """ReturnSource."""

    kinds: ClassVar[tuple[type, ...]] = (Return,)


class InventorySourceContract(SourceContract):
    """InventorySource: a count says what it counts, in which unit, where and when."""

    kinds: ClassVar[tuple[type, ...]] = (StockReport,)

    def test_counts_state_basis_unit_place_and_moment(self, partner: SourcePartner) -> None:
        """Basis and unit of every row; a moment that is not in the future; the locations it speaks for."""
        partner.produce()
        source = partner.open()
        for document in _taken(partner, source).documents.values():
            for item in source.parse(document, partner.codebook).items:
                if isinstance(item, StockReport):
                    _check_count(item, document)

    def test_counts_are_recognised_by_sku_and_location(self, partner: SourcePartner) -> None:
        """Every row's location is one that the report speaks for."""
        for item in _items(partner):
            if isinstance(item, StockReport):
                strangers = {row.location for row in item.rows} - set(item.locations)
                assert not strangers, f"rows of {sorted(marks_of(item))} at locations the report does not speak for"

    def test_counts_are_in_the_units_of_the_codebook(self, partner: SourcePartner) -> None:
        """Where a partner's unit holds six times as many, so do its figures: cases are never counted as pieces."""
        partner.produce()
        source, book = partner.open(), partner.codebook
        assert book.items, "the codebook lists no item, so nothing says in which units the partner counts"
        sixfold = replace(book, items=tuple(replace(item, units_each=_sixfold(item)) for item in book.items))
        for document in _taken(partner, source).documents.values():
            told, larger = (_rows(source.parse(document, using).items) for using in (book, sixfold))
            assert len(told) == len(larger), "another size of the units gives another number of figures"
            for before, after in zip(told, larger, strict=True):
                factor = 6 if before.unit == book.item_of(before.sku).unit else 1
                found = to_base(after.quantity, after.units_each)
                assert found == factor * to_base(before.quantity, before.units_each), f"{before.sku}: not by its unit"


def _sixfold(item: PartnerItem) -> Units:
    return exact_units(6 * Fraction(item.units_each))


def _rows(items: Sequence[Item]) -> list[StockRow]:
    return [row for item in items if isinstance(item, StockReport) for row in item.rows]


def _check_count(report: StockReport, document: Document) -> None:
    assert report.locations, f"{report.reference} speaks for no location"
    for row in report.rows:
        moment = row.as_of or report.as_of
        assert isinstance(row.basis, CountBasis), f"{row.sku}: no basis"
        assert row.unit, f"{row.sku}: no unit"
        assert row.units_each > 0, f"{row.sku}: no size of the unit"
        assert moment <= document.at + _SKEW, f"{row.sku}: counted after it was fetched; a local time read as UTC?"
