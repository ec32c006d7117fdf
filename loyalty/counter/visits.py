"""What a visit asks of the member's cards: a face that is no longer true waits to be printed, a worn card is told of.

Asked after the member is on the screen, never before: nobody waits for it. The face is printed with the sale, which
brings a newer one, or by one press without a sale; printing both would wear the card twice.
"""

import logging
from dataclasses import dataclass

from loyalty.clock import Clock
from loyalty.contract.outcomes import MemberView
from loyalty.counter import till as till_mind
from loyalty.counter.desk import Desk
from loyalty.counter.face import face_of
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import CounterSettings
from loyalty.errors import LoyaltyError

WORN = "card_worn"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visits:
    settings: CounterSettings
    clock: Clock
    desk: Desk
    link: Link
    jobs: PrintJobs

    def look_at_cards(self, member: MemberView) -> None:
        """Of a member who has just come; without the server nothing is known and nothing happens."""
        came = self.clock()
        if not any(device.role == "card_printer" for device in self.settings.devices):
            return
        try:
            cards = self.link.at_counter("GET", f"cards?member={member.id}")["cards"]
        except (Unreachable, LoyaltyError) as error:
            log.info("the member's cards are looked at another time: %s", error)
            return
        if any(card["stale"] for card in cards):
            self.jobs.add_face(member, face_of(member, self.settings, came, masked=False), None, came, armed=False)
        worn = next((card for card in cards if card["worn"] != "fine"), None)
        if worn is not None:
            detail = f"…{worn['ends']}: {worn['rewrites']} / {worn['rewrite_limit']}"
            self.desk.act(lambda till: till_mind.said(till, WORN, detail, came) if _is_here(till, member) else till)


def _is_here(till: till_mind.Till, member: MemberView) -> bool:
    return bool(till.present and till.present.member and till.present.member.id == member.id)
