"""What a report says of its items' future, kept until a newer one says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.flows.work import Work
from hub.inventory.counting import CountDecision
from hub.model.identity import LocationId, Sku
from hub.model.network import CountingRule, MissingMeans
from hub.model.stock import FeedMode, ItemOutlook, Outlook, StockReport

PART = 1_000
"""Items looked at together."""

Named = Callable[[Sequence[Sku]], Collection[Sku]]
"""Which of these items a report names."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A report of one location: its moment, whether it names everything, and by which rule it is read."""

    where: LocationId
    as_of: datetime
    mode: FeedMode
    rule: CountingRule

    @classmethod
    def of(cls, report: StockReport, where: LocationId, rule: CountingRule) -> Telling:
        """What the report's header says."""
        return cls(where, report.as_of, report.mode, rule)


def forget_outlooks(work: Work, telling: Telling, named: Named) -> None:
    """Drop what was said before of every item that is named again; where what is not named is gone, of all but those
    known as discontinued."""
    all_of_them = telling.mode is FeedMode.FULL and telling.rule.names_all
    for known in _pages(work, telling.where):
        again = set(named([each.said.sku for each in known]))
        gone = {each.said.sku for each in known if all_of_them and not each.said.discontinued}
        work.uow.outlooks.forget(telling.where, sorted(again | gone), telling.as_of)


def keep_outlooks(work: Work, telling: Telling, outlooks: Sequence[ItemOutlook]) -> None:
    """Keep what the report says; of items that were counted later than that, nothing."""
    said = {each.sku: each for each in outlooks if each.location == telling.where}
    for balance in work.uow.ledger.balances(said, [telling.where]) if said else ():
        if balance.counted_at is not None and balance.counted_at > telling.as_of:
            del said[balance.sku]
    work.uow.outlooks.save([Outlook(each, telling.as_of, work.cause) for each in said.values()])


def delist(work: Work, telling: Telling, decisions: Sequence[CountDecision], known: Collection[Sku]) -> None:
    """Note as discontinued what the report does not name, where that is what it means; ``known`` are so already."""
    if telling.rule.missing is not MissingMeans.DELISTED:
        return
    where = telling.where
    news = [each.sku for each in decisions if not each.named and each.sku not in known]
    keep_outlooks(work, telling, [ItemOutlook(sku=sku, location=where, discontinued=True) for sku in news])


def discontinued(work: Work, where: LocationId, skus: Sequence[Sku] | None) -> frozenset[Sku]:
    """Which of these items, or of all there, are known as discontinued."""
    known = work.uow.outlooks.of(skus, [where])
    return frozenset(each.said.sku for each in known if each.said.discontinued)


def _pages(work: Work, where: LocationId) -> Iterator[list[Outlook]]:
    after: Sku | None = None
    while page := work.uow.outlooks.page(where, after, PART):
        after = page[-1].said.sku
        yield page
