"""How a mailbox logs in by SSH: a pinned host key, and a password or a private key."""

from __future__ import annotations

import asyncssh
from pydantic import SecretStr

from hub.errors import ConfigurationError
from hub.transport.mailbox import MailboxSettings


def login_options(settings: MailboxSettings, user: str) -> asyncssh.SSHClientConnectionOptions:
    """The options of a login with the pinned host key, and nothing of the user's own SSH setup.

    Raises ConfigurationError ``transport.host-key`` or ``transport.login``, without key material.
    """
    try:
        keys = [asyncssh.import_public_key(line) for line in settings.host_key.splitlines() if line.strip()]
    except (asyncssh.KeyImportError, ValueError):
        keys = []
    if not keys:
        raise ConfigurationError(
            "The mailbox needs the server's host key in OpenSSH form.",
            code="transport.host-key",
            cure="Ask the partner for its host key; never copy one from an unchecked connection.",
        )
    client_keys = []
    problem = settings.password is None and settings.private_key is None
    if settings.private_key is not None:
        try:
            client_keys = [
                asyncssh.import_private_key(
                    settings.private_key.get_secret_value(), _plain(settings.private_key_passphrase)
                )
            ]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
            problem = True
    if problem:
        raise ConfigurationError(
            "The mailbox needs a password or a readable private key with its passphrase.",
            code="transport.login",
            cure="Give the connection's settings password or private_key by reference, such as ${file:KEY}.",
        )
    return asyncssh.SSHClientConnectionOptions(
        config=None,
        agent_path=None,
        gss_host=None,
        known_hosts=(keys, [], []),
        username=user,
        password=_plain(settings.password),
        client_keys=client_keys or None,
        connect_timeout=settings.connect_timeout_seconds,
        login_timeout=settings.connect_timeout_seconds,
        keepalive_interval=15,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
