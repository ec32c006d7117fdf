"""What may be set for one device: offered, checked, and nothing else."""

import pytest

from loyalty.devices.options import options_of, set_for, value_of
from loyalty.devices.profiles import all_profiles, read_profile
from loyalty.errors import ConfigError


def test_a_fact_inside_a_table_is_set_alone() -> None:
    profile = set_for(read_profile("serial-scanner"), {"line.baudrate": 115200, "suffix": "LF"})
    assert profile["line"] == {"baudrate": 115200, "bytesize": 8, "parity": "N", "stopbits": 1}
    assert profile.facts["suffix"].source == "set at this counter"
    assert read_profile("serial-scanner")["suffix"] == "CR", "the profile itself stays as it is"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"suffix": "BELL"}, "one of CR, LF"),
        ({"aim_id": "yes"}, "true or false"),
        ({"prefix": 7}, "a short text"),
        ({"gap_s": 1}, "cannot be set"),
        ({"line.baudrate": 9601}, "one of 1200"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        set_for(read_profile("serial-scanner"), given)
    assert refused.value.pointer == next(iter(given))


@pytest.mark.parametrize(
    ("value", "good"), [(1, True), (5, True), (0.5, False), (6, False), (True, False), ("2", False)]
)
def test_numbers_keep_their_bounds(value: object, good: bool) -> None:
    profile = read_profile("star-tcp300ii")
    if good:
        assert set_for(profile, {"cold_factor": value})["cold_factor"] == value
    else:
        with pytest.raises(ConfigError, match="a number from 1 to 5"):
            set_for(profile, {"cold_factor": value})


@pytest.mark.parametrize("profile", list(all_profiles()), ids=lambda profile: profile.name)
def test_what_stands_in_a_profile_is_itself_allowed(profile) -> None:
    given = {option.fact: value_of(profile, option.fact) for option in options_of(profile)}
    assert {fact: value_of(set_for(profile, given), fact) for fact in given} == given
