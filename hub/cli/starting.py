"""``hub init``: a folder to start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.session import Result, Session, command
from hub.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

_HUB_YAML = """\
# yaml-language-server: $schema=hub.schema.json
#
# Crossdock's configuration. Check it with `hub config validate`; a running hub takes a valid change at once.
# Identifiers are text: quote those that look like numbers ("01234").

currency: USD

# SQLite beside this file, or PostgreSQL: postgresql://user@host/name
database: sqlite:///hub.db

# One folder per partner: mappings/partners/NAME/{partner.yaml, counting.yaml, items.csv, x12.yaml}
mappings: mappings

web:
  host: 127.0.0.1   # webhooks, /health and /metrics; put a TLS proxy before it to be reached from outside
  port: 8470

# Partners whose folders bring their own connections and locations: [northwind]
partners: []

# Who we talk to. `hub connector list` shows what is installed.
# Secrets stand outside: ${env:NAME} or ${file:PATH}.
connections: {}
#  shop:
#    connector: shopify
#    partner: shop
#    channel: shop
#    settings:
#      base_url: https://example.myshopify.com
#      access_token: ${env:SHOP_TOKEN}
#      webhook_secret: ${env:SHOP_WEBHOOK_SECRET}
#      online_location: "65001"
#    poll:
#      orders: 60      # seconds; 0 leaves it to webhooks
#  alder:
#    connector: x12_supplier
#    partner: alder
#    settings:
#      mailbox: folder:/srv/mailboxes/alder

# Where stock ships from: dropship (a supplier), warehouse (a 3PL), store.
locations: {}
#  alder:
#    kind: dropship
#    connection: alder
#    cost: {per_request: "5.00", per_line: "0.10", per_unit: "0.50"}
#    lead_days: 3

# Where orders start and quantities are shown.
channels: {}
#  shop:
#    connection: shop
#    sells_from: [alder]
#    buffer: "2"

routing:
  max_splits: 4
"""

_GITIGNORE = """\
.env
hub.db
hub.db-*
hub.yaml.lock
.crossdock-backup/
*.log
"""

_ENV_EXAMPLE = """\
# Copy to .env, fill in, and load it before `hub run`: set -a; . ./.env; set +a
# Every ${env:NAME} of hub.yaml stands here.
SHOP_TOKEN=
SHOP_WEBHOOK_SECRET=
"""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "init", "init", rich_help_panel="Start")
    def init(
        _session: Session, folder: Annotated[Path, typer.Argument(help="Made where it is not there.")] = Path()
    ) -> Result:
        """Write a commented configuration to start from; what is there already is left alone."""
        from hub.mapping.schema import json_schema, schema_files

        files = {
            "hub.yaml": _HUB_YAML,
            ".gitignore": _GITIGNORE,
            ".env.example": _ENV_EXAMPLE,
            "hub.schema.json": json.dumps(json_schema("hub"), indent=2) + "\n",
        }
        for name, schema in schema_files().items():
            files[f"mappings/schemas/{name}"] = json.dumps(schema, indent=2) + "\n"
        for part in ("partners", "schemas"):
            (folder / "mappings" / part).mkdir(parents=True, exist_ok=True)
        written = [name for name, text in files.items() if _write_new(folder / name, text)]
        kept = [name for name in files if name not in written]

        def show(console: Console) -> None:
            for name in written:
                say(console, f"wrote {folder / name}")
            for name in kept:
                say(console, f"kept  {folder / name}")
            where = "" if folder == Path() else f" --config {folder / 'hub.yaml'}"
            say(console, f"Next: name your partners in hub.yaml, then hub config validate{where}")

        return Result({"folder": str(folder), "written": written, "kept": kept}, show)


def _write_new(path: Path, text: str) -> bool:
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    return True
