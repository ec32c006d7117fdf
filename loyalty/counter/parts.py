"""The counter put together: every part once, each given what it needs, started and stopped in order."""

from dataclasses import dataclass
from typing import Any

from loyalty.clock import Clock, system_clock
from loyalty.contract.commands import HoldReward, ReleaseHold, ReportUnreadable
from loyalty.contract.gift_cards import HoldGift
from loyalty.contract.outcomes import NotedOutcome, Outcome
from loyalty.contract.wire import to_json
from loyalty.counter import till as till_mind
from loyalty.counter.agent import Agent
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.card_desk import CardDesk
from loyalty.counter.card_in_hand import HandKept
from loyalty.counter.card_marks import CardMarks
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.card_sync import CardSync
from loyalty.counter.choosing import Choosing
from loyalty.counter.claims import Claims
from loyalty.counter.desk import Desk
from loyalty.counter.device_services import device_services
from loyalty.counter.discounts import Discounts
from loyalty.counter.events import Hub
from loyalty.counter.gift_desk import GiftDesk
from loyalty.counter.identify import Identifier
from loyalty.counter.issuing import Issuing
from loyalty.counter.kiosk_member import KioskMember
from loyalty.counter.known import Known
from loyalty.counter.link import Link
from loyalty.counter.offline_limits import OfflineLimits
from loyalty.counter.online import LinkWatch
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.pieces import Pieces
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.quoting import Quoting
from loyalty.counter.redeeming import Redeeming
from loyalty.counter.redemptions import Redemptions
from loyalty.counter.reporting import Reporting
from loyalty.counter.reporting_errands import Errands
from loyalty.counter.self_test import SelfTests
from loyalty.counter.selling import Selling
from loyalty.counter.sender import Sender
from loyalty.counter.server_time import ServerTime
from loyalty.counter.set_aside import SetAside
from loyalty.counter.settings import CounterSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.staff import StaffDesk
from loyalty.counter.store import Store
from loyalty.counter.support import Packing
from loyalty.counter.tills.booking import Booking
from loyalty.counter.tills.running import Tills
from loyalty.counter.tills.seen_card import SeenCard
from loyalty.counter.tills.unreadable import Unreadable
from loyalty.counter.topping_up import ToppingUp
from loyalty.counter.undoing import Undoing
from loyalty.counter.upkeep import Upkeep
from loyalty.counter.views import clock_view, link_view, making_view, outcome_view
from loyalty.counter.visits import Visits
from loyalty.errors import NotFound


@dataclass(frozen=True)
class Parts:
    settings: CounterSettings
    clock: Clock
    store: Store
    snapshots: Snapshots
    jobs: PrintJobs
    identifier: Identifier
    hub: Hub
    watch: LinkWatch
    desk: Desk
    sender: Sender
    redemptions: Redemptions
    redeeming: Redeeming
    choosing: Choosing
    quoting: Quoting
    selling: Selling
    undoing: Undoing
    topping_up: ToppingUp
    pieces: Pieces
    gifts: GiftDesk
    staff: StaffDesk
    agent: Agent
    tills: Tills
    cards: CardSync
    card_desk: CardDesk
    discounts: Discounts
    issuing: Issuing
    link: Link
    server_time: ServerTime
    kiosk_member: KioskMember
    upkeep: Upkeep
    tests: SelfTests
    pack: Packing
    reporting: Reporting

    def start(self) -> None:
        self.desk.start()
        self.sender.start()
        self.redeeming.start()
        self.agent.start()
        self.cards.start()
        self.issuing.start()
        self.upkeep.start()
        self.reporting.start()
        self.tills.start()

    def stop(self) -> None:
        """Readers first, so that nothing new comes in; the disk last."""
        self.hub.close()
        self.tills.stop()
        self.reporting.stop()
        self.agent.stop()
        self.cards.stop()
        self.issuing.stop()
        self.upkeep.stop()
        self.redeeming.stop()
        self.sender.stop()
        self.desk.stop()
        self.store.close()

    def search(self, text: str) -> list[dict[str, Any]]:
        """Members for the search box, as a cashier may see them."""
        rows = self.identifier.search(text) if text else []
        return [{key: value for key, value in to_json(row).items() if key != "cards"} for row in rows]

    def choose(self, id: str) -> None:
        """The member picked from a search stands at the counter."""
        member = self.snapshots.member(id)
        if member is None:
            raise NotFound("This member is not in the list any more; search again.")
        self.desk.act(lambda till: till_mind.chosen(till, member, fresh=self.watch.state.online))


