"""`hub --help` is quick because it imports next to nothing: asserted by what is loaded, not by a clock."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"sqlalchemy", "alembic", "pydantic", "httpx", "zeep", "asyncssh", "fastapi", "uvicorn", "structlog",
         "pyx12", "pluggy", "tenacity", "watchfiles", "prometheus_client"}  # fmt: skip
SCRIPT = """
import sys
from hub.cli.main import app
try:
    app(["--help"])
except SystemExit:
    pass
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert "quarantine" in done.stdout
    assert set() == HEAVY & set(done.stderr.split())
