"""Transaction sets: which segments and loops stand where, and what the hub cannot do without.

A set is a list of stages in order; within a stage any order passes, because real documents shuffle
REF, DTM, PER, FOB, TD5 and N9. Base sets are the full sets: a strict one rejects nearly every real
document (edi.md 1, finding 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A segment in a stage. ``mandatory`` in X12; ``once`` where X12 allows just one."""

    id: str
    mandatory: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that its ``head`` segment enters. ``name`` is unique in the set; ``level`` is a fixed HL03."""

    name: str
    head: str
    stages: tuple[Stage, ...] = ()
    mandatory: bool = False
    level: str = ""


Stage = tuple[SegmentUse | Loop, ...]


@dataclass(frozen=True, slots=True)
class SetSpec:
    """One transaction set. ``needed`` names what the hub cannot map the set without: segment ids and
    elements such as ``BAK03``; where one is missing, the set is rejected. ``somewhere`` names segments
    that must occur, in whichever of several loops."""

    id: str
    stages: tuple[Stage, ...]
    needed: frozenset[str]
    somewhere: frozenset[str] = frozenset()


def _any(ids: str) -> Stage:
    """Optional segments that may repeat and stand in any order."""
    return tuple(SegmentUse(name) for name in ids.split())


def _first(name: str) -> Stage:
    return (SegmentUse(name, mandatory=True, once=True),)


_PARTY = "N2 N3 N4 NX2 PER REF SI FOB TD1 TD5 TD3 TD4 PKG SPI"
_ITEM = "CUR CTP CTB PID MEA PWK PKG PO4 REF PER SAC IT8 IT3 CSH ITD DIS INC TAX TXI FOB SDQ DTM TC2 TD1 TD5 TD3 TD4"
_MESSAGES = "MSG DTM PWK EFI MTX REF"


def _party(name: str, extra: str = "") -> Loop:
    return Loop(name, "N1", (_any(f"{_PARTY} {extra}"),))


def _notes(name: str) -> Loop:
    return Loop(name, "N9", (_any(_MESSAGES),))


def _order_header(first: str) -> tuple[Stage, ...]:
    segments = _any(
        "CUR REF PER TAX FOB CTP PAM CSH SAC ITD DIS INC DTM LDT LIN SI PID MEA PWK PKG TD1 TD5 TD3 TD4 MAN "
        "PCT CTB TXI LDT YNQ IT8 MSG NTE SPI MTX AMT"
    )
    return _first(first), (*segments, _notes("N9H"), _party("N1H"))


def _item_stage(extra: str, *loops: Loop) -> Stage:
    return (*_any(f"{_ITEM} {extra}"), *loops)


def _totals() -> Stage:
    return (*_any("CTT AMT TDS TXI CAD SAC ISS"),)


def _purchase_order() -> SetSpec:
    subline = Loop("SLN", "SLN", (_any("MSG SI PID PO3 CTP PAM SAC DTM QTY PER TC2 TXI N9 N1 N2 N3 N4 REF SLN"),))
    schedule = Loop("SCH", "SCH", (_any("TD1 TD5 TD3 TD4 REF QTY"),))
    item = _item_stage("LIN SI AMT MSG NTE PAM MAN SPI QTY LDT LM", schedule, _notes("N9I"), _party("N1I"), subline)
    loop = Loop("PO1", "PO1", (item,), mandatory=True)
    return SetSpec("850", (*_order_header("BEG"), (loop,), _totals()), frozenset({"BEG", "BEG03", "PO1"}))


def _acknowledgement() -> SetSpec:
    status = Loop("ACK", "ACK", (_any("DTM SCH REF MSG MTX PID N9"),))
    schedule = Loop("SCH", "SCH", (_any("TD1 TD5 TD3 TD4 REF"),))
    item = _item_stage("LIN SI AMT MSG NTE PAM MAN SPI QTY SLN LDT LM", status, schedule, _notes("N9I"), _party("N1I"))
    loop = Loop("PO1", "PO1", (item,))
    stages = (*_order_header("BAK"), (loop,), (*_totals(), Loop("ACKS", "ACK", (_any("DTM REF"),))))
    return SetSpec("855", stages, frozenset({"BAK", "BAK02", "BAK03"}))


_LEVEL = (
    "LIN SN1 SLN PRF PO4 PID MEA PWK PKG TD1 TD5 TD3 TD4 TSD REF PER LM LQ MAN DTM FOB PAL CUR SAC CTP SDQ SI IT8 "
    "CLD EFI ITA YNQ PO3 AMT QTY SPI MTX MSG V1 R4"
)


def _level(code: str, *mandatory: str) -> Loop:
    uses = (SegmentUse(name, mandatory=True) for name in mandatory)
    optional = (use for use in _any(_LEVEL) if isinstance(use, SegmentUse) and use.id not in mandatory)
    members: Stage = (*uses, *optional, _party(f"N1{code or 'X'}"), _notes(f"N9{code or 'X'}"))
    return Loop(f"HL{code or 'X'}", "HL", (members,), level=code)


def _ship_notice() -> SetSpec:
    # Flat siblings and not nested levels: HL02 says what belongs where, in whatever order they come.
    levels: Stage = (_level("S"), _level("O", "PRF"), _level("T"), _level("P"), _level("I", "LIN", "SN1"), _level(""))
    stages = (_first("BSN"), _any("DTM REF NTE PER"), levels, _totals())
    return SetSpec("856", stages, frozenset({"BSN", "BSN02", "HL01", "HL03", "SN102", "PRF01"}), frozenset({"HL"}))


def _inventory() -> SetSpec:
    header: Stage = (*_any("CUR DTM REF PER MEA PKG PID N9 MSG TD5 FOB"), _party("N1H"))
    sub = _any("SCH DTM REF LM LQ LS LE MEA PER LDT UIT")
    quantity = Loop("QTY", "QTY", (sub,))
    schedule = Loop("SCH", "SCH", (_any("TD1 TD5 TD3 TD4 REF LM LQ DTM QTY"),))
    site = Loop("N1I", "N1", (_any("N2 N3 N4 REF PER DTM QTY SCH LM LQ SDQ MEA LDT CTP UIT LS LE"),))
    extra = "LIN QTY SLN MAN LDT LS LE UIT LQ LM NTE MSG N9 YNQ AMT BAA G53 PAL"
    item = tuple(
        use
        for use in _item_stage(extra, quantity, schedule, site)
        if not (isinstance(use, SegmentUse) and use.id in {"LIN", "QTY"})
    )
    loop = Loop("LIN", "LIN", (item,), mandatory=True)
    return SetSpec("846", (_first("BIA"), header, (loop,), _totals()), frozenset({"BIA", "LIN"}))


def _invoice() -> SetSpec:
    charge = "SAC TXI"
    item = _item_stage(f"{charge} QTY MAN LIN SLN MSG AMT PAM SR SI TXP NTE CAD LDT SSS", _notes("N9I"), _party("N1I"))
    loop = Loop("IT1", "IT1", (item,))
    header = _any(
        "NTE CUR REF YNQ PER ITD DTM FOB PID MEA PWK PKG L7 BAL INC PAM LM TAX TXI SAC TD5 TD3 CTP CSH MSG AMT"
    )
    stages = (_first("BIG"), (*header, _party("N1H"), _notes("N9H")), (loop,), _totals())
    return SetSpec("810", stages, frozenset({"BIG", "BIG01", "BIG02"}))


def _functional() -> SetSpec:
    note = Loop("AK3", "AK3", (_any("AK4"),))
    result = Loop("AK2", "AK2", ((note,), (SegmentUse("AK5", mandatory=True, once=True),)))
    stages: tuple[Stage, ...] = (_first("AK1"), (result,), _first("AK9"))
    needed = {"AK1", "AK101", "AK102", "AK5", "AK501", "AK9", "AK901"}
    return SetSpec("997", stages, frozenset(needed))


@cache
def set_specs() -> Mapping[str, SetSpec]:
    """Every transaction set the hub knows, by its ST01."""
    builders = (_purchase_order, _acknowledgement, _ship_notice, _inventory, _invoice, _functional)
    return MappingProxyType({spec.id: spec for spec in (build() for build in builders)})
