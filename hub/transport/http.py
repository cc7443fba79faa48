"""The one HTTP client: guarded egress, a deadline per call, bounded answers, errors by class."""

from __future__ import annotations

import random as random_module
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from hub.errors import ConfigurationError, HubError, TransientError, UncertainOutcomeError
from hub.transport.answers import Expect, HttpResponse, UnusableAnswerError, check_content, unpacked
from hub.transport.deadline import CurrentDeadline, Deadline
from hub.transport.egress import EgressPolicy, GuardedBackend, Resolver, resolve
from hub.transport.http_pool import open_pool
from hub.transport.redact import quiet_libraries
from hub.transport.statuses import DEFAULT_STATUS_RULES, StatusRule, classify_status, retry_after
from hub.transport.throttle import RateBudget

FaultReader = Callable[[HttpResponse, bool], HubError | None]
"""A connector's reading of an error answer (status 400 and above; true for a read), None to use the table."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_REPEATED_PAUSE_SECONDS = (0.25, 1.0, 2.0)
_PLAIN = "Look for blanks, line ends and letters with accents in the address, the headers and the credentials."


class HttpSettings(BaseModel):
    """How one connection speaks HTTP.

    ``base_url`` is where paths are joined to; ``allowed_hosts`` (exact or ``*.example.com``) must cover it.
    ``allow_private`` is the explicit entry for partners on loopback or a private network.
    ``deadline_seconds`` bounds one whole call with its repeats. ``headers`` go with every request; secrets
    belong in SecretStr.
    ``ca_file`` (PEM) is trusted instead of the public authorities, for partners with certificates of their own.
    ``idempotency_header`` carries a request's ``key``; empty where the partner wants the key in the body.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    allowed_hosts: frozenset[str]
    allow_private: bool = False
    connect_timeout_seconds: float = Field(default=5.0, gt=0)
    read_timeout_seconds: float = Field(default=20.0, gt=0)
    deadline_seconds: float = Field(default=30.0, gt=0)
    max_response_bytes: int = Field(default=50_000_000, gt=0)
    attempts: int = Field(default=3, ge=1, le=5)
    ca_file: Path | None = None
    headers: Mapping[str, SecretStr | str] = Field(default_factory=dict)
    basic_auth: tuple[str, SecretStr] | None = None
    idempotency_header: str = "Idempotency-Key"


