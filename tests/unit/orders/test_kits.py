"""Law 9: taking a kit apart and putting it together are inverse, for orders and for counters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import DataError
from hub.model.identity import LineId, Sku
from hub.model.kit import Kit
from hub.model.order import LineCounters, Order, OrderRecord
from hub.orders.kits import condense, expand, in_parts, lines_of, sold_counters, sold_lines, sold_units
from tests.builders import a_kit, an_order

STATES = ("open", "reserved", "allocated", "backordered", "shipped", "cancelled")
SKUS = ["A", "B", "C", "KIT1", "KIT2"]
UNITS = st.integers(1, 3).map(Decimal)


@st.composite
def catalogues(draw: st.DrawFn) -> dict[Sku, Kit]:
    found: dict[Sku, Kit] = {}
    for sku in (Sku("KIT1"), Sku("KIT2")):
        components = draw(st.dictionaries(st.sampled_from([Sku(name) for name in "ABC"]), UNITS, min_size=1))
        found[sku] = Kit(sku=sku, components=components, separable=draw(st.booleans()))
    return found


def _order(lines: list[tuple[str, int]]) -> Order:
    named: dict[str, Any] = {f"L{number}": line for number, line in enumerate(lines)}
    return an_order(**named)


ORDERS = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 5)), min_size=1, max_size=4).map(_order)


@given(ORDERS, catalogues())
def test_condensing_an_expanded_order_gives_it_back(order: Order, kits: dict[Sku, Kit]) -> None:
    expanded = expand(order, kits)
    assert order == condense(expanded)
    assert expanded == expand(condense(expanded), kits)
    assert order.lines == sold_lines(expanded)
    assert expanded == Order.model_validate_json(expanded.model_dump_json())


@given(ORDERS, catalogues(), catalogues())
def test_definition_stays_with_the_line_when_the_catalogue_changes(
    order: Order, kits: dict[Sku, Kit], changed: dict[Sku, Kit]
) -> None:
    expanded = expand(order, kits)
    assert expanded == expand(order, changed, expanded)


@given(ORDERS, catalogues())
def test_units_of_sold_lines_are_those_of_the_parts_together(order: Order, kits: dict[Sku, Kit]) -> None:
    expanded = expand(order, kits)
    sold = {line.line_id: line.quantity for line in order.lines}
    assert {line.line_id: line.quantity for line in expanded.lines} == in_parts(expanded, sold)
    assert {line.line_id for line in expanded.lines} == {
        part for line in order.lines for part in lines_of(expanded, line.line_id)
    }


@st.composite
def records(draw: st.DrawFn, *, whole: bool) -> tuple[OrderRecord, dict[LineId, LineCounters]]:
    """An order under way and counters of its sold lines; unless ``whole``, parts of a set may be in several states."""
    order, kits = draw(ORDERS), draw(catalogues())
    expanded = expand(order, kits)
    sold = {line.line_id: draw(_counters(line.quantity)) for line in order.lines}
    counters = dict(sold) if whole else {}
    for line in expanded.lines:
        if whole:
            counters[line.line_id] = _times(sold[line.kit_line or line.line_id], expanded, line.line_id)
        else:
            counters[line.line_id] = draw(_counters(line.quantity))
    return OrderRecord(expanded, {line.line_id: counters[line.line_id] for line in expanded.lines}), sold


def _counters(quantity: Decimal) -> st.SearchStrategy[LineCounters]:
    def made(states: list[str]) -> LineCounters:
        placed = {state: Decimal(states.count(state)) for state in STATES}
        return LineCounters(ordered=quantity, **placed)

    return st.lists(st.sampled_from(STATES), min_size=int(quantity), max_size=int(quantity)).map(made)


def _times(count: LineCounters, order: Order, line_id: LineId) -> LineCounters:
    line = next(line for line in order.lines if line.line_id == line_id)
    if line.kit_line is None:
        return count
    per_set = line.quantity / count.ordered
    return LineCounters(**{name: units * per_set for name, units in dict(count).items()})


@given(records(whole=True))
def test_counters_of_whole_sets_are_those_of_the_kit(given_: tuple[OrderRecord, dict[LineId, LineCounters]]) -> None:
    record, sold = given_
    assert sold == sold_counters(record)


@given(records(whole=False))
def test_a_kit_is_as_far_as_its_least_part(given_: tuple[OrderRecord, dict[LineId, LineCounters]]) -> None:
    record, _ = given_
    counters = sold_counters(record)
    for kit in record.order.kits:
        count = counters[kit.line.line_id]
        parts = {sku: record.counters[LineId(f"{kit.line.line_id}/{sku}")] for sku in kit.kit.components}
        assert count.ordered == kit.line.quantity
        assert count.shipped == kit.kit.whole_sets({sku: part.shipped for sku, part in parts.items()})
        wanted = kit.kit.whole_sets({sku: part.ordered - part.cancelled for sku, part in parts.items()})
        assert count.cancelled == kit.line.quantity - wanted


@given(records(whole=False), st.data())
def test_what_is_told_of_shipments_adds_up_to_the_kits_shipped(
    given_: tuple[OrderRecord, dict[LineId, LineCounters]], data: st.DataObject
) -> None:
    record, _ = given_
    start = sold_counters(record)
    told: dict[LineId, Decimal] = {}
    for line_id in data.draw(st.permutations(list(record.counters))):
        count = record.counters[line_id]
        units = sold_units(record, {line_id: count.open})
        told = {each: told.get(each, Decimal(0)) + units.get(each, Decimal(0)) for each in start}
        moved = count.model_copy(update={"open": Decimal(0), "shipped": count.shipped + count.open})
        record = OrderRecord(record.order, {**record.counters, line_id: moved})
    after = sold_counters(record)
    assert told == {line_id: after[line_id].shipped - start[line_id].shipped for line_id in start}


def test_part_of_a_kit_cannot_be_ordered() -> None:
    order = an_order(L1=("KIT", 1))
    half = order.lines[0].model_copy(update={"quantity": Decimal("1.5")})
    with pytest.raises(DataError) as caught:
        expand(order.model_copy(update={"lines": (half,)}), {Sku("KIT"): a_kit("KIT", A=1)})
    assert ("data.broken-kit", "lines[0].quantity") == (caught.value.code, caught.value.path)
