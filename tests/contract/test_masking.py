"""What stays of a text that nobody could read: days, amounts and words, no card, phone or address."""

import pytest

from loyalty.contract.masking import masked


@pytest.mark.parametrize(("text", "left"), [
    ("No. 00042  21.11.2026 12:30  TOTAL 1 234.50", "No. 00042  21.11.2026 12:30  TOTAL 1 234.50"),
    ("2026-11-21 12:30, 2026-11-21-000123", "2026-11-21 12:30, 2026-11-21-000123"),
    ("Card 5454540123456789", "Card ••••••••••••••89"),
    ("tel +852 6123 4567, 61234567", "tel ••••••••••••67, ••••••67"),
    ("4111 1111 1111 1111", "•••••••••••••••••11"),
    ("uid 04A1B2C3D4E5F6", "uid ••••••••••••F6"),
    ("to chan.tm@example.com.hk!", "to •••"),
    ("陳大文 Sale 128.00", "陳大文 Sale 128.00"),
])  # fmt: skip
def test_long_numbers_and_addresses_are_masked(text: str, left: str) -> None:
    assert masked(text) == left
