"""Leases on lanes on both databases; time is the database's own, so a lease of no length has run out at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import LeaseLostError
from hub.model.queue import Lease
from hub.ports import Storage, UnitOfWork

LONG = timedelta(hours=1)
OVER = timedelta(0)
PAST = datetime(2020, 1, 1, tzinfo=UTC)
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def claim(work: UnitOfWork, owner: str = "one", lease: timedelta = LONG) -> Lease:
    found = work.lanes.claim("out", owner, lease)
    assert found is not None
    return found


def test_a_new_lane_is_due_at_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out", "in"])
        work.lanes.ensure(["out"])
        assert {"out", "in"} == set(work.lanes.due())
        assert 1 == len(work.lanes.due(1))


def test_a_held_lane_is_neither_due_nor_claimed_again(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        claim(work)
        work.lanes.mark("out")
        assert work.lanes.claim("out", "two", LONG) is None
        assert work.lanes.claim("out", "one", LONG) is None
        assert [] == work.lanes.due()


def test_a_lane_that_does_not_exist_cannot_be_claimed(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.lanes.claim("none", "one", LONG) is None


def test_fences_grow_with_every_claim(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        fences = [claim(work, lease=OVER).fence for _ in range(3)]
    assert fences == sorted(set(fences))


def test_an_expired_lease_makes_the_lane_due_again(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        claim(work, lease=OVER)
    with storage.begin() as work:
        assert ["out"] == work.lanes.due()
        claim(work, "two")
        assert [] == work.lanes.due()


def test_a_late_holder_is_rejected_and_rolled_back(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        late = claim(work, lease=OVER)
    with storage.begin() as work:
        claim(work, "two")

    def settle_late() -> None:
        with storage.begin() as work:
            work.sequences.next("written by the late holder")
            work.lanes.confirm(late)

    with pytest.raises(LeaseLostError):
        settle_late()
    with storage.begin() as work:
        assert 1 == work.sequences.next("written by the late holder")
        assert work.lanes.renew(late, LONG) is None


def test_a_late_release_does_nothing(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        late = claim(work, lease=OVER)
    with storage.begin() as work:
        held = claim(work, "two")
        work.lanes.release(late, PAST)
        work.lanes.confirm(held)
        work.lanes.release(held, None)
        assert [] == work.lanes.due()


def test_the_holder_confirms_and_renews(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        lease = claim(work)
    with storage.begin() as work:
        work.lanes.confirm(lease)
        renewed = work.lanes.renew(lease, 2 * LONG)
    assert renewed is not None
    assert renewed.fence == lease.fence
    assert renewed.until > lease.until


def test_a_released_lane_is_due_when_its_time_comes(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        work.lanes.release(claim(work), FUTURE)
        assert [] == work.lanes.due()
        work.lanes.release(claim(work), PAST)
        assert ["out"] == work.lanes.due()


def test_a_lane_released_without_time_waits_for_a_mark(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        work.lanes.release(claim(work), None)
        assert [] == work.lanes.due()
        work.lanes.mark("out", FUTURE)
        assert [] == work.lanes.due()
        work.lanes.mark("out")
        work.lanes.mark("out", FUTURE)
        assert ["out"] == work.lanes.due()


def test_a_mark_set_while_the_lane_was_held_keeps_its_time(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])
        lease = claim(work)
        work.lanes.mark("out")
        work.lanes.release(lease, FUTURE)
        assert ["out"] == work.lanes.due()


def test_the_longest_waiting_lane_is_first(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["a", "out"])
        work.lanes.mark("out", PAST)
        assert ["out", "a"] == work.lanes.due()


def test_lanes_of_an_owner_that_ended_are_given_back_and_due(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out", "in", "other"])
        lost = claim(work, "dead")
        work.lanes.claim("in", "dead", LONG)
        work.lanes.claim("other", "alive", LONG)
        assert ["in", "out"] == work.lanes.reclaim("dead")
        assert [] == work.lanes.reclaim("dead")
        assert {"in", "out"} == set(work.lanes.due())
        assert claim(work, "dead").fence > lost.fence
        with pytest.raises(LeaseLostError):
            work.lanes.confirm(lost)
