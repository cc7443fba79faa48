"""A newcomer connects suppliers that nobody has seen before by doing what the how-to pages say, without any Python."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.cli.demo.toy import free_port
from tests.e2e.how_to import PAGES, PATIENCE_SECONDS, Newcomer, running_hub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

STOCK = ["BIA*00*DD*S1*20261120*0600", "LIN**VN*NW-100", "QTY*33*40*EA", "LIN**VN*NW-200", "QTY*33*5*CA", "CTT*2"]
FREE = """\
Part;Description;Free;Counted
KX-1;Mug, blue;1.240;20.11.2026
KX-2;Tea, a carton of 12;17;20.11.2026
KX-9;Spoon;3;20.11.2026
"""
ORDER = [
    "BEG*00*DS*PO77**20261120",
    "N1*ST*Sample Buyer",
    "N3*1 Sample Street",
    "N4*Sampleton*CO*80000*US",
    "PO1*1*2*EA*19.9**SK*70001",
    "CTT*1",
]


def edi(code: str, group: str, body: list[str], number: int, sender: str, qualifier: str) -> str:
    """An interchange of one set, as the partner's own system writes it."""
    parts = ["ISA", "00", " " * 10, "00", " " * 10, qualifier, sender.ljust(15), "ZZ", "TOYHUB".ljust(15)]
    segments = [
        "*".join([*parts, "261120", "0600", "U", "00401", f"{number:09d}", "0", "P", ">"]),
        f"GS*{group}*{sender}*TOYHUB*20261120*0600*{number}*X*004010",
        f"ST*{code}*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{number}",
        f"IEA*1*{number:09d}",
    ]
    return "".join(f"{segment}~\n" for segment in segments)


def a_merchant(folder: Path, port: int) -> None:
    """Sells to an EDI retailer, and has nobody yet who ships."""
    partner = folder / "mappings" / "partners" / "brightmart"
    for path in (partner, folder / "mail/brightmart/inbound", folder / "mail/brightmart/outbound"):
        path.mkdir(parents=True)
    (partner / "partner.yaml").write_text("name: Brightmart\n")
    (partner / "items.csv").write_text("sku,SK\nMUG,70001\n")
    (partner / "x12.yaml").write_text("us: {id: TOYHUB}\npartner: {id: BRIGHTMART}\nitem_ids: [SK]\n")
    (folder / "hub.yaml").write_text(
        f"""\
web: {{port: {port}}}
partners: []
connections:
  brightmart:
    connector: x12_retailer
    partner: brightmart
    channel: brightmart
    settings: {{mailbox: "folder:{folder}/mail/brightmart"}}
    poll: {{mailbox: 1}}
channels:
  brightmart: {{connection: brightmart, sells_from: []}}
"""
    )


def a_stockist(folder: Path, port: int) -> None:
    """A merchant whose one supplier sends CSV, as the page about that leaves it; with one sample."""
    partner, mail = folder / "mappings/partners/kestrel", folder / "mail/kestrel"
    for path in (partner / "documents", partner / "samples/stock", mail / "inbound", mail / "outbound"):
        path.mkdir(parents=True)
    (partner / "partner.yaml").write_text(
        f"""\
name: Kestrel Supplies
location: kestrel
connections:
  kestrel:
    connector: filedrop
    settings: {{mailbox: "folder:{mail}", receive: {{stock: "stock*.csv"}}, stable_seconds: 0}}
    poll: {{mailbox: 1}}
locations:
  kestrel: {{kind: dropship, connection: kestrel, lead_days: 2}}
"""
    )
    (partner / "items.csv").write_text("sku,VN,unit,units_each\nMUG,KX-1,EA,1\nTEA,KX-2,CT,12\n")
    (partner / "counting.yaml").write_text("rule: {basis: available, net_of: sent}\n")
    (partner / "documents/stock.yaml").write_text(
        "document: stock\nformat: {kind: csv, delimiter: ';', locale: {decimal: ',', thousands: .}}\n"
        "about: {mode: {value: full}}\nfields: {item.VN: Part, available: Free}\n"
    )
    (partner / "samples/stock/stock.csv").write_text(FREE)
    (folder / "hub.yaml").write_text(f"web: {{port: {port}}}\npartners: [kestrel]\n")
    hub(folder, "mapping", "test", "stock/stock.csv", "--write")


