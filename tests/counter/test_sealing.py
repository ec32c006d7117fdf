"""Who has a counter's store without its key reads nobody in it, also in a store from before it was sealed."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.contract.card_report import CardReport
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.outbox import Outbox
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.sealing import Seal, SealBroken
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.sought import PAGE
from loyalty.counter.store import Store
from loyalty.counter.store_tables import SEALED_SINCE, STEPS
from loyalty.errors import ConfigError
from tests.counter.samples import NOON, face, member, receipt

CARD, CODE = "04A1B2C3D4E5F1", "88001"
PRIVATE = ("陳大文", "大文", CARD, CODE, "chan", "card_uid:", "128.50")


def everything(store: Store) -> None:
    """A sale with its answer, face and receipt, a card's report and what the card shows."""
    view, outbox, jobs = member(), Outbox(store), PrintJobs(store)
    Snapshots(store).keep(view, NOON, Token("phone", "chan-98765432"))
    outbox.put("s1", "print", lambda seq: sale(seq), NOON)
    outbox.put("s2", "print", lambda seq: sale(seq, "s2"), NOON)
    outbox.answer("s1", answer(), NOON)
    jobs.add_face(view, face(), "s1", NOON)
    jobs.add_receipt(receipt("s1"), view.id, "s1", NOON)
    jobs.shown.confirmed(CARD, view.id, Raster(16, 16, bytes(range(32))), NOON)
    CardMemory(store).report(CardReport("r1", "read", NOON, token=Token("card_uid", CARD)))


def sale(seq: int, id: str = "s1") -> RecordPurchase:
    return RecordPurchase(id, "till-1", seq, NOON, token=Token("card_uid", CARD), amount=Decimal("128.50"))


def answer() -> PurchaseOutcome:
    return PurchaseOutcome(
        id="s1", purchase="s1", status="booked", total=Decimal("128.50"), due=Decimal("128.50"), earned={},
        explanation=(), member=member(), tier_before=None, tier_after=None, sentence="陳大文", receipt=receipt("s1"),
    )  # fmt: skip


def on_the_disk(folder: Path) -> list[str]:
    """What of PRIVATE stands in any file of the store, its log included."""
    data = b"".join(file.read_bytes() for file in folder.iterdir())
    assert len(data) > 10_000
    words = [form for word in PRIVATE for form in (word, json.dumps(word).strip('"'))]
    return [word for word in words if word.encode() in data]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "till-1.store-key"


@pytest.fixture
def full(folder: Path, key: Path) -> Iterator[Store]:
    store = Store(folder, (key,))
    everything(store)
    yield store
    store.close()


def test_nobody_stands_in_the_store_or_its_log(full: Store, folder: Path) -> None:
    assert on_the_disk(folder) == []
    full.close()
    assert on_the_disk(folder) == []


def reads_all(store: Store) -> None:
    snapshots, jobs, entry = Snapshots(store), PrintJobs(store), Outbox(store).find("s1")
    assert snapshots.find(Token("card_uid", CARD)) == member()
    assert snapshots.owner_of_stripe(CODE) == "mem_1"
    assert [found.name for found in snapshots.search("大")] == ["陳大文"]
    assert [found.number for found in snapshots.search("880")] == ["88001"]
    assert snapshots.search("8001") == []
    assert entry is not None and entry.command == sale(1) and entry.outcome == answer()
    assert [each.id for each in Outbox(store).waiting(9)] == ["s2"]
    assert jobs.newest_face("mem_1") == face()
    assert jobs.add_face(member(), face(), "s1", NOON) is None  # the same again
    assert (job := jobs.receipt_of("s1")) is not None and job.receipt == receipt("s1")
    assert CardMemory(store).untold()[0].token == Token("card_uid", CARD)


def test_with_its_key_all_is_there_again(full: Store, folder: Path, key: Path) -> None:
    full.close()
    again = Store(folder, (key,))
    reads_all(again)
    assert PrintJobs(again).shown.of(CARD) == Raster(16, 16, bytes(range(32)))
    assert key.stat().st_mode & 0o777 == 0o600
    again.close()


