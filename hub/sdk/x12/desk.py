"""The mail desk of a simulated partner: a mailbox folder and a clerk who reads our files and writes the partner's own.

What the partner makes of a file, and which documents it writes, is the connector's simulator.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hub.edi.acks import acknowledge_group
from hub.edi.documents.functional import render_functional
from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import Delimiters, Interchange, TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, Row, write_interchange
from hub.errors import DataError
from hub.sdk.clerk import DONE, OUTBOUND, Clerk

_MARKS = Delimiters(element="*", component=">", terminator="~")


class DeskScenario(BaseModel):
    """``folder`` is the mailbox's root, ``us`` and ``own_id`` the interchange ids of the hub and the partner.

    The clerk looks up every ``tick`` seconds. ``repeated_files`` sends every n-th file twice as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    folder: Path
    us: str = "TOYHUB"
    own_id: str
    usage: str = "P"
    version: str = "004010"
    tick: float = Field(default=0.1, gt=0)
    repeated_files: int = 0


class MailDesk(Clerk):
    """Hands each interchange of ours that it has not seen to ``taken``. ``now`` gives the moment of the partner's next
    event."""

    def __init__(
        self, scenario: DeskScenario, taken: Callable[[Interchange], None], now: Callable[[], dt.datetime]
    ) -> None:
        super().__init__(scenario.name, scenario.folder, self._read_mail, tick=scenario.tick, pattern="*.edi")
        self._scenario, self._taken, self._now = scenario, taken, now
        self.duplicates = 0
        self._numbers = itertools.count(1)
        self._seen: set[str] = set()

    def start(self) -> None:
        """Make the folders and begin to work."""
        self._numbers = itertools.count(self._last_number() + 1)
        super().start()

    def acknowledge(self, found: Interchange) -> None:
        """A 997 for each group of it."""
        for group in found.groups:
            answer = acknowledge_group(group)
            if answer is not None:
                self.put("997", [render_functional(answer).rows], self._now())

    def put(self, set_id: str, sets: Sequence[Sequence[Row]], at: dt.datetime) -> None:
        """Write an interchange with one group of these sets into the folder that we read."""
        scenario, number = self._scenario, next(self._numbers)
        envelope = OutboundEnvelope(
            sender=TradingId("ZZ", scenario.own_id),
            receiver=TradingId("ZZ", scenario.us),
            group_sender=scenario.own_id,
            group_receiver=scenario.us,
            functional_id=GROUP_OF_SET[set_id],
            version=scenario.version,
            control_number=number,
            group_control_number=number,
            created=at,
            usage=scenario.usage,
            delimiters=_MARKS,
            substitute=" ",
            line_break="\n",
        )
        body = write_interchange(envelope, [OutboundSet(set_id, tuple(rows)) for rows in sets])
        self.write(f"{number:09d}-{set_id}.edi", body)
        if scenario.repeated_files and number % scenario.repeated_files == 0:
            self.write(f"{number:09d}-{set_id}-again.edi", body)

    def _last_number(self) -> int:
        """The highest control number of its files: a partner that restarts does not use its numbers again."""
        root = self._scenario.folder
        files = [path for folder in (OUTBOUND, DONE) for path in (root / folder).glob("*-*.edi*")]
        return max((int(path.name[:9]) for path in files if path.name[:9].isdigit()), default=0)

    def _read_mail(self, _name: str, body: bytes) -> None:
        try:
            found = read_interchanges(body)
        except DataError:
            return
        for each in found:
            self._take(each)

    def _take(self, found: Interchange) -> None:
        if found.control_number in self._seen:
            self.duplicates += 1
            return
        self._seen.add(found.control_number)
        self._taken(found)


def sscc(reference: str, serial: int) -> str:
    """An 18-digit serial shipping container code with its GS1 check digit, from the digits of a reference."""
    digits = "".join(character for character in reference if character.isdigit())[-12:]
    stem = f"00614{digits:0>10}"[-15:] + f"{serial % 100:02d}"
    weighted = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(stem))
    return stem + str(-weighted % 10)


def plain(value: Decimal) -> str:
    """A quantity as X12 writes it."""
    return format(value.normalize(), "f")


def date_text(at: dt.datetime) -> str:
    """CCYYMMDD."""
    return f"{at:%Y%m%d}"


def time_text(at: dt.datetime) -> str:
    """HHMMSS and hundredths."""
    return f"{at:%H%M%S}{at.microsecond // 10_000:02d}"
