"""The httpx client underneath: our network backend, no environment, no redirects, no other scheme."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpcore
import httpx
from pydantic import SecretStr

from hub.errors import ConfigurationError


def open_pool(
    base_url: str,
    backend: httpcore.NetworkBackend,
    *,
    timeout: httpx.Timeout,
    basic_auth: tuple[str, SecretStr] | None,
    ca_file: Path | None,
) -> httpx.Client:
    """A client whose every connection is made by ``backend``; connects when first used."""
    return httpx.Client(
        base_url=base_url,
        transport=_GuardedTransport(backend, _trusted(base_url, ca_file)),
        trust_env=False,
        follow_redirects=False,
        timeout=timeout,
        auth=(basic_auth[0], basic_auth[1].get_secret_value()) if basic_auth else None,
        # Only what answers.py unpacks within a limit.
        headers={"accept-encoding": "gzip, deflate", "user-agent": "crossdock"},
    )


class _GuardedTransport(httpx.HTTPTransport):
    """httpx's own transport over the guarded backend.

    A subclass rather than a new transport, so that httpx maps httpcore's exceptions and respx, which
    patches httpcore's pool, still sees every request. httpx is pinned below 0.29 for ``_pool``.
    """

    def __init__(self, backend: httpcore.NetworkBackend, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            max_connections=20,
            max_keepalive_connections=5,
            # Shorter than common servers' idle limit: a reused dead connection makes a write uncertain.
            keepalive_expiry=3.0,
            network_backend=backend,
        )


def _trusted(base_url: str, ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is not None:
        try:
            return ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise ConfigurationError(
                "The CA file cannot be read.",
                code="transport.ca-file",
                cure="Name a file of certificates in PEM that the hub's user may read.",
            ) from error
    if base_url.startswith("http:"):
        # Loading the public authorities takes 30 ms, and this client never leaves its scheme.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context(trust_env=False)
