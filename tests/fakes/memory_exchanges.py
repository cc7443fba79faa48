"""The log of exchanges in a list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hub.model.document import Direction
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeState, SentGroup, bare_number
from hub.model.identity import ConnectionId


@dataclass
class MemoryExchanges:
    rows: dict[int, Exchange] = field(default_factory=dict)

    def save(self, exchange: Exchange) -> Exchange:
        same = [one for one in self._between(exchange) if one.sha256 == exchange.sha256]
        number = same[0].id if same else len(self.rows) + 1
        groups = tuple(replace(group, id=100 * number + place) for place, group in enumerate(exchange.groups))
        self.rows[number] = replace(exchange, id=number, groups=groups)
        return self.rows[number]

    def _between(self, exchange: Exchange) -> list[Exchange]:
        parties = (exchange.connection, exchange.direction, exchange.sender, exchange.receiver)
        return self.known(*parties, exchange.control_number)

    def known(
        self, connection: ConnectionId, direction: Direction, sender: str, receiver: str, control_number: str
    ) -> list[Exchange]:
        wanted = (connection, direction, sender, receiver)
        return [
            one
            for one in reversed(self.rows.values())
            if (one.connection, one.direction, one.sender, one.receiver) == wanted
            and bare_number(one.control_number) == bare_number(control_number)
        ]

    def highest(self, connection: ConnectionId, direction: Direction, sender: str, receiver: str) -> int | None:
        wanted = (connection, direction, sender, receiver)
        rows = [
            one for one in self.rows.values() if (one.connection, one.direction, one.sender, one.receiver) == wanted
        ]
        return max((int(one.control_number) for one in rows if one.control_number.isdigit()), default=None)

    def repeated(self, exchange_id: int) -> None:
        found = self.rows[exchange_id]
        self.rows[exchange_id] = replace(found, repeats=found.repeats + 1)

    def get(self, exchange_id: int) -> Exchange | None:
        return self.rows.get(exchange_id)

    def sent_group(self, connection: ConnectionId, kind: str, control_number: str) -> SentGroup | None:
        wanted = (kind, bare_number(control_number))
        found = (
            SentGroup(one, group)
            for one in self._sent(connection)
            for group in one.groups
            if (group.kind, bare_number(group.control_number)) == wanted
        )
        return next(found, None)

    def group(self, group_id: int) -> SentGroup | None:
        found = (SentGroup(one, group) for one in self.rows.values() for group in one.groups if group.id == group_id)
        return next(found, None)

    def sent(self, connection: ConnectionId, control_number: str) -> Exchange | None:
        wanted = bare_number(control_number)
        return next((one for one in self._sent(connection) if bare_number(one.control_number) == wanted), None)

    def _sent(self, connection: ConnectionId) -> list[Exchange]:
        rows = reversed(self.rows.values())
        return [one for one in rows if (one.connection, one.direction) == (connection, Direction.OUTBOUND)]

    def answer(self, group: ExchangeGroup) -> None:
        found = self.group(group.id)
        assert found is not None
        groups = tuple(group if one.id == group.id else one for one in found.exchange.groups)
        self.rows[found.exchange.id] = replace(found.exchange, groups=groups)

    def settle(self, exchange_id: int, state: ExchangeState, code: str) -> None:
        self.rows[exchange_id] = replace(self.rows[exchange_id], state=state, code=code)

    def page(
        self,
        *,
        connection: ConnectionId | None = None,
        direction: Direction | None = None,
        awaiting: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Exchange]:
        rows = reversed(self.rows.values())
        return [one for one in rows if connection in {None, one.connection}][:limit]
