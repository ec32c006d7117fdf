"""Members' PINs: set by a counter, tried a few times, never told."""

from datetime import timedelta
from typing import Any

import pytest

from tests.web.api.conftest import Api


def tried(api: Api, member: dict[str, Any], pin: str) -> tuple[str, int]:
    answer = api.ok("POST", f"/members/{member['id']}/pin:try", {"pin": pin})
    return answer["status"], answer["left"]


def test_only_the_members_own_pin_fits(api: Api, ann: dict[str, Any]) -> None:
    assert tried(api, ann, "4711") == ("none", 0)
    assert api.ok("PUT", f"/members/{ann['id']}/pin", {"pin": "4711"})["status"] == "set"
    assert tried(api, ann, "4712") == ("wrong", 4)
    assert tried(api, ann, "4711") == ("ok", 0)
    assert tried(api, ann, "") == ("wrong", 4)
    assert api("POST", "/members/mem_none/pin:try", {"pin": "4711"}).status_code == 404


def test_after_five_wrong_ones_nobody_can_try_and_after_ten_only_staff_open_it(api: Api, ann: dict[str, Any]) -> None:
    api.ok("PUT", f"/members/{ann['id']}/pin", {"pin": "4711"})
    assert [tried(api, ann, "0001")[0] for _ in range(5)] == ["wrong"] * 4 + ["closed"]
    assert tried(api, ann, "4711") == ("closed", 0)
    api.clock.forward(timedelta(minutes=15))
    assert [tried(api, ann, "0001")[0] for _ in range(5)] == ["wrong"] * 4 + ["closed"]
    api.clock.forward(timedelta(days=9))
    assert tried(api, ann, "4711") == ("closed", 0)
    api.ok("PUT", f"/members/{ann['id']}/pin", {"pin": "4712"})
    assert tried(api, ann, "4712") == ("ok", 0)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３５", "1111", "1234", "9876"])
def test_a_pin_is_digits_that_nobody_guesses_first(api: Api, ann: dict[str, Any], pin: str) -> None:
    answer = api("PUT", f"/members/{ann['id']}/pin", {"pin": pin})
    assert answer.status_code == 422
    assert tried(api, ann, pin)[0] == "none"
