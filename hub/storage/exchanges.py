"""The log of numbered envelopes: one statement per level to write it, one per level to read a page of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub.model.document import Direction
from hub.model.exchange import (
    Exchange,
    ExchangeGroup,
    ExchangeMessage,
    ExchangeState,
    SentGroup,
    bare_number,
)
from hub.model.identity import ConnectionId
from hub.storage.column_types import micros_or_none, to_micros
from hub.storage.dialect import as_rows
from hub.storage.exchange_rows import exchange_of, group_of, message_of
from hub.storage.transaction import Transaction

_SAVE = """
    INSERT INTO exchanges (connection, direction, sender, receiver, control_number, number, sha256, size, usage,
                           version, document, at, state, code, note, repeats)
    VALUES (:connection, :direction, :sender, :receiver, :control_number, :number, :sha256, :size, :usage, :version,
            :document, :at, :state, :code, :note, 0)
    ON CONFLICT (connection, direction, sender, receiver, control_number, sha256) DO UPDATE
    SET document = excluded.document, at = excluded.at, state = excluded.state, code = excluded.code,
        note = excluded.note
    RETURNING id, repeats
"""
_CLEAR_MESSAGES = """
    DELETE FROM exchange_messages
    WHERE exchange_group IN (SELECT id FROM exchange_groups WHERE exchange = :exchange)
"""
_CLEAR_GROUPS = "DELETE FROM exchange_groups WHERE exchange = :exchange"
_ADD_GROUP = """
    INSERT INTO exchange_groups (exchange, connection, direction, kind, sender, receiver, control_number, version,
                                 state, due, code, answer)
    VALUES (:exchange, :connection, :direction, :kind, :sender, :receiver, :control_number, :version, :state, :due,
            :code, :answer)
    RETURNING id
"""
_ADD_MESSAGE = """
    INSERT INTO exchange_messages (exchange_group, place, kind, control_number, subject, item_key, state, code)
    VALUES (:exchange_group, :place, :kind, :control_number, :subject, :item_key, :state, :code)
"""
_KNOWN = """
    SELECT * FROM exchanges
    WHERE connection = :connection AND direction = :direction AND sender = :sender AND receiver = :receiver
          AND control_number = :control_number
    ORDER BY id DESC
"""
_HIGHEST = """
    SELECT MAX(number) FROM exchanges
    WHERE connection = :connection AND direction = :direction AND sender = :sender AND receiver = :receiver
"""
_REPEATED = "UPDATE exchanges SET repeats = repeats + 1 WHERE id = :id"
_GET = "SELECT * FROM exchanges WHERE id = :id"
_SENT = """
    SELECT * FROM exchanges
    WHERE connection = :connection AND direction = 'outbound' AND control_number = :control_number
    ORDER BY id DESC LIMIT 1 {lock}
"""
_SENT_GROUP = """
    SELECT * FROM exchange_groups
    WHERE connection = :connection AND direction = 'outbound' AND kind = :kind AND control_number = :control_number
    ORDER BY id DESC LIMIT 1 {lock}
"""
_GROUP = "SELECT * FROM exchange_groups WHERE id = :id {lock}"
_GROUPS = """
    SELECT * FROM exchange_groups WHERE exchange IN (SELECT exchange FROM {rows exchange bigint}) ORDER BY id
"""
_MESSAGES = """
    SELECT * FROM exchange_messages WHERE exchange_group IN (SELECT grp FROM {rows grp bigint})
    ORDER BY exchange_group, place
"""
_ANSWER = "UPDATE exchange_groups SET state = :state, code = :code, answer = :answer WHERE id = :id"
_ANSWER_MESSAGE = """
    UPDATE exchange_messages SET state = :state, code = :code WHERE exchange_group = :exchange_group AND place = :place
"""
_SETTLE = "UPDATE exchanges SET state = :state, code = :code WHERE id = :id"
_PAGE = """
    SELECT * FROM exchanges e
    WHERE (:connection = '' OR e.connection = :connection) AND (:direction = '' OR e.direction = :direction)
          AND (:after = 0 OR e.id < :after)
          AND (:awaiting = 0 OR EXISTS (
              SELECT 1 FROM exchange_groups g WHERE g.exchange = e.id AND g.state = 'awaited'))
    ORDER BY e.id DESC LIMIT :limit
