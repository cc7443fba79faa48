"""``hub config diff``: what a drafted configuration would change, in the files and on stored documents and orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.bootstrap import Hub
    from hub.mapping.setup_diff import Changed, Value
    from hub.model.identity import ConnectionId, OrderId
    from hub.model.routing import RoutingPlan
    from hub.sync.connections import LiveConnection

_EXAMPLES = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "diff", "config-diff")(diff)


@dataclass
class Found:
    """What differs. ``counts`` has all of it by kind; ``examples`` the first of each kind, or all."""

    most: int | None
    documents: int = 0
    orders: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def take(self, kind: str, example: dict[str, Any]) -> None:
        """Count one, and keep it as an example where there is room."""
        self.counts[kind] += 1
        kept = self.examples.setdefault(kind, [])
        if self.most is None or len(kept) < self.most:
            kept.append(example)


def diff(
    session: Session,
    draft: Annotated[Path, typer.Argument(exists=True, help="Another hub.yaml, or the folder that holds one.")],
    documents: Annotated[
        int, typer.Option(min=0, help="Read so many stored documents of each connection again.")
    ] = 200,
    orders: Annotated[int, typer.Option(min=0, help="Plan so many of the orders that they are about.")] = 200,
    every: Annotated[bool, typer.Option("--all", help="Show every difference, not only the first of a kind.")] = False,
) -> Result:
    """Show what a drafted configuration would change; exit code 5 where it changes anything. Nothing is recorded.

    First what differs in its files; then the last stored documents of each connection are read by both, and the orders
    that these were about are planned by both on today's stock."""
    present = session.hub
    drafted = drafted_hub(present, draft)
    found = compared(present, drafted, documents, orders, None if every or session.as_json else _EXAMPLES)
    data = {
        "draft": str(drafted.setup.path),
        "documents": found.documents,
        "orders": found.orders,
        "counts": dict(found.counts),
        "differences": found.examples,
    }

    def show(console: Console) -> None:
        show_found(console, found)

    return Result(data, show, Exit.DIFFERENCES if found.counts else Exit.OK)


def drafted_hub(present: Hub | None, draft: Path) -> Hub:
    """The draft as a hub of its own, with the connectors of the present one where there is one.

    Raises ConfigurationError."""
    from hub.bootstrap import DEFAULT_CONFIG, Hub, open_hub
    from hub.mapping.config import load_setup

    path = draft / DEFAULT_CONFIG if draft.is_dir() else draft
    if not path.is_file():
        raise ConfigurationError(
            "There is no configuration in the draft.",
            code="configuration.missing",
            cure="Name a hub.yaml, or a folder that holds one.",
            place=str(path),
        )
    if present is None:
        return open_hub(path)
    made = Hub(load_setup(path), present.environment, present.clock, present.rng)
    for shared in ("plugins", "redactor"):
        made.__dict__[shared] = getattr(present, shared)
    return made


def compared(present: Hub, drafted: Hub, documents: int, orders: int, most: int | None) -> Found:
    """Everything that differs. Raises ConfigurationError for a connection that cannot be made."""
    from hub.mapping.setup_diff import setup_diff

    found = Found(most)
    for each in setup_diff(present.setup, drafted.setup):
        found.take("setting", _setting(each))
    about: dict[OrderId, None] = {}
    for name, config in present.setup.config.connections.items():
        draft = drafted.setup.config.connections.get(name)
        if config.enabled and draft is not None and draft.enabled:
            about |= dict.fromkeys(_documents(present, drafted, name, documents, found))
    for order_id in list(about)[:orders]:
        _plan(present, drafted, order_id, found)
    return found


def _documents(present: Hub, drafted: Hub, name: ConnectionId, most: int, found: Found) -> Iterator[OrderId]:
    """Compare the last documents of a connection; gives the orders that they were about."""
    from hub.sync.meaning import differences, meaning_of
    from hub.sync.rereading import stored_documents

    with ExitStack() as stack:
        try:
            live = stack.enter_context(closing(present.connection(name)))
        except ConfigurationError:
            return  # It reads nothing now: there is nothing to compare with.
        both: list[tuple[LiveConnection, Hub]] = [(live, present)]
        both.append((stack.enter_context(closing(drafted.connection(name))), drafted))
        for document, entry in islice(stored_documents(present.storage, name), most):
            found.documents += 1
            old, new = (meaning_of(live, hub.setup.network, entry, document) for live, hub in both)
            for each in differences(old, new):
                found.take(each.kind, {"connection": name, "document": document.id, **asdict(each)})
            with present.storage.read() as uow:
                about = uow.documents.orders(document.id)
            yield from about


def _plan(present: Hub, drafted: Hub, order_id: OrderId, found: Found) -> None:
    from hub.flows.route_order import plan_anew
    from hub.flows.work import Work

    with present.storage.read() as uow:
        record = uow.orders.get(order_id)
        if record is None:
            return
        found.orders += 1
        old, new = (plan_anew(Work(uow, hub.setup.network, present.clock()), record) for hub in (present, drafted))
    if _decided(old) != _decided(new):
        found.take("route", {"order": order_id, "old": _routed(old), "new": _routed(new)})


def _decided(plan: RoutingPlan) -> tuple[Any, ...]:
    return plan.assignments, plan.cost, [(each.line_id, each.quantity, each.code) for each in plan.unrouted]


def _routed(plan: RoutingPlan) -> dict[str, Any]:
    assigned = [f"{each.quantity:f} x {each.sku} from {each.location}" for each in plan.assignments]
    waiting = [f"{each.quantity:f} x {each.sku or each.line_id} from nowhere ({each.code})" for each in plan.unrouted]
    return {"cost": f"{plan.cost:f}", "lines": [*assigned, *waiting]}


def _setting(changed: Changed) -> dict[str, Any]:
    def side(value: Value | None) -> dict[str, Any] | None:
        return asdict(value) if value is not None else None

    return {"file": changed.file, "key": changed.key, "old": side(changed.old), "new": side(changed.new)}


_TITLES = {
    "setting": "entries of the configuration that differ",
    "field": "fields of documents that would be others",
    "quantity": "counted quantities that would be others, in eaches",
    "quarantined": "parts of documents that would be quarantined, or for another reason",
    "released": "parts of documents that would no longer be quarantined",
    "route": "orders that would be planned otherwise",
}


def show_found(console: Console, found: Found) -> None:
    """How many of each kind, with the examples that were kept."""
    for kind, title in _TITLES.items():
        examples = found.examples.get(kind, [])
        if examples:
            say(console, f"{title}: {found.counts[kind]}", "bold")
        for each in examples:
            say(console, f"  {_line(kind, each)}")
        if len(examples) < found.counts[kind]:
            say(console, f"  and {found.counts[kind] - len(examples)} more; --all shows them")
    what = f"documents read by both: {found.documents}, orders planned by both: {found.orders}"
    say(console, f"{what}; {'they differ' if found.counts else 'no difference'}")


def _line(kind: str, each: dict[str, Any]) -> str:
    old, new = each["old"], each["new"]
    if kind == "setting":
        place = (new or old)["place"]
        return (
            f"{each['file']} {each['key']}: {_said(old and old['shown'])} -> {_said(new and new['shown'])}  ({place})"
        )
    if kind == "route":
        both = (f"{', '.join(side['lines']) or 'nothing'}, cost {side['cost']}" for side in (old, new))
        return f"{each['order']}: {' -> '.join(both)}"
    return f"{each['document']} of {each['connection']}, {each['place']}: {_said(old)} -> {_said(new)}"


def _said(value: Any) -> str:
    return "(nothing)" if value is None else str(value)
