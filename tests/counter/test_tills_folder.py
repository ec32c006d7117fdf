"""The watched folder: half-written files, power cuts, files that cannot be read."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from loyalty.clock import system_clock
from loyalty.counter.tills.folder import FolderWatch
from loyalty.counter.tills.mapping import Mapping
from loyalty.counter.tills.settings import TillSettings
from loyalty.errors import Invalid

RULE = Mapping("csv", receipt={"receipt": "no", "amount": "sum"})
HEAD = "no,sum\n"


class Folder:
    """One till's folder; `booked` is what came out of it. Looked into by hand, so that no test waits."""

    def __init__(self, path: Path, rule: Mapping = RULE, settle_s: float = 0, incomplete_s: float = 600) -> None:
        self.path, self.booked = path, list[Any]()
        till = TillSettings("pos", "folder", folder=path, settle_s=settle_s, incomplete_s=incomplete_s)
        self.unread = list[tuple[str, str]]()
        self.watch = FolderWatch(till, rule, None, self._book, system_clock, lambda *told: self.unread.append(told))

    def _book(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["amount"] == "13":
            raise Invalid("Thirteen is refused.")
        self.booked.append(body["receipt"])
        return {"receipt": body["receipt"], "status": "booked", "repeated": False}

    def names(self, room: str) -> list[str]:
        return sorted(path.name for path in (self.path / room).iterdir())

    def outcome(self, room: str, name: str) -> dict[str, Any]:
        return dict(json.loads((self.path / room / f"{name}.outcome.json").read_text("utf-8")))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "till")


def test_a_file_is_taken_booked_and_moved_with_its_outcome(folder: Folder) -> None:
    (folder.path / "a.csv").write_text(HEAD + "1,5\n2,6\n")
    folder.watch.look()
    assert folder.booked == ["1", "2"]
    assert folder.names("done") == ["a.csv", "a.csv.outcome.json"]
    assert not list(folder.path.glob("*.csv")) and not folder.names("taking")


def test_a_half_written_file_is_waited_for(folder: Folder) -> None:
    path = folder.path / "a.csv"
    for text in (HEAD + "1,", HEAD + "1,5\n2,1"):
        path.write_text(text)
        folder.watch.look()
        folder.watch.look()
        assert folder.booked == [] and path.exists()
    path.write_text(HEAD + "1,5\n2,11\n")
    folder.watch.look()
    assert folder.booked == ["1", "2"]


def test_a_file_that_still_changes_is_left_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path, settle_s=600)
    (tmp_path / "a.csv").write_text(HEAD + "1,5\n")
    folder.watch.look()
    folder.watch.look()
    assert folder.booked == [] and (tmp_path / "a.csv").exists()


def test_a_file_without_an_end_is_taken_in_the_end(tmp_path: Path) -> None:
    folder = Folder(tmp_path, incomplete_s=0)
    (tmp_path / "a.csv").write_text(HEAD + "1,5")
    (tmp_path / "b.csv").write_bytes(b"no,sum\n2,\xff\xff")
    folder.watch.look()
    assert folder.booked == ["1"]
    assert "not written in utf-8" in folder.outcome("failed", "b.csv")["reason"]
    assert any(sentence.startswith("b.csv: The file is not written in utf-8") for sentence, _ in folder.unread)


@pytest.mark.parametrize("name", [".a.csv", "a.csv.tmp", "a.csv.part", "a.txt", "a.csv~"])
def test_other_names_are_left_alone(folder: Folder, name: str) -> None:
    (folder.path / name).write_text(HEAD + "1,5\n")
    folder.watch.look()
    assert folder.booked == [] and (folder.path / name).exists()


def test_a_bad_receipt_does_not_keep_the_others_back(folder: Folder) -> None:
    (folder.path / "a.csv").write_text(HEAD + "1,5\n2,13\n3,7\n")
    folder.watch.look()
    assert folder.booked == ["1", "3"]
    states = [(row["receipt"], row["status"]) for row in folder.outcome("failed", "a.csv")["receipts"]]
    assert states == [("1", "booked"), ("2", "refused"), ("3", "booked")]
    assert "Thirteen" in folder.outcome("failed", "a.csv")["receipts"][1]["sentence"]
    [(sentence, text)] = folder.unread
    assert sentence == "a.csv: Thirteen is refused." and '"receipt": "2"' in text


def test_what_a_power_cut_left_in_the_middle_is_worked_off(folder: Folder) -> None:
    (folder.path / "a.csv").write_text(HEAD + "1,5\n")
    os.rename(folder.path / "a.csv", folder.path / "taking" / "a.csv")
    Folder(folder.path).watch.look()
    assert folder.names("done") == ["a.csv", "a.csv.outcome.json"]


def test_the_same_name_again_is_another_file(folder: Folder) -> None:
    for number in (1, 2):
        (folder.path / "a.csv").write_text(HEAD + f"{number},5\n")
        folder.watch.look()
    assert folder.booked == ["1", "2"]
    assert folder.names("done") == ["a-2.csv", "a-2.csv.outcome.json", "a.csv", "a.csv.outcome.json"]


def test_the_oldest_file_comes_first(folder: Folder) -> None:
    for name, second in (("b.csv", 1), ("a.csv", 2)):
        (folder.path / name).write_text(HEAD + f"{second},5\n")
        os.utime(folder.path / name, (second, second))
    folder.watch.look()
    assert folder.booked == ["1", "2"]
