"""Transaction sets: which segments and loops stand where, and what the hub cannot do without.

A set is a list of stages in order; within a stage any order passes, because real documents shuffle
REF, DTM, PER, FOB, TD5 and N9. Base sets are the full sets: a strict one rejects nearly every real
document (edi.md 1, finding 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def members(stage: Stage) -> Iterator[SegmentUse | Loop]:
    """Each member once; a segment that heads a loop of the stage is that loop's alone."""
    heads = {member.head for member in stage if isinstance(member, Loop)}
    seen: set[str] = set()
    for member in stage:
        if isinstance(member, Loop):
            yield member
        elif member.id not in seen | heads:
            seen.add(member.id)
            yield member


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


def _changed_lines(*loops: Loop) -> Loop:
    schedule = Loop("SCH", "SCH", (_any("TD1 TD5 TD3 TD4 REF QTY"),))
    subline = Loop("SLN", "SLN", (_any("MSG SI PID PO3 CTP PAM SAC DTM QTY PER TC2 TXI N9 N1 N2 N3 N4 REF"),))
    extra = "LIN SI PO3 AMT MSG NTE PAM MAN SPI QTY LDT LM"
    item = _item_stage(extra, *loops, schedule, _notes("N9I"), _party("N1I"), subline)
    return Loop("POC", "POC", (item,))


def _change_request() -> SetSpec:
    stages = (*_order_header("BCH"), (_changed_lines(),), _totals())
    return SetSpec("860", stages, frozenset({"BCH", "BCH01", "BCH03"}))


def _change_answer() -> SetSpec:
    status = Loop("ACK", "ACK", (_any("DTM SCH REF MSG MTX PID N9"),))
    stages = (*_order_header("BCA"), (_changed_lines(status),), (*_totals(), Loop("ACKS", "ACK", (_any("DTM REF"),))))
    return SetSpec("865", stages, frozenset({"BCA", "BCA03"}))


_WAREHOUSE = "N9 G61 G62 PER REF DTM NTE MSG W09 W66 W27 W28 W10 W08 W6 PWK TD1 TD5 SAC CUR MAN PAL LS LE"
_WAREHOUSE_ITEM = "G69 N9 QTY MEA AMT G62 W20 MAN PAL REF DTM NTE MSG SAC LS LE PO4 PID W13 G22 LQ SI SLN UIT SSC"


def _warehouse_header(first: str, *extra: str) -> tuple[Stage, ...]:
    return _first(first), (*_any(f"{_WAREHOUSE} {' '.join(extra)}"), _party("N1H", "G61 N9"))


def _warehouse_item(head: str) -> Loop:
    return Loop(head, head, ((*_any(_WAREHOUSE_ITEM), _party("N1I", "N9")),))


def _shipping_order() -> SetSpec:
    lines = Loop("LX", "LX", ((*_any("MAN PAL N9 NTE TD1 MSG REF G62 W76"), _warehouse_item("W01")),))
    stages = (*_warehouse_header("W05"), (lines, _warehouse_item("W01")), _any("W76"))
    return SetSpec("940", stages, frozenset({"W05", "W0502"}), frozenset({"W01"}))


def _shipping_advice() -> SetSpec:
    lines = Loop("LX", "LX", ((*_any("MAN PAL N9 NTE TD1 MSG REF G62"), _warehouse_item("W12")),))
    stages = (*_warehouse_header("W06"), (lines, _warehouse_item("W12")), _any("W03 W76"))
    return SetSpec("945", stages, frozenset({"W06", "W0602"}))


def _transfer_advice() -> SetSpec:
    lines = Loop("LX", "LX", ((*_any("MAN PAL N9 NTE G62"), _warehouse_item("W04")),))
    stages = (*_warehouse_header("W06"), (lines, _warehouse_item("W04")), _any("W03 W76"))
    return SetSpec("943", stages, frozenset({"W06"}), frozenset({"W04"}))


def _transfer_receipt() -> SetSpec:
    lines = Loop("LX", "LX", ((*_any("MAN PAL N9 NTE G62"), _warehouse_item("W07")),))
    stages = (*_warehouse_header("W17"), (lines, _warehouse_item("W07")), _any("W14 W76"))
    return SetSpec("944", stages, frozenset({"W17", "W1703"}), frozenset({"W07"}))


def _catalogue() -> SetSpec:
    price = Loop("CTP", "CTP", (_any("PAM CUR DTM REF SAC SCH"),))
    place = Loop("N1I", "N1", (_any(f"{_PARTY} CTP DTM QTY LDT"),))
    extra = "G53 SLN LDT MAN NTE MSG SI PAM QTY AMT YNQ LM LQ G39 G43 G55 UIT TD4 SPI ACT"
    item = tuple(use for use in _item_stage(extra, price, place) if use != SegmentUse("CTP"))
    header = _any("NTE CUR REF PER ITD DTM FOB PID MEA PWK PKG SAC CSH TD5 TD3 TD4 DIS INC MSG LDT CTB TAX YNQ MTX LM")
    notes = _notes("N9H")
    loop = Loop("LIN", "LIN", (item,))
    stages = (_first("BCT"), (*header, _party("N1H"), notes), (loop,), _totals())
    return SetSpec("832", stages, frozenset({"BCT", "LIN"}))


def _functional() -> SetSpec:
    note = Loop("AK3", "AK3", (_any("AK4"),))
    result = Loop("AK2", "AK2", ((note,), (SegmentUse("AK5", mandatory=True, once=True),)))
    stages: tuple[Stage, ...] = (_first("AK1"), (result,), _first("AK9"))
    needed = {"AK1", "AK101", "AK102", "AK5", "AK501", "AK9", "AK901"}
    return SetSpec("997", stages, frozenset(needed))


@cache
def set_specs() -> Mapping[str, SetSpec]:
    """Every transaction set the hub knows, by its ST01."""
    builders = (
        *(_purchase_order, _acknowledgement, _change_request, _change_answer, _ship_notice, _invoice, _inventory),
        *(_shipping_order, _shipping_advice, _transfer_advice, _transfer_receipt, _catalogue, _functional),
    )
    return MappingProxyType({spec.id: spec for spec in (build() for build in builders)})
