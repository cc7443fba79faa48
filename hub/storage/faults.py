"""What the database refuses, in the hub's error classes.

Messages of a driver may quote the offending row, and rows hold people's addresses: only its code and the name of
the constraint pass on.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.errors import ConfigurationError, HubError, InvariantError, TransientError

# https://www.postgresql.org/docs/current/errcodes-appendix.html: serialisation, deadlock, lock not available,
# connection exceptions, insufficient resources, operator intervention.
_PASSING_STATES = ("40", "55P03", "08", "53", "57")
_READ_ONLY_STATE = "25006"
_PASSING_WORDS = ("locked", "busy", "disk is full", "disk i/o", "unable to open")
# libpq gives no code for a refused login; these words stand in what an English-speaking server answers.
_LOGIN_WORDS = ("authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry")


def storage_fault(error: DBAPIError | PoolTimeoutError) -> HubError:
    """TransientError where waiting helps (busy, full, gone, deadlock), ConfigurationError where the URL leads to
    the wrong place, else InvariantError: the statement is wrong."""
    if isinstance(error, PoolTimeoutError):
        return TransientError("Every database connection is in use.", code="storage.busy")
    return driver_fault(error.orig, gone=error.connection_invalidated)


def driver_fault(cause: BaseException | None, *, gone: bool) -> HubError:
    """The same for what a driver itself raised; ``gone``: the connection is lost."""
    state = str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
    words = str(cause).lower()
    if state == _READ_ONLY_STATE or "readonly database" in words:
        return InvariantError("A reading transaction was asked to write.", code="storage.read-only")
    if state == "SQLITE_NOTADB":
        return ConfigurationError(
            "The file is no SQLite database.",
            code="storage.not-a-database",
            cure="Name another file in the database URL, or move this one away.",
        )
    if type(cause).__name__ == "OperationalError" and not state and any(word in words for word in _LOGIN_WORDS):
        return ConfigurationError(
            "The database server refused the login.",
            code="storage.login",
            cure="Check role, password and database name in the database URL, and that the database was created.",
        )
    driver_gave_up = type(cause).__name__ == "OperationalError" and not state
    sqlite_passing = state.startswith("SQLITE") and any(word in words for word in _PASSING_WORDS)
    if gone or driver_gave_up or sqlite_passing or state.startswith(_PASSING_STATES):
        return TransientError(
            f"The database could not do it now ({type(cause).__name__} {state}).".replace(" )", ")"),
            code="storage.unavailable",
            cure="It is tried again; where it stays, check the database server, its disk and `database.url`.",
        )
    place = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    return InvariantError(
        f"The database refused a statement ({type(cause).__name__} {state} {place}".rstrip() + ").",
        code="storage.refused",
    )
