"""An X12 retailer: one mailbox, one stream of files in; stock, answers, ship notices, invoices, prices and 997s out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
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
        """The numbers of each interchange that `told` makes."""
        from hub_x12_retailer.translate.told import series_of

        return series_of(items, codebook)

    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Quantities in one 846; a set of its own for each shipment, answer, invoice and price list."""
        from hub_x12_retailer.translate.told import documents_of

        return documents_of(items, codebook, stamp)
