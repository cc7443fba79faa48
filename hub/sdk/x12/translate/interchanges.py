"""Sets of one kind on their way to a partner, as one interchange of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.edi.envelope import GROUP_OF_SET
from hub.edi.templates import fitted
from hub.edi.write import OutboundSet, control_number, set_control_number, write_interchange
from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
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


def number_series(set_id: str, codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of such sets takes its numbers from."""
    profile = profile_of(codebook)
    return interchange_series(profile), group_series(GROUP_OF_SET[set_id], *group_ids(profile))


def interchange_of(
    set_id: str, sets: Sequence[tuple[SentSet, OutboundSet]], codebook: Codebook, stamp: Stamp
) -> Document:
    """One interchange of one group of these sets; ``meta`` keeps which set carries which item.

    Free text is cut to X12's lengths. Raises ConfigurationError ``x12.set-not-sent`` where the profile does not agree
    on the set, DataError ``x12.not-writable`` where something else does not fit it.
    """
    profile = profile_of(codebook)
    if not profile.may_send(set_id):
        raise ConfigurationError(
            f"Partner {codebook.partner} gets no {set_id} from us.",
            code="x12.set-not-sent",
            cure=f"Add {set_id} to sends in mappings/partners/{codebook.partner}/x12.yaml, or give the location or "
            "channel another connection.",
        )
    version = profile.version_of(set_id)
    fitting = [fitted(each, version) for _, each in sets]
    number, group = (control_number(count) for count in stamp.numbers)
    envelope = envelope_of(profile, GROUP_OF_SET[set_id], stamp.now, number, group, version=version)
    body = write_interchange(envelope, fitting)
    sent = [each for each, _ in sets]
    document = document_of(set_id, body, envelope, sent, codebook, stamp)
    marks = {f"set:{each.item_key}": f"{set_id}/{group}/{set_control_number(index)}" for index, each in enumerate(sent)}
    return replace(document, meta={**document.meta, **marks})
