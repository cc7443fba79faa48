"""``hub rule shadow``: what drafts that were judged beside the live rules would have decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.identity import OrderId
    from hub.model.routing import RoutingPlan, ShadowPlan
    from hub.ports import UnitOfWork

_PAGE = 500
_EXAMPLES = 10


class _Told(NamedTuple):
    """An order's last decision, and what a draft would have decided."""

    plan: RoutingPlan
    shadow: ShadowPlan

    @property
    def costs_more(self) -> Decimal:
        return self.shadow.cost - self.plan.cost


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "shadow", "rule-shadow")
    def shadow(
        session: Session,
        draft: Annotated[str, typer.Option(help="Only of this draft.")] = "",
        orders: Annotated[int, typer.Option(min=1, help="Look at so many orders.")] = 10_000,
    ) -> Result:
        """Count the orders that drafts in shadow would have planned otherwise when they were last routed."""
        looked_at, found = _look(session, draft, orders)
        rows = [
            _row(name, version, [each for each in found if (each.shadow.draft, each.shadow.version) == (name, version)])
            for name, version in sorted({(each.shadow.draft, each.shadow.version) for each in found})
        ]
        currency = session.hub.setup.network.currency
        told = [_difference(each) for each in found]

        def show(console: Console) -> None:
            cells = [tuple(row.values()) for row in rows]
            show_table(console, ("draft", "version", "orders", f"costs more, {currency}"), cells)
            for each in told[:_EXAMPLES]:
                say(console, f"{each['order_id']}  {each['draft']}: {each['otherwise']} (was: {each['decided']})")
            say(console, f"{looked_at} orders looked at; {len(told)} times a draft decides otherwise.")

        data = {"orders": looked_at, "currency": currency, "drafts": rows, "differences": told}
        return Result(data, show)


def _look(session: Session, draft: str, most: int) -> tuple[int, list[_Told]]:
    """How many orders were looked at, and what drafts would have decided otherwise of each."""
    looked_at = 0
    found: list[_Told] = []
    with session.hub.storage.read() as uow:
        for order_id in islice(_orders(uow), most):
            looked_at += 1
            for plan in uow.requests.plans(order_id)[-1:]:
                found += [_Told(plan, each) for each in plan.shadows if draft in {"", each.draft}]
    return looked_at, found


def _orders(uow: UnitOfWork) -> Iterator[OrderId]:
    after = None
    while page := uow.orders.page(after=after, limit=_PAGE):
        yield from (record.order_id for record in page)
        after = page[-1].order_id


def _row(draft: str, version: str, found: Sequence[_Told]) -> dict[str, Any]:
    costs_more = sum((each.costs_more for each in found), Decimal(0))
    return {"draft": draft, "version": version, "orders": len(found), "costs_more": f"{costs_more:f}"}


def _difference(told: _Told) -> dict[str, Any]:
    return {
        "order_id": told.plan.order_id,
        "draft": told.shadow.draft,
        "version": told.shadow.version,
        "decided": told.plan.summary,
        "otherwise": told.shadow.summary,
        "costs_more": f"{told.costs_more:f}",
    }
