"""Brings a database to this release's schema, and refuses one that is newer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hub.errors import ConfigurationError
from hub.storage.dialect import POSTGRESQL

if TYPE_CHECKING:
    from alembic.config import Config

    from hub.storage.database import Database

HEAD = "0011"
"""The newest revision. Written here so that opening a current database needs no Alembic (a tenth of a second)."""

# Any fixed number does: processes that start together upgrade one after the other.
_ADVISORY_LOCK = 7_305_201_101


def upgrade(database: Database) -> None:
    """Run the revisions that are missing, in one transaction.

    Raises ConfigurationError ``storage.schema-newer`` where the database was written by a newer release.
    """
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return
    with database.write() as connection:
        if connection.dialect.name == POSTGRESQL:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        found = _revision(connection)
        if found != HEAD:
            _run(connection, found)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigurationError(
            f"The database has schema {found}; this release knows up to {HEAD}.",
            code="storage.schema-newer",
            cure="Run the release that wrote it, or a newer one, or restore a backup from before the upgrade.",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def alembic_config() -> Config:
    """Alembic's settings without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
