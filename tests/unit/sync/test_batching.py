"""Which outbox items go out together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.errors import InvariantError
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import OutboxItem
from hub.sync.batching import ALONE, RESEND, envelope_of, next_batch, stamp_key

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def item(key: str, kind: str = "inventory", order: str = "", note: str = "", document: str = "") -> OutboxItem:
    return OutboxItem(
        key=key,
        connection=ConnectionId("acme"),
        kind=kind,
        payload="{}",
        created_at=NOW,
        order_id=OrderId(order) if order else None,
        note=note,
        document=DocumentId(document) if document else None,
    )


def batches(items: list[OutboxItem], limit: int = 10) -> list[str]:
    found = []
    while items:
        batch, items = next_batch(items, limit)
        found.append("".join(each.key for each in batch))
    return found


def test_items_of_one_kind_go_together_up_to_the_limit() -> None:
    assert ["abc", "d"] == batches([item(key) for key in "abcd"], limit=3)


def test_kinds_are_not_mixed() -> None:
    assert ["ac", "b"] == batches([item("a"), item("b", kind="shipment"), item("c")])


def test_item_does_not_overtake_an_earlier_one_of_its_order() -> None:
    items = [item("a", order="1"), item("b", kind="cancellation", order="2"), item("c", order="2")]
    assert ["a", "b", "c"] == batches(items)


def test_document_that_goes_again_keeps_its_items_together() -> None:
    again = {"note": f"{RESEND}lost", "document": "D1"}
    assert ["ac", "b"] == batches([item("a", **again), item("b"), item("c", **again)], limit=1)


def test_refused_in_company_means_alone() -> None:
    assert ["a", "b", "cd"] == batches([item("a", note=ALONE), item("b", note=ALONE), item("c"), item("d")])


def test_item_with_old_bytes_that_were_never_seen_is_rendered_anew() -> None:
    assert ["ab"] == batches([item("a", document="D1", note="partner.unavailable"), item("b")])


def test_stamp_key_is_stable_for_an_attempt_and_new_for_the_next() -> None:
    items = [item("a"), item("b")]
    assert stamp_key(items) == stamp_key([item("a"), item("b")])
    assert stamp_key(items) != stamp_key([replace(each, attempts=1) for each in items])
    assert 32 == len(stamp_key(items))


def test_kind_that_no_sink_takes_is_our_bug() -> None:
    with pytest.raises(InvariantError) as raised:
        envelope_of(item("a", kind="rumour"))
    assert "hub.unknown-outbox-kind" == raised.value.code
