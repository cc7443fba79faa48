"""What is sent: files with names of their own, and what becomes of a lost answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from quayside import CONNECTION, NOW, codebook, connection, envelope, request, simulator, stamp

from hub.errors import ConfigurationError, InvariantError, UncertainOutcomeError
from hub.model.identity import ChannelId, Sku
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, RepeatSafety
from hub_filedrop.simulator import FilePartnerSimulator


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[FilePartnerSimulator]:
    """Its clerk rests: files lie where they were put."""
    made = simulator(tmp_path, tick=3600)
    made.start()
    yield made
    made.stop()


def asked(count: int) -> list[Envelope]:
    return [envelope(request(number)) for number in range(1, count + 1)]


def sending(partner: FilePartnerSimulator, **files: Any) -> dict[str, Any]:
    return {"send": {"fulfilment": {**partner.connection_settings()["send"]["fulfilment"], **files}}}


def test_no_file_holds_more_than_agreed(partner: FilePartnerSimulator) -> None:
    sink = connection(partner, **sending(partner, items_per_file=2))
    assert ["file:quayside:fulfilment"] * 3 == list(sink.sequences(asked(5), codebook()))
    documents = sink.render(asked(5), codebook(), stamp(7, files=3))
    assert [f"requests_{number:06}.csv" for number in (7, 8, 9)] == [each.meta["file"] for each in documents]
    assert [2, 2, 1] == [len(each.item_keys) for each in documents]


def test_file_that_still_lies_there_has_arrived_and_one_that_is_gone_may_have(partner: FilePartnerSimulator) -> None:
    sink = connection(partner)
    [document] = sink.render(asked(1), codebook(), stamp())
    sink.send(document)
    found = sink.lookup(document)
    assert found is not None
    assert list(document.item_keys) == [each.key for each in found.results]
    (partner.scenario.folder / "inbound" / document.meta["file"]).unlink()
    with pytest.raises(UncertainOutcomeError):
        sink.lookup(document)


@pytest.mark.parametrize("accepts", [True, False])
def test_request_counts_as_accepted_where_the_partner_never_answers(
    partner: FilePartnerSimulator, accepts: bool
) -> None:
    sink = connection(partner, accepts=accepts)
    [document] = sink.render(asked(1), codebook(), stamp())
    assert [accepts] == [each.accepts for each in sink.send(document).results]


def test_repeat_is_safe_only_where_the_partner_says_so(partner: FilePartnerSimulator) -> None:
    assert RepeatSafety.NONE is connection(partner, deduplicates=False).repeat_safety
    assert RepeatSafety.DEDUPE_BY_CONTROL_NUMBER is connection(partner, deduplicates=True).repeat_safety


def test_what_is_not_named_is_not_taken(partner: FilePartnerSimulator) -> None:
    sink = connection(partner, **sending(partner))
    assert {"fulfilment"} == sink.kinds
    update = QuantityUpdate(
        key="inventory:MUG-BLUE",
        channel=ChannelId("shop"),
        connection=CONNECTION,
        sku=Sku("MUG-BLUE"),
        quantity=Decimal(7),
        expected=None,
        computed_at=NOW,
    )
    with pytest.raises(InvariantError):
        sink.render([Envelope(update.key, update)], codebook(), stamp())


def test_mapping_that_is_gone_is_for_a_person(partner: FilePartnerSimulator) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connection(partner).render(asked(1), replace(codebook(), mappings={}), stamp())
    assert "configuration.unknown-mapping" == caught.value.code
