"""Bank cards are told from members' cards: published test numbers of the schemes, and numbers that only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contract.bank_card import DigitMask, holds_bank_number, is_bank_card, is_bank_number, luhn, masked

# Test numbers that the schemes and their processors publish for everybody's use.
PUBLISHED = [
    "4111111111111111", "4012888888881881", "4222222222222",  # Visa
    "5555555555554444", "5105105105105100", "2223003122003222",  # Mastercard
    "378282246310005", "371449635398431",  # American Express
    "30569309025904", "38520000023237",  # Diners
    "6011111111111117", "6011000990139424",  # Discover
    "3530111333300000", "3566002020360505",  # JCB
    "6759649826438453", "6304000000000000",  # Maestro
    "6240008631401148", "6200000000000005",  # UnionPay
]  # fmt: skip


@pytest.mark.parametrize("number", PUBLISHED)
@pytest.mark.parametrize("own", [(), ("4", "5", "6", "3", "2")])
def test_published_numbers_are_bank_cards_on_every_track_and_no_setting_lets_them_in(number, own):
    assert is_bank_number(number)
    for track, text in (
        (1, f"B{number}^MEMBER/TEST^30121010000000000"), (2, f"{number}=30121010000012345678"),
        (3, f"01{number}=344344=000000"), (2, number), (1, number), (2, f";{number}?"), (1, f"%B{number}^A/B^3012101?"),
    ):  # fmt: skip
        assert is_bank_card({track: text}, own), (track, text)
    assert is_bank_card({1: "MEMBER", 2: f"{number}=3012101", 3: ""}, own)


def test_spaces_as_on_older_cards_hide_nothing():
    assert is_bank_card({1: "B3782 822463 10005^MEMBER/TEST^3012101"})
    assert is_bank_card({1: "B3782 822463 10005^MEMBER/TEST^3012101"}, ("3782",))


@pytest.mark.parametrize(
    "tracks",
    [
        {2: "1001"}, {2: "8800412"}, {2: "1001=2612"}, {1: "CHAN TAI MAN"}, {2: "2000000012345"},
        {2: "9988001234567890"}, {1: "M^1001^CHAN"}, {3: "990000123456"}, {2: ""}, {2: "9988001234567890=99999"},
        {2: "4111111111111112"},  # a bank's range, the check digit wrong, no payment card's layout
        {2: "99=3012101"},
    ],
)  # fmt: skip
def test_members_numbers_are_let_in(tracks):
    assert not is_bank_card(tracks)


@pytest.mark.parametrize(
    ("track", "text"),
    [
        (2, "9988001234567890=3012101000"), (1, "B9988001234567890^CHAN/TAI MAN^3012101"),
        (3, "019988001234567890=344344"),
    ],
)  # fmt: skip
def test_a_payment_cards_layout_is_refused_but_for_the_shops_own_range(track, text):
    assert is_bank_card({track: text})
    assert is_bank_card({track: text}, ("7788",))
    assert not is_bank_card({track: text}, ("9988",))


def test_text_from_keyboards_and_scanners():
    assert holds_bank_number("%B4111111111111111^TEST^3012101?;4111111111111111=3012101?")
    assert holds_bank_number("4111 1111 1111 1111")
    assert not holds_bank_number("5901234123457")
    assert not holds_bank_number("M-000123")


@given(st.text(st.sampled_from("0123456789"), min_size=1, max_size=18))
def test_one_check_digit_of_ten_is_right(number):
    assert sum(luhn(number + digit) for digit in "0123456789") == 1


@given(st.binary(max_size=200), st.data())
def test_the_mask_is_the_same_in_any_pieces_and_shows_six_digits_at_most(data, pieces):
    cuts = sorted(pieces.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    parts = zip([0, *cuts], [*cuts, len(data)], strict=True)
    mask = DigitMask()
    shown = b"".join(mask.feed(data[start:end]) for start, end in parts)
    assert shown == DigitMask().feed(data) and len(shown) == len(data)


@pytest.mark.parametrize("number", PUBLISHED)
def test_a_mask_leaves_nothing_that_is_a_number(number):
    shown = masked(f"%B{number}^A/B^3012101?;{number}=30121010000012345678?")
    assert number[6:] not in shown and number[:6] in shown
    assert not holds_bank_number(shown)
    assert masked("B3782 822463 10005") == "B3782 82**** *****"
