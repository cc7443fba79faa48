"""Builders of X12 text for the tests: fictional companies, written by us."""

from __future__ import annotations

import datetime as dt

from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import TradingId, TransactionSet
from hub.edi.write import OutboundEnvelope

PURCHASE_ORDER = (
    "BEG*00*DS*PO-1001**20261120~CUR*BY*USD~REF*DP*040~PER*BD*Desk*TE*5550100~DTM*010*20261201~"
    "TD5**2*UPSN*M********ND~N1*ST*Ada Example*92*0042~N3*1 Example Road*Flat 2~N4*Springfield*NY*10001*US~"
    "PO1*1*2*EA*12.50*PE*UP*012345678905*VN*LAMP-1~PID*F****Brass lamp~PO1*2*1*EA*3**VN*BULB-9~CTT*2"
)
ACKNOWLEDGEMENT = (
    "BAK*00*AC*PO-1001*20261120****SO-77*20261121~REF*IA*0042~"
    "PO1*1*10*EA*12.50**UP*012345678905*VN*LAMP-1~ACK*IA*6*EA*068*20261203~ACK*IB*3*EA*068*20261220~"
    "SCH*3*EA***068*20261220~ACK*IR*1*EA~PO1*2*1*EA***VN*BULB-9~ACK*IS*1*EA****VN*BULB-10~CTT*2"
)
SHIP_NOTICE = (
    "BSN*00*SHIP-5*20261203*1530*0001~HL*1**S~TD1*CTN*2****G*4.5*LB~TD5**2*UPSN*M*GROUND~REF*CN*1Z0001~"
    "DTM*011*20261203~N1*SF*Northwind Supply*92*0042~HL*2*1*O~PRF*PO-1001***20261120~"
    "HL*3*2*P~MAN*GM*00123456789012345675**CP*1Z0001~HL*4*3*I~LIN*1*UP*012345678905*VN*LAMP-1~SN1**6*EA**10*EA~"
    "HL*5*2*P~MAN*CP*1Z0002~HL*6*5*I~LIN*2*VN*BULB-10~SN1**1*EA~CTT*2"
)
INVENTORY = (
    "BIA*00*DD*STOCK-9*20261122*0615~REF*IA*0042~N1*WH*East*92*0001~"
    "LIN*1*UP*012345678905*VN*LAMP-1~PID*F****Brass lamp~QTY*33*40*EA~QTY*63*100*EA~DTM*018*20261215~"
    "LIN**VN*BULB-9~SDQ*EA*92*0001*5*0002*7~SCH*9*EA*WH*West*097*20261210~"
    "LIN**VN*FUSE-3~N1*WH*East*92*0001~QTY*17*3*EA~N1*WH*West*92*0002~QTY*17*4*EA~CTT*3"
)
INVOICE = (
    "BIG*20261204*INV-9*20261120*PO-1001***DR~CUR*SE*USD~REF*IA*0042~N1*RE*Northwind Supply*92*0042~"
    "ITD*01*3*2**10**30~IT1*1*6*EA*12.5*PE*UP*012345678905~PID*F****Brass lamp~SAC*A*C310***150~"
    "TDS*7850~TXI*ST*5~SAC*C*D240***500~CTT*1"
)
FUNCTIONAL = "AK1*PO*17~AK2*850*0001~AK5*A~AK2*850*0002~AK3*PO1*9**8~AK4*2*380*1~AK4*4>2*212*6*1x~AK5*R*5~AK9*P*2*2*1"
BODIES = {
    "850": PURCHASE_ORDER,
    "855": ACKNOWLEDGEMENT,
    "856": SHIP_NOTICE,
    "846": INVENTORY,
    "810": INVOICE,
    "997": FUNCTIONAL,
}

ENVELOPE = OutboundEnvelope(
    sender=TradingId("12", "CROSSDOCK"),
    receiver=TradingId("ZZ", "NORTHWIND"),
    group_sender="CD",
    group_receiver="NW",
    functional_id="PO",
    version="004010",
    control_number=42,
    group_control_number=17,
    created=dt.datetime(2026, 11, 22, 6, 15, tzinfo=dt.UTC),
)


def header(control_number: int = 1, *, version: str = "00401", usage: str = "P") -> str:
    repetition = "U" if version < "00402" else "^"
    return (
        f"ISA*00*          *00*          *ZZ*NORTHWIND      *12*CROSSDOCK      *261122*0615*{repetition}*"
        f"{version}*{control_number:09}*0*{usage}*>~"
    )


def transaction_set(set_id: str, body: str, number: str = "0001") -> str:
    return f"ST*{set_id}*{number}~{body}~SE*{body.count('~') + 3}*{number}~"


def group(set_id: str, *bodies: str, number: int = 1, version: str = "004010") -> str:
    sets = "".join(transaction_set(set_id, body, f"{index:04}") for index, body in enumerate(bodies, 1))
    functional_id = GROUP_OF_SET.get(set_id, "ZZ")
    return f"GS*{functional_id}*NW*CD*20261122*0615*{number}*X*{version}~{sets}GE*{len(bodies)}*{number}~"


def interchange(*groups: str, control_number: int = 1, version: str = "00401") -> str:
    head = header(control_number, version=version)
    return f"{head}{''.join(groups)}IEA*{len(groups)}*{control_number:09}~"


def document(set_id: str, body: str | None = None) -> str:
    return interchange(group(set_id, BODIES[set_id] if body is None else body))


def read_set(set_id: str, body: str | None = None) -> TransactionSet:
    (found,) = read_interchanges(document(set_id, body).encode())
    return found.groups[0].sets[0]