def hub(folder: Path, *words: str) -> str:
    """One command on the folder's configuration; gives what it printed."""
    command = [str(Path(sys.executable).with_name("hub")), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def wait_for_stock(folder: Path, units: str) -> None:
    """Until there are so many units of tea."""
    end = time.monotonic() + PATIENCE_SECONDS
    while units not in (shown := hub(folder, "stock", "show", "TEA")):
        assert time.monotonic() < end, shown
        time.sleep(0.5)


def the_only(folder: Path, pattern: str) -> Path:
    """The one file of that name, once it is there."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := sorted(folder.glob(pattern))):
        assert time.monotonic() < end, f"no {pattern} in {folder}"
        time.sleep(0.2)
    [path] = found
    return path


def test_an_unknown_edi_supplier_is_connected_by_the_page_alone(tmp_path: Path) -> None:
    port = free_port()
    a_merchant(tmp_path, port)
    (tmp_path / "from-them").mkdir()
    (tmp_path / "from-them/stock.edi").write_text(edi("846", "IB", STOCK, 1, "001234567", "01"))
    newcomer, mail = Newcomer("connect-an-edi-supplier.md", tmp_path), tmp_path / "mail"
    with running_hub(tmp_path, port):
        for _ in ("its folder", "its samples", "into the set-up", "its stock"):
            newcomer.follow()
        newcomer.wait_for()
        (mail / "brightmart/outbound/order.edi").write_text(edi("850", "PO", ORDER, 1, "BRIGHTMART", "ZZ"))
        newcomer.wait_for()
        asked = the_only(mail / "northwind/inbound", "850-*.edi").read_text()
        assert "PO1*1*2*EA***VN*NW-100~" in asked
        [number] = re.findall(r"BEG\*00\*DS\*(\w+)\*", asked)
        left = [
            "BSN*00*S77*20261120*0700*0001",
            "HL*1**S",
            "TD5**2*UPSN*M",
            "REF*CN*1Z0000000077",
            "HL*2*1*O",
            f"PRF*{number}",
            "HL*3*2*I",
            "LIN*1*VN*NW-100",
            "SN1**2*EA",
            "CTT*3",
        ]
        (mail / "northwind/outbound/856.edi").write_text(edi("856", "SH", left, 2, "001234567", "01"))
        newcomer.wait_for()
        assert "1Z0000000077" in the_only(mail / "brightmart/inbound", "856-*.edi").read_text()
    assert newcomer.is_done()


def test_an_unknown_csv_supplier_is_connected_by_the_page_alone(tmp_path: Path) -> None:
    port = free_port()
    a_merchant(tmp_path, port)
    (tmp_path / "from-them").mkdir()
    (tmp_path / "from-them/stock.csv").write_text(FREE, encoding="cp1252")
    newcomer, mail = Newcomer("connect-a-csv-supplier.md", tmp_path), tmp_path / "mail"
    with running_hub(tmp_path, port):
        for _ in ("a hub that runs", "draft", "its items", "prove it", "into the set-up", "its stock"):
            newcomer.follow()
        newcomer.wait_for()
        (mail / "brightmart/outbound/order.edi").write_text(edi("850", "PO", ORDER, 1, "BRIGHTMART", "ZZ"))
        newcomer.wait_for()
        newcomer.follow()
        newcomer.wait_for()
        assert "1Z0000000001" in the_only(mail / "brightmart/inbound", "856-*.edi").read_text()
    assert newcomer.is_done()


def test_a_mapping_is_changed_beside_a_running_hub_by_the_page_alone(tmp_path: Path) -> None:
    port = free_port()
    a_stockist(tmp_path, port)
    newcomer, outbound = Newcomer("change-a-mapping-safely.md", tmp_path), tmp_path / "mail/kestrel/outbound"
    with running_hub(tmp_path, port):
        (outbound / "stock-1.csv").write_text(FREE)
        wait_for_stock(tmp_path, "204")
        for _ in ("a draft", "what it would change"):
            newcomer.follow()
        before = (tmp_path / "hub.yaml").read_bytes()
        newcomer.follow()
        assert before == (tmp_path / "hub.yaml").read_bytes()
        for _ in ("its samples", "in its place", "the next file"):
            newcomer.follow()
        newcomer.wait_for()
        (outbound / "stock-3.csv").write_text(FREE.replace("Counted", "Remark"))
        newcomer.follow()
        newcomer.wait_for()
    assert newcomer.is_done()
    assert "config_reloaded" in (tmp_path / "hub.log").read_text()


def test_a_rest_3pl_is_set_up_by_the_page_alone(tmp_path: Path) -> None:
    (tmp_path / "from-them").mkdir()
    page = (PAGES / "connect-a-rest-3pl.md").read_text()
    for name, body in zip(("stock", "shipped"), re.findall(r"```json\n(.*?)```", page, re.DOTALL), strict=True):
        (tmp_path / f"from-them/{name}.json").write_text(body)
    newcomer = Newcomer("connect-a-rest-3pl.md", tmp_path)
    for _ in ("draft", "what a file does not say", "prove it", "into the set-up"):
        newcomer.follow()
    assert newcomer.is_done()
