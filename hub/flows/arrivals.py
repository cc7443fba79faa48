"""Stock that came or went without a customer's order, beside counts that may know of it already."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.ledger import Movement


def move_unless_counted(work: Work, movements: Sequence[Movement]) -> list[Movement]:
    """Move on-hand stock; what a later count has seen is moved and given back. Gives the movements that are new.

    So that the ledger tells what happened, and is the same in whatever order the two reach us.
    """
    pairs = {(row.sku, row.location) for row in movements}
    skus, places = {sku for sku, _ in pairs}, {where for _, where in pairs}
    counted = {(each.sku, each.location): each.counted_at for each in work.uow.ledger.balances(skus, places)}
    news = []
    for each in movements:
        row, *undone = ledger.beside_count(each, counted.get((each.sku, each.location)))
        # A repeat after a later count must not be given back alone.
        if work.uow.ledger.move([row]):
            work.uow.ledger.move(undone)
            news.append(row)
    return news