@dataclass(frozen=True)
class Timing:
    """Time and chance, passed in so that tests decide them; ``now`` is Unix time in seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random_module.random
    now: Callable[[], float] = time.time


@dataclass
class _Call:
    """One request in all its attempts; ``doubtful`` once an attempt of a write left us without an answer."""

    request: httpx.Request
    deadline: Deadline
    safe: bool
    expect: Expect | None
    accept: AbstractSet[int]
    unavailable_is_safe: bool
    cost: float
    doubtful: bool = False


class HttpClient:
    """Synchronous and usable from several threads; built by ``open_http``."""

    def __init__(
        self,
        settings: HttpSettings,
        timing: Timing,
        *,
        statuses: Mapping[int, StatusRule],
        faults: FaultReader | None,
        budget: RateBudget | None,
        resolver: Resolver,
    ) -> None:
        self._settings = settings
        self._timing = timing
        self._statuses = statuses
        self._faults = faults
        self._budget = budget
        self._policy = EgressPolicy(settings.allowed_hosts, settings.allow_private)
        self._deadline = CurrentDeadline()
        self._client = open_pool(
            settings.base_url,
            GuardedBackend(self._policy, self._deadline, resolver),
            timeout=httpx.Timeout(settings.read_timeout_seconds, connect=settings.connect_timeout_seconds),
            basic_auth=settings.basic_auth,
            ca_file=settings.ca_file,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def request(  # noqa: PLR0913 - the shape of httpx, which every connector author knows
        self,
        method: str,
        path: str,
        *,
        safe: bool,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, SecretStr | str] | None = None,
        expect: Expect | None = "json",
        accept: AbstractSet[int] = frozenset(),
        unavailable_is_safe: bool = False,
        cost: float = 1.0,
    ) -> HttpResponse:
        """Sends one request and returns its whole answer.

        ``path`` is joined to the base address; a partner's absolute link is taken too, if its host is
        allowed. ``safe`` is true for reads. ``key`` makes a write repeatable. Statuses in ``accept`` are
        returned rather than raised. ``expect`` is the kind of body wanted, None for any. Reads and keyed
        writes are repeated for seconds.

        Raises TransientError (nothing was done), UncertainOutcomeError ``transport.outcome-unknown`` (a
        write left us and its answer is unknown), ConfigurationError (401, 403, redirects, a host not
        allowed) and RefusedError (other 4xx), or what the connector's fault reader says.
        """
        call = _Call(
            self._build(method, path, key, headers, params=params, json=json, content=content, data=form),
            Deadline(self._timing.clock, self._settings.deadline_seconds),
            safe,
            expect,
            accept,
            unavailable_is_safe,
            cost,
        )
        attempts = Retrying(
            stop=stop_after_attempt(self._settings.attempts if safe or key is not None else 1),
            retry=retry_if_exception(lambda error: self._repeatable(error, call)),
            wait=self._pause,
            sleep=self._timing.sleep,
            reraise=True,
        )
        try:
            with self._deadline.running(call.deadline):
                return attempts(self._attempt, call)
        except HubError as error:
            if not call.doubtful or isinstance(error, UncertainOutcomeError):
                raise
            last = error
        # A refusal of the repeat says nothing about the attempt before it, which may have been done.
        raise UncertainOutcomeError(
            f"An earlier attempt may have been done; the last one ended so: {last.message}",
            code="transport.outcome-unknown",
        )

    def _build(
        self,
        method: str,
        path: str,
        key: str | None,
        headers: Mapping[str, SecretStr | str] | None,
        **body: Any,
    ) -> httpx.Request:
        sent = {**self._settings.headers, **(headers or {})}
        if key is not None and self._settings.idempotency_header:
            sent[self._settings.idempotency_header] = key
        try:
            revealed = {name: _revealed(value) for name, value in sent.items()}
            request = self._client.build_request(method, path, headers=revealed, **body)
        except (httpx.InvalidURL, UnicodeError):
            request = None
        if request is None:
            raise ConfigurationError("The address or headers cannot be sent.", code="transport.request", cure=_PLAIN)
        self._policy.check_host(request.url.host)
        if request.url.scheme != self._client.base_url.scheme:
            raise ConfigurationError(
                "The partner's link leaves the connection's scheme.",
                code="transport.host-not-allowed",
                cure="Write the connection's address with the scheme that the partner uses, best https.",
            )
        return request

    def _repeatable(self, error: BaseException, call: _Call) -> bool:
        wished = 0.0
        if isinstance(error, UncertainOutcomeError):
            call.doubtful = True
        elif isinstance(error, TransientError):
            wished = error.retry_after_seconds or 0.0
        else:
            return False
        return wished + _REPEATED_PAUSE_SECONDS[-1] < call.deadline.remaining()

    def _pause(self, state: RetryCallState) -> float:
        base = _REPEATED_PAUSE_SECONDS[min(state.attempt_number, len(_REPEATED_PAUSE_SECONDS)) - 1]
        error = state.outcome.exception() if state.outcome else None
        wished = error.retry_after_seconds if isinstance(error, TransientError) else None
        return (wished or 0.0) + base * (0.5 + self._timing.random() / 2)

    def _attempt(self, call: _Call) -> HttpResponse:
        self._wait_for_budget(call)
        failure: HubError
        try:
            return self._exchange(call)
        except _NEVER_SENT as error:
            failure = _unreached(error)
        except httpx.LocalProtocolError:
            failure = ConfigurationError(
                "The request cannot be sent as it is; a header or credential holds characters HTTP forbids.",
                code="transport.request",
                cure=_PLAIN,
            )
        except httpx.TransportError as error:
            failure = _unanswered(call, "transport.unreachable", f"No answer came ({type(error).__name__})")
        except UnusableAnswerError as error:
            failure = _unanswered(call, error.code, error.reason)
        # Outside the handlers: the library's exception may quote a header or a body.
        raise failure

    def _wait_for_budget(self, call: _Call) -> None:
        if self._budget is None:
            return
        wait = self._budget.acquire(call.cost)
        if wait <= 0:
            return
        if wait >= call.deadline.remaining():
            self._budget.give_back(call.cost)
            raise TransientError(
                "Our own rate limit for this partner is used up.",
                code="transport.rate-budget",
                retry_after_seconds=wait,
            )
        self._timing.sleep(wait)

    def _exchange(self, call: _Call) -> HttpResponse:
        received = self._client.send(call.request, stream=True)
        try:
            body = unpacked(
                received.iter_raw(),
                received.headers.get("content-encoding", ""),
                self._settings.max_response_bytes,
            )
        except UnusableAnswerError:
            # The status alone decides about an error page nobody can read.
            self._raise_for_status(call, HttpResponse(received.status_code, received.headers, b""))
            raise
        finally:
            received.close()
        response = HttpResponse(received.status_code, received.headers, body)
        return self._judged(call, response)

    def _judged(self, call: _Call, response: HttpResponse) -> HttpResponse:
        if response.status not in call.accept:
            self._raise_for_status(call, response)
        if call.expect is not None:
            try:
                check_content(response, call.expect)
            except UnusableAnswerError:
                self._raise_for_status(call, response)
                raise
        return response

    def _raise_for_status(self, call: _Call, response: HttpResponse) -> None:
        error = self._faults(response, call.safe) if self._faults and response.status >= 400 else None
        error = error or classify_status(
            response.status,
            safe=call.safe,
            unavailable_is_safe=call.unavailable_is_safe,
            retry_after_seconds=retry_after(response.headers.get("retry-after"), self._timing.now()),
            rules=self._statuses,
        )
        if error is not None:
            raise error


def open_http(
    settings: HttpSettings,
    *,
    timing: Timing | None = None,
    statuses: Mapping[int, StatusRule] = DEFAULT_STATUS_RULES,
    faults: FaultReader | None = None,
    budget: RateBudget | None = None,
    resolver: Resolver = resolve,
) -> HttpClient:
    """A client for one connection; opening does not connect.

    Raises ConfigurationError ``transport.host-not-allowed`` where the base address is not http(s) or its
    host is not among the allowed ones. Close it when done.
    """
    try:
        base: httpx.URL | None = httpx.URL(settings.base_url)
    except httpx.InvalidURL:
        base = None
    if base is None or base.scheme not in ("http", "https") or not base.host or base.userinfo:
        raise ConfigurationError(
            "The connection's address must be an http or https address without credentials.",
            code="transport.host-not-allowed",
            cure="Correct the address; user name and password have settings of their own.",
        )
    EgressPolicy(settings.allowed_hosts, settings.allow_private).check_host(base.host)
    quiet_libraries()
    return HttpClient(settings, timing or Timing(), statuses=statuses, faults=faults, budget=budget, resolver=resolver)


def _revealed(value: SecretStr | str) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _unreached(error: httpx.TransportError) -> TransientError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return TransientError(
            "The partner's certificate could not be verified; nothing was sent.",
            code="transport.certificate",
            cure="Wait for the partner to renew it, or name its own authority in the connection's CA file.",
        )
    return TransientError(f"The partner could not be reached ({type(error).__name__}).", code="transport.unreachable")


def _unanswered(call: _Call, code: str, reason: str) -> HubError:
    if call.safe:
        return TransientError(f"{reason}.", code=code)
    return UncertainOutcomeError(
        f"{reason}, and the partner may have done what was asked.", code="transport.outcome-unknown"
    )
