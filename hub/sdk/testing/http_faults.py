"""The contract of a connector over HTTP whose partner misbehaves: the right error class for every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from hub.errors import HubError, TransientError
from hub.sdk.testing.faults import ON_READ, ON_WRITE, REQUIRED, Classes, Fault
from hub.sdk.testing.partners import FaultPartner
from hub.sdk.testing.watching import error_text, leaks

_MANY = 10


class HttpFaultContract:
    """Inherit it once per connector over HTTP and give the fixture ``partner`` (a FaultPartner)."""

    def test_simulator_can_misbehave_in_every_way(self, partner: FaultPartner) -> None:
        """A fault that nobody can make is a fault that nobody has tried."""
        assert sorted(REQUIRED - partner.faults.offers) == []

    @pytest.mark.parametrize("fault", list(ON_READ))
    def test_failed_read_has_the_right_class(self, partner: FaultPartner, fault: Fault) -> None:
        """What a read means: mostly, that it may be repeated."""
        _check(partner, partner.read, fault, ON_READ)

    @pytest.mark.parametrize("fault", list(ON_WRITE))
    def test_failed_write_has_the_right_class(self, partner: FaultPartner, fault: Fault) -> None:
        """What a write means: whether it was done must never be guessed."""
        if partner.write is None:
            pytest.skip("this connector only reads")
        _check(partner, partner.write, fault, ON_WRITE)

    def test_throttled_partner_is_given_the_time_it_asks_for(self, partner: FaultPartner) -> None:
        """``Retry-After`` reaches the engine."""
        error = _error(partner, partner.read, Fault.THROTTLED)
        assert isinstance(error, TransientError), type(error).__name__
        assert error.retry_after_seconds, "the partner said how long to wait, and nobody listened"

    def test_operator_is_told_the_cure_of_what_only_a_person_can_mend(self, partner: FaultPartner) -> None:
        """A refused login says what to do."""
        error = _error(partner, partner.read, Fault.UNAUTHORISED)
        assert error.cure, "no cure"

    def test_unreachable_partner_is_transient(self, partner: FaultPartner) -> None:
        """Nothing was sent, so nothing is uncertain, not even a write."""
        partner.stop()
        for call in filter(None, (partner.read, partner.write)):
            with pytest.raises(TransientError):
                call()

    def test_partner_that_behaves_again_is_read_again(self, partner: FaultPartner) -> None:
        """No fault leaves the connection broken."""
        _error(partner, partner.read, Fault.TRUNCATED)
        partner.read()

    @pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.SERVER_ERROR, Fault.TRUNCATED, Fault.TIMEOUT_AFTER])
    def test_planted_secret_shows_in_no_error(
        self,
        partner: FaultPartner,
        fault: Fault,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """Not in the error, its causes, its traceback, nor in logs or output."""
        caplog.set_level(0)
        calls = [call for call in (partner.read, partner.write) if call is not None]
        texts = {f"error {number}": error_text(_error(partner, call, fault)) for number, call in enumerate(calls)}
        texts |= {"log": caplog.text, "output": "".join(capfd.readouterr())}
        assert leaks(partner.secret, texts) == [], "the secret shows"


def _check(partner: FaultPartner, call: Callable[[], object], fault: Fault, table: Mapping[Fault, Classes]) -> None:
    if fault not in partner.faults.offers:
        pytest.skip(f"this partner has no {fault}")
    error = _error(partner, call, fault)
    right = (*table[fault], *partner.also.get(fault, ()))
    names = " or ".join(one.__name__ for one in right)
    assert isinstance(error, right), f"{fault} is {names}, not {type(error).__name__} ({error.code})"
    assert "." in error.code, f"{error.code} is no code of an error page"


def _error(partner: FaultPartner, call: Callable[[], object], fault: Fault) -> HubError:
    # Many times, because the transport repeats reads and keyed writes by itself.
    partner.faults.plan(fault, _MANY)
    try:
        with pytest.raises(HubError) as caught:
            call()
    finally:
        partner.faults.clear()
    return caught.value
