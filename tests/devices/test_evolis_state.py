"""What an Evolis printer says of itself, and what is made of it."""

import pytest

from loyalty.devices.drivers.evolis.troubles import Troubles
from loyalty.devices.interfaces import Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.evolis.flags import FLAGS
from loyalty.devices.wire.evolis.replies import NACK_CODES, Nack
from loyalty.devices.wire.evolis.status import Status
from loyalty.errors import CardJam, DeviceError, NoCard, StripeUnreadable
from simulators.evolis.heat import picture_of
from simulators.evolis.works import WRITE_S
from tests.devices.evolis_bench import ANNA, NEW, OLD, Bench
from tests.devices.star_bench import with_facts


@pytest.fixture
def bench():
    bench = Bench()
    bench.put(ANNA)
    bench.unit.shown.print(picture_of(OLD))
    bench.take_in()
    yield bench
    bench.close()


def test_a_jam_stays_on_the_status_until_somebody_has_seen_to_it(bench):
    bench.unit.set_fault("card_jam", {})
    with pytest.raises(CardJam):
        bench.driver.rewrite(NEW)
    status = bench.driver.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "card_jam")
    assert "pull the card out" in status.advice
    bench.unit.clear_faults()  # somebody pulls it out
    with pytest.raises(NoCard):
        bench.driver.take_in(0.2, lambda: False)
    assert bench.driver.status().health is Health.READY


def test_it_tells_how_many_cards_it_printed_where_it_does(bench):
    bench.driver.rewrite(NEW)
    assert bench.driver.counters() == {"prints": 1} and bench.unit.state()["counters"]["prints"] == 1
    bench.unit.panel._profile = with_facts(bench.profile, card_counter="another")
    assert bench.driver.counters() == {}


def test_an_open_cover_shows_on_the_status(bench):
    bench.unit.set_fault("cover_open", {})
    status = bench.driver.status()
    assert (status.health, status.cause, status.advice) == (Health.NEEDS_PERSON, "cover_open", "Close the cover.")
    bench.unit.clear_faults()
    assert bench.driver.status().health is Health.READY


def test_an_empty_feeder_matters_only_where_cards_come_from_it():
    bench = Bench(input_tray="F")
    bench.unit.set_fault("feeder_empty", {})
    with pytest.raises(DeviceError, match="feeder") as caught:
        bench.driver.rewrite(NEW)
    assert (caught.value.code, caught.value.half) == ("feeder_empty", "untouched")
    assert bench.driver.status().cause == "feeder_empty"
    bench.unit.clear_faults()
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    bench.unit.feeder = 0  # not told by the sensor beforehand
    with pytest.raises(DeviceError) as caught:
        bench.driver.rewrite(OLD)
    assert (caught.value.code, caught.value.half) == ("feeder_empty", "untouched")
    bench.close()


def test_an_empty_feeder_is_no_matter_for_a_slot(bench):
    bench.unit.set_fault("feeder_empty", {})
    assert bench.driver.status().health is Health.READY
    bench.driver.rewrite(NEW)


def test_a_stripe_that_fails_once_is_written_again(bench):
    tries = []

    def pass_time(seconds):
        tries.append(seconds)
        if len(tries) == 2:
            bench.unit.clear_faults()

    bench.unit.set_fault("mag_write", {})
    bench.unit.works._let_pass = pass_time
    bench.driver.write_stripe({2: "0413"})
    assert tries == [WRITE_S, WRITE_S]
    assert bench.driver.read_stripe(2) == "0413"


def test_one_bad_track_does_not_hide_a_good_one(bench):
    """A blank track sets a flag of the whole printer; each track is judged by its own answer."""
    assert bench.driver.read_stripe(1) is None
    assert bench.driver.read_stripe(2) == "0412"
    bench.unit.set_fault("mag_read", {})
    with pytest.raises(StripeUnreadable):
        bench.driver.read_stripe(2)
    bench.unit.clear_faults()
    assert bench.driver.read_stripe(2) == "0412"


def test_every_flag_of_the_profile_exists_and_becomes_its_error():
    profile = read_profile("evolis-primacy")
    troubles = Troubles(profile)
    for row in profile["statuses"]:
        assert row["flag"] in FLAGS
        if "trays" in row:
            continue
        error = troubles.of(Status.of([row["flag"]]))
        assert error and error.code == row["error"] and row["means"] in str(error) and error.advice
    for row in profile["notices"]:
        assert row["means"] in troubles.unit_status(Status.of([row["flag"]]), "").detail
    for names in profile["places"].values():
        assert set(names) <= set(FLAGS)
    for code in NACK_CODES:
        assert troubles.of_nack(Nack(code)).advice


def test_every_error_that_a_printer_may_raise_is_in_the_table():
    """Flags of retransfer, lamination and clear ribbons belong to other machines."""
    others = ("RET_", "CLEAR", "LAM", "RIBBON_ENDED", "REJECT_BOX_COVER")
    wanted = {name for name in FLAGS if name.startswith("ERR_") and not any(part in name for part in others)}
    assert wanted <= {row["flag"] for row in read_profile("evolis-primacy")["statuses"]}
