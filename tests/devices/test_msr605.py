"""The MSR605's driver against the simulated unit: on a serial line, over TCP and in HID reports."""

import pytest

from loyalty.devices.interfaces import Health, MagstripeUnit
from loyalty.devices.wire import msr605 as msr
from loyalty.errors import (
    Cancelled,
    NoCard,
    Rejected,
    StripeUnreadable,
    StripeWriteFailed,
)
from simulators.card import SimCard
from tests.devices.msr605_desk import LONG_S, Desk, never
from tests.waits import ended


@pytest.fixture(params=["pty", "tcp", "hid"])
def any_desk(request):
    desk = Desk("msr605x" if request.param == "hid" else "msr605", tcp=request.param == "tcp")
    yield desk
    desk.close()


@pytest.fixture
def desk_of():
    desks = []

    def opened(*arguments, **facts):
        desks.append(Desk(*arguments, **facts))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(desk_of):
    return desk_of(tcp=True)


def test_a_swipe_shows_once(any_desk):
    assert isinstance(any_desk.stripe, MagstripeUnit)
    any_desk.swipe(t1="CHAN TAI MAN", t2="1001=99", t3="7")
    assert any_desk.stripe.poll(LONG_S) == any_desk.seen("1001=99")
    assert any_desk.stripe.poll(0.05) is None
    any_desk.swipe(t2="1002")
    assert any_desk.stripe.poll(LONG_S) == any_desk.seen("1002")


def test_what_is_written_is_read_and_what_is_erased_is_gone(any_desk):
    card = SimCard("magnetic", tracks={"1": "OLD", "3": "77"})
    hand = any_desk.draw_when_asked(card)
    any_desk.stripe.write({2: "88001", 1: "VIP/CHAN"}, LONG_S, never)
    ended(hand)
    assert card.tracks == {"1": "VIP/CHAN", "2": "88001", "3": "77"}
    hand = any_desk.draw_when_asked(card)
    assert any_desk.stripe.read(LONG_S, never) == {1: "VIP/CHAN", 2: "88001", 3: "77"}
    ended(hand)
    hand = any_desk.draw_when_asked(card)
    any_desk.stripe.erase([1, 3], LONG_S, never)
    ended(hand)
    assert card.tracks == {"2": "88001"}
    assert any_desk.unit.state()["coercivity"] == "high"


def test_every_setting_and_question(any_desk):
    stripe = any_desk.stripe
    status = stripe.status()
    assert (status.health, status.detail) == (Health.READY, "firmware REVU1.00")
    assert (stripe.model(), stripe.leading_zeros()) == ("3", (61, 22))
    stripe.setting(msr.SetLeadingZeros(40, 10))
    stripe.setting(msr.SetDensity(2, 210))
    stripe.setting(msr.SetCoercivity(False))
    assert (stripe.leading_zeros(), stripe.coercivity()) == ((40, 10), "low")
    stripe.test_memory()
    stripe.lights("red")
    assert stripe.coercivity() == "low"
    state = any_desk.unit.state()
    assert (state["light"], state["bits_per_inch"]) == ("red", [210, 210, 210])
    hand = any_desk.draw_when_asked(SimCard("magnetic"))
    stripe.test_sensor(LONG_S, never)
    ended(hand)
    with pytest.raises(Rejected, match="blue"):
        stripe.lights("blue")


def test_a_units_own_decoding_can_be_used_instead(desk_of):
    desk = desk_of(tcp=True, swipe_as="iso")
    desk.swipe(t1="A", t2="1001")
    assert desk.stripe.poll(LONG_S) == desk.seen("1001")
    card = SimCard("magnetic")
    hand = desk.draw_when_asked(card)
    desk.stripe.write({2: "123"}, LONG_S, never)
    ended(hand)
    assert card.tracks == {"2": "123"}
    desk.unit.set_fault("stripe_lrc", {})
    desk.swipe(t2="1001")
    with pytest.raises(StripeUnreadable):
        desk.stripe.poll(LONG_S)


@pytest.mark.parametrize("fault", ["stripe_parity", "stripe_start", "stripe_lrc", "half_swipe", "wrong_side"])
def test_a_stripe_that_cannot_be_read_is_drawn_again(desk, fault):
    desk.unit.set_fault(fault, {})
    desk.swipe(t1="A", t2="1001")
    with pytest.raises(StripeUnreadable) as told:
        desk.stripe.poll(LONG_S)
    assert told.value.advice
    desk.unit.clear_faults()
    desk.swipe(t1="A", t2="1001")
    assert desk.stripe.poll(LONG_S) == desk.seen("1001")


def test_another_track_never_takes_the_place_of_a_damaged_one(desk):
    desk.unit.set_fault("stripe_lrc", {"track": 2})
    desk.swipe(t1="2002", t2="1001")
    with pytest.raises(StripeUnreadable, match="Track 2"):
        desk.stripe.poll(LONG_S)
    desk.swipe(t1="2002")
    assert desk.stripe.poll(LONG_S) == desk.seen("2002")


@pytest.mark.parametrize("fault", ["bad_swipe", "write_verify", "half_swipe"])
def test_a_card_that_was_not_written_is_said_to_be_in_doubt(desk, fault):
    desk.unit.set_fault(fault, {})
    hand = desk.draw_when_asked(SimCard("magnetic", tracks={"2": "1"}))
    with pytest.raises(StripeWriteFailed) as told:
        desk.stripe.write({2: "2"}, LONG_S, never)
    ended(hand)
    assert told.value.half == "unknown"
    desk.unit.clear_faults()
    card = SimCard("magnetic")
    hand = desk.draw_when_asked(card)
    desk.stripe.write({2: "3"}, LONG_S, never)
    ended(hand)
    assert card.tracks == {"2": "3"}


def test_waiting_ends_and_the_card_is_untouched(any_desk):
    with pytest.raises(NoCard) as told:
        any_desk.stripe.write({2: "1"}, 0.05, never)
    assert told.value.half == "untouched"
    with pytest.raises(Cancelled) as called_off:
        any_desk.stripe.erase([2], LONG_S, lambda: True)
    assert called_off.value.half == "untouched"
    with pytest.raises(Cancelled):
        any_desk.stripe.read(LONG_S, lambda: True)
    any_desk.stripe.status()
    any_desk.stripe.firmware()  # asked behind the reset, so that it has been heard
    assert any_desk.unit.state()["waiting"] == ""
    any_desk.swipe(t2="5")
    assert any_desk.stripe.poll(LONG_S) == any_desk.seen("5")


@pytest.mark.parametrize(
    ("tracks", "why"),
    [({2: "A"}, "cannot hold 'A'"), ({4: "1"}, "no head for track 4"), ({}, "Nothing"), ({2: ""}, "empty"),
     ({2: "9" * 38}, "37 characters")],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_before_anything_is_sent(desk, tracks, why):
    desk.traced.clear()
    with pytest.raises(Rejected, match=why):
        desk.stripe.write(tracks, LONG_S, never)
    assert not desk.traced
    with pytest.raises(Rejected):
        desk.stripe.erase([], LONG_S, never)
