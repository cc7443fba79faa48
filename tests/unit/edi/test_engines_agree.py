"""pyx12 and the compiled checkers say the same of every set.

Listed differences: none but a second ST inside a set, which pyx12 takes for a new one and which the envelope never
lets into a set. The compiled checkers are ours, the map walk is pyx12's; both are made from one spec.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.edi.check import check_set
from hub.edi.check_pyx12 import walked
from hub.edi.compiled.check import compiled
from hub.edi.compiled.elements import checkers
from hub.edi.interchange import Status, TransactionSet
from hub.edi.segment import Segment
from hub.edi.spec.elements import RELEASES
from hub.edi.spec.segments import segment_specs
from hub.edi.spec.sets import set_specs
from hub.edi.wording import Fault
from tests.unit.edi.random_sets import random_set


def _keys(faults: list[Fault]) -> list[tuple[str, int, str, int | None, int | None]]:
    found = ((f.code, f.segment.position, f.about or f.segment.id, f.element, f.component) for f in faults)
    return list(dict.fromkeys(found))


@given(st.integers(0, 2**63))
def test_both_engines_find_the_same_in_the_same_order(seed: int) -> None:
    item = random_set(seed)
    assert _keys(list(walked(item))) == _keys(list(compiled(item)))


@given(st.integers(0, 2**63))
def test_no_set_makes_anything_but_findings(seed: int) -> None:
    item = random_set(seed)
    found = check_set(item)
    assert all(finding.text and finding.code.startswith("x12.") for finding in found)
    assert "x12.check-failed" not in {finding.code for finding in found}


def test_every_set_of_every_release_has_checkers_that_compile() -> None:
    for release in RELEASES:
        made = checkers(release)
        assert all(made[name]((name,), ">") is not None for name in segment_specs())
    assert 13 == len(set_specs())


def test_a_clean_order_is_clean_for_both() -> None:
    rows = ["ST*850*0001", "BEG*00*SA*PO-1**20240105", "PO1*1*2*EA*9.5**VN*A-1", "CTT*1", "SE*5*0001"]
    segments = tuple(Segment(tuple(row.split("*")), number) for number, row in enumerate(rows, 1))
    item = TransactionSet("850", "0001", "PO", "004010", segments)
    assert [] == list(compiled(item)) == list(walked(item))
    assert Status.ACCEPTED == item.status
