"""Segments: the elements of every position, in order.

One word per position: the element's number, ``open`` for one the hub does not look at, a trailing ``!``
where X12 makes it mandatory, ``number*n`` for n in a row, ``(a b)*n`` for n pairs, ``<a b ...>`` for a
composite. Relations between elements stand after a bar in X12's own letters (P paired, R at least
one, C conditional, L list, E exclusive).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from hub.edi.spec.elements import OPEN

_TABLE = """
ST   143! 329! open
SE   96! 329!
BEG  353! 92! 324! 328 373! 367 587 1019 1166 open 786 open
BAK  353! 587! 324! 373! 328 326 367 127 373 640
BSN  353! 396! 373! 337! 1005 640 641
BIA  353! 755! 127! 373! 337 306
BIG  373! 76! 373 324 328 327 640 353 306 76
CUR  98! 100! 280 98 100 669 374 373 337 374 373 337 374 373 337 374 373 337 374 373 337
REF  128! 127 352 <128 127 128 127 128 127> | R0203
PER  366! 93 365 364 365 364 365 364 443 | P0304 P0506 P0708
N1   98! 93 66 67 706 98 | R0203 P0304
N2   93! 93
N3   166! 166
N4   19 156 116 26 309 310 open
DTM  374! 373 337 623 1250 open
TD1  103 80 23 22 79 187 81 355 open 355
TD3  40 206 207 187 81 355 102 225 open open
TD4  open 208 209 352 open
TD5  133 66 67 91 387 368 309 310 open 732 open 284 284 284 26
FOB  146! 309 352 334 335 309 352 54 352
ITD  336 333 338 370 351 446 386 362 388 389 open 352 765 open 954
SAC  248! 1300 559 1301 610 open 332 118 355 380 380 331 127 770 352 819 | R0203
TXI  963! 782 954 955 open open open 828 open 350
AMT  522! 782! 478
CTT  354! 347 81 355 open 355 352
PID  349! 750 559 751 352 752 open open 819
CTP  687 236 212 380 <open open open open> 648 649 782 639 499 289
PO4  356 357 355 103 187 384 355 385 355 open open 65 355 open open open open open
PO1  350 330 355 212 639 (235 234)*10
IT1  350 358 355 212 639 (235 234)*10
LIN  350 235! 234! (235 234)*14
ACK  668! 380 355 374 373 326 (235 234)*10 open open 1271
SCH  380! 355! 98 93 374! 373! 337 374 373 337 326 350
SDQ  355! 66 67! 380! (67 380)*9 310
QTY  673! 380 <open open open open open open> 61
SN1  350 382! 355! 646 330 355 728 668
PRF  324! 328 327 373 350 367 92
MAN  88! 87! 87 88 87 87
HL   628! 734 735! 736
N9   128! 127 369 373 337 623 <128 127 128 127 128 127> | R0203
MSG  933! open open
TDS  610! 610 610 610
CAD  91 206 207 140 387 368 128 127 284
ISS  382 355 81 355 open 355 open open
AK1  479! 28! open
AK2  143! 329! open
AK3  721! 719! 447 720
AK4  <722! open open> 725 723! 724
AK5  717! 718*5
AK9  715! 97! 123! 2! 716*5
TA1  I12! I08! I09! I17! I18!
BCH  353! 92! 324! 328 327 373! 326 367 127 373 373 open open open
BCA  353! 587 324! 328 327 373! 326 367 127 373 373 open open open
BCT  683! 684 685 686 open*6 353 open
POC  350 670! 330 671 <355 open open open open open open> 212 639 (235 234)*10
W05  473! 285! 324 open*6
W06  514! 285 373 145 531 324 open*8
W17  514! 373! 394! 285 145 open*6
LX   554!
W01  330! 355! 438 235 234 235 234 open*14
W03  382! 81 355 183 355 80 355 open
W04  382! 355! 438 235 234 235 234 open*14
W07  413! 355! 438 235 234 235 234 open*10
W12  368! 330 382 411 355 438 235 234 open*14
W13  380! 355! 412! open*4
W14  413! open*8
W27  91! 140 387 146 open*12
W66  146! 91 399 400 387 215 open open open 140 open
W76  330! 81 355 183 355 open open
G61  366! 93 365 364 443 | P0304
G62  432 373 176 337 623 | R0103 P0102 P0304
G69  369!
NTE  363 352!
TAX  325 309 310 309 310 309 310 309 310 309 310 441 325 open
PWK  755! 756 757 98 66 67 352 <open open open open> 1525 | P0506
PKG  349 753 559 754 352 400
MEA  737 738 739 <355 open open open open open open> 740 741 935 936 752 1373
LDT  345! 380! 344! 373
SLN  350! 350 662! 380 <355 open open open open open open> 212 639 661 (235 234)*10
PO3  371! 373 open open 380! 355! 352
LM   559! 822
LQ   1270 open
LS   447!
LE   447!
TC2  23! 22!
CTB  688! 352 673 380 522 610
"""

_OPEN_IDS = """ADV BLR CID CSH DIS DIM EFI FA1 FA2 FBA G53 GS IN1 IN2 INC IT3 IT8 LN MTX
    NX2 OTI PAL PAM PCT PD PPA PSA PYD R4 SI SPI SR SSS TD2 TSD UIT V1 V9 VAR VRC
    BAA CRC DEX ED LOC MIT CLD L7 BAL ITA PRS REP RPA SUM TXP USD YNQ AT IC H1 PLA PLD PRR PRT STA
    ACT QTA N10 W09 W10 W20 W28 W08 W6 W2 G05 G22 G39 G43 G55 G23 G33 G35 G70 G72 SSC PCS CA1 PPD"""
"""Segments the hub lets pass without looking into them."""

_OPEN_LENGTH = 30

_WORD = re.compile(
    r"<(?P<parts>[^>]+)>(?P<needed>!?)|\((?P<pair>[^)]+)\)\*(?P<times>\d+)"
    r"|(?P<number>\w+)(?P<mandatory>!?)(?:\*(?P<repeat>\d+))?"
)


@dataclass(frozen=True, slots=True)
class Position:
    """One element of a segment; ``parts`` are the element numbers of a composite."""

    element: str
    mandatory: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """One segment: its positions from element 1 on, and relations such as ``P0304``."""

    id: str
    positions: tuple[Position, ...]
    relations: tuple[str, ...] = ()


@cache
def segment_specs() -> Mapping[str, SegmentSpec]:
    """Every segment the hub knows, by id."""
    found = {name: SegmentSpec(name, (Position(OPEN),) * _OPEN_LENGTH) for name in _OPEN_IDS.split()}
    for line in _TABLE.strip().splitlines():
        name, _, rest = line.partition(" ")
        listing, _, relations = rest.partition("|")
        positions: list[Position] = []
        for match in _WORD.finditer(listing):
            positions.extend(_positions(match))
        found[name] = SegmentSpec(name, tuple(positions), tuple(relations.split()))
    return MappingProxyType(found)


def _positions(match: re.Match[str]) -> list[Position]:
    if match["parts"]:
        parts = tuple(match["parts"].split())
        mandatory = any(part.endswith("!") for part in parts)
        return [Position(OPEN, mandatory, tuple(part.rstrip("!") for part in parts))]
    if match["pair"]:
        return [Position(number) for number in match["pair"].split()] * int(match["times"])
    position = Position(match["number"], bool(match["mandatory"]))
    return [position] * int(match["repeat"] or 1)
