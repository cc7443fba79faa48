"""What every interchange of ours has: ids, numbers, and its entry in the hub's log of exchanges."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hub.edi.interchange import Delimiters, TradingId
from hub.edi.write import OutboundEnvelope, set_control_number
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState, ReceiptState
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.reading import profile_of

_ACKNOWLEDGEMENTS = "FA"
_NOT_IN_NAMES = re.compile(r"[^\w.-]")
_LINE_BREAKS = {"none": "", "lf": "\n", "crlf": "\r\n"}


@dataclass(frozen=True, slots=True)
class SentSet:
    """A set of an interchange of ours: its id, the outbox item it carries and the business key in it."""

    id: str
    item_key: str
    subject: str


def interchange_series(profile: X12Profile) -> str:
    """ISA13 counts per our id and the partner's, whatever the connection."""
    us, partner = profile.ours, profile.theirs
    return f"x12/ISA/{us.qualifier}:{us.id}/{partner.qualifier}:{partner.id}"


def group_series(functional_id: str, sender: str, receiver: str) -> str:
    """GS06 counts per GS01, GS02 and GS03: a 997 names it by GS01 and GS06 only."""
    return f"x12/GS/{functional_id}/{sender}/{receiver}"


def group_ids(profile: X12Profile) -> tuple[str, str]:
    """GS02 and GS03 of what we send."""
    us, partner = profile.ours, profile.theirs
    return us.group_id or us.id, partner.group_id or partner.id


def envelope_of(
    profile: X12Profile,
    functional_id: str,
    now: dt.datetime,
    number: int,
    group: int,
    *,
    groups: tuple[str, str] | None = None,
    version: str = "",
    usage: str = "",
) -> OutboundEnvelope:
    """From us to the partner; ``groups``, ``version`` and ``usage`` are the profile's where not given."""
    us, partner = profile.ours, profile.theirs
    sender, receiver = groups or group_ids(profile)
    return OutboundEnvelope(
        sender=TradingId(us.qualifier, us.id),
        receiver=TradingId(partner.qualifier, partner.id),
        group_sender=sender,
        group_receiver=receiver,
        functional_id=functional_id,
        version=version or profile.version,
        control_number=number,
        group_control_number=group,
        created=now.astimezone(ZoneInfo(profile.timezone)),
        usage=usage or profile.usage,
        # Never for an answer: a TA1 for a TA1 would go on for ever.
        acknowledgement_requested=profile.request_technical_acknowledgement and functional_id != _ACKNOWLEDGEMENTS,
        delimiters=_delimiters(profile),
        substitute=profile.substitute,
        line_break=_line_break(profile),
        encoding=profile.encoding or "utf-8",
    )


def _line_break(profile: X12Profile) -> str:
    """None where a line break is the delimiter itself."""
    marks = profile.delimiters
    return "" if marks is not None and marks.segment in "\r\n" else _LINE_BREAKS[profile.line_break]


def _delimiters(profile: X12Profile) -> Delimiters | None:
    marks = profile.delimiters
    if marks is None:
        return None
    return Delimiters(
        element=marks.element, component=marks.component, terminator=marks.segment, repetition=marks.repetition
    )


def document_of(
    kind: str,
    body: bytes,
    envelope: OutboundEnvelope,
    sent: Sequence[SentSet],
    codebook: Codebook,
    stamp: Stamp,
    *,
    grouped: bool = True,
) -> Document:
    """The document with its entry for the log; ``grouped`` False for an interchange of TA1 segments."""
    exchange = Exchange(
        connection=codebook.connection,
        direction=Direction.OUTBOUND,
        sender=party(envelope.sender),
        receiver=party(envelope.receiver),
        control_number=f"{envelope.control_number:09d}",
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        at=stamp.now,
        state=ExchangeState.SENT,
        usage=envelope.usage,
        version=f"00{envelope.version[2:5]}",
        groups=(_group(envelope, sent, profile_of(codebook), stamp.now),) if grouped else (),
    )
    return Document(
        connection=codebook.connection,
        direction=Direction.OUTBOUND,
        kind=kind,
        source_id=f"{stamp.key} {envelope.control_number}",
        body=body,
        at=stamp.now,
        media_type="application/edi-x12",
        meta={
            "file": _file_name(kind, envelope, profile_of(codebook)),
            "control_number": str(envelope.control_number),
        },
        item_keys=tuple(each.item_key for each in sent),
        exchange=exchange,
    )


def _file_name(kind: str, envelope: OutboundEnvelope, profile: X12Profile) -> str:
    us, partner = (_NOT_IN_NAMES.sub("_", party.id.strip()) for party in (profile.ours, profile.theirs))
    return profile.file_name.format(
        set=kind,
        number=f"{envelope.control_number:09d}",
        us=us,
        partner=partner,
        date=f"{envelope.created:%Y%m%d}",
        usage=envelope.usage,
    )


def party(trading: TradingId) -> str:
    """An interchange id with its qualifier, as the log has it."""
    return f"{trading.qualifier.strip()}:{trading.id.strip()}"


def _group(envelope: OutboundEnvelope, sent: Sequence[SentSet], profile: X12Profile, now: dt.datetime) -> ExchangeGroup:
    awaited = profile.acknowledgement_hours > 0 and envelope.functional_id != _ACKNOWLEDGEMENTS
    state = ReceiptState.AWAITED if awaited else ReceiptState.NONE
    return ExchangeGroup(
        kind=envelope.functional_id,
        sender=envelope.group_sender,
        receiver=envelope.group_receiver,
        control_number=str(envelope.group_control_number),
        version=envelope.version,
        messages=tuple(
            ExchangeMessage(each.id, set_control_number(index), each.subject, each.item_key, state)
            for index, each in enumerate(sent)
        ),
        state=state,
        due=now + dt.timedelta(hours=profile.acknowledgement_hours) if awaited else None,
    )
