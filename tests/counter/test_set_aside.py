"""What waits with a command on which the server fails, and what goes on without it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from loyalty.contract.commands import CancelPurchase, Command, RecordPurchase
from loyalty.contract.token import Token
from loyalty.counter.outbox import Outbox
from loyalty.counter.set_aside import FIRST_S, SetAside
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import Store
from tests.counter.samples import NOON, member

CARD = Token("card_uid", "04A1B2C3D4E5F1")


def sale(id: str, **who: object) -> Callable[[int], Command]:
    return lambda seq: RecordPurchase(id, "till-1", seq, NOON, amount=Decimal(8), **who)  # type: ignore[arg-type]


def cancel(id: str, purchase: str) -> Callable[[int], Command]:
    return lambda seq: CancelPurchase(id, "till-1", seq, NOON, purchase)


@pytest.mark.parametrize("stuck", ["by-card", "undone"])
def test_only_the_same_member_waits(store: Store, stuck: str) -> None:
    """By card or by name, and for an undo by the sale that it undoes; until it is due again, alone, and answered."""
    outbox, snapshots, time_s = Outbox(store), Snapshots(store), [0.0]
    snapshots.keep(member("mem_1"), NOON)
    aside = SetAside(outbox, snapshots, lambda: time_s[0])
    rows = [("by-card", sale("by-card", token=CARD)), ("other", sale("other", member="mem_2")),
            ("undone", cancel("undone", "by-card")), ("by-name", sale("by-name", member="mem_1")),
            ("nobody", sale("nobody", token=Token("card_uid", "99")))]  # fmt: skip
    for id, make in rows:
        outbox.put(id, "", make, NOON)
    if stuck == "undone":
        outbox.mark_sent(outbox.waiting(1))
        store._connection.execute("UPDATE command SET state = 'answered' WHERE id = 'by-card'")
    aside.failed(stuck)
    chosen = aside.choose(outbox.waiting(9), 9)
    assert [entry.id for entry in chosen.entries] == ["other", "nobody"]
    assert chosen.held == ((1, 3, 4) if stuck == "by-card" else (3, 4))
    time_s[0] = FIRST_S
    again = aside.choose(outbox.waiting(9), 9)
    assert ([entry.id for entry in again.entries], again.tried) == ([stuck], 1)
    aside.answered(stuck)
    assert len(aside.choose(outbox.waiting(9), 9).entries) == len(outbox.waiting(9))
