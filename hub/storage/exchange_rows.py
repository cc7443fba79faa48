"""Rows of the log of exchanges as the model has them."""

from __future__ import annotations

from typing import Any

from hub.model.document import Direction
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState, ReceiptState
from hub.model.identity import ConnectionId, DocumentId
from hub.storage.column_types import from_micros, instant_or_none


def exchange_of(row: Any, groups: tuple[ExchangeGroup, ...]) -> Exchange:
    return Exchange(
        connection=ConnectionId(row.connection),
        direction=Direction(row.direction),
        sender=row.sender,
        receiver=row.receiver,
        control_number=row.control_number,
        sha256=row.sha256,
        size=row.size,
        at=from_micros(row.at),
        state=ExchangeState(row.state),
        usage=row.usage,
        version=row.version,
        groups=groups,
        document=DocumentId(row.document),
        code=row.code,
        note=row.note,
        repeats=row.repeats,
        id=row.id,
    )


def group_of(row: Any, messages: tuple[ExchangeMessage, ...]) -> ExchangeGroup:
    return ExchangeGroup(
        kind=row.kind,
        sender=row.sender,
        receiver=row.receiver,
        control_number=row.control_number,
        version=row.version,
        messages=messages,
        state=ReceiptState(row.state),
        due=instant_or_none(row.due),
        code=row.code,
        answer=None if row.answer is None else DocumentId(row.answer),
        id=row.id,
    )


def message_of(row: Any) -> ExchangeMessage:
    return ExchangeMessage(
        kind=row.kind,
        control_number=row.control_number,
        subject=row.subject,
        item_key=row.item_key,
        state=ReceiptState(row.state),
        code=row.code,
    )
