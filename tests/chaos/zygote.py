"""A process that has loaded everything and forks daemons: each is a real process, and starts in no time.

    python -m tests.chaos.zygote CONFIG LOG [SECONDS]

Reads one word a line on stdin: ``start`` forks ``hub run`` and answers with its process id; ``wait`` answers, once
the one that was started last has ended, with the milliseconds of processor time it took. The end of stdin kills
what still runs, and ends it. SECONDS is how long a daemon hesitates before it writes down what a partner answered:
a test that needs kills in that moment would else wait for luck.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType
from typing import Any


def main(config: str, log: str, hesitates: str = "0") -> None:
    """Serve until stdin ends."""
    _load()
    if float(hesitates):
        _hesitate(float(hesitates))
    child = 0

    def leave(number: int, _frame: FrameType | None) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    for order in sys.stdin:
        if order.strip() == "start":
            child = os.fork()
            if not child:
                _run(config, log)
            _answer(child)
        elif child:
            _, _, used = os.wait4(child, 0)
            child = 0
            _answer(round(1000 * (used.ru_utime + used.ru_stime)))
    if child:
        os.kill(child, signal.SIGKILL)


def _load() -> None:
    """Import all that a daemon imports while it starts and works; no thread, socket or database may be opened."""
    import asyncssh
    import cronsim
    import uvicorn.lifespan.off
    import uvicorn.loops.auto
    import uvicorn.protocols.http.auto
    import watchfiles
    import zeep

    import hub.bootstrap
    import hub.cli.daemon
    import hub.cli.logs
    import hub.cli.main
    import hub.web.app
    from hub.edi import check_pyx12
    from hub.plugins import discover

    del asyncssh, cronsim, uvicorn, watchfiles, zeep, hub
    for set_id in ("810", "846", "855", "856", "997"):
        check_pyx12._map(set_id, "004010")
    for spec in discover().connectors.values():
        spec.load_simulator()


def _hesitate(seconds: float) -> None:
    from hub.sync.settling import Settling

    record = Settling.record

    def later(self: Settling, *arguments: Any, **named: Any) -> None:
        time.sleep(seconds)
        record(self, *arguments, **named)

    Settling.record = later  # type: ignore[method-assign]


def _run(config: str, log: str) -> None:
    """What `hub run --config CONFIG` does in a fresh process; never returns."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 1
    try:
        from hub.cli.main import app

        app(["run", "--config", config])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
