"""``hub rule``: whether the rules of routing are right, and what they say of an order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import rule_checks, rule_shadows
from hub.cli.exits import Exit, NotThereError
from hub.cli.orders import Reference, found_order
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.rule import Rule, RuleBook
    from hub.routing.facts import Facts
    from hub.routing.rule_reasons import Refusal, Ruling, Seen
    from hub.routing.rules import RuleSet

app = typer.Typer(no_args_is_help=True, help="Rules of routing: which locations may ship what.")
rule_checks.register(app)
rule_shadows.register(app)

Draft = Annotated[str, typer.Option(help="Of the draft NAME (rules.NAME.yaml) instead of the live rules.")]


@command(app, "list", "rule-list")
def list_rules(session: Session, draft: Draft = "") -> Result:
    """List the rules, those that every hub has first, with the version that they are known by."""
    book = _book(session, draft)
    rows = [_row(rule, built_in=rule not in book.rules) for rule in (*_built_in(), *book.rules)]
    data = {"draft": draft, "version": book.version, "rules": rows}

    def show(console: Console) -> None:
        cells = [(row["name"], row["when"], "; ".join(row["says"]), row["about"]) for row in rows]
        show_table(console, ("rule", "when", "says", "about"), cells)
        say(console, f"Version {book.version}.")

    return Result(data, show)


@command(app, "explain", "rule-explain")
def explain(
    session: Session,
    reference: Reference = "",
    draft: Draft = "",
    example: Annotated[str, typer.Option(help="Of the example of this name, in place of an order.")] = "",
) -> Result:
    """Show what each rule says of an order, and why each location may ship it or not, with the values seen."""
    from hub.routing.rule_reasons import reasons, rulings

    order = _facts_of_example(session, draft, example) if example else _facts(session, reference)
    rules = _rule_set(session, draft)
    verdict, ruled = rules.judge(order), rulings(rules, order)
    refused = reasons(rules, order)
    locations = [
        {
            "location": location,
            "open": bool(verdict.open >> place & 1),
            "refusals": [_refusal(each, order) for each in refused[location]],
        }
        for place, location in enumerate(rules.locations)
    ]
    data = {
        "order_id": order["id"],
        "draft": draft,
        "version": rules.version,
        "rules": [_ruling(each) for each in ruled],
        "locations": locations,
        "holds": [{"rule": hold.rule, "words": hold.words} for hold in verdict.holds],
        "surcharges": [
            {
                "rule": each.rule,
                "locations": [name for place, name in enumerate(rules.locations) if each.locations >> place & 1],
                "per_shipment_mills": each.per_shipment,
                "per_unit_mills": each.per_unit,
            }
            for each in verdict.surcharges
        ],
    }

    def show(console: Console) -> None:
        show_table(console, ("rule", "applies", "why", "where"), map(_ruling_cells, ruled), title="Rules")
        cells = [
            (location, "no" if refusals else "yes", "; ".join(map(str, refusals)))
            for location, refusals in refused.items()
        ]
        show_table(console, ("location", "may ship", "refused by"), cells, title="Locations")
        for hold in verdict.holds:
            say(console, f"It waits: {hold.words} ({hold.rule})", "yellow")

    return Result(data, show)


@command(app, "test", "rule-test")
def run_examples(session: Session, draft: Draft = "") -> Result:
    """Judge the examples of the rules' file by the rules; exit code 5 where one comes out otherwise."""
    from hub.routing.rule_examples import differences

    rules, book = _rule_set(session, draft), _book(session, draft)
    rows = [
        {"example": each.name, "place": each.place, "differences": list(differences(rules, each))}
        for each in book.examples
    ]
    wrong = [row for row in rows if row["differences"]]

    def show(console: Console) -> None:
        for row in rows:
            say(console, f"{'different' if row['differences'] else 'right':<10}{row['example']}", _style(row))
            for words in row["differences"]:
                say(console, f"          {words}")
        if rows:
            say(console, f"{len(rows)} examples, {len(wrong)} different.", "red" if wrong else "green")
        else:
            say(console, "There are no examples. Write some under examples: in rules.yaml.")

    data = {"draft": draft, "version": rules.version, "examples": rows, "wrong": len(wrong)}
    return Result(data, show, Exit.DIFFERENCES if wrong else Exit.OK)


