"""What is on the cards, as far as the counter is certain; and the settings that say how far it may be."""

from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from loyalty.contract.raster import Raster
from loyalty.counter import shown_faces
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import read_settings
from loyalty.counter.shown_faces import ShownFaces
from loyalty.counter.store import Store
from loyalty.devices.profiles import all_profiles
from loyalty.devices.registry import driver_for
from loyalty.errors import ConfigError
from tests.counter.samples import NOON, face, member

DOTS = Raster(16, 2, b"\x0f\xf0\xaa\x55")


def test_a_face_is_remembered_until_its_card_is_touched(store: Store) -> None:
    shown = ShownFaces(store)
    assert shown.of("88001") is None
    shown.confirmed("88001", "mem_1", DOTS, NOON)
    assert ShownFaces(store).of("88001") == DOTS
    shown.forget("88001")
    assert shown.of("88001") is None


def test_the_oldest_faces_go_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_faces, "KEPT", 2)
    shown = ShownFaces(store)
    for minute, card in enumerate(("a", "b", "c")):
        shown.confirmed(card, None, DOTS, NOON + timedelta(minutes=minute))
    assert [shown.of(card) for card in "abc"] == [None, DOTS, DOTS]


def test_whoever_asks_for_a_face_again_gets_all_of_it(store: Store) -> None:
    jobs = PrintJobs(store)
    job = jobs.add_face(member(), face(), "p1", NOON)
    assert job
    jobs.shown.confirmed("hers", "mem_1", DOTS, NOON)
    jobs.shown.confirmed("his", "mem_2", DOTS, NOON)
    jobs.retry(job.id, NOON)
    assert (jobs.shown.of("hers"), jobs.shown.of("his")) == (None, DOTS)


@pytest.mark.parametrize("line", ['least_wear = "some"', "mark_track = 4"])
def test_settings_that_make_no_sense(tmp_path: Path, line: str) -> None:
    device = '[[counter.devices]]\nid = "cards"\nrole = "card_printer"\nprofile = "star-tcp300ii"\nport = "/dev/null"\n'
    (tmp_path / "counter.toml").write_text(f'[counter]\nid = "till-1"\n{device}{line}\n', "utf-8")
    with pytest.raises(ConfigError, match="one of off, alone, mark"):
        read_settings(tmp_path / "counter.toml", {}, {})


@pytest.mark.parametrize(
    "name", [profile.name for profile in all_profiles() if "card_printer" in profile.roles], ids=str
)  # fmt: skip
def test_every_card_printer_can_be_told_what_the_card_shows(name: str) -> None:
    profile = next(profile for profile in all_profiles() if profile.name == name)
    made = get_type_hints(driver_for(profile))["return"]
    printers = [kind for kind in get_args(made) or (made,) if hasattr(kind, "rewrite")]
    assert printers
    assert all("present" in signature(kind.rewrite).parameters for kind in printers)
