"""What is told a partner, as files of ours. What they hold and how it stands there says a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.errors import InvariantError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.price import PriceList
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Stamp, batches
from hub.sdk.mapped.uses import mapping_named

WRITES: Mapping[str, str] = {"fulfilment": "requests", "inventory": "quantities", "item": "prices"}
"""What the mapping of each outbox kind writes."""

_DATED = {"date": "%Y%m%d", "time": "%H%M%S"}
_KINDS: Mapping[type, str] = {FulfilmentRequest: "fulfilment", QuantityUpdate: "inventory", PriceList: "item"}


@dataclass(frozen=True, slots=True)
class OurFiles:
    """How items of one kind are sent: see SentFiles of the settings."""

    mapping: str
    name: str
    items_per_file: int


def kind_of(items: Sequence[Envelope]) -> str:
    """The outbox kind of these items. Raises InvariantError where they are not all of one that is told by files."""
    kinds = {_KINDS.get(type(each.item), "") for each in items}
    [kind] = kinds if len(kinds) == 1 else [""]
    if not kind:
        raise InvariantError("A file is of requests, quantities or prices, and not of several of them.")
    return kind


def series(items: Sequence[Envelope], files: OurFiles, codebook: Codebook) -> list[str]:
    """A number for each file. They count on by partner, whose folder several connections may share."""
    return [f"file:{codebook.partner}:{kind_of(items)}" for _ in batches(items, files.items_per_file)]


def rendered(items: Sequence[Envelope], files: OurFiles, codebook: Codebook, stamp: Stamp) -> Iterator[Document]:
    """One file, or several where there are more items than one may hold.

    Raises DataError for an item that the mapping can't write, ConfigurationError ``configuration.unknown-mapping``.
    """
    from hub.sdk.mapped.outgoing import written

    mapping = mapping_named(files.mapping, codebook)
    for number, batch in zip(stamp.numbers, batches(items, files.items_per_file), strict=True):
        name = file_name(files.name, number, stamp.now)
        told = [one.item for one in batch if isinstance(one.item, FulfilmentRequest | QuantityUpdate | PriceList)]
        yield Document(
            connection=codebook.connection,
            direction=Direction.OUTBOUND,
            kind=files.mapping,
            source_id=f"{kind_of(batch)}:{name}",
            body=written(told, mapping, codebook, name, stamp.now),
            at=stamp.now,
            meta={"file": name, "mapping": files.mapping},
            item_keys=tuple(each.key for each in batch),
        )


def file_name(template: str, number: int, at: datetime) -> str:
    """``requests_{date}_{number:06}.csv`` as a name; ``at`` in UTC."""
    return template.format(number=number, **{word: at.strftime(form) for word, form in _DATED.items()})