def _style(row: dict[str, Any]) -> str:
    return "red" if row["differences"] else "green"


def _book(session: Session, draft: str) -> RuleBook:
    network = session.hub.setup.network
    if not draft:
        return network.rules
    if draft not in network.drafts:
        known = ", ".join(sorted(network.drafts)) or "none"
        raise NotThereError(
            f"There is no draft {draft}.",
            code="cli.unknown-draft",
            cure=f"Write it as rules.{draft}.yaml beside rules.yaml. Known: {known}.",
        )
    return network.drafts[draft]


def _rule_set(session: Session, draft: str) -> RuleSet:
    from hub.routing.facts import location_facts
    from hub.routing.rules import RuleSet

    return RuleSet(_book(session, draft), location_facts(session.hub.setup.network))


def _facts(session: Session, reference: str) -> Facts:
    from hub.routing.facts import order_facts

    if not reference:
        raise NotThereError(
            "No order is named.", code="cli.which-order", cure="Name one, or an example of the rules with --example."
        )
    with session.hub.storage.read() as uow:
        record = found_order(session, uow, reference)
    rejected = sorted({location for excluded in record.excluded.values() for location in excluded})
    items = session.hub.setup.network.items
    return order_facts(record.order, items, attempts=record.attempts, rejected_by=rejected)


def _facts_of_example(session: Session, draft: str, name: str) -> Facts:
    from hub.routing.facts import facts_of_example

    examples = {each.name: each for each in _book(session, draft).examples}
    if name not in examples:
        known = "; ".join(examples) or "none"
        raise NotThereError(f"There is no example {name}.", code="cli.unknown-example", cure=f"Known: {known}.")
    return facts_of_example({"id": name, **examples[name].order})


def _built_in() -> tuple[Rule, ...]:
    from hub.model.rule import BUILT_IN

    return BUILT_IN


def _row(rule: Rule, *, built_in: bool) -> dict[str, Any]:
    return {
        "name": rule.name,
        "built_in": built_in,
        "when": "" if rule.when == "true" else rule.when,
        "says": list(_says(rule)),
        "about": rule.about,
        "place": rule.place,
    }


def _says(rule: Rule) -> Iterator[str]:
    lines = f" (lines where {rule.lines})" if rule.lines else ""
    if rule.only:
        yield f"only {rule.only}{lines}"
    if rule.never:
        yield f"never {rule.never}{lines}"
    if rule.charge is not None:
        yield f"charge {rule.charge.per_shipment} a shipment, {rule.charge.per_unit} a unit: {rule.charge.where}"
    if rule.prefer is not None:
        yield f"prefer by {rule.prefer.worth}: {rule.prefer.where}"
    if rule.reserve is not None:
        yield f"reserve {rule.reserve.units} units: {rule.reserve.where}"
    if rule.hold:
        yield f"hold: {rule.hold}"
    if rule.max_splits is not None:
        yield f"at most {rule.max_splits} sites"
    if rule.ship_complete:
        yield "all at once"
    if rule.goal is not None:
        yield f"goal {rule.goal}"


def _ruling_cells(ruling: Ruling) -> tuple[str, ...]:
    why = ruling.failed or ", ".join(map(str, ruling.seen))
    closed = f"closes {', '.join(ruling.closed)}" if ruling.closed else ""
    return ruling.rule, "yes" if ruling.applies else "no", "; ".join(filter(None, (why, closed))), ruling.place


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "rule": ruling.rule,
        "applies": ruling.applies,
        "clause": ruling.clause,
        "seen": _seen(ruling.seen),
        "closed": list(ruling.closed),
        "failed": ruling.failed,
        "place": ruling.place,
    }


def _refusal(refusal: Refusal, order: Facts) -> dict[str, Any]:
    return {
        "rule": refusal.rule,
        "clause": refusal.clause,
        "seen": _seen(refusal.seen),
        "skus": [order["lines"][line]["sku"] for line in refusal.lines],
        "failed": refusal.failed,
        "place": refusal.place,
    }


def _seen(seen: tuple[Seen, ...]) -> dict[str, str]:
    return dict(seen)
