"""Where the lines of a letter break: every character is twice as wide as a Latin one, or as wide."""

import unicodedata

import pytest

from loyalty.printing.letter import broken


def length(text: str) -> float:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


@pytest.mark.parametrize(("text", "lines"), [
    ("先到先得，換完即止。", ["先到先", "得，換完", "即止。"]),
    ("請先換「咖啡」一杯", ["請先換", "「咖啡」", "一杯"]),
    ("Größe zählt nicht", ["Größe", "zählt", "nicht"]),
    ("see https://a.example/long", ["see", "https://", "a.exampl", "e/long"]),
    ("", [""]),
])  # fmt: skip
def test_lines_fit_and_break_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert broken(text, length, 8) == lines
