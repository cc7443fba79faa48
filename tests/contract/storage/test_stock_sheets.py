"""Counted sheets taken in on both databases: as a report of the same figures, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.flows.record_stock import record_stock
from hub.flows.work import Work
from hub.model.identity import ConnectionId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import CountingRule, MissingMeans, Network
from hub.model.stock import CountBasis, FeedMode, ItemOutlook, Outlook, StockReport, StockRow
from hub.ports import Storage, UnitOfWork
from hub.sync import stock_sheets
from hub.sync.stock_sheets import Sheet, Taken, import_sheet
from tests.builders import a_location, a_network
from tests.fakes.memory import MemoryUnitOfWork
from tests.fakes.storage import NOW

SKUS = [Sku(sku) for sku in ("A", "B", "C", "D")]
EARLIER = NOW - timedelta(hours=3)


def network(missing: MissingMeans = MissingMeans.UNCHANGED, basis: CountBasis = CountBasis.ON_HAND) -> Network:
    rule = CountingRule(basis=basis, missing=missing, guard_fraction=Decimal(1))
    return a_network(a_location("acme", counting=rule), a_location("bolt", counting=rule))


def brought(
    storage: Storage,
    text: str,
    net: Network | None = None,
    *,
    full: bool = False,
    as_of: datetime | None = None,
    dry_run: bool = False,
) -> Taken:
    sheet = Sheet("count.csv", text.encode(), full=full, as_of=as_of)
    return import_sheet(storage, net or network(), lambda: NOW, sheet, listed=SKUS, dry_run=dry_run)


def stock(storage: Storage) -> dict[str, int]:
    with storage.read() as uow:
        assert [] == uow.ledger.drift()
        return {f"{each.sku}@{each.location}": int(each.on_hand) for each in uow.ledger.balances() if each.on_hand}


def test_a_sheet_of_two_partners_is_a_document_of_each(storage: Storage) -> None:
    taken = brought(storage, "sku,location,quantity\nA,acme,3\nB,bolt,4\nC,acme,5\n")
    assert {"A@acme": 3, "B@bolt": 4, "C@acme": 5} == stock(storage)
    with storage.read() as uow:
        found = [uow.documents.get(each) for each in taken.documents]
        assert [("acme", "stock-sheet"), ("bolt", "stock-sheet")] == [
            (str(each.connection), each.kind) for each in found if each
        ]
        counts = {each.sku: (each.counted_at, each.counted_document) for each in uow.ledger.balances()}
    acme, bolt = taken.documents
    assert {Sku("A"): (NOW, acme), Sku("B"): (NOW, bolt), Sku("C"): (NOW, acme)} == counts


def test_the_same_bytes_are_taken_once_and_counted_anew_only_of_another_moment(storage: Storage) -> None:
    text = "sku,location,quantity\nA,acme,3\n"
    [first] = brought(storage, text, as_of=EARLIER).documents
    again = brought(storage, text, as_of=EARLIER)
    assert (True, [first], []) == (again.known, again.documents, again.changes)
    later = brought(storage, text)
    assert (False, []) == (later.known, later.changes)
    assert [first] != later.documents


def test_a_dry_run_and_a_sheet_with_a_fault_leave_no_trace(storage: Storage) -> None:
    text = "sku,location,quantity\nA,acme,3\n"
    assert [("A", 0, 3)] == [
        (str(each.sku), int(each.before), int(each.after)) for each in brought(storage, text, dry_run=True).changes
    ]
    assert [3] == [each.row for each in brought(storage, text + "Z,acme,1\n").faults]
    with storage.read() as uow:
        assert ([], [], []) == (uow.documents.page(), uow.ledger.balances(), uow.quarantine.open())
        assert [] == uow.publications.touched(network().channels[0].channel, 10)
    assert not brought(storage, text).known


def test_what_is_not_listed_may_be_in_stock_elsewhere(storage: Storage) -> None:
    brought(storage, "sku,location,quantity\nA,bolt,3\n")
    sheet = Sheet("count.csv", b"sku,location,quantity\nA,acme,2\nE,acme,2\n")
    found = import_sheet(storage, network(), lambda: NOW, sheet, listed=[], dry_run=True)
    assert [(3, "cli.unknown-sku")] == [(each.row, each.code) for each in found.faults]


def test_a_full_sheet_takes_what_it_does_not_name_to_nothing_where_the_rule_says_so(storage: Storage) -> None:
    net = network(MissingMeans.ZERO)
    brought(storage, "sku,location,quantity\nA,acme,3\nB,acme,4\nA,bolt,9\n", net, as_of=EARLIER)
    taken = brought(storage, "sku,location,quantity\nA,acme,2\n", net, full=True)
    assert ({"A@acme": 2, "A@bolt": 9}, set()) == (stock(storage), taken.keeping)
    kept = brought(storage, "sku,location,quantity\nA,bolt,8\n", full=True)
    assert {LocationId("bolt")} == kept.keeping


def test_a_full_sheet_that_a_guard_refuses_leaves_everything(storage: Storage) -> None:
    rule = CountingRule(missing=MissingMeans.ZERO)
    net = a_network(a_location("acme", counting=rule), a_location("bolt", counting=rule))
    brought(storage, "sku,location,quantity\nA,acme,3\nB,acme,4\nC,acme,1\n", net, as_of=EARLIER)
    before = stock(storage)
    taken = brought(storage, "sku,location,quantity\nA,bolt,2\nD,acme,1\n", net, full=True)
    assert (["stock.feed-guard"], before) == ([each.code for each in taken.faults], stock(storage))


def test_where_available_units_are_counted_the_sheet_says_available_units(storage: Storage) -> None:
    net = network(basis=CountBasis.AVAILABLE)
    assert [] == brought(storage, "sku,location,quantity,unavailable\nA,acme,-2,0\nB,acme,5,\n", net).faults
    assert {"A@acme": -2, "B@acme": 5} == stock(storage)
    assert ["unavailable"] == [
        each.column for each in brought(storage, "sku,location,quantity,unavailable\nA,acme,2,1\n", net).faults
    ]


def test_a_sheet_is_of_our_own_clock_and_says_nothing_of_what_the_partner_has_in_view(storage: Storage) -> None:
    rule = CountingRule(missing=MissingMeans.DELISTED, as_of_lag_minutes=Decimal(30), guard_fraction=Decimal(1))
    net = a_network(a_location("acme", counting=rule), a_location("bolt", counting=rule))
    brought(storage, "sku,location,quantity\nA,acme,3\nB,acme,4\n", net, as_of=EARLIER)
    ended = Outlook(ItemOutlook(sku=Sku("A"), location=LocationId("acme"), discontinued=True), EARLIER, None)
    with storage.begin() as uow:
        uow.outlooks.save([ended])
    brought(storage, "sku,location,quantity\nA,acme,2\n", net, full=True)
    assert {"A@acme": 2} == stock(storage)
    with storage.read() as uow:
        assert [ended] == uow.outlooks.of()
        assert {NOW} == {each.counted_at for each in uow.ledger.balances()}


def test_rows_of_different_moments_are_each_counted_as_of_theirs(storage: Storage) -> None:
    rows = f"A,acme,3,{EARLIER.isoformat()}\nB,acme,4,{NOW.isoformat()}\nC,acme,5,\n"
    brought(storage, "sku,location,quantity,as_of\n" + rows)
    with storage.read() as uow:
        assert [EARLIER, NOW, NOW] == [each.counted_at for each in uow.ledger.balances()]


def test_a_sheet_of_too_many_moments_is_refused(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_sheets, "MOMENTS", 2)
    rows = "".join(f"{sku},acme,1,2026-10-01T0{hour}:00Z\n" for hour, sku in enumerate("ABC"))
    assert ["as_of"] == [
        each.column for each in brought(storage, "sku,location,quantity,as_of\n" + rows, dry_run=True).faults
    ]


figures = st.lists(
    st.tuples(
        st.sampled_from(SKUS),
        st.sampled_from(["acme", "bolt"]),
        st.integers(0, 30),
        st.integers(0, 3),
        st.sampled_from([1, 12]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: (row[0], row[1], row[4]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=figures)
def test_a_sheet_does_what_a_report_of_the_same_figures_does(
    storage: Storage, rows: Sequence[tuple[Sku, str, int, int, int]]
) -> None:
    net, memory = network(), MemoryUnitOfWork()
    text = "".join(f"{sku},{where},{units},{held},P{each},{each}\n" for sku, where, units, held, each in rows)
    with storage.begin() as uow:
        before = {(each.sku, each.location): each for each in uow.ledger.balances()}
    sheet = "sku,location,quantity,unavailable,unit,units_each\n" + text
    taken = brought(storage, sheet, net, dry_run=True)
    assert [] == taken.faults
    assert {} == before, "each example starts with nothing, for none leaves anything"
    for where in ("acme", "bolt"):
        counted = tuple(
            StockRow(
                sku=sku,
                location=LocationId(where),
                basis=basis,
                quantity=Decimal(figure),
                unit=f"P{each}",
                units_each=Decimal(each),
            )
            for sku, place, units, held, each in rows
            for basis, figure in ((CountBasis.ON_HAND, units), (CountBasis.UNAVAILABLE, held))
            if place == where
        )
        report = StockReport(
            connection=ConnectionId(where),
            reference="count.csv",
            as_of=NOW,
            mode=FeedMode.DELTA,
            locations=(LocationId(where),),
            rows=counted,
        )
        record_stock(Work(cast("UnitOfWork", memory), net, NOW), report)
    expected = {
        (each.sku, each.location): (each.on_hand, each.unavailable)
        for each in memory.ledger.balances()
        if each != Balance(each.sku, each.location, counted_at=each.counted_at)
    }
    assert expected == {(each.sku, each.location): (each.after, each.unavailable) for each in taken.changes}


def test_an_unreadable_sheet_says_why(storage: Storage) -> None:
    with pytest.raises(DataError) as raised:
        brought(storage, "sku,place\n")
    assert "stock.sheet" == raised.value.code
