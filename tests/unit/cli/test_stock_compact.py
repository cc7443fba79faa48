"""``hub stock compact``: what goes to the archive, what stays, and what is said of it elsewhere."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hub.model.ledger import Cause, Movement
from tests.fakes.installation import Installation
from tests.unit.cli.stock_shop import DEPOT, KITE, failure, on_hand, shop

__all__ = ["shop"]

LONG_AGO = datetime(2020, 11, 16, 8, tzinfo=UTC)
BEFORE = ("--before", "2020-11-18")


def stocked(shop: Installation) -> None:
    """Ten counted long ago, three of them sold hours later, and two days later one was found again."""
    counted = Movement("c", KITE, DEPOT, Decimal(10), Cause.COUNT, LONG_AGO, LONG_AGO)
    rows = [
        counted,
        replace(counted, key="again", quantity=Decimal(-3), observed_at=LONG_AGO + timedelta(hours=4)),
        replace(counted, key="found", quantity=Decimal(1), observed_at=LONG_AGO + timedelta(days=2)),
    ]
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.ledger.move([replace(row, recorded_at=row.observed_at) for row in rows])
        uow.ledger.counted([KITE], DEPOT, LONG_AGO + timedelta(days=3), None)


def move_all(shop: Installation) -> Path:
    return Path(shop.json("stock", "compact", *BEFORE)["archive"])


def test_a_dry_run_counts_and_takes_nothing(shop: Installation) -> None:
    stocked(shop)
    found = shop.json("stock", "compact", *BEFORE, "--dry-run")
    assert ("crossdock.stock-compact/1", True, None) == (found["schema"], found["dry_run"], found["archive"])
    assert {"movements": 2, "reservations": 0, "held_entries": 0} == found["entries"]
    assert (
        "2 entries from before 2020-11-18 would be taken out"
        in shop.run("stock", "compact", *BEFORE, "--dry-run").stdout
    )
    assert 3 == len(shop.json("stock", "history", "KITE")["rows"])


def test_old_entries_go_to_a_file_beside_the_configuration(shop: Installation) -> None:
    stocked(shop)
    archive = move_all(shop)
    assert shop.folder / "ledger-archive" == archive.parent
    assert 0o600 == archive.stat().st_mode & 0o777
    lines = [json.loads(line) for line in gzip.decompress(archive.read_bytes()).decode().splitlines()]
    assert [("c", "10"), ("again", "-3")] == [(line["key"], line["quantity"]) for line in lines]
    assert "8" == on_hand(shop)
    again = shop.json("stock", "compact", *BEFORE)
    assert (None, 0) == (again["archive"], sum(again["entries"].values()))


def test_the_file_goes_where_it_is_wanted(shop: Installation, tmp_path: Path) -> None:
    stocked(shop)
    found = shop.run("stock", "compact", *BEFORE, "--archive", str(tmp_path / "safe"))
    [archive] = (tmp_path / "safe").iterdir()
    assert f"They are in {archive}." in found.stdout


def test_the_past_is_told_by_days_from_then_on(shop: Installation) -> None:
    stocked(shop)
    move_all(shop)
    found = {
        moment: shop.json("stock", "as-of", moment, "KITE")["stock"][0]["on_hand"]
        for moment in ("2020-11-16T23:59:59.999999+00:00", "2020-11-18T08:00+00:00")
    }
    assert ["7", "8"] == list(found.values())
    assert (1, "ledger.compacted") == failure(shop, "stock", "as-of", "2020-11-16T10:00+00:00", "KITE")


def test_history_says_that_there_is_more_in_the_archive(shop: Installation) -> None:
    stocked(shop)
    move_all(shop)
    found = shop.json("stock", "history", "KITE")
    assert (["found"], 2) == ([row["reference"] or "found" for row in found["rows"]], found["compacted"])
    assert "2 old entries are only in the archive" in shop.run("stock", "history", "KITE").stdout


def test_what_is_kept_is_set_once(shop: Installation) -> None:
    stocked(shop)
    assert (2, "cli.boundary") == failure(shop, "stock", "compact")
    shop.configure(stock={"keep_days": 400}, locations={"depot": {"kind": "warehouse", "connection": "booth"}})
    assert {"movements": 3, "reservations": 0, "held_entries": 0} == shop.json("stock", "compact")["entries"]


def test_a_day_that_is_not_long_gone_is_refused(shop: Installation) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert (1, "ledger.boundary") == failure(shop, "stock", "compact", "--before", today)
