"""`hub status` names the locations whose newest count is too old to be believed whole."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from hub.model.identity import LocationId
from tests.fakes.installation import Installation, connection


def test_old_and_missing_counts_are_named(installation: Installation) -> None:
    counting = "rule: {discount_after_hours: '1', stale_after_hours: '4'}\n"
    installation.configure(
        {"depot": connection()},
        locations={name: {"kind": "warehouse", "connection": "depot"} for name in ("attic", "barn", "cellar")},
    )
    (installation.folder / "mappings/partners/booth/counting.yaml").write_text(counting)
    now = datetime.now(UTC)
    with closing(installation.storage()) as storage, storage.begin() as uow:
        for place, hours in (("attic", 0), ("barn", 2)):
            uow.ledger.counted([], LocationId(place), now - timedelta(hours=hours), None)
    bands = {row["location"]: row["band"] for row in installation.json("status")["stock"]}
    assert {"attic": "trusted", "barn": "discounted", "cellar": "stale"} == bands
    text = installation.run("status").stdout
    assert "Stock at barn is discounted: counted 2 h ago." in text
    assert "Stock at cellar is stale: never counted." in text
    assert "Stock at attic" not in text
