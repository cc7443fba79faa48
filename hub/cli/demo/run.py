"""`hub demo`: buyers, partners and the daemon for a minute, then what the books say."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hub.cli.demo.judge import FINAL, Verdict, all_final, delivered, judge
from hub.cli.demo.partners import ToyPartners
from hub.cli.demo.process import DaemonProcess
from hub.cli.demo.toy import ToyScale, baskets, free_port
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from hub.bootstrap import Hub
    from hub.model.queue import QuarantineEntry

MARKER = ".crossdock-demo"
SEED = 2026
_ORDERS_PER_SECOND = 25
_PATIENCE_SECONDS = 120.0
_COUNTING_SECONDS = 10.0


def run_demo(orders: int, serve: bool, folder: Path | None, database: str | None, as_json: bool) -> int:
    """Run the toy shop and judge it. Gives 0 where nothing was lost, doubled, oversold or miscounted, else 1.

    ``folder`` (``demo-run`` here) is emptied if an earlier demo made it, and holds configuration, database and
    mailboxes afterwards. ``serve`` keeps partners and daemon running until Ctrl-C or SIGTERM. Main thread only.
    """
    from hub.bootstrap import open_hub

    # Whoever ends us ends the daemon too: left alone it would go on in the folder that the next demo empties.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = _prepared((folder or Path("demo-run")).resolve())
    scale = ToyScale(stock=max(48, orders // 4 // 12 * 12))
    port = free_port()
    started = time.monotonic()
    with ToyPartners(home, port, scale, database or "sqlite:///hub.db") as partners:
        daemon = DaemonProcess(partners.config, port, partners.environment(), home / "hub.log")
        hub = open_hub(partners.config, environment=partners.environment())
        daemon.start()
        try:
            placed = _sell(partners, baskets(orders, SEED), hub)
            verdict = _settle(partners, hub, placed)
            with hub.storage.read() as uow:
                quarantined = uow.quarantine.open()
            _report(verdict, quarantined, partners.config, time.monotonic() - started, as_json=as_json)
            if serve:
                _serve(partners, daemon)
        finally:
            daemon.stop()
            hub.storage.close()
    return 0 if verdict.passed and placed == orders else 1


def _prepared(home: Path) -> Path:
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).exists():
            raise ConfigurationError(
                f"The folder {home} holds something that is no demo.",
                code="configuration.demo-folder",
                cure="Name another with --folder, or empty it.",
            )
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).touch()
    return home


def _sell(partners: ToyPartners, wanted: Sequence[dict[str, int]], hub: Hub) -> int:
    """Let the buyers order as fast as the shop shows stock; one who is turned away comes again."""
    waiting = deque(wanted)
    placed = 0
    patience = time.monotonic() + _PATIENCE_SECONDS
    with _Progress(hub, len(wanted)) as progress:
        while waiting and time.monotonic() < patience:
            basket = waiting.popleft()
            if partners.shop.sell(basket) is None:
                waiting.append(basket)
            else:
                placed += 1
            progress.show(placed)
            time.sleep(1 / _ORDERS_PER_SECOND)
    return placed


def _settle(partners: ToyPartners, hub: Hub, placed: int) -> Verdict:
    """Wait until every order has come to its end and nobody has anything left to do, then judge.

    A count taken while a parcel left is corrected by the partner's next one, so stock gets a little while to agree.
    """
    patience = time.monotonic() + _PATIENCE_SECONDS
    with _Progress(hub, placed) as progress:
        while time.monotonic() < patience:
            if all_final(hub.storage, placed) and partners.idle() and delivered(partners.shop.book()):
                break
            progress.show(placed)
            time.sleep(0.2)
        patience = time.monotonic() + _COUNTING_SECONDS
        while not (verdict := judge(hub.setup, hub.storage, partners.books())).passed:
            if time.monotonic() > patience:
                break
            time.sleep(0.2)
    return verdict


def _serve(partners: ToyPartners, daemon: DaemonProcess) -> None:
    from rich.console import Console

    Console(stderr=True).print(
        f"The hub serves http://127.0.0.1:{partners.port} (/health, /metrics, /openapi.json). Ctrl-C ends it."
    )
    try:
        while daemon.running:
            time.sleep(1)
    except KeyboardInterrupt:
        return


class _Progress:
    """One line on stderr: orders by how far they are."""

    def __init__(self, hub: Hub, total: int) -> None:
        from rich.console import Console
        from rich.status import Status

        self._hub = hub
        self._total = total
        self._status = Status("The toy shop opens", console=Console(stderr=True))
        self._next = 0.0

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def show(self, placed: int) -> None:
        """Say how far things are, twice a second."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.5
        with self._hub.storage.read() as uow:
            counts = uow.orders.count()
        done = sum(count for status, count in counts.items() if status in FINAL)
        parts = ", ".join(f"{count} {status.value.replace('_', ' ')}" for status, count in counts.items() if count)
        self._status.update(f"{placed}/{self._total} sold, {done} done ({parts or 'waiting for stock figures'})")


def _report(
    verdict: Verdict, quarantined: Sequence[QuarantineEntry], config: Path, seconds: float, *, as_json: bool
) -> None:
    if as_json:
        content = {
            "schema": "crossdock.demo/1",
            "passed": verdict.passed,
            "seconds": round(seconds, 1),
            "verdict": asdict(verdict),
            "quarantine": [{"id": e.id, "code": e.code, "document": e.document} for e in quarantined],
        }
        print(json.dumps(content, default=str, indent=2))  # noqa: T201  the command's output
        return
    from hub.cli.demo.summary import print_summary

    print_summary(verdict, quarantined, config, seconds)
