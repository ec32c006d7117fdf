"""Numbers with check digits, and one spelling for every credential."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_10, mod_97_10

from loyalty.errors import Invalid
from loyalty.members.numbers import given_number, is_slip, new_number
from loyalty.members.tokens import normalised, phone_number, stripe_numbers

VALID = {"luhn": luhn.is_valid, "mod_11_10": mod_11_10.is_valid, "mod_97_10": mod_97_10.is_valid}


@pytest.mark.parametrize("scheme", VALID)
def test_new_numbers_hold_their_check_digit(scheme: str) -> None:
    numbers = {new_number(scheme) for _ in range(50)}
    assert len(numbers) == 50
    assert all(VALID[scheme](number) and number[0] != "0" for number in numbers)


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_a_slip(place: int, by: int) -> None:
    number = new_number("luhn")
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert is_slip(wrong, "luhn")
    assert not is_slip(number, "luhn")


def test_numbers_that_a_shop_brings_along() -> None:
    assert given_number("hk 12-34") == "HK1234"
    for text in ("", "x" * 33, "12;34", "數字"):
        with pytest.raises(Invalid):
            given_number(text)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("card_uid", "04:a2:b3:c4:d5:e6:f7", "04A2B3C4D5E6F7"), ("card_uid", " 04a2 b3c4 ", "04A2B3C4"),
        ("barcode", " 2900001\r", "2900001"), ("phone", "6123 4567", "+85261234567"),
        ("phone", "+886 912 345 678", "+886912345678"), ("number", "12 34-5", "12345"), ("barcode", "１２３", "123"),
    ],
)  # fmt: skip
def test_one_spelling(kind: str, value: str, stored: str) -> None:
    assert normalised(kind, value, "HK") == stored


@pytest.mark.parametrize(
    ("kind", "value"), [("card_uid", "XYZ"), ("card_uid", "04A2B3"), ("phone", "12"), ("barcode", " ")]
)
def test_what_no_reader_can_have_read(kind: str, value: str) -> None:
    with pytest.raises(Invalid):
        normalised(kind, value, "HK")


def test_a_phone_number_needs_its_length() -> None:
    with pytest.raises(Invalid, match="telephone number"):
        phone_number("+852 1", "HK")


def test_a_stripe_holds_its_number_in_the_leading_field() -> None:
    assert "4921567890" in stripe_numbers(";4921567890=2612?")
    assert "4921567890" in stripe_numbers("%4921567890^CHAN^?;4921567890=99?")
    assert stripe_numbers("4921567890") == ["4921567890"]
