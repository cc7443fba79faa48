"""What we tell a partner to do, as one interchange: bytes are a function of the items, the codebook and the stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hub.edi.envelope import GROUP_OF_SET
from hub.edi.templates import fitted
from hub.edi.write import OutboundSet, control_number, set_control_number, write_interchange
from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import (
    SentSet,
    document_of,
    envelope_of,
    group_ids,
    group_series,
    interchange_series,
)
from hub.sdk.x12.translate.reading import profile_of


@dataclass(frozen=True, slots=True)
class InstructionSet:
    """The set that carries a fulfilment request: its ST01, and how a request is written as one at that moment.

    ``write`` raises DataError where the request can't be told to this partner.
    """

    id: str
    write: Callable[[FulfilmentRequest, Codebook, dt.datetime], OutboundSet]


def instruction_series(kind: InstructionSet, codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of instructions takes its numbers from."""
    profile = profile_of(codebook)
    return interchange_series(profile), group_series(GROUP_OF_SET[kind.id], *group_ids(profile))


def instructions(
    kind: InstructionSet, requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp
) -> Document:
    """One interchange with a set per request, by item key; ``meta`` keeps which set carries which item.

    Free text is cut to X12's lengths. Raises ConfigurationError ``x12.set-not-sent`` where the profile does not agree
    on the set, DataError ``x12.not-writable`` where something else does not fit it.
    """
    profile = profile_of(codebook)
    if not profile.may_send(kind.id):
        raise ConfigurationError(
            f"Partner {codebook.partner} gets no {kind.id} from us.",
            code="x12.set-not-sent",
            cure=f"Add {kind.id} to sends in mappings/partners/{codebook.partner}/x12.yaml, or give the location "
            "another connection.",
        )
    version = profile.version_of(kind.id)
    sets = [fitted(kind.write(request, codebook, stamp.now), version) for _, request in requests]
    number, group = (control_number(count) for count in stamp.numbers)
    functional_id = GROUP_OF_SET[kind.id]
    envelope = envelope_of(profile, functional_id, stamp.now, number, group, version=version)
    body = write_interchange(envelope, sets)
    sent = [SentSet(kind.id, key, request.request_id) for key, request in requests]
    document = document_of(kind.id, body, envelope, sent, codebook, stamp)
    marks = {f"set:{key}": f"{kind.id}/{group}/{set_control_number(index)}" for index, (key, _) in enumerate(requests)}
    return replace(document, meta={**document.meta, **marks})