def put_together(settings: CounterSettings, clock: Clock = system_clock) -> Parts:
    """All parts, not started yet. ConfigError or DiskTrouble in one sentence."""
    store = Store(settings.data_dir, (settings.key_file,))
    known = Known(store)
    clock = machine = ServerTime(clock, known)
    outbox, snapshots, jobs, hub = Outbox(store), Snapshots(store), PrintJobs(store), Hub()
    rows = Redemptions(store)
    link = Link(settings.server, settings.id, settings.api_key, heard=machine.heard)
    _tell_time(machine, link, outbox, hub)
    watch = LinkWatch(outbox.waiting_count, lambda state: hub.tell("link", link_view(state)))
    cards = CardSync(memory := CardMemory(store), link, limits := OfflineLimits(settings, known))
    issuing = Issuing(HandKept(store), memory, link, clock)
    identifier = Identifier(link, watch, snapshots, clock, memory.refused)
    desk = Desk(settings, clock, identifier, snapshots, jobs, rows, hub)
    desk.last_outcome, watch.back = _last_news(outbox), desk.look_again
    sender = Sender(outbox, link, watch, clock, lambda *a: _answered(redeeming, desk, *a), SetAside(outbox, snapshots))
    redeeming = Redeeming(settings, clock, outbox, rows, jobs, snapshots, desk, sender)
    awaiting, staff = Awaiting(outbox, watch, sender), StaffDesk(settings.staff, clock, desk.staffed)
    choosing = Choosing(settings, clock, outbox, rows, redeeming, awaiting, desk, staff, limits)
    claims = Claims(settings, known, link, jobs)
    topping_up = ToppingUp(settings, clock, known, link, outbox, awaiting, desk, staff)
    cards.also = claims.fetch, topping_up.fetch
    selling = Selling(settings, clock, outbox, awaiting, redeeming, desk, staff, claims)
    undoing = Undoing(settings, clock, outbox, awaiting, redeeming, snapshots, jobs, link, desk, staff)
    services = device_services(settings, clock, desk, jobs, snapshots, CardMarks(memory, clock, cards.hurry), issuing)
    agent = Agent(settings.devices, services, desk.device_changed)
    _tell_screens(hub, staff, issuing)
    desk.devices, desk.is_of_staff, desk.is_new_card = agent.states, staff.shows_card, issuing.claims
    desk.arrived = Visits(settings, clock, desk, link, jobs).look_at_cards
    booking = Booking(settings, clock, store, outbox, selling, undoing, SeenCard(desk))
    tills = Tills(settings, clock, booking, Unreadable(settings, clock, outbox, sender.hurry))
    return Parts(
        settings, clock, store, snapshots, jobs, identifier, hub, watch, desk, sender, rows, redeeming, choosing,
        Quoting(settings, link, watch, desk), selling, undoing, topping_up,
        Pieces(settings, clock, outbox, awaiting, desk, staff, topping_up),
        GiftDesk(settings, clock, outbox, awaiting, desk, staff, link, selling), staff, agent, tills, cards,
        CardDesk(settings, clock, desk, link, snapshots, jobs, staff), Discounts(settings, desk, staff), issuing, link,
        machine, KioskMember(settings, clock, desk, link, jobs), Upkeep(store, known, snapshots, link, watch, clock,
        settings.offline_members), *_fleet(settings, clock, agent, desk, link, watch),
    )  # fmt: skip


def _fleet(
    settings: CounterSettings, clock: Clock, agent: Agent, desk: Desk, link: Link, watch: LinkWatch
) -> tuple[SelfTests, Packing, Reporting]:
    """What the bench and the back office do with whole devices; no check begins while somebody is being served."""
    tests = SelfTests(agent, clock)
    pack = Packing(settings, agent, tests, desk, clock)
    errands = Errands(tests, pack, lambda: desk.till.present is not None)
    return tests, pack, Reporting(agent, link, lambda: watch.state.pending, errands)


def _answered(redeeming: Redeeming, desk: Desk, entry: Entry, outcome: Outcome) -> None:
    """The server's answer to whoever waits for it; what was only noted is awaited by nobody."""
    if not isinstance(outcome, NotedOutcome):
        redeeming.answered(entry, outcome)
        desk.answered(entry, outcome)


def _tell_screens(hub: Hub, staff: StaffDesk, issuing: Issuing) -> None:
    staff.answered = lambda who, ticket: hub.tell("allowed", {"name": who.name, "ticket": ticket})
    issuing.changed = lambda: hub.tell("making", making_view(issuing))


def _tell_time(machine: ServerTime, link: Link, outbox: Outbox, hub: Hub) -> None:
    """Server, outbox and screens hear how wrong this machine's clock is."""
    link.clock_off_s = lambda: round(machine.off_by.total_seconds())
    outbox.clock_off_s = lambda: machine.off_by.total_seconds()
    machine.changed = lambda: hub.tell("clock", clock_view(machine))


NO_NEWS = HoldReward | HoldGift | ReleaseHold | ReportUnreadable
"""Commands that are no news for the cashier by themselves."""


def _last_news(outbox: Outbox) -> dict[str, Any] | None:
    """What the cashier was told last, before the program was started anew."""
    news = (one for one in outbox.latest(9) if not isinstance(one.command, NO_NEWS))
    return next((outcome_view(one, one.outcome) for one in news), None)
