"""``python -m tests.proving``: the laws on both databases, with a PostgreSQL of our own; exits 1 where one broke."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hub.proving import Databases, Part, Plan, Report, prove, sqlite_files
from tests.fakes.postgres import postgres_server
from tests.proving.postgres_databases import PostgresDatabases

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run, print, and say how a failure is repeated."""
    options = _options()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    plan = Plan(options.steps, seed, Part(options.part), rounds=options.rounds)
    print(f"seed {seed}", flush=True)
    passed = True
    for database in DATABASES if options.db == "both" else (options.db,):
        with _databases(database) as databases:
            report = prove(plan, databases, tell=lambda report: _progress(plan, report))
        _print(report)
        passed = passed and report.passed
    return 0 if passed else 1


@contextmanager
def _databases(name: str) -> Iterator[Databases]:
    if name == "sqlite":
        with sqlite_files() as files:
            yield files
        return
    with postgres_server() as server:
        yield PostgresDatabases(server)


def _progress(plan: Plan, report: Report) -> None:
    if (report.histories + report.crowds) % 20 == 0:
        rate = report.steps / report.seconds
        print(f"  {report.database}: {report.steps} of {plan.steps} steps, {rate:.0f} steps/s", flush=True)


def _print(report: Report) -> None:
    failure = report.failure
    print(f"\n{report.database}: {'every law held' if failure is None else 'A LAW WAS BROKEN'}")
    if failure is not None:
        print(f"  {failure.part}, seed {failure.seed}, step {failure.step}; again: {failure.command}")
        for each in failure.broken:
            print(f"  ! {each.law}: {each.words}")
    print(json.dumps(report.facts()), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proving", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000, help="on each database")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--rounds", type=int, default=20, help="of the market, on each database")
    parser.add_argument("--part", choices=[part.value for part in Part], default="all")
    parser.add_argument("--db", choices=(*DATABASES, "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
