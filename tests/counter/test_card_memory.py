"""Cards that a counter refuses by itself: the server's list while the line is cut, and copies found by their mark."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from loyalty.clock import SetClock
from loyalty.contract.card_report import READ, WRITTEN, CardReport
from loyalty.contract.token import Token
from loyalty.counter.card_marks import CardMarks, CardSuspected
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.card_sync import CardSync
from loyalty.counter.identify import Identifier
from loyalty.counter.link import Link
from loyalty.counter.mark_places import ClassicPlace, DesfireFile, SignedAddress, mark_place
from loyalty.counter.online import LinkWatch
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import Store
from loyalty.devices.drivers.pcsc.classic_card import Key
from loyalty.errors import ConfigError
from tests.devices.pcsc_bench import Desk
from tests.devices.secure_cards import FILE, META, SEAL, leave_and_come, shop_card, signing
from tests.devices.secure_cards import PLACE as DESFIRE
from tests.shop import OPENED
from tests.web.api.conftest import Api, ann, api, bare_api

__all__ = ["ann", "api", "bare_api"]
UID = "04A2B3C4"
CHIP = Token("card_uid", UID)
PLACE = ClassicPlace((4, 5), b"\xff" * 6, SEAL)


class Counter:
    """What of a counter program knows cards, with a real line to a real server."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self.store, self.clock = Store(folder), SetClock(OPENED)
        self.memory = CardMemory(self.store)
        link = Link(url, folder.name, key)
        watch = LinkWatch(lambda: 0, lambda state: None)
        self.sync = CardSync(self.memory, link)
        self.identifier = Identifier(link, watch, Snapshots(self.store), self.clock, self.memory.refused)
        self.marks = CardMarks(self.memory, self.clock, self.sync.hurry)


@contextmanager
def serving(api: Api) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_a_replaced_card_is_refused_offline_by_a_counter_that_never_saw_it(
    api: Api, ann: dict[str, Any], tmp_path: Path
) -> None:
    card = api.ok("GET", f"/members/{ann['id']}")["credentials"][0]["id"]
    with serving(api) as url:
        counter = Counter(tmp_path / "t7", url, api.key)
        assert counter.identifier.ask(CHIP).member is not None
        api.ok("POST", f"/cards/{card}:replace", {"kind": "card_uid", "token": "04FFEEDD"})
        counter.sync.exchange()
    answer = counter.identifier.ask(CHIP)
    assert answer.member is None
    assert (answer.code, answer.sentence[:37]) == ("card_blocked", "This card was replaced by a new one; ")
    assert counter.identifier.ask(Token("card_uid", "04FFEEDD")).code == "offline"  # unknown here, but not refused
    counter.store.close()


def test_a_card_that_works_again_leaves_the_list(api: Api, ann: dict[str, Any], tmp_path: Path) -> None:
    card = api.ok("GET", f"/members/{ann['id']}")["credentials"][0]["id"]
    with serving(api) as url:
        counter = Counter(tmp_path / "t7", url, api.key)
        api.ok("POST", f"/cards/{card}:block", {})
        counter.sync.exchange()
        assert counter.memory.refused(CHIP) == "blocked"
        api.ok("POST", f"/cards/{card}:activate", {})
        counter.sync.exchange()
        assert counter.memory.refused(CHIP) is None
    counter.store.close()


def test_a_copy_found_at_one_counter_is_refused_at_the_next(api: Api, ann: dict[str, Any], tmp_path: Path) -> None:
    with serving(api) as url:
        here, there = Counter(tmp_path / "t1", url, api.key), Counter(tmp_path / "t2", url, api.key)
        here.memory.report(CardReport("r1", WRITTEN, OPENED, CHIP, sequence=5))
        here.sync.exchange()
        there.memory.report(CardReport("r2", READ, OPENED + timedelta(minutes=9), CHIP, sequence=4))
        there.sync.exchange()
        here.sync.exchange()
        for counter in (here, there):
            answer = counter.identifier.ask(CHIP)
            assert answer.code == "card_suspected" and "may be a copy" in answer.sentence
        assert here.memory.untold() == [] == there.memory.untold()
        here.store.close()
        there.store.close()


def test_a_report_that_the_server_will_never_take_holds_up_no_other(
    api: Api, ann: dict[str, Any], tmp_path: Path
) -> None:
    with serving(api) as url:
        counter = Counter(tmp_path / "t1", url, api.key)
        counter.memory.report(CardReport("r1", "melted", OPENED, CHIP))
        counter.sync.exchange()
        assert counter.memory.untold() == []
    counter.store.close()


