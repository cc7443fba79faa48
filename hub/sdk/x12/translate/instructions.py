"""What we tell a partner to do, as one interchange: bytes are a function of the items, the codebook and the stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.edi.write import OutboundSet
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of, number_series


@dataclass(frozen=True, slots=True)
class InstructionSet:
    """The set that carries a fulfilment request: its ST01, and how a request is written as one at that moment.

    ``write`` raises DataError where the request can't be told to this partner.
    """

    id: str
    write: Callable[[FulfilmentRequest, Codebook, dt.datetime], OutboundSet]


def instruction_series(kind: InstructionSet, codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of instructions takes its numbers from."""
    return number_series(kind.id, codebook)


def instructions(
    kind: InstructionSet, requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp
) -> Document:
    """One interchange with a set per request, by item key. Raises what `interchange_of` raises."""
    sets = [
        (SentSet(kind.id, key, request.request_id), kind.write(request, codebook, stamp.now))
        for key, request in requests
    ]
    return interchange_of(kind.id, sets, codebook, stamp)
