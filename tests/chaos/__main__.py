"""``python -m tests.chaos``: the whole campaign from a command line; exits 1 where the books do not agree."""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.chaos.campaign import Campaign, Outcome, Plan
from tests.fakes.postgres import postgres_server

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run, print, keep the folder of a run that failed."""
    options = _options()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    passed = True
    for database in DATABASES if options.db == "both" else (options.db,):
        folder = Path(tempfile.mkdtemp(prefix="crossdock-chaos-"))
        with _url(database) as url:
            plan = Plan(options.orders, options.kills, seed, url, longest=options.longest)
            outcome = Campaign(plan, folder / "world").run()
        report(database, outcome)
        passed = passed and outcome.passed
        if outcome.passed and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept: {folder}")
    return 0 if passed else 1


def report(database: str, outcome: Outcome) -> None:
    """Figures and findings, for people."""
    figures, verdict = outcome.figures, outcome.verdict
    rate = outcome.placed / figures.seconds if figures.seconds else 0.0
    print(f"\n{database}: {'the books agree' if outcome.passed else 'THE BOOKS DO NOT AGREE'}")
    rows = {
        "orders": f"{outcome.placed} ({', '.join(f'{n} {status}' for status, n in sorted(verdict.orders.items()))})",
        "kills": f"{figures.kills} ({figures.aimed} as a file was written, {figures.before_ready} before ready)",
        "restarts": f"{figures.restarts} ({figures.plain} by a fresh `hub run`), slowest "
        f"{figures.slowest_start_seconds:.1f} s",
        "seconds": f"{figures.seconds:.0f} ({rate:.1f} orders/s; sold in {figures.selling_seconds:.0f} s)",
        "processor": f"{figures.daemon_processor_seconds:.0f} s in the forked daemons",
        "requests": f"{verdict.requests}, {verdict.splits} orders split, {verdict.parcels} parcels",
        "unknown outcomes": ", ".join(f"{n} {how}" for how, n in sorted(figures.unknown.items())) or "none",
        "lost": str(len(verdict.lost)),
        "doubled": str(len(verdict.doubled)),
        "oversold": str(len(verdict.oversold)),
        "out of balance": str(len(verdict.unbalanced)),
        "stock": f"{sum(s.items - len(s.wrong) for s in verdict.stock)} of {sum(s.items for s in verdict.stock)} agree",
    }
    for name, value in rows.items():
        print(f"  {name:<18}{value}")
    for offender in (*verdict.lost, *verdict.doubled, *verdict.oversold, *verdict.unbalanced)[:40]:
        print(f"  ! {offender}")
    for check in verdict.stock:
        for item, (ours, truth) in check.wrong.items():
            print(f"  ! {check.partner} {check.location} {item}: hub {ours}, shelf {truth}")
    print(json.dumps({"database": database, "seed": outcome.plan.seed, **asdict(figures)}, default=str), flush=True)


@contextmanager
def _url(database: str) -> Iterator[str]:
    if database == "sqlite":
        yield "sqlite:///hub.db"
        return
    # The daemon is what dies here, never the server: its fsync would prove nothing and cost most of the time.
    with postgres_server() as server:
        yield server.create()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--db", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--seed", type=int, help="repeat a run's choices; timing still differs")
    parser.add_argument("--longest", type=float, default=2.5, help="seconds a daemon may live at most")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a run that passed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