@pytest.mark.parametrize("what", ["gone", "another", "half"])
def test_without_its_key_the_store_is_left_as_it_is(full: Store, folder: Path, key: Path, what: str) -> None:
    full.close()
    right = key.read_text()
    key.unlink()
    if what != "gone":
        key.write_text("ab" * 32 if what == "another" else right[:20])
    with pytest.raises(ConfigError, match=r"put the (file|right one) back"):
        Store(folder, (key,))
    assert key.exists() == (what != "gone")  # none was made
    elsewhere = key.with_name("usb.store-key")
    elsewhere.write_text(right)
    again = Store(folder, (key, elsewhere))  # the right one after the one that is none
    reads_all(again)
    again.close()


def test_an_older_store_is_sealed_and_nothing_is_left_over(folder: Path, key: Path) -> None:
    written_by_an_older_version(folder)
    assert len(on_the_disk(folder)) > 3
    store = Store(folder, (key,))
    reads_all(store)
    assert on_the_disk(folder) == []
    assert store.rows("SELECT count(*) FROM known WHERE name = 'store_to_sweep'")[0][0] == 0
    store.close()


def written_by_an_older_version(folder: Path) -> None:
    folder.mkdir()
    old = sqlite3.connect(folder / "counter.sqlite")
    old.execute("PRAGMA journal_mode=WAL")
    for step in STEPS[: SEALED_SINCE - 1]:
        old.executescript(step)
    old.execute("CREATE TABLE card_report (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT")
    report = CardReport("r1", "read", NOON, token=Token("card_uid", CARD))
    now = NOON.isoformat()
    for row, table in (
        ((1, "s1", "print", text(sale(1)), "answered", now, now, text(answer())), "command"),
        ((2, "s2", "print", text(sale(2, "s2")), "pending", now, None, None), "command"),
        (("mem_1", text(member()), now), "member"),
        (("card_uid", CARD, "mem_1", None), "credential"),
        (("magstripe", CODE, "mem_1", None), "credential"),
        (("j1", "face", "mem_1", "s1", text(face()), "done", 1, now, None, None, None, None), "print_job"),
        (("j2", "receipt", "mem_1", "s1", text(receipt("s1")), "done", 1, now, None, None, None, None), "print_job"),
        (("r1", text(report)), "card_report"),
    ):
        old.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    for number in range(3, 200):  # enough for pages that are given up and not written over
        body = (number, f"s{number}", "print", text(sale(number)), "answered", now, now, text(answer()))
        old.execute("INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?, ?)", body)
    old.execute("DELETE FROM command WHERE seq > 150")
    old.execute(f"PRAGMA user_version={SEALED_SINCE - 1}")
    old.commit()
    old.close()


def text(value: object) -> str:
    return json.dumps(to_json(value), ensure_ascii=False)


def test_what_is_sealed_stays_in_its_place_and_as_it_was() -> None:
    seal = Seal(bytes(32))
    closed = seal.close("陳大文", "member.view")
    assert seal.open(closed, "member.view") == "陳大文"
    assert closed != seal.close("陳大文", "member.view")
    for other, place in ((seal, "command.body"), (Seal(b"1" * 32), "member.view")):
        with pytest.raises(SealBroken, match="check the disk"):
            other.open(closed, place)
    for broken in (closed[:-8] + "AAAAAAA=", closed[:10], "", "陳"):
        with pytest.raises(SealBroken):
            seal.open(broken, "member.view")


def test_a_search_knows_whoever_came_last(full: Store) -> None:
    snapshots = Snapshots(full)
    snapshots.keep(member("mem_2", as_of=NOON + timedelta(hours=1)), NOON)
    assert [found.id for found in snapshots.search("陳")] == ["mem_1", "mem_2"]
    snapshots.keep(member("mem_3"), NOON)
    assert [found.id for found in snapshots.search("陳", 2)] == ["mem_1", "mem_2"]
    assert [found.id for found in snapshots.search("88003")] == ["mem_3"]


def test_a_search_finds_among_many_who_were_read_in_pieces(full: Store) -> None:
    many = [replace(member(f"mem_{place}"), number=f"7{place:05}", name=f"Ann {place}") for place in range(2 * PAGE)]
    Snapshots(full).keep_all(many, NOON)
    assert [found.name for found in Snapshots(full).search(f"ann {2 * PAGE - 1}")] == [f"Ann {2 * PAGE - 1}"]
    assert len(Snapshots(full).search("700", limit=2 * PAGE)) == 2 * PAGE
