"""Exit codes, the same for every command (docs/reference/exit-codes.md)."""

from __future__ import annotations

from enum import IntEnum

from hub.errors import (
    ConfigurationError,
    HubError,
    RefusedError,
    TransientError,
    UncertainOutcomeError,
)


class Exit(IntEnum):
    """What a script can tell apart."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    CONFIGURATION = 3
    PARTNER = 4
    DIFFERENCES = 5
    PARTLY = 6
    LATER = 75


class NotThereError(HubError):
    """What the caller named does not exist; exit code 2."""

    default_code = "cli.not-there"


def exit_of(error: HubError) -> Exit:
    """The exit code an error ends a command with."""
    match error:
        case NotThereError():
            return Exit.USAGE
        case ConfigurationError():
            return Exit.CONFIGURATION
        case TransientError():
            return Exit.LATER
        case RefusedError() | UncertainOutcomeError():
            return Exit.PARTNER
        case _:
            return Exit.INTERNAL
