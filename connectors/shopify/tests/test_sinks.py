"""What the hub tells the shop, over the real protocol: one effect each, also when answers are lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from shopify_builders import (
    confirmation,
    placed,
    recall,
    rendered,
    request,
    update,
)

from hub.errors import UncertainOutcomeError
from hub.mapping.codebook import Codebook
from hub.sdk.capabilities import Outcome
from hub_shopify.quantities import ChannelQuantities
from hub_shopify.recalls import StoreRecalls
from hub_shopify.simulator import ShopifySimulator
from hub_shopify.sinks import Fulfilments, StoreAssignments

Connect = Callable[..., Any]


def test_confirmation_with_several_parcels_reaches_the_customer_as_one_fulfilment(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 3))
    sink = connect(Fulfilments)
    receipt = sink.send(rendered(sink, codebook, confirmation(number, {line: 2}, "HP1", "HP2")))
    assert Outcome.ACCEPTED == receipt.results[0].outcome
    (made,) = shop.server.book().orders[f"gid://shopify/Order/{number}"].fulfilments
    assert ("hub", ("HP1", "HP2")) == (made.made_by, made.tracking_numbers)


@pytest.mark.parametrize("fault", ["timeout-after", "close-after", "500-after", "truncated-body", "endless-body"])
def test_lost_answer_to_a_confirmation_is_looked_up_and_never_doubled(
    fault: str, shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 3))
    sink = connect(Fulfilments)
    document = rendered(sink, codebook, confirmation(number, {line: 1}, "HP1"))
    assert sink.lookup(document) is None
    shop.server.faults.next(fault, operation="CreateFulfilment")
    with pytest.raises(UncertainOutcomeError):
        connect(Fulfilments, deadline_seconds=1).send(document)
    found = sink.lookup(document)
    assert found is not None
    assert Outcome.ACCEPTED == found.results[0].outcome
    assert Outcome.ACCEPTED == sink.send(document).results[0].outcome
    assert 1 == shop.server.book().counts["fulfilments_recorded"]


def test_confirmations_without_tracking_are_told_apart(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 3))
    sink = connect(Fulfilments)
    first = rendered(sink, codebook, confirmation(number, {line: 1}, key="S-1"))
    second = rendered(sink, codebook, confirmation(number, {line: 1}, key="S-2"))
    sink.send(first)
    assert sink.lookup(first) is not None
    assert sink.lookup(second) is None
    sink.send(second)
    assert {line: Decimal(2)} == dict(shop.book().confirmed[number])


def test_second_request_to_the_same_store_moves_its_own_units(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 3))
    sink = connect(StoreAssignments)
    first = rendered(sink, codebook, request(number, {line: 2}, name="P1-A"))
    second = rendered(sink, codebook, request(number, {line: 1}, name="P1-B"))
    sink.send(first)
    assert sink.lookup(second) is None
    sink.send(second)
    sink.send(first)
    shop.staff.ship_open("9999")
    assert sink.lookup(first) is not None
    assert {line: Decimal(3)} == dict(shop.book().confirmed[number])


def test_recalled_units_go_back_to_the_online_location_once(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (one, two) = placed(shop, address, ("TOY-1", 2), ("TOY-2", 1))
    assign, sink = connect(StoreAssignments), connect(StoreRecalls)
    assign.send(rendered(assign, codebook, request(number, {one: 2, two: 1})))
    document = rendered(sink, codebook, recall(number, 2))
    assert sink.lookup(document) is None
    shop.server.faults.next("close-after", operation="MoveFulfilmentOrder")
    with pytest.raises(UncertainOutcomeError):
        sink.send(document)
    for receipt in (sink.lookup(document), sink.send(document)):
        assert receipt is not None
        assert (Outcome.ACCEPTED, True) == (receipt.results[0].outcome, receipt.results[0].accepts)
    assert {"Crossdock": 1, "Harbour store": 2} == dict(
        shop.server.book().orders[f"gid://shopify/Order/{number}"].open_at
    )
    assert ["P00000042"] == list(shop.book().instructions)


def test_recall_after_the_store_shipped_is_refused(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    assign, sink = connect(StoreAssignments), connect(StoreRecalls)
    assign.send(rendered(assign, codebook, request(number, {line: 1})))
    shop.staff.ship_open("9999")
    result = sink.send(rendered(sink, codebook, recall(number))).results[0]
    assert (Outcome.REFUSED, "shopify.already-shipped") == (result.outcome, result.code)


def test_recall_of_what_the_buyer_cancelled_or_never_arrived_is_accepted(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    assign, sink = connect(StoreAssignments), connect(StoreRecalls)
    assign.send(rendered(assign, codebook, request(number, {line: 1})))
    shop.storefront.cancel_order(f"gid://shopify/Order/{number}")
    other, _ = placed(shop, address, ("TOY-1", 1))
    for one in (recall(number), recall(other, name="P-unsent")):
        assert Outcome.ACCEPTED == sink.send(rendered(sink, codebook, one)).results[0].outcome


def test_confirmation_of_a_cancelled_order_is_refused_with_a_reason(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    shop.storefront.cancel_order(f"gid://shopify/Order/{number}")
    sink = connect(Fulfilments)
    result = sink.send(rendered(sink, codebook, confirmation(number, {line: 1}, "HP1"))).results[0]
    assert (Outcome.REFUSED, "shopify.order-cancelled") == (result.outcome, result.code)


def test_more_units_than_are_open_are_refused_and_nothing_is_fulfilled(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    sink = connect(Fulfilments)
    result = sink.send(rendered(sink, codebook, confirmation(number, {line: 2}, "HP1"))).results[0]
    assert (Outcome.REFUSED, "shopify.nothing-open") == (result.outcome, result.code)
    assert 0 == shop.server.book().counts["fulfilments_recorded"]


def available(shop: ShopifySimulator, sku: str) -> int:
    return shop.server.book().inventory["Crossdock", sku].available


def test_quantities_are_set_and_a_stale_one_tells_what_the_shop_shows(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    placed(shop, address, ("TOY-2", 3))
    sink = connect(ChannelQuantities)
    items = [update("OUR-TOY-1", 9, 20), update("OUR-TOY-2", 9, 20), update("OUR-TOY-3", 9, None)]
    receipt = sink.send(rendered(sink, codebook, *items))
    assert [Outcome.ACCEPTED, Outcome.STALE, Outcome.ACCEPTED] == [result.outcome for result in receipt.results]
    assert Decimal(17) == receipt.results[1].observed
    assert [9, 17, 9] == [available(shop, f"TOY-{place}") for place in (1, 2, 3)]


def test_repeated_batch_is_answered_from_memory_and_changes_nothing(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    sink = connect(ChannelQuantities)
    document = rendered(sink, codebook, update("OUR-TOY-1", 9, None), update("OUR-TOY-2", 9, 99))
    first = sink.send(document)
    placed(shop, address, ("TOY-1", 2))
    assert first == sink.send(document)
    assert 7 == available(shop, "TOY-1")


def test_lost_answer_to_quantities_is_repeated_within_the_call(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook
) -> None:
    sink = connect(ChannelQuantities)
    document = rendered(sink, codebook, update("OUR-TOY-1", 9, 20))
    shop.server.faults.next("500-after", operation="SetQuantities")
    assert Outcome.ACCEPTED == sink.send(document).results[0].outcome
    assert sink.lookup(document) is not None
    assert 1 == shop.server.book().counts["replayed_keys"]


def test_sku_that_the_shop_does_not_sell_is_refused_alone(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook
) -> None:
    sink = connect(ChannelQuantities)
    book = replace(codebook, identity=True)
    receipt = sink.send(rendered(sink, book, update('NO "SUCH"', 1, None), update("OUR-TOY-1", 9, 20)))
    assert [Outcome.REFUSED, Outcome.ACCEPTED] == [result.outcome for result in receipt.results]


def test_item_deleted_in_the_shop_is_refused_and_looked_for_again(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook
) -> None:
    sink = connect(ChannelQuantities)
    sink.send(rendered(sink, codebook, update("OUR-TOY-1", 9, 20), key="doc-1"))
    state = shop.server.shop
    state.items.pop(state.items_by_sku.pop("TOY-1").id)
    codes = [
        sink.send(rendered(sink, codebook, update("OUR-TOY-1", units, 9), key=f"doc-{units}")).results[0].code
        for units in (8, 7)
    ]
    assert ["INVALID_INVENTORY_ITEM", "shopify.unknown-sku"] == codes
