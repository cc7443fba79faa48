"""``hub exchange``: what was sent, what is awaited, and the partner's words beside our segments on demand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState, ReceiptState
from hub.model.identity import ConnectionId
from hub.ports import Storage
from tests.fakes.installation import NOW, STREET, Installation

BOOTH = ConnectionId("booth")
_ISA = "ISA*00*          *00*          *ZZ*{}         *ZZ*{}         *261120*0930*U*00401*{:09}*0*P*>~"
OURS = (
    _ISA.format("TOYHUB", "BOOTHS", 7)
    + "GS*PO*TOYHUB*BOOTHS*20261120*0930*4*X*004010~ST*850*0001~BEG*00*DS*P00000001**20261120~N1*ST*Casey Canary~"
    + f"N3*{STREET}~PO1*1*2*EA***VN*B-1~SE*6*0001~GE*1*4~IEA*1*000000007~"
)
THEIRS = (
    _ISA.format("BOOTHS", "TOYHUB", 1)
    + "GS*FA*BOOTHS*TOYHUB*20261120*0931*1*X*004010~ST*997*0001~AK1*PO*4~AK2*850*0001~AK3*N3*4**8~"
    + f"AK4*1*166*5*{STREET}~AK5*R*5~AK9*R*1*1*0~SE*8*0001~GE*1*1~IEA*1*000000001~"
)


def sent(storage: Storage) -> Exchange:
    """A purchase order that waits for its acknowledgement."""
    message = ExchangeMessage("850", "0001", "P00000001", "fulfilment:P00000001", ReceiptState.AWAITED)
    due = NOW + timedelta(hours=24)
    group = ExchangeGroup("PO", "TOYHUB", "BOOTHS", "4", "004010", (message,), ReceiptState.AWAITED, due)
    body = OURS.encode()
    document = Document(BOOTH, Direction.OUTBOUND, "850", "out-7", body, NOW)
    with storage.begin() as uow:
        stored = uow.documents.add(document)
        assert stored is not None
        return uow.exchanges.save(
            Exchange(
                BOOTH,
                Direction.OUTBOUND,
                "ZZ:TOYHUB",
                "ZZ:BOOTHS",
                "000000007",
                hashlib.sha256(body).hexdigest(),
                len(body),
                NOW,
                ExchangeState.SENT,
                "P",
                "00401",
                (group,),
                stored,
            )
        )


def rejected(storage: Storage, exchange: Exchange) -> None:
    """The partner's 997 has come."""
    with storage.begin() as uow:
        answer = uow.documents.add(Document(BOOTH, Direction.INBOUND, "x12", "in-1", THEIRS.encode(), NOW))
        [group] = exchange.groups
        messages = tuple(replace(one, state=ReceiptState.REJECTED, code="R") for one in group.messages)
        uow.exchanges.answer(replace(group, state=ReceiptState.REJECTED, code="R", answer=answer, messages=messages))


@pytest.fixture
def storage(installation: Installation) -> Storage:
    return installation.storage()


def test_list_says_what_is_awaited_until_it_comes(installation: Installation, storage: Storage) -> None:
    exchange = sent(storage)
    [row] = installation.json("exchange", "list", "--awaiting")["exchanges"]
    assert ("7", 1, "2026-11-21T09:30:00+00:00") == (row["control_number"], row["awaiting"], row["due"])
    assert "PO 4 (awaited)" in installation.run("exchange", "list").stdout
    rejected(storage, exchange)
    assert [] == installation.json("exchange", "list", "--awaiting")["exchanges"]
    assert [] == installation.json("exchange", "list", "--direction", "inbound")["exchanges"]
    assert "Nothing waits" in installation.run("exchange", "list", "--awaiting").stdout
    assert 1 == len(installation.json("exchange", "list", "--limit", "1")["exchanges"])


def test_show_puts_the_partners_notes_beside_our_segments_only_when_asked(
    installation: Installation, storage: Storage
) -> None:
    rejected(storage, sent(storage))
    done = installation.run("exchange", "show", "1")
    assert 0 == done.exit_code, done.output
    assert "850 0001, segment 4: N3: elements are at fault" in done.stdout
    assert "element 1 is too long" in done.stdout
    assert STREET not in done.output
    assert STREET not in json.dumps(installation.json("exchange", "show", "1"))
    asked = installation.run("exchange", "show", "1", "--segments").stdout
    assert f"N3*{STREET}" in asked
    [group] = installation.json("exchange", "show", "1", "--segments")["groups"]
    assert [f"N3*{STREET}"] == [note["text"] for note in group["notes"]]
    assert [(1, "is too long", STREET)] == [
        (one["element"], one["reason"], one["value"]) for one in group["notes"][0]["elements"]
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [(("show", "9"), "cli.unknown-exchange"), (("list", "--direction", "sideways"), "cli.unknown-direction")],
)
def test_what_is_not_there_is_said_with_a_cure(installation: Installation, words: tuple[str, ...], code: str) -> None:
    found = installation.json("exchange", *words)
    assert code == found["code"]
    assert found["cure"]
