"""Alembic's entry: runs inside the transaction that hub.storage.schema has opened."""

from __future__ import annotations

from alembic import context

from hub.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
