"""JSON shapes of the log of exchanges. None holds a person's data; our segments only where they are asked for."""

from __future__ import annotations

from typing import Any

from hub.edi.receipts import RejectedSegment, acknowledgements_of, rejected_segments
from hub.model.exchange import Exchange, ExchangeGroup, ReceiptState
from hub.ports import UnitOfWork

Shape = dict[str, Any]


def exchange_row(found: Exchange) -> Shape:
    """One line of a list; ``awaiting`` counts groups that wait for their acknowledgement, ``due`` is the first."""
    dues = [group.due for group in found.groups if group.state is ReceiptState.AWAITED and group.due is not None]
    return {
        "id": found.id,
        "connection": found.connection,
        "direction": found.direction.value,
        "control_number": found.control_number,
        "sender": found.sender,
        "receiver": found.receiver,
        "at": found.at.isoformat(),
        "state": found.state.value,
        "code": found.code,
        "document": found.document,
        "groups": [_group_row(group) for group in found.groups],
        "awaiting": sum(group.state is ReceiptState.AWAITED for group in found.groups),
        "due": min(dues).isoformat() if dues else None,
    }


def exchange(uow: UnitOfWork, found: Exchange, *, segments: bool = False) -> Shape:
    """All of one; ``segments``: with the text of our segments that a partner's notes are about."""
    return {
        **exchange_row(found),
        "usage": found.usage,
        "version": found.version,
        "bytes": found.size,
        "sha256": found.sha256,
        "repeats": found.repeats,
        "note": found.note,
        "groups": [_group(uow, found, group, segments=segments) for group in found.groups],
    }


def _group_row(group: ExchangeGroup) -> Shape:
    return {
        "kind": group.kind,
        "control_number": group.control_number,
        "messages": len(group.messages),
        "state": group.state.value,
    }


def _group(uow: UnitOfWork, found: Exchange, group: ExchangeGroup, *, segments: bool) -> Shape:
    return {
        "kind": group.kind,
        "control_number": group.control_number,
        "sender": group.sender,
        "receiver": group.receiver,
        "version": group.version,
        "state": group.state.value,
        "due": group.due.isoformat() if group.due else None,
        "code": group.code,
        "answer": group.answer,
        "messages": [
            {
                "kind": message.kind,
                "control_number": message.control_number,
                "subject": message.subject,
                "item": message.item_key or None,
                "state": message.state.value,
                "code": message.code,
            }
            for message in group.messages
        ],
        "notes": [_note(one, segments=segments) for one in _noted(uow, found, group)],
    }


def _noted(uow: UnitOfWork, found: Exchange, group: ExchangeGroup) -> list[RejectedSegment]:
    """The notes of the answer beside our segments, from the two documents as they are stored."""
    if group.answer is None:
        return []
    ours, theirs = uow.documents.get(found.document), uow.documents.get(group.answer)
    if ours is None or theirs is None:
        return []
    answers = acknowledgements_of(theirs.body, group.kind, group.control_number)
    return [one for answer in answers for one in rejected_segments(ours.body, answer)]


def _note(found: RejectedSegment, *, segments: bool) -> Shape:
    shape: Shape = {
        "kind": found.set_id,
        "control_number": found.control_number,
        "position": found.position,
        "segment": found.segment_id,
        "reason": found.reason,
        "elements": [
            {"element": one.element, "component": one.component, "reason": one.reason}
            | ({"value": one.value} if segments else {})
            for one in found.elements
        ],
    }
    return shape | ({"text": found.text} if segments else {})
