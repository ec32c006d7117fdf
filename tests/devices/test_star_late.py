"""Answers that come when nobody waits for them any more, at the limit that the product ships with.

A column names its place, so that one sent twice is the same column; but an answer to the second sending may be taken
for one to the next column, which the unit then has not heard. Therefore a picture during which the unit fell silent is
sent again as a whole before anything is printed.
"""

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.errors import DeviceError
from tests.devices.star_bench import ANNA, Bench, face_of

SHIPPED = float(read_profile("star-tcp300")["link_reply_s"])
OLD, NEW = face_of("old", small=True), face_of("new", small=True)
ANSWER = 1 + 5
"""Bytes that a unit says to a column: ACK, and a response without data."""


@pytest.mark.slow
@pytest.mark.parametrize("model", ["star-tcp300", "star-tcp300ii"])
@pytest.mark.parametrize("after", [0, 1], ids=["its ACK", "its response"])
def test_a_late_answer_to_a_column_neither_doubles_nor_loses_one(model, after):
    bench = Bench(model, patience=(SHIPPED, 20))
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    late = []

    def second_column(data: bytes) -> None:
        if data[1:2] in (b"\x43", b"\x4d"):
            late.append(data)
            if len(late) == 2:
                bench.unit.set_fault("late", {"direction": "<", "after": after, "seconds": SHIPPED + 0.3})

    emptied, prints = bench.did("ClearRaster"), bench.unit.counters["prints"]
    bench.connect(second_column).rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.unit.counters["prints"] == prints + 1
    rounds = bench.did("ClearRaster") - emptied
    assert rounds == (4 if after == 0 else 3)  # opening, each loading, and after the job
    bench.close()


@pytest.mark.slow
def test_a_unit_that_is_late_again_and_again_prints_nothing():
    bench = Bench("star-tcp300", patience=(0.3, 20))
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)

    def every_fiftieth(data: bytes) -> None:
        columns.append(data[1:2] == b"\x43")
        if sum(columns) % 50 == 1:
            bench.unit.set_fault("late", {"direction": "<", "seconds": 0.4})

    columns: list[bool] = []
    driver = bench.connect(every_fiftieth)
    with pytest.raises(DeviceError, match="again and again") as caught:
        driver.rewrite(NEW)
    assert (caught.value.code, caught.value.half) == ("no_answer", "untouched")
    assert bench.printed() == OLD
    bench.close()
