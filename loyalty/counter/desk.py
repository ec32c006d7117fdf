"""The counter as it stands: joins devices, till, kiosk, lookups and print jobs. One thread takes in what happens."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.outcomes import Booked, MemberView, PurchaseOutcome, Refusal
from loyalty.contract.token import Token
from loyalty.counter import kiosk as kiosk_mind
from loyalty.counter import till as till_mind
from loyalty.counter.device_thread import DeviceState
from loyalty.counter.events import Hub
from loyalty.counter.identify import OFFLINE, Answer, Identifier
from loyalty.counter.kiosk import Kiosk
from loyalty.counter.outbox import Entry
from loyalty.counter.paperwork import to_print
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.redemptions import Redemptions
from loyalty.counter.settings import CounterSettings
from loyalty.counter.slip import is_receipt
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.staff import StaffMember
from loyalty.counter.till import Till
from loyalty.counter.till_rewards import with_coupon
from loyalty.counter.views import device_view, job_view, kiosk_view, outcome_view, staff_view, till_view
from loyalty.devices.interfaces import Gone, Health, Reading, Seen
from loyalty.errors import LoyaltyError, UnknownMember

TICK_S = 0.2
SET_ASIDE = ("hold_reward", "hold_gift", "release_hold")  # no news of their own
log = logging.getLogger(__name__)


class Desk:
    """Thread-safe. `till` and `kiosk` are values; `changed` is notified when either becomes another."""

    def __init__(
        self, settings: CounterSettings, clock: Clock, identifier: Identifier, snapshots: Snapshots, jobs: PrintJobs,
        redemptions: Redemptions, hub: Hub,
    ) -> None:  # fmt: skip
        self.settings, self._clock, self._identifier, self._hub = settings, clock, identifier, hub
        self._snapshots, self._jobs, self._redemptions = snapshots, jobs, redemptions
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)
        self.till, self.kiosk = Till(), Kiosk()
        self._staff: StaffMember | None = None
        self._turn = int(clock().timestamp() * 1000)  # goes on growing over a restart of the program
        self.is_new_card: Callable[[Token], bool] = lambda token: False
        """A chip that nobody has, for which a card of a job waits."""
        self.arrived: Callable[[MemberView], None] = lambda member: None
        """The server has just named a member by a card."""
        self.devices: Callable[[], list[DeviceState]] = list
        self.is_of_staff: Callable[[Token], bool] = lambda token: False
        """Somebody who works here showed a card: no member's, and no business of the sale."""
        self.last_outcome: dict[str, Any] | None = None
        self._told: dict[str, Any] = {}
        self._feeds = {device.id: device.feeds for device in settings.devices}
        self._inbox: queue.Queue[Callable[[], object] | None] = queue.Queue()
        self._lookups = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lookup")
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._inbox.put(None)
        self._thread.join(5)
        self._lookups.shutdown(wait=False, cancel_futures=True)

    # what devices, link and printers tell; called on their threads
    def heard(self, device: str, reading: Reading) -> None:
        if isinstance(reading, Seen) and is_receipt(reading.token):
            self._hub.tell("receipt", {"id": reading.token.value})
        elif isinstance(reading, Seen) and reading.token.kind == "coupon":
            if "cashier" in self._feeds.get(device, ()):
                self._inbox.put(lambda: self.act(lambda till: with_coupon(till, reading.token.value)))
        elif isinstance(reading, Seen):
            self._inbox.put(lambda: self.present_token(reading.token, self._feeds.get(device, ())))
        elif isinstance(reading, Gone):
            self._inbox.put(lambda: self.act_on_kiosk(lambda kiosk: kiosk_mind.gone(kiosk, reading.token)))

    def look_again(self) -> None:
        """The server is back: whoever stands here from memory, or only as a card, is looked up once more."""
        present = self.till.present
        if present and (token := present.token) and not present.fresh:
            self.act(lambda till: replace(till, last=None))  # it may have been read this very second
            self._inbox.put(lambda: self.present_token(token, ("cashier",)))

    def device_changed(self, state: DeviceState) -> None:
        lost = state.role == "card_reader" and state.health in (Health.OFFLINE, Health.FAULT)
        if lost and "kiosk" in self._feeds.get(state.id, ()):
            # Nobody can tell any more whether the card still lies there.
            self._inbox.put(lambda: self.act_on_kiosk(lambda kiosk: kiosk_mind.gone(kiosk, None)))
        self._inbox.put(self._tell_devices)

    def answered(self, entry: Entry, outcome: Booked) -> None:
        """The server's answer, before it is kept; may come twice after a crash, so all of this may happen twice."""
        now = self._clock()
        member = None if isinstance(outcome, Refusal) else outcome.member
        here = bool(member and (present := self.till.present) and present.member and present.member.id == member.id)
        if member:
            self._snapshots.keep(member, now)
        to_print(self._jobs, entry, outcome, here, now)
        self.settle(entry, outcome, member)

    def settle(self, entry: Entry, outcome: Booked, member: MemberView | None) -> None:
        now, stays = self._clock(), timedelta(seconds=self.settings.member_stays_s)
        with self._lock:
            if isinstance(outcome, Refusal):
                till = till_mind.failed(self.till, entry.id, outcome.code, outcome.sentence, now)
            elif isinstance(outcome, PurchaseOutcome):
                till = till_mind.settled(self.till, entry.id, member, stays, now)
            else:
                till = till_mind.refreshed(self.till, member) if member else self.till
            kiosk = kiosk_mind.refreshed(self.kiosk, member) if member else self.kiosk
            if entry.command.type not in SET_ASIDE:
                self.last_outcome = outcome_view(entry, outcome)
            self._change(till, kiosk)
        self._tell("outcome", self.last_outcome)

    def stored(self, entry: Entry) -> None:
        """The sale is on the disk and its answer is not here yet: the cashier may go on."""
        stays = timedelta(seconds=self.settings.member_stays_s)
        with self._lock:
            if self.till.committing != entry.id:
                return
            self.last_outcome = outcome_view(entry, None)
            self._change(till_mind.settled(self.till, entry.id, None, stays, self._clock(), fresh=False))
        self._tell("outcome", self.last_outcome)

    def shown(self) -> dict[str, Any]:
        """The till as screens show it. `turn` grows with every change, so that an older view is known for old."""
        with self._lock:
            view = till_view(self.till, self.settings.currency)
            return {**view, "staff": staff_view(self._staff), "turn": self._turn}

    def staffed(self, staff: StaffMember | None) -> None:
        """Somebody else stands at the till; the sale stays."""
        with self._lock:
            self._staff = staff
            self._turn += 1
            self._tell("member", self.shown())

    # what people do
    def present_token(self, token: Token, feeds: tuple[str, ...]) -> bool:
        """A credential was read or typed: shown from memory at once, asked of the server meanwhile."""
        now = self._clock()
        if "cashier" in feeds and self.is_of_staff(token):
            return False
        with self._lock:
            till, news = till_mind.see(self.till, token, now) if "cashier" in feeds else (self.till, False)
            kiosk = kiosk_mind.see(self.kiosk, token, now) if "kiosk" in feeds else self.kiosk
            self._change(till, kiosk)
        if not news and "kiosk" not in feeds:
            return False
        remembered = self._identifier.remembered(token)
        if remembered.member:
            self._resolve(token, remembered, final=False)
        self._lookups.submit(lambda: self._look_up(token))
        return True

    def _look_up(self, token: Token) -> None:
        answer = self._asked(token)
        self._resolve(token, answer, final=True)
        if answer.member and answer.fresh:
            self.arrived(answer.member)

    def _asked(self, token: Token) -> Answer:
        try:
            return self._identifier.ask(token)
        except LoyaltyError as error:  # the counter's own disk
            return Answer(code=error.code, sentence=str(error))

    def act(self, change: Callable[[Till], Till]) -> Till:
        """Apply one of the functions of `till`; the state afterwards."""
        with self._lock:
            self._change(change(self.till))
            return self.till

    def act_on_kiosk(self, change: Callable[[Kiosk], Kiosk]) -> None:
        with self._lock:
            self._change(kiosk=change(self.kiosk))

    def wait_until_asked(self, token: Token, timeout_s: float) -> Till:
        """The state once `token` is looked up, or as it stands after timeout_s."""
        with self.changed:
            self.changed.wait_for(lambda: self.till.asking != token, timeout_s)
            return self.till

    def _resolve(self, token: Token, answer: Answer, final: bool) -> None:
        now = self._clock()
        with self._lock:
            till, kiosk = self.till, self.kiosk
            if answer.member:
                till = till_mind.found(till, token, answer.member, answer.fresh, final)
                kiosk = kiosk_mind.found(kiosk, token, answer.member, answer.fresh)
            elif answer.code == OFFLINE.code:
                till = till_mind.found_offline(till, token)
                kiosk = kiosk_mind.not_found(kiosk, token, answer.code, now)
            elif answer.code == UnknownMember.code and self.is_new_card(token):
                till = replace(till, asking=None)
            else:
                till = till_mind.not_found(till, token, answer.code, answer.sentence, now)
                kiosk = kiosk_mind.not_found(kiosk, token, answer.code, now)
            self._change(till, kiosk)

    def _change(self, till: Till | None = None, kiosk: Kiosk | None = None) -> None:
        """Under the lock: take over the new values, show what they show."""
        if till is not None and till is not self.till:
            self.till = till
            self._turn += 1
            self._tell("member", self.shown())
        if kiosk is not None and kiosk is not self.kiosk:
            self.kiosk = kiosk
            self._tell("kiosk", kiosk_view(kiosk))
        self.changed.notify_all()

    def _tell(self, name: str, data: Any) -> None:
        if self._told.get(name) != data:
            self._told[name] = data
            self._hub.tell(name, data)

    def _tell_devices(self) -> None:
        self._tell("device", [device_view(state) for state in self.devices()])

    def _run(self) -> None:
        seen = -1
        while True:
            try:
                work = self._inbox.get(timeout=TICK_S)
                if work is None:
                    return
                work()
            except queue.Empty:
                pass
            except Exception:  # one bad event must not end the till; it is logged and the next one is taken
                log.exception("an event at the counter failed")
            now = self._clock()
            with self._lock:
                self._change(till_mind.tick(self.till, now), kiosk_mind.tick(self.kiosk, now))
            if self._jobs.version != seen:
                seen = self._jobs.version
                jobs = self._jobs.unfinished()
                self._tell("print", [job_view(job, self._snapshots, self._redemptions) for job in jobs])
