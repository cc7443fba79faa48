"""The campaign in short, on both databases; and the proof that it can fail: each spoilt book is found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap import Hub, open_hub
from hub.cli.demo.judge import Verdict, judge
from hub.cli.demo.partners import ToyPartners
from hub.cli.demo.toy import CHANNEL, WAREHOUSE
from hub.sdk.simulation import PartnerBook
from tests.chaos.campaign import Campaign, Outcome, Plan

pytestmark = [pytest.mark.chaos, pytest.mark.e2e, pytest.mark.timeout(400)]

SUPPLIER = "lowmere"
Books = Mapping[str, PartnerBook]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run on SQLite."""
    plan = Plan(orders=40, kills=6, seed=11, database="sqlite:///hub.db", longest=2.0, plain_every=3)
    return Campaign(plan, tmp_path_factory.mktemp("chaos") / "world").run()


def test_books_agree_after_kills_on_sqlite(outcome: Outcome) -> None:
    assert Verdict(**_clean(outcome.verdict)) == outcome.verdict
    assert outcome.passed
    assert 40 == sum(outcome.verdict.orders.values())
    assert 6 == outcome.figures.kills
    assert outcome.figures.plain >= 1


@pytest.mark.postgres
def test_books_agree_after_kills_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    outcome = Campaign(Plan(orders=40, kills=6, seed=12, database=postgres_url, longest=2.0), tmp_path / "world").run()
    assert Verdict(**_clean(outcome.verdict)) == outcome.verdict
    assert outcome.passed


@pytest.mark.parametrize("forgets", [False, True])
def test_supplier_that_forgets_what_it_has_seen_is_found_to_book_orders_twice(tmp_path: Path, forgets: bool) -> None:
    plan = Plan(
        orders=30,
        kills=8,
        seed=13,
        database="sqlite:///hub.db",
        longest=10.0,
        aimed=1.0,
        ahead=10,
        rest_seconds=20,
        hesitates_seconds=0.3,
    )
    outcome = Campaign(plan, tmp_path / "world", tamper=_forget if forgets else lambda partners: None).run()
    assert outcome.figures.unknown.get("sent again, the partner drops repeats", 0) >= 1
    assert forgets is not outcome.passed
    assert forgets is any(" booked " in found for found in outcome.verdict.doubled)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("sold_and_unknown", "lost"),
        ("never_shown_as_fulfilled", "lost"),
        ("booked_twice", "doubled"),
        ("booked_for_nobody", "doubled"),
        ("fulfilled_twice", "doubled"),
        ("asked_for_too_much", "oversold"),
        ("shelf_below_zero", "oversold"),
        ("shelf_one_short", "stock"),
    ],
)
def test_judge_finds_a_spoilt_book(outcome: Outcome, spoil: str, found: str) -> None:
    hub = open_hub(outcome.config)
    try:
        verdict = judge(hub.setup, hub.storage, globals()[f"_{spoil}"](outcome.books))
    finally:
        hub.storage.close()
    assert not verdict.passed
    findings = {name: getattr(verdict, name) for name in ("lost", "doubled", "oversold", "unbalanced")}
    findings["stock"] = [check for check in verdict.stock if check.wrong]
    assert findings[found]
    assert all(name == found or (name, found) == ("stock", "oversold") for name, value in findings.items() if value)


def test_judge_finds_a_ledger_that_does_not_add_up(outcome: Outcome) -> None:
    hub = open_hub(outcome.config)
    _spoil_balance(hub, outcome.config.parent / "hub.db", 10_000)
    try:
        verdict = judge(hub.setup, hub.storage, outcome.books)
    finally:
        _spoil_balance(hub, outcome.config.parent / "hub.db", -10_000)
        hub.storage.close()
    assert not verdict.passed
    assert verdict.unbalanced


def _clean(verdict: Verdict) -> dict[str, Any]:
    """The same verdict without a finding, so that a failing test shows what was found."""
    found = {name: getattr(verdict, name) for name in Verdict.__dataclass_fields__}
    stock = tuple(replace(check, wrong={}) for check in verdict.stock)
    return found | {"lost": (), "doubled": (), "oversold": (), "unbalanced": (), "stock": stock}


class _Forgetful(set[str]):
    """Control numbers that are written down and never found again."""

    def __contains__(self, number: object) -> bool:
        return False


def _forget(partners: ToyPartners) -> None:
    desks = [desk for one in partners.simulators.values() if (desk := getattr(one, "_desk", None)) is not None]
    assert desks
    for desk in desks:
        assert desk._seen == set()
        desk._seen = _Forgetful()


def _with(books: Books, partner: str, **changes: Any) -> Books:
    return {**books, partner: replace(books[partner], **changes)}


def _sold_and_unknown(books: Books) -> Books:
    shop = books[CHANNEL]
    return _with(
        books,
        CHANNEL,
        sold={**shop.sold, "999999": {"1": Decimal(1)}},
        confirmed={**shop.confirmed, "999999": {"1": Decimal(1)}},
    )


def _never_shown_as_fulfilled(books: Books) -> Books:
    shop = books[CHANNEL]
    return _with(books, CHANNEL, confirmed={**shop.confirmed, next(iter(shop.sold)): {}})


def _booked_twice(books: Books) -> Books:
    booked = next(one for name in books for one in books[name].instructions.values())
    partner = next(name for name in books if booked.reference in books[name].instructions)
    again = {**books[partner].instructions, booked.reference: replace(booked, times=2)}
    return _with(books, partner, instructions=again)


def _booked_for_nobody(books: Books) -> Books:
    booked = next(one for name in books for one in books[name].instructions.values())
    stranger = replace(booked, reference="R-NOBODY")
    return _with(books, SUPPLIER, instructions={**books[SUPPLIER].instructions, "R-NOBODY": stranger})


def _fulfilled_twice(books: Books) -> Books:
    return _with(books, CHANNEL, duplicates=1)


def _asked_for_too_much(books: Books) -> Books:
    return _with(books, WAREHOUSE, oversold={"R-1": Decimal(1)})


def _shelf_below_zero(books: Books) -> Books:
    return _with(books, WAREHOUSE, stock={**books[WAREHOUSE].stock, next(iter(books[WAREHOUSE].stock)): Decimal(-1)})


def _shelf_one_short(books: Books) -> Books:
    shelf, units = next(iter(books[WAREHOUSE].stock.items()))
    return _with(books, WAREHOUSE, stock={**books[WAREHOUSE].stock, shelf: units - 1 if units else units + 1})


def _spoil_balance(hub: Hub, database: Path, scaled: int) -> None:
    import sqlite3

    with sqlite3.connect(database) as connection:
        connection.execute(
            "UPDATE balances SET on_hand = on_hand + ? WHERE rowid = (SELECT MIN(rowid) FROM balances)", (scaled,)
        )
    connection.close()
