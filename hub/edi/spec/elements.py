"""Data elements: number, type, shortest and longest value, per release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

RELEASES = ("004010", "005010")
"""The releases described. Others are read by the nearest: most differ in lengths only."""

OPEN = "open"
"""The element used where a position exists and the hub does not look at it."""


@dataclass(frozen=True, slots=True)
class ElementType:
    """``kind`` is X12's: AN text, ID code, R decimal, Nn implied decimals, DT date, TM time."""

    kind: str
    shortest: int
    longest: int


_BY_KIND = {
    "AN": """19:2-30 22:1-30 28:1-9 61:1-30 67:2-80 76:1-22 79:1-50 87:1-48 93:1-60 103:3-5 116:3-15 127:1-30
        140:2-4 145:1-30 156:2-2 166:1-55 206:1-4 207:1-10 209:1-10 225:2-15 234:1-48 285:1-22 289:1-1
        306:1-2 310:1-30 324:1-22 325:1-20 326:1-45 327:1-8 328:1-30 329:4-9 350:1-20 352:1-80 364:1-80 367:1-30
        369:1-45 387:1-35 394:1-12 396:2-30 438:12-12 443:1-20 447:1-6 480:1-12 499:1-10 531:1-12 628:1-12 684:1-15
        685:1-15 686:1-6 721:2-3 724:1-99 734:1-12 751:1-12 754:1-7 770:1-4 822:1-15 933:1-264 open:1-500""",
    "ID": """88:1-2 23:1-1 26:2-3 40:2-2 54:2-2 66:1-2 91:1-2 92:2-2 98:2-3 100:3-3 102:1-1
        108:1-2 128:2-3 133:1-2 143:3-3 146:2-2 176:1-2 187:1-2 188:2-2 208:1-1 215:1-2 231:1-2 235:2-2 236:3-3
        248:1-1 284:2-2 309:1-2 331:1-2 333:1-2 334:2-2 335:3-3 336:2-2 344:2-2 345:2-2 349:1-1 353:2-2 355:2-2
        363:3-3 365:2-2 366:2-2 368:2-2 371:2-2 374:3-3 399:1-1 400:2-2 412:2-2 432:2-2 441:1-1 473:1-1 478:1-1 479:2-2
        514:1-1 522:1-3 559:2-2 587:2-2 623:2-2 639:2-2 640:2-2 641:2-3 648:3-3 661:1-1 662:1-1 663:1-1 668:2-2 669:3-3
        670:2-2 673:2-2 683:2-2 687:2-2 688:2-2 706:2-2 715:1-1 716:1-3 717:1-1 718:1-3 720:1-3 723:1-3 728:2-2 732:2-2
        735:1-2 736:1-1 737:2-2 738:1-3 750:2-3 752:2-2 753:1-5 755:2-2 756:1-2 786:2-2 819:2-3 935:2-2 936:2-4 955:2-2
        963:2-2 1000:2-2 1004:1-2 1005:4-4 1019:2-2 1073:1-1 1166:2-2 1250:2-3 1270:1-3 1271:1-30 1300:4-4 1301:1-10
        1373:2-4 1525:1-2 I17:1-1 I18:3-3""",
    "R": """65:1-8 81:1-10 118:1-9 183:1-8 205:1-15 212:1-17 280:4-10 330:1-15 332:1-6 338:1-6 347:1-10 357:1-8
        358:1-15 380:1-15 382:1-15 383:1-9 384:1-9 385:1-9 395:1-5 411:1-9 413:1-9 414:1-9 646:1-15 649:1-10 671:1-9
        739:1-20 740:1-20 741:1-20 782:1-18 828:1-10 954:1-10""",
    "N0": """2:1-6 80:1-7 96:1-10 97:1-6 123:1-6 351:1-3 354:1-6 356:1-6 386:1-3 554:1-6 719:1-10 722:1-2 725:1-4
        757:1-2 765:1-2 I12:9-9""",
    "N2": "362:1-10 389:1-10 610:1-15",
    "DT": "373:8-8 370:8-8 388:8-8 446:8-8 I08:6-6",
    "TM": "337:4-8 I09:4-4",
}
_FROM_5010 = {"67": 80, "76": 22, "93": 60, "127": 50, "234": 80, "310": 30, "352": 80, "364": 256}


def release_of(version: str) -> str:
    """The release whose spec reads a GS08 (``004010VICS``): 4010 for it and all before 5010, else 5010."""
    return RELEASES[1] if version[:6] >= RELEASES[1] else RELEASES[0]


@cache
def element_types(release: str) -> Mapping[str, ElementType]:
    """Every element of a release (``004010`` or ``005010``) by its number."""
    types: dict[str, ElementType] = {}
    for kind, listing in _BY_KIND.items():
        for entry in listing.split():
            number, _, lengths = entry.partition(":")
            shortest, _, longest = lengths.partition("-")
            types[number] = ElementType(kind, int(shortest), int(longest))
    if release >= "005010":
        for number, longest_now in _FROM_5010.items():
            if number in types:
                types[number] = ElementType(types[number].kind, types[number].shortest, longest_now)
    return MappingProxyType(types)
