"""partner.yaml and counting.yaml: who a partner is, how it is reached, when it works and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from hub.mapping.network_file import LocationConfig, PartnerConnection
from hub.model.calendar import Calendar
from hub.model.canonical import Canonical, Text
from hub.model.counting_example import CountingExample
from hub.model.identity import ConnectionId, LocationId
from hub.model.network import CountingRule

_PRIVATE: JsonDict = {"writeOnly": True}


class Contact(Canonical):
    """How a person or desk of the partner is reached; no names. Never logged, and not repeated in errors."""

    mail: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="mail address",
        repr=False,
        json_schema_extra=_PRIVATE,
    )
    phone: str | None = Field(
        default=None,
        pattern=r"^\+?[0-9 ().-]{3,}( ?(ext\.?|x) ?[0-9]+)?$",
        description="telephone number, quoted",
        repr=False,
        json_schema_extra=_PRIVATE,
    )
    url: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="page or form", repr=False, json_schema_extra=_PRIVATE
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.mail is None and self.phone is None and self.url is None:
            raise ValueError("write mail, phone or url")
        return self


class PartnerFile(Canonical):
    """partner.yaml: who it is, and what of the set-up comes with its folder.

    ``connections`` and ``locations`` become part of a set-up whose hub.yaml names the partner under ``partners``.
    """

    name: str = Field(description="for people")
    notes: str = Field(default="", description="for people: what they should know of it")
    contacts: Mapping[Text, Contact] = Field(
        default_factory=dict, description="by role: orders, stock, edi, accounts or your own word"
    )
    connections: Mapping[ConnectionId, PartnerConnection] = Field(
        default_factory=dict, description="as in hub.yaml, without partner"
    )
    locations: Mapping[LocationId, LocationConfig] = Field(default_factory=dict, description="as in hub.yaml")
    calendar: Calendar | None = Field(default=None, description="when it works; null: always")
    calendars: Mapping[LocationId, Calendar] = Field(
        default_factory=dict, description="another calendar for one location, whole"
    )
    location: LocationId | None = Field(default=None, description="its only location, where its documents name no site")
    sites: Mapping[str, LocationId] = Field(default_factory=dict, description="its site codes to our locations")
    identity: bool = Field(
        default=False, description="whether its item ids are our SKUs where items.csv does not name them"
    )
    item_ids: tuple[Text, ...] = Field(
        default=(),
        description="the ids that decide what an item is, the first before the others, as columns of items.csv; "
        "x12.yaml may say otherwise for X12",
        examples=["[VN, UP]"],
    )
    on_conflict: Literal["quarantine", "first"] = Field(
        default="quarantine",
        description="what becomes of a line whose ids name different SKUs of ours: it waits, or the first of item_ids "
        "decides",
        examples=["first"],
    )
    tables: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        description="value tables by name, the partner's word to ours: carriers, services, units, reasons, "
        "acknowledgements or your own",
    )

    def calendar_at(self, location: LocationId) -> Calendar | None:
        """When it works at one of its locations; None: always."""
        return self.calendars.get(location, self.calendar)


class CountingFile(Canonical):
    """counting.yaml: one rule for all locations of the partner, or one per location; with worked examples."""

    rule: CountingRule = Field(default=CountingRule(), description="the rule for all of its locations")
    locations: Mapping[LocationId, CountingRule] = Field(
        default_factory=dict, description="another rule for one location, whole"
    )
    examples: tuple[CountingExample, ...] = Field(
        default=(), description="worked examples; `hub config validate` counts them"
    )

    def rule_at(self, location: LocationId | None) -> CountingRule:
        """The rule of a location, or of all."""
        return self.rule if location is None else self.locations.get(location, self.rule)
