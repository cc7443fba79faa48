"""GS1 check digits, alone and as findings on a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.edi.documents.check_digits import check_digit, fits_check_digit, is_gtin, sscc_of
from hub.edi.documents.registry import read_document
from tests.unit.edi.interchanges import PURCHASE_ORDER, SHIP_NOTICE, read_set

STEMS = st.text("0123456789", min_size=7, max_size=17)


@pytest.mark.parametrize(
    ("stem", "digit"),
    [("01234567890", "5"), ("03600029145", "2"), ("400638133393", "1"), ("10614141000000001", "9"), ("0000000", "0")],
)
def test_check_digit_of_numbers_known_from_elsewhere(stem: str, digit: str) -> None:
    assert digit == check_digit(stem)


@given(STEMS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(stem: str, place: int, difference: int) -> None:
    number = stem + check_digit(stem)
    place %= len(stem)
    wrong = number[:place] + str((int(number[place]) + difference) % 10) + number[place + 1 :]
    assert fits_check_digit(number)
    assert not fits_check_digit(wrong)


@given(STEMS, st.integers(1, 4))
def test_leading_zeros_do_not_change_the_check_digit(stem: str, zeros: int) -> None:
    assert check_digit(stem) == check_digit("0" * zeros + stem)


@pytest.mark.parametrize("stem", ["", "12A", "١٢٣", "1 2"])
def test_what_is_no_number_has_no_check_digit(stem: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        check_digit(stem)
    assert not fits_check_digit(stem + "1" if stem else "")


def test_label_is_read_with_and_without_its_application_identifier() -> None:
    assert "106141410000000019" == sscc_of("00106141410000000019") == sscc_of("106141410000000019")
    assert ["", "", ""] == [sscc_of("10106141410000000019"), sscc_of("123"), sscc_of("CARTON-1 OF 2-ABCD")]


def test_gtin_has_one_of_four_lengths() -> None:
    assert [True, True, True, True] == [
        is_gtin(number) for number in ("40170725", "012345678905", "4006381333931", "10012345678902")
    ]
    assert not is_gtin("00106141410000000019")


def test_wrong_gtin_is_a_warning_with_its_place_and_is_kept() -> None:
    order = read_document(read_set("850", PURCHASE_ORDER.replace("012345678905", "012345678904")))
    assert [("x12.gtin-check-digit", "PO1", 7, False)] == [
        (item.code, item.segment_id, item.element, item.rejects) for item in order.findings
    ]
    assert "012345678904" in str(order)


def test_number_of_another_length_under_a_borrowed_qualifier_is_no_gtin() -> None:
    assert () == read_document(read_set("850", PURCHASE_ORDER.replace("012345678905", "4711"))).findings


def test_wrong_label_is_a_warning_with_its_place_and_is_kept() -> None:
    notice = read_document(read_set("856", SHIP_NOTICE.replace("00123456789012345675", "00123456789012345674")))
    assert [("x12.sscc-check-digit", "MAN", 2, False)] == [
        (item.code, item.segment_id, item.element, item.rejects) for item in notice.findings
    ]
