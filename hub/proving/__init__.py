"""The laws of stock and orders, proved by random and concurrent histories, for anybody's configuration.

``prove(Plan(network=mine), databases)`` plays shops, depots and the hub between them on a real database and judges it
by a model of shelves and books that is simpler than the hub (``hub.proving.world``, ``hub.proving.laws``).
``hub prove`` is the same from a command line.
"""

from hub.proving.databases import Databases, OneDatabase, SqliteFiles, sqlite_files
from hub.proving.laws import Broken
from hub.proving.market import Round
from hub.proving.suite import Failure, Part, Plan, Report, prove

__all__ = [
    "Broken",
    "Databases",
    "Failure",
    "OneDatabase",
    "Part",
    "Plan",
    "Report",
    "Round",
    "SqliteFiles",
    "prove",
    "sqlite_files",
]
