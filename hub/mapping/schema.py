"""JSON Schema of every configuration file, for editors (``hub config schema``)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from hub.mapping.fields.mapping_file import MappingFile
from hub.mapping.hub_file import HubConfig
from hub.mapping.partner_file import CountingFile, PartnerFile
from hub.mapping.x12_profile import X12Profile

FILES: dict[str, type[BaseModel]] = {
    "hub": HubConfig,
    "partner": PartnerFile,
    "counting": CountingFile,
    "x12": X12Profile,
    "document": MappingFile,
}
"""File name without its ending to the model it is checked against."""


def json_schema(file: str) -> dict[str, Any]:
    """The JSON Schema of one of ``FILES``."""
    return FILES[file].model_json_schema()
