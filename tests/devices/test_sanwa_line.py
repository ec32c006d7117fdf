"""Bytes of a job lost, bent or doubled on the line: no card is ever said to be printed that is not."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from random import Random
from typing import Any

import pytest
from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import Health
from loyalty.errors import DeviceError
from tests.devices.sanwa_bench import ANNA, PATIENT, SIZE, Bench

BENCHES = 6
FRAME = 81
"""Bytes of the longest frame of this job, a character."""
HASTY = (0.2, 1.0)
GIVEN_UP = "and the job was given up"
"""A busy machine can make a hasty driver do that; a patient one has no excuse. For a wrong face nobody has."""
DAMAGES = {"drop": {}, "garble": {"bit": 0}, "duplicate": {}}


def dotted(*places: tuple[int, int]) -> Raster:
    picture = Image.new("1", SIZE)
    for place in places:
        picture.paste(1, (*place, place[0] + 9, place[1] + 9))
    return Raster(*SIZE, picture.tobytes())


OLD = dotted((200, 100))
# two areas far apart need two print commands, so that the answer to the first could be taken for one to the second
NEW = dotted((30, 30), (470, 250))
FEW_SLOTS = {"glyph_slots": [1, 2]}


def prepared(bench: Bench) -> Bench:
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    return bench


def lengths() -> dict[str, int]:
    """Bytes of the whole job, by direction."""
    bench = prepared(Bench(**FEW_SLOTS))
    start = len(bench.unit.log.after(0))
    bench.driver.rewrite(NEW)
    rows = bench.unit.log.after(start)
    bench.close()
    return {way: sum(len(row["hex"]) // 2 for row in rows if row["direction"] == way) for way in "><"}


def damaged_job(bench: Bench, damages: dict[str, dict[str, Any]]) -> str | None:
    """What is wrong with how a damaged job ended, or None. Giving up is told apart; lying never is right."""
    for name, settings in damages.items():
        bench.unit.set_fault(name, {**DAMAGES[name], **settings})
    told = half = "printed"
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
    if bench.driver.status().health is not Health.READY:
        return f"{where}, and the unit is not usable afterwards"
    prepared(bench)
    return f"{where}, {GIVEN_UP}" if told != "printed" else None


def single(name: str, way: str, at: int) -> dict[str, dict[str, Any]]:
    return {name: {"direction": way, "after": at}}


def test_no_single_damaged_byte_makes_a_wrong_card_or_a_job_given_up():
    sizes, dice = lengths(), Random(1231)
    cases = [single(name, way, dice.randrange(sizes[way])) for name in DAMAGES for way in "><" for _ in range(4)]
    assert not all_of(cases, damaged_job)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(DAMAGES))
@pytest.mark.parametrize("way", [">", "<"])
def test_each_single_byte_of_a_job_damaged(name, way):
    assert not all_of([single(name, way, at) for at in range(lengths()[way])], damaged_job)


@pytest.mark.slow
def test_several_damaged_frames_never_make_a_wrong_card():
    """One damage to a frame: where a byte is lost and an equal one doubled, XOR and length are as they should be."""
    sizes, dice = lengths(), Random(412)

    def draw() -> dict[str, dict[str, Any]]:
        while True:
            ways = {name: dice.choice("><") for name in DAMAGES}
            found = {name: {"direction": way, "after": dice.randrange(sizes[way])} for name, way in ways.items()}
            places = [(each["direction"], each["after"] // FRAME) for each in found.values()]
            if all(a[0] != b[0] or abs(a[1] - b[1]) > 1 for a, b in combinations(places, 2)):
                return found

    found = all_of([draw() for _ in range(60)], damaged_job)
    assert not [each for each in found if GIVEN_UP not in each]


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
def prepared_for(patience: tuple[float, float]):
    bench = prepared(Bench(**FEW_SLOTS))
    try:
        if patience != PATIENT:
            bench.hurry(patience)
        yield bench
    finally:
        bench.close()