def test_settings_of_a_mark_are_checked_before_anything_is_read() -> None:
    good = {"blocks": [4, 5], "key": "FF" * 6, "seal_key": "00" * 16}
    assert mark_place(good) == ClassicPlace((4, 5), b"\xff" * 6, bytes(16))
    desfire = {"card": "desfire", "application": "F48120", "file": 2, "key_number": 2, "key": DESFIRE.value.hex(),
               "seal_key": SEAL.hex()}  # fmt: skip
    assert mark_place(desfire) == DesfireFile(DESFIRE, SEAL)
    signed = {"card": "ntag424", "meta_key": META.hex(), "file_key": FILE.hex()}
    assert mark_place(signed) == SignedAddress(META, FILE)
    wrong_layout = signed | {"layout": {"mak": "x"}}
    for poor in (desfire | {"file": 99}, desfire | {"application": "0"}, wrong_layout, {"card": "sle"}):
        with pytest.raises(ConfigError):
            mark_place(poor)
    for wrong in ({"blocks": [4, 4]}, {"blocks": 4}, {"key": "FF"}, {"seal_key": "xyz"}):
        with pytest.raises(ConfigError):
            mark_place(good | wrong)


@pytest.fixture(scope="module")
def simulated() -> Iterator[Desk]:
    desk = Desk("acr1252u")
    yield desk
    desk.end()


@pytest.mark.pcsc
def test_a_card_cloned_in_the_simulator_is_refused_with_its_sentence(simulated: Desk, tmp_path: Path) -> None:
    simulated.plug()
    counter = Counter(tmp_path / "t1", "http://127.0.0.1:9", "")
    chip = Token("card_uid", "DEADBEEF")

    def lay(**memory: Any) -> None:
        simulated.tap("DEADBEEF", "classic1k", **memory)
        simulated.see()

    lay()
    for _visit in range(2):
        counter.marks.examine(PLACE, simulated.reader, chip)
    copy = {str(block): simulated.reader.classic().read_block(block, Key("A")).hex() for block in PLACE.blocks}
    counter.marks.examine(PLACE, simulated.reader, chip)
    assert counter.memory.sequence(chip) == 3
    lay(blocks=copy)
    with pytest.raises(CardSuspected, match="may be a copy"):
        counter.marks.examine(PLACE, simulated.reader, chip)
    assert counter.memory.refused(chip) == "copied"
    assert [report.kind for report in counter.memory.untold()][-1] == READ
    simulated.tidy()
    counter.store.close()


@pytest.mark.pcsc
def test_an_old_state_brought_back_on_a_desfire_is_refused(simulated: Desk, tmp_path: Path) -> None:
    simulated.plug()
    counter, chip = Counter(tmp_path / "t1", "http://127.0.0.1:9", ""), Token("card_uid", "04A1B2C3D4E5F6")
    place = DesfireFile(DESFIRE, SEAL)

    def lay(**memory: Any) -> None:
        simulated.tap(chip.value, "desfire", **memory)
        simulated.see()

    lay(**shop_card(mark=5))
    for _visit in range(2):
        counter.marks.examine(place, simulated.reader, chip)
    assert counter.memory.sequence(chip) == 7
    lay(**shop_card(mark=6))
    with pytest.raises(CardSuspected, match="may be a copy"):
        counter.marks.examine(place, simulated.reader, chip)
    simulated.tidy()
    counter.store.close()


@pytest.mark.pcsc
def test_a_tag_that_signs_is_taken_as_long_as_it_counts_on(simulated: Desk, tmp_path: Path) -> None:
    simulated.plug()
    counter, chip = Counter(tmp_path / "t1", "http://127.0.0.1:9", ""), Token("card_uid", "04A1B2C3D4E5F6")
    _, layout = signing(simulated)
    place = SignedAddress(META, FILE, layout)
    for _visit in range(2):
        leave_and_come(simulated)
        counter.marks.examine(place, simulated.reader, chip)
    seen = counter.memory.sequence(chip)
    assert seen == 2
    counter.memory.report(CardReport("r9", WRITTEN, OPENED, chip, sequence=40))  # another tag of this UID was here
    leave_and_come(simulated)
    with pytest.raises(CardSuspected, match="may be a copy"):
        counter.marks.examine(place, simulated.reader, chip)
    stranger = SignedAddress(META, b"another file key", layout)
    other = Token("card_uid", "04FFFFFFFFFFFF")
    counter.memory.report(CardReport("r10", WRITTEN, OPENED, other, sequence=1))
    leave_and_come(simulated)
    with pytest.raises(CardSuspected, match="not written by this shop"):
        counter.marks.examine(stranger, simulated.reader, other)
    simulated.tidy()
    counter.store.close()
