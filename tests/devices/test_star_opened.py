"""A Star unit whose transport path is opened while the picture is sent: it forgets the part it had."""

import threading
import time

import pytest

from loyalty.errors import NoCard
from tests.devices.star_bench import ANNA, Bench, face_of

OLD = face_of("old", small=True)


def columns_sent(nth, action):
    """Calls `action` once, when the nth column of a picture is about to be sent."""
    left = [nth]

    def before(data):
        if data.startswith(b"\x02\x43"):
            left[0] -= 1
            if left[0] == 0:
                action()

    return before


@pytest.fixture
def column_bench():
    bench = Bench("star-tcp300", patience=(3.0, 20))  # this firmware takes a block per column
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    yield bench
    bench.close()


def test_a_unit_opened_and_closed_between_two_blocks_does_not_print_half_a_picture(column_bench):
    bench = column_bench

    def open_and_close():
        bench.settled()
        bench.unit.set_fault("path_open", {})
        bench.unit.clear_faults()

    bench.connect(columns_sent(20, open_and_close))
    with pytest.raises(NoCard, match="pushed out") as caught:
        bench.driver.rewrite(face_of("half of it"))
    assert caught.value.half == "untouched"
    assert bench.printed() == OLD


def test_a_unit_opened_for_a_while_gets_the_whole_picture_again(column_bench):
    bench = column_bench

    def open_close_and_push_the_card_back():
        bench.unit.set_fault("path_open", {})
        threading.Thread(target=close_and_push_back).start()

    def close_and_push_back():
        bench.until(lambda: bench.did("nobody hears it") > 0)
        time.sleep(0.5)  # nobody closes a lid within a block: the rest of it is not heard either
        bench.unit.clear_faults()
        bench.put(ANNA)

    bench.connect(columns_sent(20, open_close_and_push_the_card_back))
    bench.driver.rewrite(face_of("all of it"))
    assert bench.printed() == face_of("all of it")
