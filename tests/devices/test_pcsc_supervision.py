"""What a counter's day does to PC/SC: a hundred unplugged readers, a service that restarts or hangs, other programs."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from loyalty.devices.interfaces import Gone, Inserted, Seen
from loyalty.devices.transports import open_transport
from loyalty.errors import ConfigError, LinkLost, NoAnswer, NoCard
from tests.devices.pcsc_bench import UID, Desk, with_facts
from tests.waits import ended

pytestmark = pytest.mark.pcsc


@pytest.fixture(scope="module")
def simulated():
    desk = Desk("acr122u")
    yield desk
    desk.end()


@pytest.fixture
def desk(simulated):
    simulated.plug()
    yield simulated
    simulated.tidy()


def helpers_of(desk):
    """How many threads speak with PC/SC for this reader."""
    return sum(thread.name == desk.ready["port"] for thread in threading.enumerate())


def answered(ask):
    """What `ask` gives in the end: on a busy machine even a quick card is late for a limit meant to be missed."""
    end = time.monotonic() + 20
    while True:
        try:
            return ask()
        except NoAnswer:
            if time.monotonic() > end:
                raise


def gone_and_back(desk, fault):
    """One card seen, reader or service away and back, the card seen again."""
    assert desk.reader.poll(2) == Seen(desk.token())
    desk.fault(fault)
    with pytest.raises(LinkLost):
        desk.reader.poll(2)
    assert desk.reader.poll(0) == Gone(desk.token())
    desk.clear()


def test_a_hundred_times_unplugged_a_hundred_times_back(desk):
    desk.tap()
    gone_and_back(desk, "reader_unplugged")
    before = helpers_of(desk), len(os.listdir("/proc/self/fd"))
    for _ in range(99):
        gone_and_back(desk, "reader_unplugged")
    assert desk.reader.poll(2) == Seen(desk.token())
    threads, files = helpers_of(desk), len(os.listdir("/proc/self/fd"))
    assert threads <= before[0] and files < before[1] + 20  # nothing piles up


def test_a_service_that_restarts_is_found_again(desk):
    desk.tap()
    for _ in range(10):
        gone_and_back(desk, "service_stopped")
    assert desk.reader.poll(2) == Seen(desk.token())


def test_the_reader_is_awaited_not_asked_for_in_a_hurry(desk):
    desk.fault("reader_unplugged")
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(LinkLost):
            desk.reader.poll(0.2)
    assert time.monotonic() - started > 0.3
    back = threading.Timer(0.2, desk.clear)
    back.start()
    desk.tap()
    assert desk.reader.poll(2) == Seen(desk.token())
    ended(back)


def test_a_card_that_takes_its_time_costs_one_thread_and_no_more(desk):
    reader = desk.plug(with_facts(desk.profile, answer_timeout_s=0.1))
    desk.tap()
    assert answered(lambda: reader.poll(1)) == Seen(desk.token())
    threads = helpers_of(desk)
    desk.fault("slow_card", seconds=0.25)
    for _ in range(3):
        with pytest.raises(NoAnswer, match="within"):
            reader.exchange(bytes.fromhex("FFCA000000"))
    assert helpers_of(desk) <= threads
    desk.clear()
    time.sleep(0.3)
    assert answered(lambda: reader.exchange(bytes.fromhex("FFCA000000"))).hex().upper() == UID + "9000"


def test_what_was_given_up_before_it_was_sent_is_never_sent(desk):
    reader = desk.plug(with_facts(desk.profile, answer_timeout_s=0.05))
    desk.tap(kind="ntag213")
    assert answered(lambda: reader.poll(1)) == Seen(desk.token())
    desk.fault("slow_card", seconds=1)
    for command in ("FFCA000000", "FFD6000804DEADDEAD"):  # the second waits behind the first
        with pytest.raises(NoAnswer):
            reader.exchange(bytes.fromhex(command))
    desk.clear()
    time.sleep(1.1)
    assert answered(lambda: reader.exchange(bytes.fromhex("FFB0000804"))).hex() == "000000009000"


def test_a_service_that_hangs_is_given_up_and_works_when_it_goes_on(desk):
    desk.tap()
    assert desk.reader.poll(1) == Seen(desk.token())
    reader = desk.plug(with_facts(desk.profile, answer_timeout_s=0.3))
    assert reader.poll(1) == Seen(desk.token())
    os.kill(desk.process_id, signal.SIGSTOP)
    try:
        while Path(f"/proc/{desk.process_id}/stat").read_text().rpartition(") ")[2][0] != "T":
            time.sleep(0.01)
        with pytest.raises(NoAnswer):
            reader.exchange(bytes.fromhex("FFCA000000"))
    finally:
        os.kill(desk.process_id, signal.SIGCONT)
    assert reader.exchange(bytes.fromhex("FFCA000000")).hex().upper() == UID + "9000"


def test_two_programs_share_a_reader(desk):
    first, second = desk.reader, desk.plug()
    desk.tap(kind="ntag213")
    assert first.poll(1) == second.poll(1) == Seen(desk.token())
    pages = first.pages()
    failures = []

    def write() -> None:
        try:
            for step in range(20):
                second.pages().write(8, bytes([step] * 4))
        except Exception as error:  # noqa: BLE001 - told in the test's own thread
            failures.append(error)

    other = threading.Thread(target=write)
    other.start()
    for step in range(20):
        pages.write(8, bytes([step] * 4))  # each reads back what it wrote: none of the other's commands in between
    ended(other)
    assert failures == []


def test_a_card_that_took_the_place_of_another_is_not_asked_unannounced(desk):
    link = open_transport(desk.ready["port"], desk.profile)
    desk.tap()
    assert isinstance(link.watch(1), Inserted)
    ask = bytes.fromhex("FFCA000000")
    assert link.exchange(ask, 1).hex().upper() == UID + "9000"
    desk.take()
    desk.tap("DEADBEEF")
    for _ in range(2):
        with pytest.raises(NoCard):
            link.exchange(ask, 1)
    assert [type(link.watch(1)).__name__ for _ in range(2)] == ["Removed", "Inserted"]
    assert link.exchange(ask, 1).hex() == "deadbeef9000"
    link.close()


# Which reader a port means.


@pytest.mark.parametrize("name", ["ACS ACR122U PICC Interface 00 00", "acr122u", ""])
def test_a_reader_is_found_by_enough_of_its_name(desk, name):
    link = open_transport(f"pcsc:{name}", desk.profile)
    desk.tap()
    assert link.watch(1) is not None
    link.close()


def test_a_reader_that_is_not_there_is_named_with_those_that_are(desk):
    with pytest.raises(LinkLost, match="no reader 'OMNIKEY'; connected: ACS ACR122U"):
        open_transport("pcsc:OMNIKEY", desk.profile)


def test_names_that_fit_two_readers_are_refused():
    from loyalty.devices.transports.pcsc_readers import reader_meant

    names = ["ACS ACR1252 Reader 00 00", "ACS ACR1252 Reader 00 01"]
    assert reader_meant(names[1], names) == names[1]
    with pytest.raises(ConfigError, match="write more of the name"):
        reader_meant("ACR1252", names)


def test_what_passes_is_told_to_a_listener(desk):
    heard = []
    link = open_transport(desk.ready["port"], desk.profile, lambda *said: heard.append(said))
    desk.tap()
    link.watch(1)
    link.exchange(bytes.fromhex("FFCA000000"), 1)
    link.control(bytes.fromhex("FF00480000"), 1)
    link.close()
    assert [(who, data.hex()[:10]) for who, data in heard] == [
        ("device", "3b8f800180"), ("host", "ffca000000"), ("device", UID.lower()[:10]), ("host", "ff00480000"),
        ("device", b"ACR12".hex()),
    ]  # fmt: skip
