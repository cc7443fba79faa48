"""Storage of hub.ports in SQLite or PostgreSQL; ``open_storage`` is all that bootstrap needs."""

from hub.storage.database import CommitObserver
from hub.storage.unit_of_work import SqlStorage, open_storage

__all__ = ["CommitObserver", "SqlStorage", "open_storage"]
