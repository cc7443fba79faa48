"""An X12 retailer: one mailbox, one stream of files in; stock, ship notices and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hub.errors import ConfigurationError, InvariantError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.x12.partner import X12Correspondent
from hub_x12_retailer.settings import X12RetailerSettings

if TYPE_CHECKING:
    from hub.sdk.x12.translate.sets import Translator


class X12Retailer(X12Correspondent[X12RetailerSettings]):
    """Every capability of the connector."""

    batch_limit = 200

    def translators(self) -> Mapping[str, Translator]:
        """850, 860 and 997. Raises ConfigurationError where the connection serves no channel."""
        from hub_x12_retailer.translate.sets import translators

        channel = self._context.channel
        if channel is None:
            raise ConfigurationError(
                "This X12 retailer's connection serves no channel.",
                code="configuration.no-channel",
                cure="Name this connection in a channel of the configuration.",
                place=str(self._context.connection),
            )
        return translators(channel)

    def told_series(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """The numbers of one interchange."""
        from hub.sdk.x12.translate.interchanges import number_series
        from hub_x12_retailer.translate.ship_notices import NOTICE_SET
        from hub_x12_retailer.translate.stock import STOCK_SET

        return number_series(STOCK_SET if _updates(items) else NOTICE_SET, codebook)

    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Quantities in one 846, or an 856 for each confirmation; one interchange."""
        from hub_x12_retailer.translate.ship_notices import notices
        from hub_x12_retailer.translate.stock import quantities

        updates, confirmations = _updates(items), _confirmations(items)
        if len(items) not in {len(updates), len(confirmations)}:
            raise InvariantError("A retailer is told quantities or shipments, one kind at a time.")
        return [quantities(updates, codebook, stamp) if updates else notices(confirmations, codebook, stamp)]


def _updates(items: Sequence[Envelope]) -> list[tuple[str, QuantityUpdate]]:
    return [(each.key, each.item) for each in items if isinstance(each.item, QuantityUpdate)]


def _confirmations(items: Sequence[Envelope]) -> list[tuple[str, ShipmentConfirmation]]:
    return [(each.key, each.item) for each in items if isinstance(each.item, ShipmentConfirmation)]
