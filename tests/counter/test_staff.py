"""Who stands at the till: a PIN is enough, a wrong one five times is a pause, only supervisors allow things."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from loyalty.cli.counter import counter
from loyalty.clock import SetClock
from loyalty.contract.card_report import hot_name
from loyalty.contract.token import Token
from loyalty.counter.staff import (
    CARD_AWAITED,
    MOST_TRIES,
    REST,
    TICKET_GOOD,
    StaffDesk,
    StaffMember,
    WrongPin,
    hash_pin,
)
from loyalty.errors import Invalid
from tests.counter.samples import NOON

AMY = StaffMember("amy", "Amy", hash_pin("1111"))
SUE = StaffMember("sue", "Sue", hash_pin("2222"), supervisor=True)


def desk(clock: SetClock, heard: list[str | None]) -> StaffDesk:
    broken = StaffMember("old", "Old", "1111")  # somebody wrote the PIN itself: it is nobody's
    return StaffDesk((broken, AMY, SUE), clock, lambda staff: heard.append(staff.id if staff else None))


def test_the_pin_says_who_stands_here() -> None:
    heard: list[str | None] = []
    staff = desk(SetClock(NOON), heard)
    assert staff.known and staff.name is None
    staff.sign_in("1111")
    staff.sign_in("2222")
    assert staff.name == "sue"
    staff.sign_out()
    assert heard == ["amy", "sue", None]


def test_a_card_of_theirs_is_enough_and_a_members_card_is_not() -> None:
    heard: list[str | None] = []
    bea = StaffMember("bea", "Bea", "", card=hot_name("card_uid", "04AA"))
    staff = StaffDesk((AMY, bea), SetClock(NOON), lambda who: heard.append(who.id if who else None))
    assert not staff.shows_card(Token("card_uid", "04BB")) and not staff.shows_card(Token("barcode", "04AA"))
    assert staff.shows_card(Token("card_uid", "04AA", "reader")) and staff.shows_card(Token("card_uid", "04AA"))
    assert (staff.name, heard) == ("bea", ["bea"])


def test_a_badge_whose_code_is_typed_signs_in_and_guessing_codes_is_as_slow_as_guessing_pins() -> None:
    bea = StaffMember("bea", "Bea", "", card=hot_name("barcode", "STAFF-000042"))
    clock = SetClock(NOON)
    staff = StaffDesk((AMY, bea), clock, lambda who: None)
    staff.sign_in_by_code(Token("barcode", "STAFF-000042"))
    assert staff.name == "bea"
    for guess in range(MOST_TRIES):
        with pytest.raises(WrongPin, match="Nobody at this counter has this card"):
            staff.sign_in_by_code(Token("barcode", f"STAFF-{guess:06d}"))
    with pytest.raises(WrongPin, match="half a minute"):
        staff.sign_in_by_code(Token("barcode", "STAFF-000042"))


def test_only_a_supervisor_allows_what_a_limit_forbids() -> None:
    staff = desk(SetClock(NOON), [])
    assert staff.supervisor(None) is None
    assert staff.supervisor("2222") == SUE
    with pytest.raises(WrongPin, match="Amy is no supervisor"):
        staff.supervisor("1111")
    assert staff.name is None  # allowing is not signing in


def test_a_supervisors_card_allows_one_thing_and_signs_nobody_in() -> None:
    clock, told = SetClock(NOON), list[tuple[str, str | None]]()
    amy, sue = (replace(each, card=hot_name("card_uid", each.id)) for each in (AMY, SUE))
    staff = StaffDesk((amy, sue), clock, lambda who: None)
    staff.answered = lambda who, ticket: told.append((who.id, ticket))
    staff.await_card(True)
    assert staff.shows_card(Token("card_uid", "amy")) and staff.shows_card(Token("card_uid", "sue"))
    (_, none), (who, ticket) = told
    assert (none, who, staff.here) == (None, "sue", None) and ticket
    assert staff.supervisor(ticket) == sue
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongPin, match="show it once more"):  # good once, and no guess at a PIN
            staff.supervisor(ticket)
    assert staff.supervisor("2222") == sue
    staff.await_card(True)
    staff.shows_card(Token("card_uid", "sue"))
    clock.forward(TICKET_GOOD)
    with pytest.raises(WrongPin):
        staff.supervisor(told[-1][1])
    staff.await_card(True)
    clock.forward(CARD_AWAITED)
    assert staff.shows_card(Token("card_uid", "sue")) and len(told) == 3
    assert staff.here == sue  # nobody asked any more: she stands at the till


def test_guessing_is_slow() -> None:
    clock = SetClock(NOON)
    staff = desk(clock, [])
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongPin, match="Nobody"):
            staff.sign_in("9999")
    with pytest.raises(WrongPin, match="half a minute"):
        staff.sign_in("1111")
    clock.forward(REST + timedelta(seconds=1))
    assert staff.sign_in("1111") == AMY


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１１１１"])
def test_a_pin_is_four_to_eight_digits(pin: str) -> None:
    with pytest.raises(Invalid, match="4 to 8 digits"):
        hash_pin(pin)


def test_the_command_prints_what_the_settings_want() -> None:
    done = CliRunner().invoke(counter, ["--hash-pin"], input="4711\n4711\n")
    assert done.exit_code == 0
    kept = done.output.rsplit('"', 2)[1]
    assert hash_pin("4711", bytes.fromhex(kept.split("$")[1])) == kept
