"""A case that changes its size overnight: whoever parses or renders is given the codebook of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.sdk.capabilities import Parsed
from tests.fakes.partner import Instructions, Messages
from tests.fakes.world import World

ITEMS = (
    PartnerItem(Sku("A"), {"sku": "A"}, "CA", Decimal(12), until=date(2026, 11, 2)),
    PartnerItem(Sku("A"), {"sku": "A"}, "CA", Decimal(10), since=date(2026, 11, 3)),
)


def test_documents_are_parsed_and_requests_rendered_by_the_codebook_of_their_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[tuple[date, Any]] = []
    rendered: list[tuple[date, Any]] = []
    parse, render = Messages.parse, Instructions.render

    def parse_and_note(source: Messages, document: Document, codebook: Codebook) -> Parsed:
        parsed.append((document.at.date(), codebook.item_of(Sku("A")).units_each))
        return parse(source, document, codebook)

    def render_and_note(sink: Instructions, items: Any, codebook: Codebook, stamp: Any) -> Any:
        rendered.append((stamp.now.date(), codebook.item_of(Sku("A")).units_each))
        return render(sink, items, codebook, stamp)

    monkeypatch.setattr(Messages, "parse", parse_and_note)
    monkeypatch.setattr(Instructions, "render", render_and_note)
    dated = [
        replace(each, codebook=Codebook(ConnectionId(each.id), PartnerId(each.id), items=ITEMS, identity=True))
        for each in world.connections()
    ]
    engine = world.engine(connections=dated)
    for number in (1, 2):
        world.stock("east", {"A": 5 * number})
        world.order(str(number), {"A": 1})
        world.live(engine, rounds=5)
        world.advance(hours=16)
    sizes = {date(2026, 11, 2): Decimal(12), date(2026, 11, 3): Decimal(10)}
    assert set(sizes.items()) == set(parsed) == set(rendered)
