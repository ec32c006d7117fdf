"""What must be true in the end, worked out from the counters' own disks and compared with the ledger and the cards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from loyalty.checkout.tables import staff_work
from loyalty.contract.commands import HoldReward, MovePurchase, RecordPurchase, ReleaseHold, ReturnPurchase
from loyalty.contract.outcomes import CancelOutcome, HoldOutcome, PurchaseOutcome, Refusal
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.redemptions import Redemptions
from loyalty.counter.store import Store
from loyalty.db.session import open_engine, read
from loyalty.ops.verify import verify
from loyalty.points.tables import holds
from loyalty.points.tables_sale import purchases
from loyalty.printing.face import render_face
from tests.journeys.torture.chain import POOR, RICH, Chain, Counter, phone_of

OFF, COFFEE = 10, 100
AN_ERROR = timedelta(seconds=30)
"""Of a counter's idea of the time: a Date is a second old, an answer comes late on a busy machine."""
ZONE = ZoneInfo("Asia/Hong_Kong")


def check(chain: Chain, promised: dict[str, int]) -> dict[str, int]:
    """Figures of the run; AssertionError naming the first thing that is not true. The counters are stopped."""
    entries: dict[str, Entry] = {}
    shown: dict[str, str] = {}
    for counter in chain.counters:
        entries |= _disk(counter, shown)
    _every_promise_is_kept(promised, entries)
    expected = _balances(chain, entries)
    found = {}
    for person in chain.people:
        points = chain.api("GET", f"/members/{person.id}")[1]["wallets"]["points"]
        assert Decimal(str(points["held"])) == 0, f"{person.name} has points held"
        found[person.id] = Decimal(str(points["available"]))
    wrong = {member: (points, expected[member]) for member, points in found.items() if points != expected[member]}
    assert not wrong, f"balances, and what the sales come to: {wrong}"
    for member, balance in shown.items():
        _right_or_called_old(chain, member, balance, found[member])
    _no_log_names_anybody(chain)
    return _the_server(chain, entries)


def _no_log_names_anybody(chain: Chain) -> None:
    for program in (chain.server, *(counter.program for counter in chain.counters)):
        log = program.log()
        for place, person in enumerate(chain.people):
            private = (person.name, quote(person.name), person.uid, person.number, phone_of(place))
            assert not [word for word in private if word in log], program.name


def _disk(counter: Counter, shown: dict[str, str]) -> dict[str, Entry]:
    """What the counter told; `shown` grows by the balances on cards for which nothing waits at it."""
    store = Store(counter.folder / "data", (counter.folder / f"{counter.id}.store-key",))
    try:
        box = Outbox(store)
        entries = {entry.id: entry for entry in box.latest(1_000_000)}
        assert not box.waiting_count(), f"{counter.id} has something to send"
        numbers = sorted(entry.seq for entry in entries.values())
        assert numbers == list(range(1, len(numbers) + 1)), f"{counter.id} has left numbers out"
        assert Redemptions(store).open() == [], f"{counter.id} has rewards open"
        untold = {report.member for report in CardMemory(store).untold(1000)}
        faces = _faces(counter, PrintJobs(store), store)
        shown |= {member: balance for member, balance in faces.items() if member not in untold}
        return entries
    finally:
        store.close()


def _faces(counter: Counter, jobs: PrintJobs, store: Store) -> dict[str, str]:
    """What a card shows is the newest face that this counter knows of, or a job for it is still open. The balances on
    those for which none is."""
    if (gadget := counter.gadgets.get("cards")) is None:
        return {}
    newest = store.rows(
        "SELECT id, member, state, max(as_of) FROM print_job WHERE kind = 'face'"
        " AND state != 'superseded' GROUP BY member"
    )
    printed = {row["member"]: jobs.find(row["id"]) for row in newest if row["state"] == "done"}
    by_uid = {person.uid: person.id for person in counter.people}
    shown = {}
    for card, _ in gadget.unit._drawer._cards.values():
        if (job := printed.get(by_uid[card.uid])) is not None:
            assert job.face is not None
            face = render_face(job.face, tuple(gadget.unit.profile["face_dots"]), zone=ZONE)
            assert card.face.printed.convert("1").tobytes() == face.rows, f"a card shows something else than {job}"
            shown[by_uid[card.uid]] = job.face.balance
    return shown


