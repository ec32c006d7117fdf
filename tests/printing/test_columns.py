"""Text in columns: nothing is lost, nothing is too wide, amounts stand below each other."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.printing.columns import spread, width_of, wrap

TEXT = st.text(alphabet="abc XYZ,.-凍檸茶（）。é1234567890", max_size=80).map(lambda text: " ".join(text.split()))


@given(TEXT, st.integers(2, 48))
def test_wrapped_lines_fit_and_keep_every_character(text, columns):
    lines = wrap(text, columns)
    assert all(width_of(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(TEXT.filter(bool), st.from_regex(r"-?[0-9]{1,5}\.[0-9]{2}", fullmatch=True), st.sampled_from([32, 48]))
def test_amounts_end_in_the_last_column(text, amount, columns):
    lines = spread(text, amount, columns)
    assert lines[0].endswith(amount) and width_of(lines[0]) == columns
    assert all(width_of(line) <= columns for line in lines)


def test_chinese_takes_two_columns():
    assert width_of("凍檸茶 tea") == 10
    assert spread("凍檸茶", "28.00", 20) == ["凍檸茶" + " " * 9 + "28.00"]


def test_words_stay_whole_and_long_ones_are_broken():
    assert wrap("smoked salmon with dill", 13) == ["smoked salmon", "with dill"]
    assert wrap("Donaudampfschiff", 6) == ["Donaud", "ampfsc", "hiff"]


def test_a_closing_sign_is_not_left_alone():
    assert wrap("有效至明天。", 10) == ["有效至明", "天。"]


def test_a_right_side_wider_than_its_place_gets_lines_of_its_own():
    assert spread("Level", "Platinum of the very first hour", 20) == [
        "Level", "Platinum of the very", "          first hour",
    ]  # fmt: skip
