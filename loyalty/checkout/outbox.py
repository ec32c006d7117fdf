"""A counter empties its outbox: each command answered once, booked or undone by itself, in the order of its numbers.

Several commands share one commit, each with a savepoint of its own: after days offline the disk of the server would be
what everybody waits for. A counter hears of a command only when its commit is on the disk; what is asked again is
answered again.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, bindparam
from sqlalchemy.orm import Session

from loyalty.checkout import outbox_faults, outcomes, staff_work
from loyalty.checkout.cancel_purchase import cancel_purchase
from loyalty.checkout.gift_commands import gift_command
from loyalty.checkout.hold_reward import hold_reward
from loyalty.checkout.move_pieces import move_pieces, undo_pieces
from loyalty.checkout.move_purchase import move_purchase
from loyalty.checkout.outbox_faults import FIRST_TIME, OF_THE_WHOLE_SERVER, Again, Fault
from loyalty.checkout.record_purchase import record_purchase
from loyalty.checkout.report_unreadable import report_unreadable
from loyalty.checkout.return_purchase import return_purchase
from loyalty.checkout.settle_hold import capture_hold, release_hold
from loyalty.checkout.tables import counters
from loyalty.checkout.top_up import top_up, undo_top_up
from loyalty.contract.commands import (
    KINDS,
    CancelPurchase,
    CaptureHold,
    Command,
    GivePieces,
    HoldReward,
    MovePurchase,
    RecordPurchase,
    ReleaseHold,
    ReportUnreadable,
    ReturnPurchase,
    TopUp,
    UndoPieces,
    UndoTopUp,
    UsePass,
)
from loyalty.contract.gift_cards import HoldGift, PayGift, ReplaceGift, SellGift, UndoGift
from loyalty.contract.outcomes import Outcome, Refusal
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor, Prepared
from loyalty.db.savepoint import undone_alone
from loyalty.db.session import read, write
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.conventions import Conventions

NOTED_EVERY, CLOCK_NEWS_S = timedelta(minutes=1), 30
TOGETHER = 10
"""Commands of one commit: what other tills wait for is some ten milliseconds."""
_NOTHING_HAPPENED = ("hold_reward", "hold_gift")
"""Commands that only ask: turned down, they leave nothing for staff to mend."""
log = logging.getLogger(__name__)
_last = Prepared(sa.select(counters.c.last_seq).where(counters.c.id == bindparam("id")))
_first_time = Prepared(
    sa.insert(counters).values({c.name: bindparam(c.name) for c in counters.c if not c.nullable}).inline()
)
_heard_of = Prepared(
    sa.update(counters)
    .where(counters.c.id == bindparam("counter"))
    .values(last_seq=bindparam("last_seq"), last_seen_at=bindparam("last_seen_at"))
)


@dataclass(frozen=True)
class Answered:
    outcome: Outcome
    missing: tuple[int, int] | None = None
    """First and last number that should have come before this command and did not."""


@dataclass(frozen=True)
class AllAnswered:
    """`fault`: of the command after the last one that was answered; it stopped there, and nothing of it stands."""

    done: list[Answered]
    fault: Fault | None = None


def answer_all(
    engine: Engine, counter: str, raws: Sequence[Mapping[str, Any]], clock: Callable[[], datetime],
    conventions: Conventions, again: Again = FIRST_TIME,
) -> AllAnswered:  # fmt: skip
    """The outcomes of commands as they came, in their order; a Refusal for each that will never be booked.

    A refusal is kept and answered again like any outcome, and staff are told: the goods are gone already. A command on
    which the server itself fails takes none of the others with it.
    """
    done: list[Answered] = []
    together = TOGETHER
    while len(done) < len(raws):
        several = raws[len(done) : len(done) + together]
        try:
            with write(engine) as session:
                answered = [_answered(session, counter, raw, clock(), conventions, again.held) for raw in several]
        except OF_THE_WHOLE_SERVER:
            raise
        except Exception as error:  # whatever it is: it is logged, told to the counter and in time to staff
            log.exception("a command of counter %s cannot be booked", counter[:80])
            if len(several) == 1:
                return AllAnswered(done, outbox_faults.noted(engine, counter, several[0], error, again.tried, clock()))
            together = 1  # each by itself: which one is it?
            continue
        done += answered  # on the disk now
        if again.tried:
            outbox_faults.mended(engine, several, clock())
    return AllAnswered(done)


def answer(engine: Engine, counter: str, raw: Mapping[str, Any], now: datetime, conventions: Conventions) -> Answered:
    """The same for one command."""
    return answer_all(engine, counter, [raw], lambda: now, conventions).done[0]


def _answered(
    session: Session, counter: str, raw: Mapping[str, Any], now: datetime, conventions: Conventions, held: Sequence[int]
) -> Answered:
    try:
        command = _read(counter, raw)
        with undone_alone(session):  # the statements of a sale go past the session
            done = _done(session, command, now, conventions)
            return Answered(done, _count(Cursor(session), counter, command.seq, now, held))
    except LoyaltyError as error:
        if error.code == "not_ready":
            raise
        return _refused(session, counter, raw, error, now, held)


def _done(session: Session, command: Command, now: datetime, conventions: Conventions) -> Outcome:
    match command:
        case RecordPurchase():
            return record_purchase(session, command, now, conventions)
        case MovePurchase():
            return move_purchase(session, command, now, conventions)
        case CancelPurchase():
            return cancel_purchase(session, command, now)
        case ReturnPurchase():
            return return_purchase(session, command, now)
        case HoldReward():
            return hold_reward(session, command, now)
        case CaptureHold():
            return capture_hold(session, command, now)
        case ReleaseHold():
            return release_hold(session, command, now)
        case TopUp():
            return top_up(session, command, now)
        case UndoTopUp():
            return undo_top_up(session, command, now)
        case UsePass() | GivePieces():
            return move_pieces(session, command, now)
        case UndoPieces():
            return undo_pieces(session, command, now)
        case SellGift() | HoldGift() | PayGift() | UndoGift() | ReplaceGift():
            return gift_command(session, command, now, conventions)
        case ReportUnreadable():
            return report_unreadable(session, command, now)


def _read(counter: str, raw: Mapping[str, Any]) -> Command:
    kind = KINDS.get(str(raw.get("type")))
    if kind is None:
        raise Invalid(f"A command's type is one of {', '.join(KINDS)}.", pointer="/type")
    command: Command = from_json(kind, raw)
    if command.counter != counter:
        raise Invalid(f"The command is of counter {command.counter[:60]!r}, not {counter[:60]!r}.", pointer="/counter")
    return command


def _refused(
    session: Session, counter: str, raw: Mapping[str, Any], error: LoyaltyError, now: datetime, held: Sequence[int]
) -> Answered:
    id, seq = str(raw.get("id") or ""), raw.get("seq")
    refusal = Refusal(id, error.code, str(error))
    if not 1 <= len(id) <= outcomes.LONGEST_ID:
        return Answered(refusal)
    cursor = Cursor(session)
    digest = outcomes.digest_of("refused", raw)
    number = seq if isinstance(seq, int) and not isinstance(seq, bool) else None
    try:
        kept = outcomes.find(cursor, id, digest)
    except Conflict:  # the id belongs to something else, which keeps its own answer; the number has arrived
        return Answered(refusal, _count(cursor, counter, number, now, held) if number is not None else None)
    if kept is not None:
        return Answered(from_json(Refusal, kept.answer))
    outcomes.keep(cursor, id, "refused", digest, outcomes.Kept(422, to_json(refusal)), now, counter, number)
    if raw.get("type") not in _NOTHING_HAPPENED:
        trouble = staff_work.Trouble("refused_sale", str(error), now, id, counter, body=dict(raw))
        staff_work.note(cursor, trouble, now)
    return Answered(refusal, _count(cursor, counter, number, now, held) if number is not None else None)


def heard_of(engine: Engine, counter: str, now: datetime, clock_off: str) -> None:
    """The counter has nothing to send, and is there: noted once a minute, and whenever its clock is found wrong."""
    off_s = int(clock_off) if re.fullmatch(r"-?\d{1,9}", clock_off) else 0
    with read(engine) as session:
        row = session.execute(
            sa.select(counters.c.last_seen_at, counters.c.clock_off_s).where(counters.c.id == counter)
        ).first()
    fresh = row is not None and now - row.last_seen_at < NOTED_EVERY
    if row is not None and not (fresh and abs((row.clock_off_s or 0) - off_s) < CLOCK_NEWS_S):
        with write(engine) as session:
            session.execute(
                sa.update(counters).where(counters.c.id == counter).values(last_seen_at=now, clock_off_s=off_s)
            )


def _count(cursor: Cursor, counter: str, seq: int, now: datetime, held: Sequence[int]) -> tuple[int, int] | None:
    """Moves the counter's number on; what is missing before it is noted for staff and told, unless it is `held`."""
    last = cursor.value(_last, id=counter)
    if last is None:
        row = {"id": counter, "last_seq": seq, "first_seen_at": now, "last_seen_at": now}
        cursor.run(_first_time, [row])
        return None
    cursor.run(_heard_of, [{"counter": counter, "last_seq": max(last, seq), "last_seen_at": now}])
    if seq - last - 1 <= sum(last < each < seq for each in set(held)):
        return None
    missing = (last + 1, seq - 1)
    sentence = f"Counter {counter} sent number {seq} after {last}: what it numbered in between has not arrived."
    staff_work.note(cursor, staff_work.Trouble("sequence_gap", sentence, now, counter=counter), now)
    return missing
