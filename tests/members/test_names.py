"""Names masked for other people's eyes, and found from wherever somebody starts to type."""

import pytest

from loyalty.errors import Invalid
from loyalty.members.names import beginnings, clean_name, folded, masked_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("陳大文", "陳＊文"), ("陳文", "陳＊"), ("歐陽大文", "歐＊＊文"), ("陳", "陳＊"), ("김민수", "김＊수"),
        ("John Smith", "Jo** S."), ("Mary Ann Lee", "Ma** L."), ("Cher", "Ch**"), ("J. Smith", "J** S."), ("", ""),
    ],
)  # fmt: skip
def test_masked(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_beginnings() -> None:
    assert beginnings("Mary-Ann  LÉE") == ["mary-ann lee", "lee"]
    assert beginnings("陳大文") == ["陳大文", "大文", "文"]
    assert folded("ＡＢＣ É") == "abc e"


@pytest.mark.parametrize("name", ["", "   ", "\x00\x01", "x" * 121])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(Invalid):
        clean_name(name)


def test_control_characters_and_doubled_spaces_go() -> None:
    assert clean_name(" A\x07nn\tLee\n") == "A nn Lee"
