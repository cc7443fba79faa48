"""`hub config validate` of a set-up of 200 partners with every file, in seconds of CPU."""

from __future__ import annotations

import json
import time
from pathlib import Path

from typer.testing import CliRunner

from hub.cli.main import app

PARTNERS, ITEMS = 200, 200

_PARTNER = """\
name: Partner {number}
contacts:
  orders: {{mail: orders@p{number}.example, phone: "+1 555 0100"}}
connections:
  p{number}:
    connector: x12_supplier
    settings: {{mailbox: "folder:{folder}/mail/p{number}"}}
    poll: {{mailbox: {{every: 300, between: 06:00-22:00, days: mon-sat, timezone: America/New_York}}}}
locations:
  p{number}: {{kind: dropship, connection: p{number}, lead_days: 2}}
calendar: {{timezone: America/New_York, days: mon-sat, cut_off: "14:00", closed: [2026-12-25, 2027-01-01]}}
location: p{number}
tables:
  carriers: {{UPSN: UPS, FDEG: FedEx}}
"""
_COUNTING = """\
rule: {basis: available, net_of: acknowledged, missing: zero}
examples:
  - {quantity: 30, known_open: 5, on_hand: 35}
  - {quantity: 30, known_open: 5, shipped_since: 2, on_hand: 33}
"""
_X12 = """\
template: small-supplier
us: {{id: TOYHUB}}
partner: {{id: P{number}}}
item_ids: [VN, UP]
line_codes: {{XX: rejected, YY: held}}
"""


def write_setup(folder: Path) -> Path:
    """The folder of the merchant; gives its hub.yaml."""
    names = [f"p{number:03d}" for number in range(PARTNERS)]
    for number, name in enumerate(names):
        partner = folder / "mappings" / "partners" / name
        partner.mkdir(parents=True)
        (folder / "mail" / name).mkdir(parents=True)
        (partner / "partner.yaml").write_text(_PARTNER.format(number=name[1:], folder=folder))
        (partner / "counting.yaml").write_text(_COUNTING)
        (partner / "x12.yaml").write_text(_X12.format(number=name[1:]))
        rows = [f"SKU-{row},N{number}-{row},07{row:010d},CA,12,2026-01-01," for row in range(ITEMS)]
        (partner / "items.csv").write_text("\n".join(["sku,VN,UP,unit,units_each,since,until", *rows, ""]))
    path = folder / "hub.yaml"
    sold = f"channels:\n  shop: {{connection: p000, confirm: false, sells_from: [{', '.join(names)}]}}\n"
    path.write_text(f"partners: [{', '.join(names)}]\n{sold}")
    return path


def test_seconds_of_cpu_for_two_hundred_partners(tmp_path: Path) -> None:
    config = write_setup(tmp_path)
    started = time.process_time()
    done = CliRunner().invoke(app, ["config", "validate", "--json", "--config", str(config)])
    seconds = time.process_time() - started
    print(f"\nhub config validate, {PARTNERS} partners of {ITEMS} items: {seconds:.2f} s of CPU")
    assert (True, PARTNERS) == (json.loads(done.stdout)["valid"], json.loads(done.stdout)["connections"])
