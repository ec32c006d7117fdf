"""Every single byte of a job lost, bent or doubled on the line: the card still gets its face, exactly once."""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import Health
from loyalty.errors import DeviceError
from tests.devices.star_bench import ANNA, PATIENT, Bench

OLD = Raster(480, 320, bytes([0xF0, *bytes(60 * 320 - 1)]))
# two areas far apart travel as two blocks, so that an answer to the first could be taken for one to the second
NEW = Raster(480, 320, bytes([0, 0x18, *bytes(60 * 160 + 28), 0x18, *bytes(60 * 160 - 31)]))
BENCHES = 8
EVERY = pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
"""Each damage begins at another byte, so that together they strike more places than a third of them."""
TRIALS = 48
HASTY = (0.2, 1.0)
GIVEN_UP = "and the job was given up"
"""A busy machine can make a hasty driver do that; a patient one has no excuse. For a wrong face nobody has."""
DAMAGES = {"drop": {}, "garble": {"bit": 0}, "duplicate": {}}


def test_a_lost_ack_of_a_long_command_is_waited_out_not_repeated():
    """The order to print was heard, its ACK is lost, and printing takes longer than all resends together would."""
    bench = prepared(Bench(patience=(0.15, 20)))
    heard = bench.did("EraseAndPrint")
    bench.unit.set_fault("slow", {"seconds": 0.4})

    def drop_ack(data: bytes) -> None:
        if data.startswith(b"\x02\x46"):
            bench.unit.set_fault("drop", {"direction": "<"})

    bench.connect(drop_ack).rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.did("EraseAndPrint") == heard + 1
    bench.close()


def lengths() -> dict[str, int]:
    """Bytes of the whole job, by direction."""
    bench = prepared(Bench())
    start = len(bench.unit.log.after(0))
    bench.driver.rewrite(NEW)
    rows = bench.unit.log.after(start)
    bench.close()
    return {way: sum(len(row["hex"]) // 2 for row in rows if row["direction"] == way) for way in "><"}


def prepared(bench: Bench) -> Bench:
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    return bench


def damaged_job(bench: Bench, name: str, way: str, at: int) -> str | None:
    """What is wrong with how the job ended, or None. One damaged byte is never reason enough to give a job up."""
    prints = bench.unit.counters["prints"]
    bench.unit.set_fault(name, {**DAMAGES[name], "direction": way, "after": at})
    told, half = "printed", ""
    try:
        bench.driver.rewrite(NEW)
    except DeviceError as error:
        told, half = error.code, error.half
    bench.unit.clear_faults()
    printed = bench.unit.counters["prints"] - prints
    face, where = bench.printed(), f"{name} {way} byte {at}: told {told} {half}, printed {printed} times"
    if told == "printed" and (face != NEW or printed != 1):
        return f"{where}, but the face is another"
    if told != "printed":
        return f"{where}, {GIVEN_UP}"
    if bench.driver.status().health is not Health.READY or not bench.unit.state()["buffers_empty"]:
        return f"{where}, and the unit is not usable afterwards"
    prepared(bench)
    return None


@EVERY
@pytest.mark.parametrize("name", list(DAMAGES))
@pytest.mark.parametrize("way", [">", "<"])
def test_no_single_damaged_byte_makes_a_wrong_card(name, way, every):
    places = list(range(list(DAMAGES).index(name) % every, lengths()[way], every))

    def one(bench: Bench, at: int) -> str | None:
        return damaged_job(bench, name, way, at)

    assert not all_of(places, one)


@EVERY
def test_several_damaged_bytes_never_make_a_wrong_card(every):
    sizes, dice = lengths(), Random(412)

    def draw() -> dict[str, dict[str, Any]]:
        ways = {name: dice.choice("><") for name in DAMAGES}
        return {name: {"direction": way, "after": dice.randrange(sizes[way])} for name, way in ways.items()}

    assert not all_of([draw() for _ in range(TRIALS // every)], battered_job)


def battered_job(bench: Bench, damages: dict[str, dict[str, Any]]) -> str | None:
    """What is wrong with how a job ended that several faults struck, or None; giving up is right, lying is not."""
    for name, settings in damages.items():
        bench.unit.set_fault(name, dict(settings))
    told, half = "printed", "printed"
    try:
        bench.driver.rewrite(NEW)
    except DeviceError as error:
        told, half = error.code, error.half
    bench.unit.clear_faults()
    face, where = bench.printed(), f"{damages}: told {told} {half}"
    if (half == "printed" and face != NEW) or (half == "untouched" and face != OLD):
        return f"{where}, but that is not so"
    if half not in ("untouched", "unknown", "printed"):
        return f"{where}, and nobody knows how the card is"
    bench.connect()
    if bench.driver.status().health is not Health.READY or not bench.unit.state()["buffers_empty"]:
        return f"{where}, and the unit is not usable afterwards"
    prepared(bench)
    return None


def all_of(cases: list[Any], one: Callable[[Bench, Any], str | None]) -> list[str]:
    """What went wrong with any of the cases; several units share them, since most of the time is spent waiting."""

    def share(first: int) -> list[str]:
        found = []
        with contextlib.ExitStack() as benches:
            hasty = None
            for case in cases[first::BENCHES]:
                hasty = hasty or benches.enter_context(prepared_for(HASTY))
                what = tried(hasty, case)
                if what:
                    hasty = None
                if what and GIVEN_UP in what:
                    what = tried(benches.enter_context(prepared_for(PATIENT)), case)
                found.append(what)
        return [each for each in found if each]

    def tried(bench: Bench, case: Any) -> str | None:
        try:
            return one(bench, case)
        except DeviceError as error:
            return f"{case}: {error}, {GIVEN_UP}"

    with ThreadPoolExecutor(BENCHES) as pool:
        return [each for part in pool.map(share, range(BENCHES)) for each in part]


@contextlib.contextmanager
def prepared_for(patience: tuple[float, float]) -> Iterator[Bench]:
    bench = prepared(Bench())
    try:
        if patience != PATIENT:
            bench.hurry(patience)
        yield bench
    finally:
        bench.close()
