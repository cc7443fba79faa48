"""Our answers to what a partner sends: 997 per group and TA1 per interchange, decided at parse, written at render."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.edi.acks import acknowledge_group, technical_acknowledgement
from hub.edi.documents.functional import render_functional
from hub.edi.interchange import Group, Interchange
from hub.edi.write import OutboundSet, Row, control_number, write_interchange, write_technical
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.sdk.capabilities import Reply, Stamp
from hub.sdk.x12.translate.envelopes import (
    SentSet,
    document_of,
    envelope_of,
    group_ids,
    group_series,
    interchange_series,
)
from hub.sdk.x12.translate.reading import profile_of

_RELEASE = re.compile(r"00\d{4}", re.ASCII)
_GROUP, _TECHNICAL = "997", "TA1"

Way = tuple[str, str, str, str, str]
"""How an answer is addressed: set, release, usage, GS02 and GS03. Answers of one way share an interchange."""


@dataclass(frozen=True, slots=True)
class _Answer:
    key: str
    rows: tuple[Row, ...]
    subject: str


def group_reply(
    group: Group, found: Interchange, profile: X12Profile, key: str, *, refused: bool = False
) -> tuple[Reply, str] | None:
    """The 997 for a received group and its verdict (AK901); None where none is due: for groups of 997s, or by profile.

    Same release and usage as received, parties turned round.
    """
    if not profile.functional_acknowledgement:
        return None
    answer = acknowledge_group(group, refused=refused, every_set=profile.acknowledge_sets == "all")
    if answer is None:
        return None
    own = group_ids(profile)
    version = group.version if _RELEASE.match(group.version) else profile.version_of(_GROUP)
    way = (_GROUP, version, _usage(found, profile), group.receiver or own[0], group.sender or own[1])
    subject = f"{group.functional_id} {group.control_number}"
    return _reply(key, way, render_functional(answer).rows, subject), answer.status


def technical_reply(found: Interchange, profile: X12Profile, key: str, refusal: str = "") -> Reply | None:
    """The TA1 for a received interchange where one is due; ``refusal`` is the code of why we do not take it."""
    row = technical_acknowledgement(found, when=profile.technical_acknowledgement, refusal=refusal)
    if row is None:
        return None
    release = f"{found.version}0"
    version = release if _RELEASE.fullmatch(release) else profile.version
    way = (_TECHNICAL, version, _usage(found, profile), *group_ids(profile))
    return _reply(key, way, (row,), f"interchange {found.control_number}")


def answer_series(replies: Sequence[tuple[str, Reply]], codebook: Codebook) -> list[str]:
    """The series that `answers` takes its numbers from, in its order."""
    profile = profile_of(codebook)
    names: list[str] = []
    for way in _ways(replies):
        names.append(interchange_series(profile))
        if way[0] == _GROUP:
            names.append(group_series("FA", *way[3:]))
    return names


def answers(replies: Sequence[tuple[str, Reply]], codebook: Codebook, stamp: Stamp) -> list[Document]:
    """The prepared answers, in one interchange for each way that they are addressed."""
    profile = profile_of(codebook)
    numbers = iter(stamp.numbers)
    documents: list[Document] = []
    for (set_id, version, usage, *groups), prepared in _ways(replies).items():
        grouped = set_id == _GROUP
        number = control_number(next(numbers))
        group = control_number(next(numbers)) if grouped else number
        envelope = envelope_of(
            profile, "FA", stamp.now, number, group, groups=(groups[0], groups[1]), version=version, usage=usage
        )
        if grouped:
            body = write_interchange(envelope, [OutboundSet(set_id, one.rows) for one in prepared])
        else:
            body = write_technical(envelope, [row for one in prepared for row in one.rows])
        sent = [SentSet(set_id, one.key, one.subject) for one in prepared]
        documents.append(document_of(set_id, body, envelope, sent, codebook, stamp, grouped=grouped))
    return documents


def _usage(found: Interchange, profile: X12Profile) -> str:
    return found.usage if found.usage in {"P", "T"} else profile.usage


def _reply(key: str, way: Way, rows: Iterable[Row], subject: str) -> Reply:
    payload = json.dumps({"way": way, "rows": tuple(rows), "subject": subject})
    return Reply(key, payload, subject=f"{way[0]} for {subject}")


def _ways(replies: Sequence[tuple[str, Reply]]) -> dict[Way, list[_Answer]]:
    found: dict[Way, list[_Answer]] = {}
    for key, reply in replies:
        prepared = json.loads(reply.payload)
        set_id, version, usage, sender, receiver = prepared["way"]
        rows = tuple(tuple(tuple(one) if isinstance(one, list) else one for one in row) for row in prepared["rows"])
        answer = _Answer(key, rows, prepared["subject"])
        found.setdefault((set_id, version, usage, sender, receiver), []).append(answer)
    return found
