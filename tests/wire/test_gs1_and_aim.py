"""What a code is: by its symbology identifier, and by what GS1 says of its numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contract.token import Token
from loyalty.devices.wire import aim
from loyalty.devices.wire.gs1 import GS1_SYMBOLOGIES, Meaning, WrongDigit, meaning_of
from loyalty.devices.wire.scanned import Repeats, Scan, scan_of, token_of
from loyalty.errors import Garbled

MEMBER = "123456789012345675"
COUPON = "4006381333931"


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("]E0", "EAN13"), ("]E4", "EAN8"), ("]C0", "CODE128"), ("]C1", "GS1128"), ("]Q1", "QR"), ("]Q3", "GS1QR"),
        ("]d1", "DATAMATRIX"), ("]d2", "GS1DATAMATRIX"), ("]e0", "DATABAR"), ("]A7", "CODE39"), ("]L2", "PDF417"),
        ("]X0", ""), ("", ""),
    ],
)  # fmt: skip
def test_identifiers_of_iso_15424(identifier, name):
    assert aim.symbology(identifier) == name


def test_a_makers_own_identifier_is_put_right_by_the_profile():
    assert aim.symbology("]X0", {"]X0": "UPCA"}) == "UPCA"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("]Q1M-1", ("]Q1", "M-1")), ("M-1", ("", "M-1")), ("]", ("", "]")), ("]1C4", ("", "]1C4")), ("]C1", ("]C1", ""))],
)
def test_the_identifier_comes_off(text, parts):
    assert aim.split(text) == parts


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (f"8018{MEMBER}", Meaning("number", MEMBER)),
        (f"8018{MEMBER}\x1d80191", Meaning("number", MEMBER)),
        (f"\x1d8018{MEMBER}", Meaning("number", MEMBER)),
        (f"255{COUPON}", Meaning("coupon", COUPON)),
        (f"255{COUPON}000123", Meaning("coupon", f"{COUPON}000123")),
        ("0109501101530003", Meaning("barcode", "0109501101530003")),
        ("M-000123", Meaning("barcode", "M-000123")),
        ("", Meaning("barcode", "")),
    ],
)
@pytest.mark.parametrize("symbology", ["GS1128", "GS1QR", "GS1DATAMATRIX"])
def test_what_gs1_says(data, meaning, symbology):
    assert meaning_of(data, symbology) == meaning


@pytest.mark.parametrize("symbology", ["", "CODE128", "QR"])
def test_the_same_digits_in_another_symbology_are_just_digits(symbology):
    assert meaning_of(f"8018{MEMBER}", symbology) == Meaning("barcode", f"8018{MEMBER}")


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        (f"https://shop.example/8018/{MEMBER}", Meaning("number", MEMBER)),
        (f"HTTPS://SHOP.EXAMPLE/8018/{MEMBER}", Meaning("number", MEMBER)),
        (f"https://shop.example/a/path/8018/{MEMBER}?from=card", Meaning("number", MEMBER)),
        (f"http://id.example/255/{COUPON}", Meaning("coupon", COUPON)),
        (f"http://id.example/255/{COUPON}000123", Meaning("coupon", f"{COUPON}000123")),
    ],
)
@pytest.mark.parametrize("symbology", ["QR", "DATAMATRIX", ""])
def test_a_digital_link_says_it_in_an_address(address, meaning, symbology):
    """GS1 Digital Link: URI syntax, its key in the path."""
    assert meaning_of(address, symbology) == meaning


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/c/M000123", "https://shop.example/8018/12345", "https://shop.example/8018",
        "https://shop.example/", "https://", "http://[/8018/1", f"ftp://shop.example/8018/{MEMBER}",
        f"https://shop.example/8018/{MEMBER} and more",
    ],
)  # fmt: skip
def test_other_addresses_are_codes_as_any(address):
    assert meaning_of(address, "QR") == Meaning("barcode", address)


def test_a_wrong_digit_in_an_address_is_found_too():
    with pytest.raises(WrongDigit):
        meaning_of("https://shop.example/8018/123456789012345674", "QR")


@pytest.mark.parametrize("data", ["8018123456789012345674", "2554006381333932", "2554006381333932000123"])
def test_a_wrong_check_digit_is_no_member_and_no_coupon(data):
    with pytest.raises(WrongDigit):
        meaning_of(data, "GS1128")
    with pytest.raises(Garbled, match="check digit") as told:
        token_of(Scan(data, "GS1128"), True, "scanner-1")
    assert data[4:] not in str(told.value) and "Scan again" in told.value.advice


def test_a_token_says_what_it_is():
    assert token_of(Scan(f"8018{MEMBER}", "GS1128"), True, "s") == Token("number", MEMBER, "s")
    assert token_of(Scan(f"8018{MEMBER}", "GS1128"), False, "s") == Token("barcode", f"8018{MEMBER}", "s")


@given(st.text(max_size=120), st.sampled_from(["", *GS1_SYMBOLOGIES]))
def test_any_text_is_something(text, symbology):
    try:
        assert meaning_of(text, symbology).kind in ("barcode", "number", "coupon")
    except WrongDigit:
        assert symbology


@given(st.binary(max_size=300))
def test_any_bytes_are_a_scan_or_refused(data):
    try:
        scan = scan_of(data, "", "The scanner")
    except Garbled:
        return
    assert 0 < len(scan.data) <= 256 and scan.data.encode("latin-1") == data.rstrip(b"\r\n")


def test_the_same_code_at_once_is_one_scan_and_later_another():
    repeats, code = Repeats(0.6), Scan("A")
    assert [repeats.again(code, at) for at in (0, 0.5, 1.0, 2.0)] == [False, True, True, False]
    assert not repeats.again(Scan("B"), 2.1)
