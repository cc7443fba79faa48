"""A feed read on the way tells the same as the whole file read at once."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.edi.check import check_interchange
from hub.edi.envelope import read_interchanges
from hub.edi.feed import FeedBatch, read_feed
from hub.edi.findings import Finding, Severity
from hub.edi.interchange import Interchange, Status, TransactionSet
from hub.errors import DataError

_HEADER = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261122*1200*U*00401*000000001*0*P*>~"
_ITEMS = [
    "LIN*1*VN*A-1*UP*000000000012~QTY*33*5*EA~",
    "LIN**VN*A-2~QTY*33*0*EA~",
    "LIN*3*VN*A-3*SK*B 3~PID*F****A lamp~QTY*33*7*EA~QTY*63*10*EA~DTM*018*20261201~",
    "LIN*4*VN*A-4~SDQ*EA*92*EAST*4*WEST*5~",
    "LIN*5*VN*A-5~N1*WH*East*92*E1~QTY*33*3*EA~",
    "LIN*6~QTY*33*x*EA~",
    "LIN*7*VN*A-7~QQQ*1~QTY*33**EA~",
    "LIN*8*VN*A-8~~QTY*33*1*EA~",
]
_ODD = ["CTT*1~", "SCH*5*EA***018*20261201~", "QTY*33*9*EA~", "AMT*1*5~", "REF*IA*1~", "\n", "~"]


def _file(items: list[str], ending: str = "", *, sets: int = 1, trailer: bool = True) -> str:
    body = ""
    for number in range(1, sets + 1):
        inner = "BIA*00*DD*F1*20261122*1200~" + "".join(items) + ending
        count = sum(1 for text in inner.split("~") if text.strip()) + 2
        body += f"ST*846*{number:04}~{inner}" + (f"SE*{count}*{number:04}~" if trailer else "")
    return f"{_HEADER}GS*IB*SENDER*RECEIVER*20261122*1200*1*X*004010~{body}GE*{sets}*1~IEA*1*000000001~"


def _whole(data: bytes) -> list[Interchange]:
    return [check_interchange(found) for found in read_interchanges(data)]


def _items(item: TransactionSet) -> list[list[tuple[str, ...]]]:
    """The items of a set that was read at once."""
    loops: list[list[tuple[str, ...]]] = []
    for segment in item.segments[1:]:
        if segment.id == "LIN":
            loops.append([segment.elements])
        elif segment.id in ("CTT", "SE"):
            continue
        elif loops:
            loops[-1].append(segment.elements)
    return loops


def _findings(item: TransactionSet) -> list[tuple[str, str, int, int | None]]:
    return sorted((each.code, each.segment_id, each.position, each.element or 0) for each in item.findings)


def _fed(data: bytes) -> tuple[list[list[tuple[str, ...]]], list[Interchange]]:
    loops: list[list[tuple[str, ...]]] = []
    found: list[Interchange] = []
    for piece in read_feed(io.BytesIO(data)):
        if isinstance(piece, FeedBatch):
            loops += [[_trimmed(segment) for segment in piece.loop_of(number)] for number in range(len(piece))]
        else:
            found.append(piece)
    return loops, found


def _trimmed(elements: object) -> tuple[str, ...]:
    return tuple(elements)  # type: ignore[arg-type]


def _same(data: bytes) -> None:
    loops, found = _fed(data)
    expected = _whole(data)
    sets = [each for one in expected for group in one.groups for each in group.sets]
    assert [loop for each in sets for loop in _items(each)] == loops
    for one, other in zip(expected, found, strict=True):
        assert one.segment_count == other.segment_count
        assert one.findings == other.findings
        theirs = [each for group in other.groups for each in group.sets]
        ours = [each for group in one.groups for each in group.sets]
        assert [(_findings(each), each.status) for each in ours] == [(_findings(each), each.status) for each in theirs]
        assert [len(each.segments) for each in ours] == [len(each.segments) + each.passed for each in theirs]


@given(st.lists(st.sampled_from([*_ITEMS, *_ITEMS[:2] * 4]), max_size=30), st.sampled_from(["", *_ODD]), st.booleans())
def test_items_and_findings_are_those_of_the_whole_file(items: list[str], ending: str, trailer: bool) -> None:
    _same(_file(items, ending, sets=2, trailer=trailer).encode())


@given(st.integers(1, 60), st.integers(0, 60), st.sampled_from(_ITEMS), st.sampled_from(["~", "~\n", "\n"]))
def test_one_odd_item_among_usual_ones(count: int, place: int, odd: str, ending: str) -> None:
    items = [f"LIN*{number}*VN*A-{number}~QTY*33*{number % 7}*EA~" for number in range(count)]
    items.insert(place % (count + 1), odd)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.edi.scan._BLOCK", 400)
        _same(_file(items).replace("~", ending).encode())


@given(st.integers(0, 3000))
def test_a_truncated_feed_is_rejected_wherever_it_ends(cut: int) -> None:
    data = _file([f"LIN*{number}*VN*A-{number}~QTY*33*5*EA~" for number in range(80)]).encode()
    short = data[: len(data) - 30 - cut]
    try:
        _, found = _fed(short)
    except DataError:
        return
    assert found[0].rejected


def test_the_usual_item_is_read_at_once() -> None:
    items = [f"LIN*{number}*VN*A-{number}*UP*000000000012~QTY*33*{number % 50}*EA~" for number in range(20_000)]
    batches = [piece for piece in read_feed(_file(items).encode()) if isinstance(piece, FeedBatch)]
    assert 20_000 == sum(map(len, batches))
    assert sum(len(batch.usual) for batch in batches) > 15_000
    positions = [batch.position_of(number) for batch in batches for number in range(len(batch))]
    assert list(range(3, 3 + 2 * 20_000, 2)) == positions


def test_findings_beyond_a_thousand_are_counted() -> None:
    items = [f"LIN*{number}*VN*A~QTY*33*x*EA~" for number in range(3000)]
    (found,) = [piece for piece in read_feed(_file(items).encode()) if isinstance(piece, Interchange)]
    (item,) = found.groups[0].sets
    assert Status.ACCEPTED_WITH_FINDINGS == item.status
    assert 1001 == len(item.findings)
    summary: Finding = item.findings[-1]
    assert "2000 further findings x12.element-characters." == summary.text


def test_other_sets_in_the_file_are_kept_whole() -> None:
    other = "GS*PR*SENDER*RECEIVER*20261122*1200*2*X*004010~ST*855*0001~BAK*00*AD*PO-1*20261122~SE*3*0001~GE*1*2~"
    data = _file(_ITEMS[:2]).replace("IEA*1*", other + "IEA*2*").encode()
    (found,) = [piece for piece in read_feed(data) if isinstance(piece, Interchange)]
    (answer,) = found.groups[1].sets
    assert ("855", 3, Status.ACCEPTED) == (answer.id, len(answer.segments), answer.status)


@pytest.mark.parametrize("after", ["Kind regards", "ISA*00*too*short~GS*1~", f"{_file(_ITEMS[:1])}rest"])
def test_what_stands_after_an_interchange_is_told_on_it(after: str) -> None:
    data = f"{_file(_ITEMS[:1])}{after}".encode()
    streamed = [piece for piece in read_feed(data) if isinstance(piece, Interchange)]
    at_once = _whole(data)
    assert [{one.code for one in found.findings} for found in at_once] == [
        {one.code for one in found.findings} for found in streamed
    ]
    assert any(found.findings for found in streamed)


def test_sets_that_are_not_kept_tell_the_same() -> None:
    other = "GS*PR*SENDER*RECEIVER*20261122*1200*2*X*004010~ST*855*0001~BAK*00*AD~QQQ*1~SE*4*0001~GE*1*2~"
    data = _file(_ITEMS[:2]).replace("IEA*1*", other + "IEA*2*").encode()
    (kept,) = [piece for piece in read_feed(data) if isinstance(piece, Interchange)]
    (slim,) = [piece for piece in read_feed(data, keeping=False) if isinstance(piece, Interchange)]
    sets = [[each for group in one.groups for each in group.sets] for one in (kept, slim)]
    assert [(_findings(each), each.size) for each in sets[0]] == [(_findings(each), each.size) for each in sets[1]]
    assert [2, 2] == [len(each.segments) for each in sets[1]]


def test_nothing_readable_is_an_error() -> None:
    with pytest.raises(DataError) as raised:
        list(read_feed(b"no X12 at all"))
    assert "x12.no-interchange" == raised.value.code


def test_severities_of_the_partner_hold() -> None:
    severities = {"x12.segment-unknown": Severity.REJECT}
    pieces = list(read_feed(_file([_ITEMS[6]]).encode(), severities=severities))
    assert isinstance(pieces[-1], Interchange)
    assert pieces[-1].groups[0].sets[0].rejected
    assert replace(pieces[-1].groups[0].sets[0], findings=()).passed > 0


def test_findings_switched_off_are_neither_told_nor_counted() -> None:
    items = [f"LIN*{number}*VN*A~QTY*33*x*EA~" for number in range(3000)] + ["LIN*3001*VN*A~ZZZ*1~"]
    severities = {"x12.element-characters": Severity.OFF}
    pieces = list(read_feed(_file(items).encode(), severities=severities))
    assert isinstance(pieces[-1], Interchange)
    assert ["x12.segment-unknown"] == [finding.code for finding in pieces[-1].groups[0].sets[0].findings]
