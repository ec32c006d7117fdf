"""What becomes of chosen rewards: handed out and captured, sold with a sale, or given back. Nothing stays held.

One thread looks after the rows: what the till's open sale does not know (the card was taken away, the member sent off,
the program killed) is given back; what was sold gets its slip, and the slip on the paper is what captures the hold.
"""

import logging
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta

from loyalty.clock import Clock
from loyalty.contract.commands import CaptureHold, RecordPurchase, ReleaseHold
from loyalty.contract.outcomes import HoldOutcome, Outcome, Refusal
from loyalty.counter import till as till_mind
from loyalty.counter import till_rewards
from loyalty.counter.desk import Desk
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.print_job import DONE, GIVEN_UP
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.redemptions import (
    ASKING,
    CAPTURED,
    HELD,
    REFUSED,
    RELEASED,
    SOLD,
    Redemption,
    Redemptions,
    sold,
    write,
)
from loyalty.counter.sender import Sender
from loyalty.counter.settings import CounterSettings
from loyalty.counter.slip import slip_of
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import DiskTrouble
from loyalty.errors import Conflict, Invalid, NotFound

LOOK_EVERY_S = 0.3
RESUME_WITHIN = timedelta(minutes=10)
"""A reward that was sold this long ago without a slip is not handed out any more: the customer is gone."""
log = logging.getLogger(__name__)


@dataclass
class Redeeming:
    """Thread-safe. `lock` is held by whoever changes rows together with the till."""

    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    rows: Redemptions
    jobs: PrintJobs
    snapshots: Snapshots
    desk: Desk
    sender: Sender
    lock: threading.RLock = field(default_factory=threading.RLock)
    wake: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="redeeming", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.wake.set()
        self._thread.join(5)

    # what people do
    def hand_out(self, id: str) -> Redemption:
        """A reward without a sale: its slip is printed, or it is captured at once. Invalid for money off a sale."""
        with self.lock:
            row = self._row(id)
            if row.state != HELD:
                raise Conflict("This reward is not held any more; choose it again.")
            if not row.handed:
                raise Invalid(f"{row.offer.name} lowers a sale; type the amount first.", pointer="/amount")
            self.rows.save(sold(row, None))
            self.desk.act(lambda till: till_rewards.unchoose(till, id))
        self.wake.set()
        return row

    def settle(self, id: str, given: bool) -> Redemption:
        """The cashier says whether the reward is in the customer's hands, whatever the printer says."""
        with self.lock:
            row = self._row(id)
            if row.state != SOLD:
                raise Conflict("This reward is settled already; look at the member.")
            self._capture(row) if given else self._release(row, "not_handed_out")
            self._no_slip(row)
        return row

    def _row(self, id: str) -> Redemption:
        row = self.rows.find(id)
        if row is None:
            raise NotFound("There is no such reward at this counter; look at the member again.")
        return row

    # what the server says; called by the sender, perhaps twice
    def answered(self, entry: Entry, outcome: Outcome) -> None:
        with self.lock:
            row = self.rows.find(entry.id)
            if row is not None:
                self._held(row, outcome)
            elif isinstance(entry.command, RecordPurchase):
                for each in self.rows.of_sale(entry.id):
                    self._sold(each, outcome)
        self.wake.set()

    def _held(self, row: Redemption, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            if row.state in (ASKING, HELD):
                self.rows.save(replace(row, state=REFUSED))
                self.desk.act(lambda till: till_rewards.unchoose(till, row.id))
        elif isinstance(outcome, HoldOutcome) and row.state in (ASKING, HELD):
            held = replace(
                row, state=HELD, points=outcome.points, handed=outcome.handed, until=outcome.expires_at, offline=False
            )
            self.rows.save(held)
            self.desk.act(lambda till: till_rewards.rechosen(till, held))

    def _sold(self, row: Redemption, outcome: Outcome) -> None:
        """Money off is spent with the sale; a refused sale leaves the reward held, for the next try or for nobody."""
        if row.state != SOLD:
            return
        if isinstance(outcome, Refusal):
            self.rows.save(replace(row, state=HELD, sale=None))
        elif not row.handed:
            self.rows.save(replace(row, state=CAPTURED))

    # looking after the rows
    def look_after(self) -> None:
        """One round. Every step can be taken again after a crash."""
        with self.lock:
            chosen = {row.id for row in self.desk.till.chosen}
            for row in self.rows.open():
                if row.state == SOLD:
                    self._follow(row)
                elif row.id not in chosen:
                    self._release(row, "left")
                elif row.until is not None and self.clock() >= row.until:
                    self._time_out(row)

    def _time_out(self, row: Redemption) -> None:
        self._release(row, "timed_out")
        sentence = f"{row.offer.name} was kept long enough; choose it again."
        self.desk.act(
            lambda till: till_mind.said(till_rewards.unchoose(till, row.id), "hold_expired", sentence, self.clock())
        )

    def _follow(self, row: Redemption) -> None:
        """A sold reward that is handed out: slip first, then the hold is captured."""
        sale = self.outbox.find(row.sale) if row.sale else None
        if not row.handed or (sale is not None and sale.open and not self._goes_on(sale)):
            return  # its sale's answer settles it
        job = self.jobs.receipt_of(row.id)
        if not any(device.role == "receipt_printer" for device in self.settings.devices) or (job and job.state == DONE):
            self._capture(row)
        elif job is None and self.clock() - row.made_at > RESUME_WITHIN:
            self._release(row, "left")
        elif job is None:
            self._print(row)
        elif job.state == GIVEN_UP:
            self._release(row, "not_handed_out")

    def _goes_on(self, sale: Entry) -> bool:
        """The cashier was told that the sale is stored: the customer is served without the server."""
        return self.desk.till.committing != sale.id

    def _print(self, row: Redemption) -> None:
        member = self.snapshots.member(row.member)
        slip = slip_of(row, member, self.settings, self.clock())
        self.jobs.add_receipt(slip, row.member, row.id, self.clock())

    def _capture(self, row: Redemption) -> None:
        id = f"{row.id}:given"
        done = replace(row, state=CAPTURED)
        self.outbox.put(
            id, "given",
            lambda seq: CaptureHold(
                id=id, counter=self.settings.id, seq=seq, occurred_at=self.clock(), hold=row.id, member=row.member,
                reward=row.offer.name, quantity=row.quantity,
            ), self.clock(), lambda connection: write(connection, done),
        )  # fmt: skip
        self.sender.hurry()

    def _no_slip(self, row: Redemption) -> None:
        """A slip that is not out yet is not printed any more once its reward is settled."""
        if job := self.jobs.receipt_of(row.id):
            self.jobs.drop(job.id)

    def _release(self, row: Redemption, reason: str) -> None:
        self._no_slip(row)
        done = replace(row, state=RELEASED)
        if self.outbox.find(row.id) is None:  # promised offline: the server never heard of it
            self.rows.save(done)
            return
        id = f"{row.id}:back"
        self.outbox.put(
            id, "back",
            lambda seq: ReleaseHold(
                id=id, counter=self.settings.id, seq=seq, occurred_at=self.clock(), hold=row.id, reason=reason
            ), self.clock(), lambda connection: write(connection, done),
        )  # fmt: skip
        self.sender.hurry()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.wake.clear()
            try:
                self.look_after()
            except DiskTrouble as error:
                log.error("a reward cannot be written down: %s", error)
            except Exception:  # one bad row must not keep the others held; it is logged and looked at again
                log.exception("looking after rewards failed")
            self.wake.wait(LOOK_EVERY_S)
