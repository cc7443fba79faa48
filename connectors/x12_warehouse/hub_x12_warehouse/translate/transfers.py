"""StockTransfer to 943, the warehouse stock transfer shipment advice: goods are on their way to the warehouse.

W0602, the depositor's order number, and W0604, the shipment's, are both our transfer id: the 944 repeats one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import Party
from hub.edi.documents.transfer_advice import TransferAdvice, render_transfer_advice
from hub.edi.documents.transfer_advice import TransferLine as AdvisedLine
from hub.edi.documents.warehouse import NumberedReference, ShippedTotal, WarehouseCarrier, WarehouseDate
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import LocationId
from hub.model.transfer import StockTransfer, TransferLine
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of, number_series
from hub.sdk.x12.translate.ordered import counted, product_ids
from hub.sdk.x12.translate.parties import site_party
from hub.sdk.x12.translate.reading import profile_of

_SET = "943"
_NEW = "N"
_SHIPPED_ON, _EXPECTED_ON, _SHIPPED_AT = "11", "17", "8"
_BY_ROAD = "M"
"""W2701 is mandatory; how goods travel is no part of a transfer, and most of what a warehouse unloads is a truck."""

_MOST_IDS = 2
"""Product ids that W04 has room for."""


def advice_series(codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of advices takes its numbers from."""
    return number_series(_SET, codebook)


def transfer_advices(transfers: Sequence[tuple[str, StockTransfer]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with a 943 per transfer, by item key. Raises what `interchange_of` raises."""
    sets = [
        (SentSet(_SET, key, transfer.transfer_id), render_transfer_advice(transfer_advice(transfer, codebook)))
        for key, transfer in transfers
    ]
    return interchange_of(_SET, sets, codebook, stamp)


def transfer_advice(transfer: StockTransfer, codebook: Codebook) -> TransferAdvice:
    """The transfer in X12's words. Raises DataError ``data.unmapped-sku`` for an item the warehouse does not know."""
    profile = profile_of(codebook)
    shipped = transfer.shipped_at.astimezone(ZoneInfo(profile.timezone))
    codebook = codebook.on(shipped.date())
    expected = (WarehouseDate(_EXPECTED_ON, transfer.expected_on),) if transfer.expected_on else ()
    lines = tuple(_line(line, codebook) for line in transfer.lines)
    units = sum((line.quantity for line in lines if line.quantity is not None), Decimal(0))
    return TransferAdvice(
        reporting=_NEW,
        number=transfer.transfer_id,
        date=shipped.date(),
        shipment_id=transfer.transfer_id,
        purchase_order_number=transfer.purchase_order,
        parties=(
            *site_party("WH", codebook.site_of(transfer.location), profile),
            *_origin(transfer.origin, codebook),
        ),
        numbers=(NumberedReference("CN", transfer.tracking_number),) if transfer.tracking_number else (),
        dates=(
            WarehouseDate(_SHIPPED_ON, shipped.date(), _SHIPPED_AT, shipped.time().replace(microsecond=0)),
            *expected,
        ),
        carriers=_carrier(transfer.carrier, codebook),
        lines=lines,
        total=ShippedTotal(units),
    )


def _origin(origin: LocationId | None, codebook: Codebook) -> tuple[Party, ...]:
    """Where they come from: a site of the warehouse's own company by its code, another place of ours by its name."""
    if origin is None:
        return ()
    return site_party("SF", codebook.site_of(origin), profile_of(codebook)) or (Party("SF", name=origin),)


def _carrier(carrier: str, codebook: Codebook) -> tuple[WarehouseCarrier, ...]:
    """The warehouse's code by its table ``carriers``, four capitals as a SCAC, else a name."""
    if not carrier:
        return ()
    code = next((code for code, ours in codebook.tables.get("carriers", {}).items() if ours == carrier), "")
    is_scac = len(carrier) == 4 and carrier.isascii() and carrier.isalpha() and carrier.isupper()
    if code or is_scac:
        return (WarehouseCarrier(_BY_ROAD, scac=code or carrier),)
    return (WarehouseCarrier(_BY_ROAD, routing=carrier),)


def _line(line: TransferLine, codebook: Codebook) -> AdvisedLine:
    item = codebook.item_of(line.sku)
    sent = counted(line.quantity, item)
    return AdvisedLine(
        quantity=sent.quantity,
        unit=sent.unit,
        ids=product_ids(item, codebook)[:_MOST_IDS],
        references=(NumberedReference("LI", str(line.number)),),
    )
