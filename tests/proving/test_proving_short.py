"""The proof in short, on both databases; its long form is ``make prove``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.errors import ConfigurationError
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.stock import CountBasis
from hub.proving import Databases, OneDatabase, Part, Plan, Report, Round, prove, sqlite_files
from hub.proving.networks import drawn_network
from tests.builders import a_location, a_network
from tests.fakes.postgres import PostgresServer
from tests.proving.postgres_databases import PostgresDatabases


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Fresh databases of each kind."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        yield PostgresDatabases(server, url=request.getfixturevalue("postgres_database"))
        return
    with sqlite_files() as files:
        yield files


def test_laws_hold_through_a_history(databases: Databases) -> None:
    report = prove(Plan(steps=500, seed=20261122, part=Part.HISTORY), databases)
    assert report.failure is None
    assert report.steps == 500
    assert report.figures.crashes > 0


def test_laws_hold_where_several_threads_move_one_world(databases: Databases) -> None:
    report = prove(Plan(steps=300, seed=20261122, part=Part.CROWD, threads=4), databases)
    assert report.failure is None
    assert (report.histories, report.crowds) == (0, 1)


def test_market_sells_what_is_there_and_lets_go_of_all_of_it(databases: Databases) -> None:
    size = Round(buyers=60, units=15, threads=24)
    report = prove(Plan(part=Part.MARKET, rounds=1, market=size), databases)
    assert report.failure is None
    assert report.rounds == 1


def test_a_history_is_the_same_for_the_same_seed() -> None:
    plan = Plan(steps=150, seed=7, part=Part.HISTORY)
    with sqlite_files() as files:
        first, second = prove(plan, files), prove(plan, files)
    assert first.figures == second.figures
    assert first.figures != prove_elsewhere(replace(plan, seed=8)).figures


def prove_elsewhere(plan: Plan) -> Report:
    with sqlite_files() as files:
        return prove(plan, files)


def test_networks_are_drawn_of_every_way_of_counting() -> None:
    drawn = [location.counting for seed in range(30) for location in drawn_network(random.Random(seed)).locations]
    assert {(rule.basis, rule.net_of) for rule in drawn} == {
        (CountBasis.ON_HAND, NetOf.NONE),
        (CountBasis.AVAILABLE, NetOf.NONE),
        (CountBasis.AVAILABLE, NetOf.SENT),
        (CountBasis.AVAILABLE, NetOf.ACKNOWLEDGED),
    }


@pytest.mark.parametrize(
    "rule",
    [
        CountingRule(contains=(CountBasis.UNAVAILABLE, CountBasis.COMMITTED), net_of=NetOf.SENT),
        CountingRule(basis=CountBasis.AVAILABLE, contains=(CountBasis.ON_ORDER,), net_of=NetOf.ACKNOWLEDGED),
        CountingRule(basis=CountBasis.AVAILABLE, as_of_lag_minutes=Decimal(30), missing=MissingMeans.DELISTED),
    ],
    ids=["committed", "on order", "late stamp, delisted"],
)
def test_laws_hold_by_every_contract(rule: CountingRule) -> None:
    plan = Plan(steps=300, seed=3, length=150, part=Part.HISTORY, network=a_network(a_location("acme", counting=rule)))
    with sqlite_files() as files:
        report = prove(plan, files)
    assert report.failure is None


def test_own_network_is_proved_in_a_database_of_its_own(sqlite_url: str) -> None:
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, guard_fraction=Decimal("0.1"))
    plan = Plan(steps=300, seed=3, length=150, part=Part.HISTORY, network=a_network(a_location("acme", counting=rule)))
    database = OneDatabase(sqlite_url)
    database.require_empty()
    report = prove(plan, database)
    assert report.failure is None
    assert report.histories == 2
    with pytest.raises(ConfigurationError) as used:
        database.require_empty()
    assert used.value.code == "cli.database-not-empty"
