"""The egress guard: no configuration, link or DNS answer makes the hub call inward (SSRF).

The text of a URL proves nothing (``2130706433`` and ``127.1`` are loopback too), so names are resolved
here, every resolved address is checked, the connection goes to the checked address itself, and the
connected peer is checked once more.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore

from hub.errors import ConfigurationError
from hub.transport.deadline import CurrentDeadline

Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port to IP addresses, best first; raises OSError where the name is unknown."""

_NAT64 = IPv6Network("64:ff9b::/96")
_WRITE_CHUNK = 65_536


def resolve(host: str, port: int) -> Sequence[str]:
    """The system resolver's addresses of ``host``, in its order, without repeats."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class EgressPolicy:
    """Where one connection may go.

    ``allowed_hosts`` are exact names, or ``*.example.com`` for any name below it. ``allow_private`` is
    the explicit entry that lets them live on loopback or a private network (simulators, an ERP in the
    same building); link-local, multicast and reserved addresses stay closed even then, because cloud
    metadata lives there.
    """

    allowed_hosts: frozenset[str]
    allow_private: bool = False

    def check_host(self, host: str) -> None:
        """Raises ConfigurationError ``transport.host-not-allowed`` for a host that was not declared."""
        name = _plain(host)
        for allowed in map(_plain, self.allowed_hosts):
            if name == allowed or (allowed.startswith("*.") and name.endswith(allowed[1:])):
                return
        raise _refusal(f"The host {name!r} is not among the hosts this connection may call.")

    def check_address(self, host: str, address: str) -> None:
        """Raises ConfigurationError ``transport.host-not-allowed`` for an address that is not public."""
        real = _embedded(ip_address(address.partition("%")[0]))
        if real.is_global and not real.is_multicast:
            return
        closed = real.is_link_local or real.is_multicast or real.is_unspecified
        # IPv6 loopback counts as reserved in the standard library, so it is named first.
        if self.allow_private and (real.is_loopback or (real.is_private and not closed)):
            return
        raise _refusal(
            f"The host {_plain(host)!r} leads to an address that is not public.",
            cure="Allow private addresses for this connection only if the partner really lives there.",
        )


def _plain(host: str) -> str:
    return host.rstrip(".").strip("[]").lower()


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 spelling delivers to (mapped, 6to4, NAT64), else the same."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _refusal(message: str, cure: str = "") -> ConfigurationError:
    return ConfigurationError(
        message,
        code="transport.host-not-allowed",
        cure=cure or "Correct the address in the connection's settings; connectors declare their hosts.",
    )


def checked_addresses(policy: EgressPolicy, host: str, port: int, resolver: Resolver) -> Sequence[str]:
    """Every address of ``host``, all of them allowed.

    One forbidden address among many refuses the host: a name that leads both outside and inside is how
    rebinding works. Raises ConfigurationError, or OSError where the name is unknown.
    """
    policy.check_host(host)
    addresses = resolver(host, port)
    for address in addresses:
        policy.check_address(host, address)
    return addresses


def connect_checked(
    policy: EgressPolicy, host: str, port: int, timeout_seconds: float, resolver: Resolver = resolve
) -> socket.socket:
    """A TCP socket to ``host``, its peer checked; raises ConfigurationError or OSError."""
    failure: OSError = OSError("The name has no address.")
    for address in checked_addresses(policy, host, port, resolver):
        try:
            connected = socket.create_connection((address, port), timeout_seconds)
        except OSError as error:
            failure = error
            continue
        try:
            policy.check_address(host, str(connected.getpeername()[0]))
        except ConfigurationError:
            connected.close()
            raise
        return connected
    raise failure


class GuardedStream(httpcore.NetworkStream):
    """A network stream whose every read and write ends at the call's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: CurrentDeadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.bound(timeout)
        if left is not None and left <= 0:
            raise httpcore.ReadTimeout("The call's deadline has passed.")
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces, because the inner stream grants the whole timeout again after each partial send.
        for start in range(0, len(buffer), _WRITE_CHUNK):
            left = self._deadline.bound(timeout)
            if left is not None and left <= 0:
                raise httpcore.WriteTimeout("The call's deadline has passed.")
            self._inner.write(buffer[start : start + _WRITE_CHUNK], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.bound(timeout)
        if left is not None and left <= 0:
            raise httpcore.ConnectTimeout("The call's deadline has passed.")
        inner = self._inner.start_tls(ssl_context, server_hostname, left)  # type: ignore[arg-type]
        return GuardedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """httpcore's network backend with the egress guard in front."""

    def __init__(self, policy: EgressPolicy, deadline: CurrentDeadline, resolver: Resolver = resolve) -> None:
        self._policy = policy
        self._deadline = deadline
        self._resolver = resolver
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = checked_addresses(self._policy, host, port, self._resolver)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("The name could not be resolved.") from None
        failure: Exception = httpcore.ConnectError("The name has no address.")
        for address in addresses:
            left = self._deadline.bound(timeout)
            if left is not None and left <= 0:
                raise httpcore.ConnectTimeout("The call's deadline has passed.")
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return self._checked(host, stream)
        raise failure

    def _checked(self, host: str, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        try:
            self._policy.check_address(host, str(stream.get_extra_info("server_addr")[0]))
        except ConfigurationError:
            stream.close()
            raise
        return GuardedStream(stream, self._deadline)