"""
_LARGEST = 2**63 - 1


class SqlExchangeStore:
    """ExchangeStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, exchange: Exchange) -> Exchange:
        """See ExchangeStore."""
        run = self._transaction.run
        bare = _with_bare_numbers(exchange)
        [row] = run(_SAVE, _values(bare)).all()
        run(_CLEAR_MESSAGES, {"exchange": row.id})
        run(_CLEAR_GROUPS, {"exchange": row.id})
        groups: list[ExchangeGroup] = []
        for group in bare.groups:
            number = int(run(_ADD_GROUP, _group_values(bare, group, row.id)).scalar_one())
            rows = [_message_values(one, number, place) for place, one in enumerate(group.messages, 1)]
            if rows:
                run(_ADD_MESSAGE, rows)
            groups.append(replace(group, id=number))
        return replace(bare, id=row.id, repeats=row.repeats, groups=tuple(groups))

    def known(
        self, connection: ConnectionId, direction: Direction, sender: str, receiver: str, control_number: str
    ) -> list[Exchange]:
        """See ExchangeStore."""
        values = {"sender": sender, "receiver": receiver, "control_number": bare_number(control_number)}
        rows = self._transaction.run(_KNOWN, {**values, "connection": connection, "direction": direction.value})
        return [exchange_of(row, ()) for row in rows]

    def highest(self, connection: ConnectionId, direction: Direction, sender: str, receiver: str) -> int | None:
        """See ExchangeStore."""
        values = {"connection": connection, "direction": direction.value, "sender": sender, "receiver": receiver}
        found: int | None = self._transaction.run(_HIGHEST, values).scalar()
        return found

    def repeated(self, exchange_id: int) -> None:
        """See ExchangeStore."""
        self._transaction.run(_REPEATED, {"id": exchange_id})

    def get(self, exchange_id: int) -> Exchange | None:
        """See ExchangeStore."""
        return next(iter(self._whole(self._transaction.run(_GET, {"id": exchange_id}).all())), None)

    def sent_group(self, connection: ConnectionId, kind: str, control_number: str) -> SentGroup | None:
        """See ExchangeStore."""
        values = {"connection": connection, "kind": kind, "control_number": bare_number(control_number)}
        return self._with_exchange(self._transaction.run(_SENT_GROUP, values).first())

    def group(self, group_id: int) -> SentGroup | None:
        """See ExchangeStore."""
        return self._with_exchange(self._transaction.run(_GROUP, {"id": group_id}).first())

    def sent(self, connection: ConnectionId, control_number: str) -> Exchange | None:
        """See ExchangeStore."""
        values = {"connection": connection, "control_number": bare_number(control_number)}
        return next(iter(self._whole(self._transaction.run(_SENT, values).all())), None)

    def answer(self, group: ExchangeGroup) -> None:
        """See ExchangeStore."""
        values = {"state": group.state.value, "code": group.code, "answer": group.answer, "id": group.id}
        self._transaction.run(_ANSWER, values)
        rows = [
            {"state": one.state.value, "code": one.code, "exchange_group": group.id, "place": place}
            for place, one in enumerate(group.messages, 1)
        ]
        if rows:
            self._transaction.run(_ANSWER_MESSAGE, rows)

    def settle(self, exchange_id: int, state: ExchangeState, code: str) -> None:
        """See ExchangeStore."""
        self._transaction.run(_SETTLE, {"id": exchange_id, "state": state.value, "code": code})

    def page(
        self,
        *,
        connection: ConnectionId | None = None,
        direction: Direction | None = None,
        awaiting: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Exchange]:
        """See ExchangeStore."""
        values = {
            "connection": connection or "",
            "direction": direction.value if direction else "",
            "awaiting": int(awaiting),
            "after": after or 0,
            "limit": limit,
        }
        return self._whole(self._transaction.run(_PAGE, values).all())

    def _with_exchange(self, row: Any | None) -> SentGroup | None:
        if row is None:
            return None
        [exchange] = self._whole(self._transaction.run(_GET, {"id": row.exchange}).all())
        return SentGroup(exchange, next(group for group in exchange.groups if group.id == row.id))

    def _whole(self, rows: Sequence[Any]) -> list[Exchange]:
        """The exchanges of these rows with their groups and messages."""
        if not rows:
            return []
        asked = as_rows({"exchange": row.id} for row in rows)
        found = self._transaction.run(_GROUPS, {"rows": asked}).all()
        messages: dict[int, list[ExchangeMessage]] = defaultdict(list)
        for row in self._transaction.run(_MESSAGES, {"rows": as_rows({"grp": one.id} for one in found)}):
            messages[row.exchange_group].append(message_of(row))
        groups: dict[int, list[ExchangeGroup]] = defaultdict(list)
        for row in found:
            groups[row.exchange].append(group_of(row, tuple(messages[row.id])))
        return [exchange_of(row, tuple(groups[row.id])) for row in rows]


def _with_bare_numbers(exchange: Exchange) -> Exchange:
    groups = tuple(
        replace(
            group,
            control_number=bare_number(group.control_number),
            messages=tuple(replace(one, control_number=bare_number(one.control_number)) for one in group.messages),
        )
        for group in exchange.groups
    )
    return replace(exchange, control_number=bare_number(exchange.control_number), groups=groups)


def _values(exchange: Exchange) -> dict[str, Any]:
    bare = exchange.control_number
    digits = int(bare) if bare.isascii() and bare.isdigit() else None
    return {
        "connection": exchange.connection,
        "direction": exchange.direction.value,
        "sender": exchange.sender,
        "receiver": exchange.receiver,
        "control_number": bare,
        "number": digits if digits is not None and digits <= _LARGEST else None,
        "sha256": exchange.sha256,
        "size": exchange.size,
        "usage": exchange.usage,
        "version": exchange.version,
        "document": exchange.document,
        "at": to_micros(exchange.at),
        "state": exchange.state.value,
        "code": exchange.code,
        "note": exchange.note,
    }


def _group_values(exchange: Exchange, group: ExchangeGroup, number: int) -> dict[str, Any]:
    return {
        "exchange": number,
        "connection": exchange.connection,
        "direction": exchange.direction.value,
        "kind": group.kind,
        "sender": group.sender,
        "receiver": group.receiver,
        "control_number": group.control_number,
        "version": group.version,
        "state": group.state.value,
        "due": micros_or_none(group.due),
        "code": group.code,
        "answer": group.answer,
    }


def _message_values(message: ExchangeMessage, group: int, place: int) -> dict[str, Any]:
    return {
        "exchange_group": group,
        "place": place,
        "kind": message.kind,
        "control_number": message.control_number,
        "subject": message.subject,
        "item_key": message.item_key,
        "state": message.state.value,
        "code": message.code,
    }
