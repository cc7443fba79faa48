"""Samples of a partner's documents, and what each has to say: ``samples/STREAM/NAME.EXT`` with ``NAME.expected.json``.

STREAM is a mapping of the partner's, or ``x12``. Of a mapping that writes, the sample is ``NAME.json``, a list of what
is told, and ``NAME.expected.EXT`` the file that it becomes. ``SOURCES.toml`` says where each sample is from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.mapping.fields.compile import CompiledMapping
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId
from hub.model.price import PriceList
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.outgoing import Told, written
from hub.sdk.mapped.reading import parse_mapped

FOLDER = "samples"
EXPECTED = ".expected"
RECEIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The moment at which samples come in, and go out."""

_TOLD: Mapping[str, type[Told]] = {
    "FulfilmentRequest": FulfilmentRequest,
    "ShipmentConfirmation": ShipmentConfirmation,
    "QuantityUpdate": QuantityUpdate,
    "PriceList": PriceList,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """``stream``: the mapping that it is of, or ``x12``. ``expected`` need not exist yet."""

    stream: str
    path: Path
    expected: Path

    @property
    def name(self) -> str:
        """What it is called: its stream and its file."""
        return f"{self.stream}/{self.path.name}"


def find_samples(folders: Sequence[Path]) -> list[Sample]:
    """Those in ``samples`` of these folders of a partner, by name; of two of one name that of the first folder."""
    found: dict[str, Sample] = {}
    for folder in reversed(folders):
        for path in sorted((folder / FOLDER).glob("*/*")):
            if path.is_file() and EXPECTED not in path.suffixes and not path.name.startswith("."):
                sample = Sample(path.parent.name, path, _expected_of(path))
                found[sample.name] = sample
    return [found[name] for name in sorted(found)]


def parsed_sample(sample: Sample, mapping: CompiledMapping, codebook: Codebook) -> tuple[Document, Parsed]:
    """A sample of a mapping that reads, as if it had just come in, and what it says.

    Raises DataError where nothing of it is usable.
    """
    document = as_document(sample, codebook)
    return document, parse_mapped(document, mapping, codebook, ChannelId(codebook.partner))


def written_sample(sample: Sample, mapping: CompiledMapping, codebook: Codebook) -> bytes:
    """The file that a sample of a mapping that writes becomes. Raises ConfigurationError ``mapping.sample``."""
    return written(list(_told(sample.path)), mapping, codebook, sample.path.stem, RECEIVED)


def as_document(sample: Sample, codebook: Codebook, kind: str = "file") -> Document:
    """The sample as if it had just come in."""
    return Document(
        connection=codebook.connection,
        direction=Direction.INBOUND,
        kind=kind,
        source_id=sample.path.name,
        body=sample.path.read_bytes(),
        at=RECEIVED,
        meta={"file": sample.path.name, "mapping": sample.stream},
    )


def as_json(found: Parsed) -> bytes:
    """What a document said, without what goes without saying: one text for one meaning."""
    items = [{"is": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in found.items]
    problems = [{"path": each.path, "code": each.code, "value": each.value} for each in found.problems]
    said: dict[str, Any] = {"items": items, "problems": problems}
    if found.replies:
        said["replies"] = [each.subject for each in found.replies]
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def _expected_of(path: Path) -> Path:
    """Beside the sample, under its stem. What is written has a suffix of its own, whichever it is."""
    there = sorted(path.parent.glob(f"{path.stem}{EXPECTED}.*"))
    return there[0] if there else path.with_name(f"{path.stem}{EXPECTED}.json")


def _told(path: Path) -> Iterator[Told]:
    try:
        items = json.loads(path.read_bytes())
        for item in items if isinstance(items, list) else [items]:
            kind = _TOLD[item.pop("is")]
            yield TypeAdapter(kind).validate_json(json.dumps(item))
    except (ValueError, KeyError, AttributeError, ValidationError) as error:
        raise ConfigurationError(
            f"The sample is no list of what is told ({type(error).__name__}).",
            code="mapping.sample",
            cure=f"Write a JSON list of objects, each with its `is`: {', '.join(_TOLD)}.",
            place=str(path),
        ) from None
