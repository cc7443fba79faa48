"""docs/reference/rules.md, from the published facts and keys: `python -m tests.architecture.rules_page`."""

# ruff: noqa: E501  rows of a table cannot be folded

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from hub.mapping.rules.rule_file import (
    ChargeConfig,
    ExampleConfig,
    PreferenceConfig,
    ReserveConfig,
    RuleConfig,
    RuleFile,
)
from hub.model.rule import BUILT_IN
from hub.model.rule_facts import RECORDS, Fact
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "rules.md"
_INTRODUCTION = """# Rules of routing

`mappings/rules.yaml` says which locations may ship an order, at what price, and which orders wait for a person
([why so](../adr/0033-rules-are-typed-conditions-worked-out-ahead.md)). `hub rule check` finds its faults and slips,
`hub rule explain ORDER` shows what each rule says of an order, `hub rule test` runs its examples
([how to write one](../how-to/write-a-routing-rule.md)).

```yaml
rules:
  - name: no_hazmat_from_stores
    about: Shops are not allowed to post paint.
    lines: {line.hazmat: true}
    never: {location.kind: store}
  - name: dear_orders_from_our_own
    when: order.total != null && order.total > 500.0
    only: location.owner == '' && location.kind == 'warehouse'
  - name: store_labour
    charge: {where: {location.kind: store}, per_shipment: 1.50}
examples:
  - name: paint goes by the warehouse
    order: {channel: shop, lines: [{sku: PAINT, quantity: 1, hazmat: true}]}
    refused: {high_street: no_hazmat_from_stores}
```

This page is made by `python -m tests.architecture.rules_page`; do not edit it.
"""
_CONDITIONS = """
## Conditions

A condition is an [expression](expressions.md), or facts and what they must be. Both become the same tree.

| as facts | as an expression |
|---|---|
| `{order.channel: shop}` | `order.channel == 'shop'` |
| `{order.country: [US, CA]}` | `order.country in ['US', 'CA']` |
| `{order.tags: [gift, vip]}` | `'gift' in order.tags \\|\\| 'vip' in order.tags` |
| `{order.ship_complete: true, line.hazmat: false}` | `order.ship_complete && !line.hazmat` |
| `{order.pickup_at: null}` | `order.pickup_at == null` |
| `{order.total: {at_least: 50, below: 100}}` | `order.total != null && order.total >= 50.0 && order.total < 100.0` |
| `{order.service: {not: express}}` | `!(order.service == 'express')` |
| `{size(order.lines): {above: 3}}` | `size(order.lines) > 3` |
| `[east, west]`, of locations only | `location.id in ['east', 'west']` |

Bounds are `above`, `at_least`, `below`, `at_most` and `not`. `when` asks the order; `lines` the order and a line; all
others the order and a location. Facts that do not exist, values of the wrong type, and locations, channels, kinds, uses
and tags that the set-up does not have are [errors](errors/rule.md) with their line and column.

## What rules come to

- A location may ship a line where every `only` holds and no `never` does, of the rules whose `when` holds. Another rule
  never opens what one has closed. The order of rules does not matter, but for `goal`: the first that says one counts.
- `charge` and `prefer` are added up. A preference is no rank but money: a shipment from elsewhere is taken to cost that
  much more, and routing weighs it against all else.
- Of several `max_splits` the least counts; one `ship_complete` is enough; every `hold` is told.
- A condition that cannot be worked out over a location's facts (it divides by zero) closes that location; over the
  order's, it holds the order. Routing goes on with the rest.

## What `hub rule check` finds

| kind | it is so that | |
|---|---|---|
| `unreachable` | the `when` of a rule never holds | wrong |
| `shadowed` | another rule closes all that this one closes, and it says nothing else | wrong |
| `shut-out` | a rule, or up to three together, leave an order of a channel no location; facts of such an order are told | wrong |
| `re-route-loop` | a rule leaves only locations that rejected the order | wrong |
| `idle` | a rule closes no location of this set-up | good to know |
| `uncovered` | every rule is for some orders, and this order is none of them | good to know |

All of it follows from the conditions and the locations as they are: nothing is guessed, so nothing is found that is not so.
What is not found may be there all the same. Comparisons of one fact with constants, lists of words and their combinations by
`&&`, `||`, `!` and `?:` are understood; sums, patterns and conditions over several lines are compared by their text only.
Orders that are fetched are left out, conditions that cannot be worked out are not foreseen, and whether an item of a category
or tag exists is not known. Rules with more than 2,000 combinations are passed over.

## Drafts

`rules.NAME.yaml` beside it is the draft NAME. With `shadow: [NAME]` it is judged beside the live rules, and what it would
have decided otherwise is kept with the decision: `hub rule shadow` counts it. With `rollout: {NAME: 10}` it decides 10
percent of the orders instead of them: which ones follows from the order's id and the draft's name, so an order stays where
it is, and a rising percentage only adds orders.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield "## The file"
    yield from _keys(RuleFile)
    yield "\n## A rule\n\nIt has a name and says at least one thing."
    yield from _keys(RuleConfig)
    for title, model in (("charge", ChargeConfig), ("prefer", PreferenceConfig), ("reserve", ReserveConfig)):
        yield f"\n### {title}"
        yield from _keys(model)
    yield "\n### An example\n\n`hub rule test` judges its order by these rules. What is left out is not compared."
    yield from _keys(ExampleConfig)
    yield _CONDITIONS
    yield "## Facts"
    for record in ("order", "line", "location"):
        yield f"\n### {record}\n\n| fact | type | what it says |\n|---|---|---|"
        yield from map(_fact, RECORDS[record])
    yield "\n## Rules that every hub has\n\n| name | when | only | what for |\n|---|---|---|---|"
    for rule in BUILT_IN:
        when = "always" if rule.when == "true" else f"`{rule.when}`"
        yield f"| `{rule.name}` | {when} | `{rule.only}` | {rule.about} |"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    yield "\n| key | | meaning |\n|---|---|---|"
    for name, field in model.model_fields.items():
        needed = "required" if field.is_required() else ""
        yield f"| `{name}` | {needed} | {field.description} |"


def _fact(fact: Fact) -> str:
    return f"| `{fact.name}` | {fact.type} | {fact.says} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
