"""How one partner speaks X12 (x12.yaml): identifiers, delimiters, what is agreed, and what its codes and numbers mean.

Descriptions stand on the fields: the JSON Schema carries them to editors, and docs/reference/x12-profile.md is made
of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from hub.mapping.x12_codes import COMMON_HEADER_CODES, COMMON_LINE_CODES, COMMON_QUANTITIES
from hub.mapping.x12_values import Encoding, FileName, Mark, Need, Release, SetId, Shape, Zone
from hub.model.canonical import Canonical
from hub.model.network import InvoiceTolerance
from hub.model.purchase import AcknowledgementOutcome
from hub.model.quantity import UnitSize
from hub.model.stock import CountBasis, FeedMode

_ALWAYS = frozenset({"997", "TA1"})
"""Receipts; settings of their own say whether they are given and awaited."""


class X12Party(Canonical):
    """Interchange and group identifiers of one side."""

    qualifier: str = Field(
        default="ZZ", min_length=2, max_length=2, description="ISA05 or ISA07", examples=['"01"', '"12"', "ZZ"]
    )
    id: str = Field(
        min_length=1, max_length=15, description="ISA06 or ISA08, at most 15 characters", examples=["NORTHWIND"]
    )
    group_id: str = Field(
        default="", max_length=15, description="GS02 or GS03, where it is not the interchange id", examples=["NWDROP"]
    )


class X12TestParties(Canonical):
    """Identifiers for test data, where they are not those of production."""

    us: X12Party | None = Field(default=None, description="ours", examples=["{id: TOYHUBT}"])
    partner: X12Party | None = Field(default=None, description="the partner's", examples=["{id: NORTHWINDT}"])


class X12Delimiters(Canonical):
    """The characters between elements, components, segments and repetitions in what we write."""

    element: str = Field(default="*", min_length=1, max_length=1, description="between elements", examples=["|"])
    component: str = Field(default=">", min_length=1, max_length=1, description="between components", examples=[":"])
    segment: str = Field(default="~", min_length=1, max_length=1, description="after segments", examples=["\\n"])
    repetition: str = Field(
        default="", max_length=1, description="between repetitions, from 5010 on; empty: `^`", examples=["^"]
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        marks = [self.element, self.component, self.segment, *self.repetition]
        if len(set(marks)) < len(marks):
            raise ValueError("every delimiter must be a character of its own")
        if any(mark.isalnum() or mark == " " or not mark.isascii() for mark in marks):
            raise ValueError("a delimiter is no letter, digit or blank, and is ASCII")
        return self


class X12Profile(Canonical):
    """A partner's x12.yaml. It may start from a template, whose values hold where it says nothing itself."""

    template: str = Field(
        default="",
        description="the template whose values hold where this file says nothing",
        examples=["small-supplier"],
    )

    us: X12Party = Field(description="our side", examples=["{qualifier: ZZ, id: TOYHUB}"])
    partner: X12Party = Field(description="the partner's side", examples=['{qualifier: "01", id: "001234567"}'])
    test: X12TestParties = Field(
        default=X12TestParties(),
        description="other identifiers for test data, used while `usage` is `T`",
        examples=["{us: {id: TOYHUBT}}"],
    )
    usage: Literal["P", "T"] = Field(
        default="P", description="ISA15: `P` production, `T` test; files of the other kind are refused", examples=["T"]
    )
    version: Release = Field(
        default="004010", description="release we write (GS08); its first digits are ISA12", examples=['"005010"']
    )
    versions: Mapping[SetId, Release] = Field(
        default_factory=dict, description="another release for single sets", examples=['{"850": 005010VICS}']
    )
    receives: tuple[SetId, ...] | None = Field(
        default=None,
        description="sets it may send; any other is rejected (`x12.set-not-agreed`). 997 and TA1 are always taken. "
        "null: every set the hub reads",
        examples=['["846", "855", "856"]'],
    )
    sends: tuple[SetId, ...] | None = Field(
        default=None,
        description="sets we may send it; another one is held back (`x12.set-not-sent`). null: every set but 860, "
        "by which an order is cancelled: most partners take none, so it has to be named",
        examples=['["850"]'],
    )
    order_type: str = Field(
        default="DS",
        min_length=2,
        max_length=2,
        description="BEG02 of our purchase orders: `DS` drop-ship, `SA` stand-alone",
        examples=["SA"],
    )

    delimiters: X12Delimiters | None = Field(
        default=X12Delimiters(),
        description="delimiters we write; null: such as do not occur in the data",
        examples=['{element: "|", segment: "\\n"}'],
    )
    line_break: Literal["none", "lf", "crlf"] = Field(
        default="lf",
        description="what we write behind the delimiter of every segment, unless that is a line break itself",
        examples=["none"],
    )
    substitute: str | None = Field(
        default=" ",
        min_length=1,
        max_length=1,
        description="written in place of a delimiter in data; null: such a document is refused",
        examples=["/"],
    )
    encoding: Encoding = Field(
        default="",
        description="of files both ways; empty: UTF-8 is written, and UTF-8 read, else cp1252",
        examples=["cp1252"],
    )
    file_name: FileName = Field(
        default="{set}-{number}.edi",
        description="of files we send. In braces: `set`, `number` (ISA13; must be there), `us` and `partner` (ids), "
        "`date` (CCYYMMDD, of the partner's time zone), `usage`",
        examples=['"{us}_{set}_{date}_{number}.x12"'],
    )
    timezone: Zone = Field(
        default="UTC", description="of its dates without one, and of ours to it", examples=["America/New_York"]
    )

    strictness: Literal["lenient", "standard", "strict"] = Field(
        default="standard",
        description="how findings are weighed: `lenient` takes files whose counts and control numbers disagree, "
        "`strict` rejects a set for nearly every deviation",
        examples=["strict"],
    )
    severities: Mapping[str, Literal["reject", "warning", "off"]] = Field(
        default_factory=dict,
        description="single findings raised, lowered or switched off, over `strictness`; codes in [x12](errors/x12.md)",
        examples=["{x12.element-code: off}"],
    )
    needs: Mapping[SetId, tuple[Need, ...]] = Field(
        default_factory=dict,
        description="what must stand in a set it sends, beyond what the hub needs: a segment (`MAN`), one with a "
        "qualifier in its first element (`MAN*GM`), one of several (`REF*CN|MAN*CP`), or an element of each such "
        "segment (`BSN05`). Else the set is rejected (`x12.segment-needed`, `x12.element-needed`)",
        examples=['{"856": [TD5, REF*CN|MAN*CP]}'],
    )

    item_ids: tuple[str, ...] = Field(
        default=("VN", "UP", "SK"),
        description="qualifiers of product ids in the order in which they decide; the first is the one we write. Where "
        "neither this file nor its template says it, `item_ids` of partner.yaml",
        examples=["[VN, UP]"],
    )
    order_unit: Literal["each", "pack"] = Field(
        default="each",
        description="our purchase orders count eaches, or whole packs of the item's unit",
        examples=["pack"],
    )
    units: Mapping[str, UnitSize] = Field(
        default_factory=dict,
        description="eaches in its units, for items that items.csv does not list in that unit; a number or a ratio; "
        "beside EA, PC and UN (1), PR (2), DZ (12)",
        examples=["{BX: 6, RL: 1/3}"],
    )
    quantities: Mapping[str, CountBasis] = Field(
        default_factory=lambda: dict(COMMON_QUANTITIES),
        description="what QTY01 counts; a qualifier that is not listed is passed over",
        examples=['{"33": available, QH: unavailable}'],
    )
    sdq_qualifier: str = Field(
        default="33",
        min_length=2,
        max_length=2,
        description="the QTY01 that quantities per site in SDQ segments stand for",
        examples=['"17"'],
    )
    site_entities: tuple[str, ...] = Field(
        default=("WH", "SF"), description="N101 of a site in its 846", examples=["[WH, SF, LC]"]
    )
    site_by: Literal["id", "name"] = Field(
        default="id",
        description="where a site's code stands, by which partner.yaml maps it: `id` N104, `name` N102",
        examples=["name"],
    )
    site_qualifier: str = Field(
        default="92", min_length=1, max_length=2, description="N103 we write with a site's code", examples=['"54"']
    )
    expected_dates: tuple[str, ...] = Field(
        default=("018", "169", "002", "405"),
        description="DTM01 behind a QTY, and SCH05, of the day on which that quantity is expected; a DTM of the item "
        "itself where the quantity is not said",
        examples=['["018"]'],
    )
    discontinued: tuple[Mark, ...] = Field(
        default=("DTM*036", "DTM*197"),
        description="what marks an item that it gives up in its 846: a PID04 (`PID*DC`), a REF01 with its REF02 "
        "(`REF*ZZ*DISC`), a date that has come (`DTM*036`). Without a quantity there is none left of it",
        examples=['["PID*DC"]'],
    )
    feed: FeedMode = Field(
        default=FeedMode.FULL,
        description="whether an 846 names everything (`full`) or changes only (`delta`). What becomes of items a full "
        "one does not name, and its guard: counting.yaml",
        examples=["delta"],
    )
    feeds: Mapping[str, FeedMode] = Field(
        default_factory=dict,
        description="the same by BIA02 or BIA01, where it sends both kinds",
        examples=['{DD: full, "04": delta}'],
    )
    feed_files: Mapping[str, FeedMode] = Field(
        default_factory=dict,
        description="the same by file name (`*` and `?`, upper and lower case alike), where the documents look alike; "
        "goes before `feeds`",
        examples=['{"*hourly*": delta}'],
    )

    line_codes: Mapping[str, AcknowledgementOutcome] = Field(
        default_factory=dict,
        description="ACK01 where it differs from the common meaning; an unknown code holds the line. To a retailer we "
        "write the first that means the same",
        examples=['{"02": rejected}'],
    )
    header_codes: Mapping[str, AcknowledgementOutcome | None] = Field(
        default_factory=dict,
        description="BAK02 likewise; null leaves the units unanswered",
        examples=["{AC: accepted}"],
    )
    codes_beside_stock: tuple[str, ...] = Field(
        default=(),
        description="ACK01 of rejections that say nothing of its stock (a price, an address); after any other its "
        "figure of the item is not believed until the next count (counting.yaml, `doubt_after_shortage`)",
        examples=["[R4]"],
    )
    ship_notice_shapes: tuple[Shape, ...] = Field(
        default=(),
        description="HL03 from the shipment down to the last level, as it may nest them; any other 856 is refused "
        "(`x12.ship-notice-shape`). Empty: every shape",
        examples=["[SOPI, SOTPI]"],
    )
    labels_required: bool = Field(
        default=False,
        description="whether an 856 without an SSCC for each of its items is refused (`x12.label-needed`)",
        examples=["true"],
    )
    price_qualifiers: tuple[str, ...] = Field(
        default=("UCP", "CON", "NET", "WHL", "CAT"),
        description="CTP02 of the price we pay in its 832: of each item the first of these that it has, else one "
        "without CTP02",
        examples=["[CON, LPR]"],
    )
    invoice_price_percent: Decimal = Field(
        default=Decimal(1),
        ge=0,
        description="an invoiced price may exceed the agreed cost by this much before the invoice is disputed",
        examples=['"2.5"'],
    )
    invoice_total_amount: Decimal = Field(
        default=Decimal("0.01"),
        ge=0,
        description="an invoice's total may differ by this much from its lines and charges",
        examples=['"0.05"'],
    )

    functional_acknowledgement: bool = Field(
        default=True, description="whether we answer with a 997", examples=["false"]
    )
    acknowledge_sets: Literal["all", "errors"] = Field(
        default="all", description="our 997 names every set, or only those with `errors`", examples=["errors"]
    )
    technical_acknowledgement: Literal["on_request", "always", "never"] = Field(
        default="on_request",
        description="whether we answer with a TA1: where ISA14 asks for it or the envelope fails, `always`, `never`",
        examples=["never"],
    )
    request_technical_acknowledgement: bool = Field(
        default=False, description="whether we ask for a TA1 (ISA14)", examples=["true"]
    )
    acknowledgement_hours: float = Field(
        default=24.0,
        ge=0,
        description="until its 997 for a group of ours must have come; 0: it gives none",
        examples=["2"],
    )
    control_numbers: Literal["unique", "none"] = Field(
        default="unique",
        description="an interchange that uses a number again for other content is held; `none`: it is taken",
        examples=["none"],
    )

    @field_validator("substitute")
    @classmethod
    def _no_delimiter(cls, substitute: str | None, info: ValidationInfo) -> str | None:
        marks = info.data.get("delimiters")
        if marks and substitute in (marks.element, marks.component, marks.segment, marks.repetition or "^"):
            raise ValueError("it is one of the delimiters it should replace")
        return substitute

    @property
    def ours(self) -> X12Party:
        """Our identifiers for the kind of data (production, test) that is agreed."""
        return (self.test.us if self.usage == "T" else None) or self.us

    @property
    def theirs(self) -> X12Party:
        """The partner's, likewise."""
        return (self.test.partner if self.usage == "T" else None) or self.partner

    @property
    def invoice_tolerance(self) -> InvoiceTolerance:
        """How far its invoices may be from what was agreed."""
        return InvoiceTolerance(price_percent=self.invoice_price_percent, total_amount=self.invoice_total_amount)

    def version_of(self, set_id: str) -> str:
        """The release in which we write a set."""
        return self.versions.get(set_id, self.version)

    def may_send(self, set_id: str) -> bool:
        """Whether the partner gets this set from us."""
        return self.sends is None or set_id in _ALWAYS or set_id in self.sends

    def feed_mode(self, file: str, report_type: str, purpose: str) -> FeedMode:
        """Whether an 846 names everything, by the name of its file, BIA02 and BIA01."""
        for pattern, mode in self.feed_files.items():
            if fnmatchcase(file.lower(), pattern.lower()):
                return mode
        return self.feeds.get(report_type) or self.feeds.get(purpose) or self.feed

    def line_outcome(self, code: str) -> AcknowledgementOutcome | None:
        """What ACK01 means at this partner; None for a code nobody told us."""
        return self.line_codes.get(code, COMMON_LINE_CODES.get(code))

    def header_outcome(self, code: str) -> AcknowledgementOutcome | None:
        """What BAK02 says of units that no line names; None where it says nothing."""
        return self.header_codes.get(code, COMMON_HEADER_CODES.get(code))