def _right_or_called_old(chain: Chain, member: str, balance: str, points: Decimal) -> None:
    """The server's word on the member's card, which other counters go by."""
    credentials = chain.api("GET", f"/members/{member}")[1]["credentials"]
    card = next(each["id"] for each in credentials if each["kind"] == "card_uid")
    content = chain.api("GET", f"/cards/{card}")[1]["content"]
    assert content["face_as_of"], f"the server has not heard of the face of {member}"
    assert content["stale"] or balance == f"{points:,.0f}", (
        f"a card says {balance}, not {points}, and is not called old"
    )


def _every_promise_is_kept(promised: dict[str, int], entries: dict[str, Entry]) -> None:
    for id, amount in promised.items():
        entry = entries.get(id)
        assert entry is not None, f"the sale {id} was promised and is not on the disk"
        assert isinstance(entry.command, RecordPurchase) and entry.command.amount == amount, entry
        assert isinstance(entry.outcome, PurchaseOutcome), f"the sale {id} was promised and refused: {entry.outcome}"


def _balances(chain: Chain, entries: dict[str, Entry]) -> dict[str, Decimal]:
    """What each member must have, from what the counters told and were answered."""
    found = {person.id: Decimal(POOR if place < 2 else RICH) for place, person in enumerate(chain.people)}
    for entry in entries.values():
        for member, points in _moves(chain, entry, entries):
            found[member] += points
    return found


def _moves(chain: Chain, entry: Entry, entries: dict[str, Entry]) -> Iterator[tuple[str, Decimal]]:
    command, outcome = entry.command, entry.outcome
    match outcome:
        case PurchaseOutcome(status="booked"):
            sale = command.sale if isinstance(command, MovePurchase) else command
            assert isinstance(sale, RecordPurchase) and sale.amount is not None and outcome.member is not None
            assert outcome.total == sale.amount - OFF * len(sale.redeem), outcome
            assert outcome.earned.get("points", 0) == outcome.total
            assert outcome.member.id == _owner(chain, sale)
            yield outcome.member.id, outcome.total - outcome.redeemed
            if isinstance(command, MovePurchase):
                yield from _all_back(chain, command.purchase, entries)
        case CancelOutcome() if isinstance(command, ReturnPurchase):
            assert outcome.reversed.get("points") == command.amount, outcome
            yield _owner(chain, _sale(entries[command.purchase])), -Decimal(command.amount or 0)
        case CancelOutcome():
            yield from _all_back(chain, outcome.purchase, entries)
        case HoldOutcome(status="captured" | "redeemed") if not isinstance(command, HoldReward | ReleaseHold):
            assert outcome.member is not None
            yield outcome.member.id, Decimal(-COFFEE)
        case None:
            raise AssertionError(f"{entry.id} has no answer")


def _all_back(chain: Chain, purchase: str, entries: dict[str, Entry]) -> Iterator[tuple[str, Decimal]]:
    """All of a sale that had not come back in parts."""
    sale = _sale(entries[purchase])
    returned = sum(
        Decimal(each.command.amount or 0) for each in entries.values()
        if isinstance(each.command, ReturnPurchase) and each.command.purchase == purchase
        and isinstance(each.outcome, CancelOutcome)
    )  # fmt: skip
    yield _owner(chain, sale), returned - Decimal(sale.amount or 0)


def _sale(entry: Entry) -> RecordPurchase:
    assert isinstance(entry.command, RecordPurchase)
    return entry.command


def _owner(chain: Chain, sale: RecordPurchase) -> str:
    if sale.member is not None:
        return sale.member
    assert sale.token is not None
    return next(person.id for person in chain.people if person.number == sale.token.value)


def _the_server(chain: Chain, entries: dict[str, Entry]) -> dict[str, int]:
    booked = {id for id, one in entries.items() if isinstance(one.outcome, PurchaseOutcome) and one.outcome.member}
    refused = {id for id, one in entries.items() if isinstance(one.outcome, Refusal)}
    engine = open_engine(chain.database_url)
    with read(engine) as session:
        report = verify(session)
        assert report.ok, report.problems
        assert set(session.scalars(sa.select(purchases.c.id))) == booked, "the ledger has other sales than the counters"
        assert session.scalar(sa.select(sa.func.count()).where(holds.c.status == "open")) == 0
        times = purchases.c.occurred_at
        for at in session.execute(sa.select(sa.func.min(times), sa.func.max(times))).one():
            assert chain.began - AN_ERROR <= at <= datetime.now(UTC) + AN_ERROR, "a sale carries a wrong clock's time"
        work = dict(session.execute(sa.select(staff_work.c.kind, sa.func.count()).group_by(staff_work.c.kind)).all())
    engine.dispose()
    assert "sequence_gap" not in work, work
    return {"booked": len(booked), "refused": len(refused), "commands": len(entries), **work}
