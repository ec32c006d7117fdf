"""What is promised is on the disk: gapless, once, and still there after a crash."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.contract.commands import Command, RecordPurchase
from loyalty.contract.outcomes import PurchaseOutcome, Refusal
from loyalty.contract.token import Token
from loyalty.counter.outbox import Outbox
from loyalty.counter.store import DiskTrouble, Store
from loyalty.errors import Conflict
from tests.counter.samples import NOON
from tests.waits import limited


def sale(id: str, seq: int) -> Command:
    return RecordPurchase(id=id, counter="till-1", seq=seq, occurred_at=NOON, amount=Decimal("88.00"),
                          token=Token("card_uid", "04A1"))  # fmt: skip


def put(outbox: Outbox, id: str, request: str = "same") -> bool:
    return outbox.put(id, request, lambda seq: sale(id, seq), NOON)[1]


def outcome(id: str) -> PurchaseOutcome:
    return PurchaseOutcome(id=id, purchase="pur_1", status="booked", total=Decimal(88), due=Decimal(88),
                           earned={"points": Decimal(8)}, explanation=(), member=None, tier_before=None,
                           tier_after=None, sentence="8 points earned.")  # fmt: skip


def test_numbers_have_no_gap_and_order_is_kept(store: Store) -> None:
    outbox = Outbox(store)
    for id in ("c", "a", "b"):
        assert put(outbox, id)
    assert [(entry.seq, entry.id, entry.command.seq) for entry in outbox.waiting(10)] == [
        (1, "c", 1), (2, "a", 2), (3, "b", 3),
    ]  # fmt: skip


def test_the_same_id_is_stored_once_and_another_sale_under_it_is_refused(store: Store) -> None:
    outbox = Outbox(store)
    assert put(outbox, "s1")
    assert not put(outbox, "s1")
    with pytest.raises(Conflict, match="used before"):
        put(outbox, "s1", request="another")
    assert outbox.waiting_count() == 1
    assert put(outbox, "s2")
    assert outbox.waiting(10)[-1].seq == 2  # the refused one took no number


def test_the_first_answer_stays(store: Store) -> None:
    outbox = Outbox(store)
    put(outbox, "s1")
    outbox.mark_sent(outbox.waiting(10))
    assert outbox.waiting(10)[0].state == "sent"
    assert outbox.answer("s1", outcome("s1"), NOON)
    assert not outbox.answer("s1", Refusal("s1", "invalid", "no"), NOON + timedelta(seconds=1))
    entry = outbox.find("s1")
    assert entry and entry.state == "answered" and entry.outcome == outcome("s1")
    assert outbox.waiting_count() == 0


def test_everything_is_there_again_after_the_program_starts_anew(tmp_path: Path) -> None:
    first = Store(tmp_path)
    outbox = Outbox(first)
    put(outbox, "s1")
    put(outbox, "s2")
    outbox.answer("s1", Refusal("s1", "card_blocked", "lost"), NOON)
    first.close()
    again = Store(tmp_path)
    entries = Outbox(again).latest(10)
    again.close()
    assert [(entry.id, entry.state) for entry in entries] == [("s2", "pending"), ("s1", "refused")]


WRITER = """
import sys, threading
from pathlib import Path
from loyalty.counter.outbox import Outbox
from loyalty.counter.store import Store
from tests.counter.test_outbox import put
outbox = Outbox(Store(Path(sys.argv[1])))
for number in range(100000):
    put(outbox, f"s{number}")
    print(number, flush=True)
"""


def test_whatever_was_promised_survives_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with limited(process, "forty sales on the disk"):
        for line in process.stdout:
            if int(line) >= 40:
                break
    process.send_signal(signal.SIGKILL)
    promised = [int(line), *(int(rest) for rest in process.stdout.read().split() if rest.isdigit())][-1]
    process.wait(30)
    store = Store(tmp_path)
    kept = Outbox(store).waiting(100000)
    store.close()
    assert len(kept) >= promised + 1
    assert [entry.seq for entry in kept] == list(range(1, len(kept) + 1))


def test_a_second_counter_on_the_same_folder_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(DiskTrouble, match="Another counter program"):
        Store(store.path.parent)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DiskTrouble, match=r"may not write|cannot be written"):
        Store(tmp_path / "data")


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands here")
    with pytest.raises(DiskTrouble, match="choose another data_dir"):
        Store(tmp_path / "data")


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="needs the right to mount")
def test_a_full_disk_promises_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(small)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        store = Store(small)
        outbox = Outbox(store)
        with pytest.raises(DiskTrouble, match="full"):
            for number in range(5000):
                put(outbox, f"s{number}", "x" * 400)
        assert outbox.find(f"s{outbox.waiting_count()}") is None
        store.close()
    finally:
        subprocess.run(["umount", str(small)], check=True)
