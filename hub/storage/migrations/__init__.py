"""Alembic: one revision per change of the schema, run by ``open_storage``."""
