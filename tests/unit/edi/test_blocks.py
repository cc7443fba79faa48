"""A block read at once gives the same segments, findings and offsets as one read segment by segment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.edi.scan import Block, Body, scan
from hub.edi.segment import Segment

_HEADER = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261122*1200*U*00401*000000001*0*P*>"
_TEXTS = st.sampled_from(
    [
        "GS*IN",
        "LIN*1*VN*A",
        "QTY*33*5*EA",
        "IT1*1",
        "MSG*VISA ISAAC",
        "MSG*\u00e9",
        " PID*F",
        "",
        "IEA*1*1",
        "ISAX*1",
        "\tREF",
    ]
)
_BREAKS = st.sampled_from(["~", "~\n", "~\r\n", "\n", "\r\n", "~~", "~ \n", "\r", "\x1c"])


def _pieces(data: bytes) -> list[object]:
    return [(piece.elements, piece.position) if isinstance(piece, Segment) else piece for piece in scan(data)]


@given(st.lists(_TEXTS, min_size=1, max_size=12), _BREAKS, st.lists(_BREAKS, max_size=3))
def test_reading_at_once_changes_nothing(texts: list[str], ending: str, others: list[str]) -> None:
    endings = [ending] * len(texts)
    for number, other in enumerate(others):
        endings[(number * 7 + 3) % len(endings)] = other
    body = "".join(text + end for text, end in zip(texts, endings, strict=True))
    data = (_HEADER + ending + body + "IEA*1*000000001" + ending).encode()
    at_once = _pieces(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Body, "_regular", lambda *_: None)
        assert _pieces(data) == at_once


@pytest.mark.parametrize("ending", ["~", "~\n", "~\r\n", "\n", "\r\n"])
def test_offsets_point_at_the_segments(ending: str) -> None:
    texts = ["GS*IB*A*B", "ST*846*1", "LIN*1*VN*A", "QTY*33*5*EA", "SE*4*1", "GE*1*1", "IEA*1*1"]
    data = (_HEADER + ending + "".join(text + ending for text in texts)).encode()
    found = [piece for piece in scan(data) if isinstance(piece, Segment)]
    assert texts == [data[each.offset :].decode().lstrip("\r\n").split(ending)[0] for each in found]


def test_ordinary_files_are_read_at_once() -> None:
    text = "".join(f"LIN*{number}*VN*A-{number}~QTY*33*5*EA~" for number in range(2000))
    careful: list[int] = []
    original = Body._careful

    def noted(body: Body, raw: bytes, length: int) -> Block:
        careful.append(len(raw))
        return original(body, raw, length)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Body, "_careful", noted)
        for ending in ("~", "~\n", "~\r\n", "\n", "\r\n"):
            data = (_HEADER + "~" + text).replace("~", ending).encode()
            careful.clear()
            assert 4000 == sum(isinstance(piece, Segment) for piece in scan(data))
            assert [] == careful, ending
