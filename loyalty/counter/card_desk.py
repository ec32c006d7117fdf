"""Cards at the till: one that belongs to nobody is given away, a lost one is stopped, another takes its place.

All of it is the server's to decide and needs the line; nothing of it waits in the outbox.
"""

from dataclasses import dataclass
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.counter import till as till_mind
from loyalty.counter.choosing import NoMember, NotOffline
from loyalty.counter.desk import Desk
from loyalty.counter.face import face_of
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import CounterSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.errors import LoyaltyError


class NoNewCard(LoyaltyError):
    """No card waits to be given away."""

    code = "no_new_card"


class SupervisorNeeded(LoyaltyError):
    """Points follow the card, so not everybody may hand out another one."""

    code = "supervisor_needed"


@dataclass(frozen=True)
class CardDesk:
    settings: CounterSettings
    clock: Clock
    desk: Desk
    link: Link
    snapshots: Snapshots
    jobs: PrintJobs
    staff: StaffDesk

    def give(self) -> None:
        """The card that was read is the member's who stands here, from now on."""
        member, token = self._member(), self._new_card()
        self._ask("POST", "cards", {"member": member.id, **_named(token), **self._by()})
        self._welcome(token)

    def enrol(self, id: str, name: str, phone: str | None, language: str) -> None:
        """Somebody new, with the card that was read; they stand here afterwards. Safe to repeat under the same id."""
        token = self._new_card()
        who = {"name": name, "phone": phone, "language": language}
        self._ask("POST", "members", {"id": f"{self.settings.id}:{id}", **who, "cards": [_named(token)], **self._by()})
        self._welcome(token)

    def cards(self) -> list[dict[str, Any]]:
        """`{id, kind, ends, status}` of each card of the member who stands here."""
        found = self._ask("GET", f"cards?member={self._member().id}")
        return list(found["cards"])

    def lose(self, card: str) -> None:
        """Its owner misses it: refused everywhere from now on."""
        self._own(card)
        self._ask("POST", "cards:lose", {"card": card, **self._by()})

    def replace(self, card: str, supervisor: StaffMember | None = None) -> None:
        """The card that was read takes the place of `card`; points and history stay."""
        token = self._new_card()
        self._own(card)
        here = self.staff.here
        if self.staff.known and not (supervisor or (here and here.supervisor)):
            raise SupervisorNeeded("Another card for a member is given out by a supervisor.")
        by = {"staff": supervisor.id} if supervisor else self._by()
        self._ask("POST", "cards:replace", {"card": card, **_named(token), "reason": "replaced at the till", **by})
        self._welcome(token)

    def put_aside(self) -> None:
        """The card that was read is not to be given away."""
        self.desk.act(till_mind.put_aside)

    def _welcome(self, token: Token) -> None:
        """Its owner stands here with it; where there is a card printer the new card gets its face."""
        try:
            member = self.link.lookup(token)
        except Unreachable as error:
            raise NotOffline("The card is the member's now, but could not be shown; scan it once more.") from error
        now = self.clock()
        self.snapshots.keep(member, now, token)
        self.desk.act(lambda till: till_mind.claimed(till, member))
        if any(device.role == "card_printer" for device in self.settings.devices):
            self.jobs.add_face(member, face_of(member, self.settings, now, masked=False), None, now, again=True)

    def _own(self, card: str) -> None:
        if card not in {each["id"] for each in self.cards()}:
            raise NoNewCard("This is no card of the member who stands here; look at the list again.", code="not_found")

    def _member(self) -> MemberView:
        present = self.desk.till.present
        if present is None or present.member is None:
            raise NoMember("Nobody is at the counter; find the member first.")
        return present.member

    def _new_card(self) -> Token:
        token = self.desk.till.unclaimed
        if token is None:
            raise NoNewCard("Scan or tap the new card first.")
        return token

    def _by(self) -> dict[str, str]:
        return {"staff": self.staff.name} if self.staff.name else {}

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        try:
            return self.link.at_counter(method, what, body)
        except Unreachable as error:
            raise NotOffline("Cards are given out and stopped by the server, which cannot be reached now.") from error


def _named(token: Token) -> dict[str, str]:
    return {"kind": token.kind, "token": token.value}
