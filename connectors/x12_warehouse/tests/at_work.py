"""A simulated warehouse at work, for the conformance kit: it is made to tell something, and asked for its book."""

from __future__ import annotations

import itertools
from pathlib import Path

from pydantic import SecretStr
from warehouse import PLACE, codebook, connection, envelope, request, simulator, stamp, transfer

from hub.model.fulfilment import FulfilmentRequest
from hub.model.transfer import StockTransfer
from hub.sdk.capabilities import Envelope
from hub.sdk.testing import files_written, wait_until
from hub_x12_warehouse.connector import X12Warehouse

SECRET = "canary-8c21-passphrase"
LINES = (("LAMP-BRASS", 3), ("BULB-WARM", 24))


class Warehouse:
    """A simulated warehouse at work, and connections to it with a planted passphrase."""

    def __init__(self, folder: Path, feed_every: float) -> None:
        self.folder = folder
        self.simulator = simulator(folder, feed_every=feed_every)
        self._numbers = itertools.count(1)

    def open(self) -> X12Warehouse:
        return connection(self.simulator, private_key_passphrase=SecretStr(SECRET), page_size=2)

    def counts(self) -> frozenset[str]:
        """One stock file more than before."""
        before = len(files_written(self.folder, "*-846.edi*"))
        wait_until(lambda: len(files_written(self.folder, "*-846.edi*")) > before)
        return frozenset({f"LAMP-BRASS@{PLACE}=50", f"BULB-WARM@{PLACE}=120"})

    def order(self) -> str:
        """An order, taken and shipped; our request id."""
        asked = request(next(self._numbers), *LINES)
        before = len(files_written(self.folder, "*-945.edi*"))
        [document] = self.open().render([envelope(asked)], codebook(), stamp(int(asked.request_id[1:])))
        self.open().send(document)
        wait_until(lambda: len(files_written(self.folder, "*-945.edi*")) > before)
        return asked.request_id

    def receives(self) -> frozenset[str]:
        """Goods announced, and received."""
        announced = transfer(next(self._numbers), *LINES)
        before = len(files_written(self.folder, "*-944.edi*"))
        [document] = self.open().render([envelope(announced)], codebook(), stamp(int(announced.transfer_id[1:])))
        self.open().send(document)
        wait_until(lambda: len(files_written(self.folder, "*-944.edi*")) > before)
        return frozenset({f"arrived {announced.transfer_id}"})

    def ships(self) -> frozenset[str]:
        return frozenset({f"shipped {self.order()}"})

    def acknowledges(self) -> frozenset[str]:
        """The 997 names the group of the order, whose number is the order's."""
        return frozenset({f"received {int(self.order()[1:])}"})

    def booked(self, told: Envelope) -> int:
        assert isinstance(told.item, FulfilmentRequest)
        wait_until(self.simulator.idle)
        found = self.simulator.book().instructions.get(told.item.request_id)
        return found.times if found else 0

    def expected(self, told: Envelope) -> int:
        assert isinstance(told.item, StockTransfer)
        wait_until(self.simulator.idle)
        found = self.simulator.book().transfers.get(told.item.transfer_id)
        return found.times if found else 0
