"""855 and 865: what a retailer is told becomes of its order, and what its reader makes of that."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retailer import NOW, answer, codebook, line, profile, rendered, sets_of, usd

from hub.edi.documents.acknowledgement import LineStatus, PurchaseOrderAcknowledgement, parse_acknowledgement
from hub.edi.documents.change_acknowledgement import ChangeAcknowledgement, parse_change_acknowledgement
from hub.errors import DataError, RefusedError
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome
from hub.model.quantity import to_base
from hub.model.sale import AnsweredLine, OrderAcknowledgement
from hub.sdk.capabilities import Envelope, Problem, Stamp
from hub.sdk.x12.translate import acknowledgements as reader
from hub.sdk.x12.translate.cancellations import change_acknowledgement_of
from hub.sdk.x12.translate.sets import Received
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.translate.answers import acknowledgements, change_acknowledgements

ORDER = "4500000101"
OUTCOMES = ("accepted", "backordered", "rejected")


def first(connector: X12Retailer, told: Envelope, **changes: Any) -> PurchaseOrderAcknowledgement:
    [found] = sets_of(rendered(connector, told, book=codebook(x12=profile(**changes))))
    return parse_acknowledgement(found)


def later(connector: X12Retailer, told: Envelope, **changes: Any) -> ChangeAcknowledgement:
    [found] = sets_of(rendered(connector, told, book=codebook(x12=profile(**changes))))
    return parse_change_acknowledgement(found)


def parts(statuses: tuple[LineStatus, ...]) -> list[tuple[str, Decimal | None, str]]:
    return [(each.code, each.quantity, each.unit) for each in statuses]


def test_accepted_order_is_repeated_line_by_line_in_the_retailers_units(connector: X12Retailer) -> None:
    told = answer(ORDER, line("10", "MUG-BLUE", accepted=3), line("20", "TEA-TIN", "2.50", accepted=24))
    found = first(connector, told)
    assert ("00", "AD", ORDER, "USD") == (found.purpose, found.status, found.purchase_order_number, found.currency)
    assert [
        ("10", Decimal(3), "EA", Decimal("4.5"), (("SK", "70001"), ("UP", "012345678905"))),
        ("20", Decimal(2), "CA", Decimal(30), (("SK", "70002"),)),
    ] == [(each.number, each.quantity, each.unit, each.price, each.ids) for each in found.lines]
    assert [[("IA", Decimal(3), "EA")], [("IA", Decimal(2), "CA")]] == [parts(each.statuses) for each in found.lines]
    assert ((), 2) == (found.findings, found.lines_claimed)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({"accepted": 3}, "AD"),
        ({"rejected": 3}, "RD"),
        ({"backordered": 3}, "AC"),
        ({"accepted": 2, "rejected": 1}, "AC"),
        ({"accepted": 1, "backordered": 1, "rejected": 1}, "AC"),
    ],
)
def test_header_says_whether_it_will_come_as_it_was_ordered(
    connector: X12Retailer, units: dict[str, int], expected: str
) -> None:
    assert expected == first(connector, answer(ORDER, line("1", "MUG-BLUE", "4.50", **units))).status


def test_several_outcomes_of_one_line_add_up_in_one_unit(connector: X12Retailer) -> None:
    told = line("1", "TEA-TIN", accepted=12, backordered=24, rejected=12)
    [found] = first(connector, answer(ORDER, told)).lines
    assert (Decimal(4), "CA") == (found.quantity, found.unit)
    assert [("IA", Decimal(1), "CA"), ("IB", Decimal(2), "CA"), ("IR", Decimal(1), "CA")] == parts(found.statuses)


def test_parts_of_a_broken_pack_are_all_counted_in_eaches(connector: X12Retailer) -> None:
    [found] = first(connector, answer(ORDER, line("1", "TEA-TIN", accepted=12, backordered=18, rejected=6))).lines
    assert (Decimal(3), "CA") == (found.quantity, found.unit)
    assert [("IA", Decimal(12), "EA"), ("IB", Decimal(18), "EA"), ("IR", Decimal(6), "EA")] == parts(found.statuses)


def test_order_of_a_broken_pack_is_answered_in_eaches_at_the_price_of_one(connector: X12Retailer) -> None:
    [found] = first(connector, answer(ORDER, line("1", "TEA-TIN", "2.50", accepted=18))).lines
    assert (Decimal(18), "EA", Decimal("2.5")) == (found.quantity, found.unit, found.price)


def test_price_of_a_pack_is_the_one_that_was_ordered_whatever_its_twelfth_is(connector: X12Retailer) -> None:
    [found] = first(connector, answer(ORDER, line("1", "TEA-TIN", Decimal(10) / 12, accepted=24))).lines
    assert Decimal(10) == found.price


def test_release_of_a_blanket_order_and_its_dates_are_the_retailers(connector: X12Retailer) -> None:
    told = answer("4500000100 release 7", line("1", "MUG-BLUE", accepted=3), placed_at=NOW.replace(hour=2))
    found = first(connector, told, timezone="America/New_York")
    assert ("4500000100", "7") == (found.purchase_order_number, found.release)
    assert ("2026-11-21", "2026-11-22") == (str(found.date), str(found.acknowledged_on))


def test_no_price_is_told_where_the_order_names_none_or_several_currencies(connector: X12Retailer) -> None:
    unpriced = first(connector, answer(ORDER, line("1", "MUG-BLUE", None, accepted=3)))
    assert ("", None) == (unpriced.currency, unpriced.lines[0].price)
    euros = line("2", "MUG-BLUE", accepted=1).model_copy(
        update={"unit_price": usd("4").model_copy(update={"currency": "EUR"})}
    )
    mixed = first(connector, answer(ORDER, line("1", "MUG-BLUE", accepted=3), euros))
    assert ("", [None, None]) == (mixed.currency, [each.price for each in mixed.lines])


def test_retailers_own_codes_go_before_the_usual_ones(connector: X12Retailer) -> None:
    own = {
        "line_codes": {"00": AcknowledgementOutcome.ACCEPTED, "03": AcknowledgementOutcome.REJECTED},
        "header_codes": {"AK": AcknowledgementOutcome.ACCEPTED, "AE": None},
    }
    mixed = first(connector, answer(ORDER, line("1", "MUG-BLUE", accepted=1, backordered=1, rejected=1)), **own)
    assert ("AE", ["00", "IB", "03"]) == (mixed.status, [each.code for each in mixed.lines[0].statuses])
    assert "AK" == first(connector, answer(ORDER, line("1", "MUG-BLUE", accepted=1)), **own).status


def test_item_that_the_retailer_does_not_know_is_not_answered(connector: X12Retailer) -> None:
    for revision in (1, 2):
        with pytest.raises(DataError) as caught:
            rendered(connector, answer(ORDER, line("1", "NO-SUCH", accepted=1), revision=revision))
        assert "data.unmapped-sku" == caught.value.code


def test_later_answer_says_of_each_line_what_is_left_of_it(connector: X12Retailer) -> None:
    told = answer(
        ORDER,
        line("10", "MUG-BLUE", accepted=2, backordered=1),
        line("20", "TEA-TIN", "2.50", accepted=24, rejected=12),
        line("30", "MUG-BLUE", rejected=4),
        revision=2,
        cancellations=1,
    )
    found = later(connector, told)
    assert ("00", "AC", ORDER) == (found.purpose, found.status, found.number)
    assert ("2026-11-21", "2026-11-22") == (str(found.date), str(found.acknowledged_on))
    assert [
        ("10", "NC", Decimal(3), "EA", Decimal("4.5")),
        ("20", "QD", Decimal(2), "CA", Decimal(30)),
        ("30", "DI", Decimal(0), "EA", Decimal("4.5")),
    ] == [(each.number, each.change, each.quantity, each.unit, each.price) for each in found.lines]
    assert [
        [("IA", Decimal(2), "EA"), ("IB", Decimal(1), "EA")],
        [("IA", Decimal(2), "CA"), ("ID", Decimal(1), "CA")],
        [("ID", Decimal(4), "EA")],
    ] == [parts(each.statuses) for each in found.lines]
    assert () == found.findings


@pytest.mark.parametrize(
    ("units", "asked", "expected"),
    [
        ({"rejected": 3}, 1, ("00", "AT")),
        ({"accepted": 3}, 1, ("00", "RD")),
        ({"accepted": 1, "backordered": 2}, 1, ("00", "RD")),
        ({"accepted": 2, "rejected": 1}, 2, ("00", "AC")),
        ({"accepted": 3}, 0, ("04", "AD")),
        ({"accepted": 2, "backordered": 1}, 0, ("04", "AC")),
        ({"rejected": 3}, 0, ("04", "RD")),
    ],
)
def test_later_answer_replies_to_the_retailers_change_or_is_a_change_of_ours(
    connector: X12Retailer, units: dict[str, int], asked: int, expected: tuple[str, str]
) -> None:
    found = later(connector, answer(ORDER, line("1", "MUG-BLUE", "4.50", **units), revision=2, cancellations=asked))
    assert expected == (found.purpose, found.status)


def test_first_and_later_answers_go_out_together_each_in_a_group_of_its_own(connector: X12Retailer) -> None:
    told = [
        answer(ORDER, line("1", "MUG-BLUE", rejected=1), revision=2, cancellations=1),
        answer(ORDER, line("1", "MUG-BLUE", accepted=1)),
        answer("4500000102", line("1", "MUG-BLUE", accepted=1)),
    ]
    series = connector.sequences(told, codebook())
    assert ["ISA", "GS/PR", "ISA", "GS/CA"] == [name.removeprefix("x12/").partition("/ZZ:")[0][:5] for name in series]
    answers, changes = connector.render(told, codebook(), Stamp(NOW, "stamp", (7, 3, 8, 4)))
    assert ("855", (told[1].key, told[2].key)) == (answers.kind, answers.item_keys)
    assert ("865", (told[0].key,)) == (changes.kind, changes.item_keys)
    assert ("855/3/0002", "865/4/0001") == (answers.meta[f"set:{told[2].key}"], changes.meta[f"set:{told[0].key}"])
    assert answers.source_id != changes.source_id


def test_retailer_that_takes_no_changes_is_told_by_a_person(connector: X12Retailer) -> None:
    agreed = ("846", "855", "856")
    with pytest.raises(RefusedError) as caught:
        later(connector, answer(ORDER, line("1", "MUG-BLUE", rejected=1), revision=2), sends=agreed)
    assert "x12.no-changes" == caught.value.code
    assert "AD" == first(connector, answer(ORDER, line("1", "MUG-BLUE", accepted=1)), sends=agreed).status


amounts = st.integers(min_value=1, max_value=500)
shares = st.dictionaries(st.sampled_from(OUTCOMES), amounts, min_size=1)


@st.composite
def answered_lines(draw: st.DrawFn) -> tuple[AnsweredLine, ...]:
    count = draw(st.integers(min_value=1, max_value=4))
    skus = st.sampled_from(["MUG-BLUE", "TEA-TIN"])
    prices = st.none() | st.decimals(min_value=0, max_value=1000, places=4)
    return tuple(line(str(number * 10), draw(skus), draw(prices), **draw(shares)) for number in range(1, count + 1))


def units_of(lines: tuple[AnsweredLine, ...]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for each in lines:
        for part in each.units:
            found[each.line_id, each.sku, part.outcome.value] += int(part.quantity)
    return found


@given(lines=answered_lines())
def test_first_answer_is_read_back_unit_by_unit(lines: tuple[AnsweredLine, ...]) -> None:
    told = answer(ORDER, *lines)
    assert isinstance(told.item, OrderAcknowledgement)
    [written] = sets_of(acknowledgements([(told.key, told.item)], codebook(), Stamp(NOW, "stamp", (5, 6))))
    heard, problems = reader.acknowledgement(parse_acknowledgement(written), codebook(), "855", NOW)
    assert (ORDER, []) == (heard.request_id, problems)
    found: Counter[tuple[str, str, str]] = Counter()
    for each in heard.lines:
        assert each.quantity is not None
        found[str(each.number), str(each.sku), each.outcome.value] += int(each.quantity)
    assert units_of(lines) == found
    outcomes = {part.outcome for each in lines for part in each.units}
    whole = outcomes.pop() if len(outcomes) == 1 else None
    assert heard.default_outcome is (None if whole is AcknowledgementOutcome.BACKORDERED else whole)


def heard_of(told: Envelope) -> tuple[ChangeAcknowledgement, list[Any], list[Problem]]:
    assert isinstance(told.item, OrderAcknowledgement)
    [written] = sets_of(change_acknowledgements([(told.key, told.item)], codebook(), Stamp(NOW, "stamp", (5, 6))))
    items, problems = change_acknowledgement_of(written, Received(codebook(), NOW, "865"))
    return parse_change_acknowledgement(written), list(items), list(problems)


@given(lines=answered_lines(), asked=st.booleans())
def test_later_answer_is_read_back_unit_by_unit(lines: tuple[AnsweredLine, ...], *, asked: bool) -> None:
    document, _, _ = heard_of(answer(ORDER, *lines, revision=2, cancellations=int(asked)))
    names = {"IA": "accepted", "IB": "backordered", "ID": "rejected"}
    found: Counter[tuple[str, str, str]] = Counter()
    for each in document.lines:
        item = codebook().item_for(each.ids)
        assert item is not None
        for part in each.statuses:
            assert part.quantity is not None
            eaches = to_base(part.quantity, item.units_each) if part.unit == item.unit else part.quantity
            found[each.number, item.sku, names[part.code]] += int(eaches)
    assert units_of(lines) == found


@given(lines=answered_lines())
def test_answer_to_a_cancellation_means_the_same_to_its_reader(lines: tuple[AnsweredLine, ...]) -> None:
    outcomes = {part.outcome for each in lines for part in each.units}
    document, items, problems = heard_of(answer(ORDER, *lines, revision=2, cancellations=1))
    agreed = [each.cancel_accepted for each in items if isinstance(each, Acknowledgement)]
    if outcomes == {AcknowledgementOutcome.REJECTED}:
        assert ([True], []) == (agreed, problems)
    elif outcomes == {AcknowledgementOutcome.ACCEPTED}:
        assert ([False], []) == (agreed, problems)
    else:
        kept = [each.number for each in document.lines if each.change != "DI"]
        assert len(kept) == len(problems)
        assert agreed == ([True] if len(kept) < len(lines) else [])
