"""SSRF: whatever the address is spelled like, nothing connects inward without an explicit entry."""

from __future__ import annotations

import socket

import pytest

from hub.errors import ConfigurationError, HubError
from hub.transport.egress import EgressPolicy, checked_addresses, connect_checked
from hub.transport.http import HttpSettings, Timing, open_http
from tests.fakes.raw_server import answering, in_turn, raw_server

LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "0",
    "0.0.0.0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "127.255.255.254",
]
INNER_ADDRESSES = [
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.9",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "0.0.0.0",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:1::",
]


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_is_connected_to(spelling: str) -> None:
    with raw_server(answering(b"{}")) as server:
        host = spelling.strip("[]")
        kept = HttpSettings(base_url=f"http://{spelling}:{server.port}/", allowed_hosts=frozenset({host}), attempts=1)
        with pytest.raises(HubError) as raised, open_http(kept) as client:
            client.request("GET", "x", safe=True)
    assert 0 == server.connections
    # A spelling the resolver does not know is unreachable; every one it knows is refused by name.
    assert raised.value.code in ("transport.host-not-allowed", "transport.unreachable")


@pytest.mark.parametrize("address", INNER_ADDRESSES)
def test_inner_addresses_are_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="host-not-allowed"):
        EgressPolicy(frozenset({"x"})).check_address("x", address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    EgressPolicy(frozenset({"x"})).check_address("x", address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "fd00::1"])
def test_an_explicit_entry_opens_loopback_and_private_networks(address: str) -> None:
    EgressPolicy(frozenset({"x"}), allow_private=True).check_address("x", address)


@pytest.mark.parametrize("address", ["169.254.169.254", "224.0.0.1", "0.0.0.0", "fe80::1", "ff02::1"])
def test_even_an_explicit_entry_keeps_metadata_and_multicast_closed(address: str) -> None:
    with pytest.raises(ConfigurationError, match="host-not-allowed"):
        EgressPolicy(frozenset({"x"}), allow_private=True).check_address("x", address)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("api.vendor.test", True),
        ("API.Vendor.test.", True),
        ("shop.goods.test", True),
        ("goods.test", False),
        ("evilgoods.test", False),
        ("api.vendor.test.evil.test", False),
    ],
)
def test_hosts_match_exactly_or_below_a_star(host: str, allowed: bool) -> None:
    policy = EgressPolicy(frozenset({"api.vendor.test", "*.goods.test"}))
    if allowed:
        policy.check_host(host)
    else:
        with pytest.raises(ConfigurationError, match="host-not-allowed"):
            policy.check_host(host)


def test_a_name_that_leads_outside_and_inside_is_refused_whole() -> None:
    policy = EgressPolicy(frozenset({"x.test"}))
    with pytest.raises(ConfigurationError):
        checked_addresses(policy, "x.test", 443, lambda host, port: ["8.8.8.8", "127.0.0.1"])


def test_a_name_that_turns_inward_between_calls_is_never_connected_to() -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with raw_server(answering(b"{}")) as server:
        kept = HttpSettings(
            base_url=f"http://erp.test:{server.port}",
            allowed_hosts=frozenset({"erp.test"}),
            allow_private=True,
            attempts=1,
        )
        with open_http(kept, resolver=lambda host, port: next(answers)) as client:
            client.request("GET", "x", safe=True)
            with pytest.raises(ConfigurationError, match="host-not-allowed"):
                client.request("GET", "x", safe=True)
    assert 1 == server.connections


def test_a_partners_link_to_another_host_or_scheme_is_refused_before_anything_is_sent() -> None:
    kept = HttpSettings(base_url="https://api.vendor.test", allowed_hosts=frozenset({"api.vendor.test"}))
    with open_http(kept) as client:
        for link in ("https://evil.test/page2", "http://api.vendor.test/page2"):
            with pytest.raises(ConfigurationError, match="host-not-allowed"):
                client.request("GET", link, safe=True)


def test_a_redirect_inward_is_not_followed() -> None:
    with raw_server(answering(b"{}")) as inner:
        away = answering(b"", status="302 Found", extra=f"location: {inner.url}\r\n")
        with raw_server(in_turn(away)) as server:
            kept = HttpSettings(base_url=server.url, allowed_hosts=frozenset({"127.0.0.1"}), allow_private=True)
            with open_http(kept, timing=Timing()) as client, pytest.raises(ConfigurationError):
                client.request("GET", "x", safe=True)
    assert 0 == inner.connections


@pytest.mark.parametrize("address", ["ftp://api.vendor.test", "api.vendor.test", "https://u:p@api.vendor.test"])
def test_base_addresses_that_are_not_plain_http_are_refused(address: str) -> None:
    with pytest.raises(ConfigurationError):
        open_http(HttpSettings(base_url=address, allowed_hosts=frozenset({"api.vendor.test"})))


def test_checked_sockets_go_to_the_next_address_when_one_is_dead() -> None:
    policy = EgressPolicy(frozenset({"x.test"}), allow_private=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        resolved = ["::1", "127.0.0.1"]
        with connect_checked(policy, "x.test", port, 5, lambda host, wanted: resolved) as connected:
            assert "127.0.0.1" == connected.getpeername()[0]
