"""What members do for themselves at the kiosk: see their last purchases, have their card printed again.

A card that anybody may have found shows a balance. Purchases are shown after the member's PIN, or to a chip that has
proven itself; both only while the server can be asked, which counts the wrong PINs.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from loyalty.clock import Clock
from loyalty.contract.hints import Challenge
from loyalty.contract.wire import from_json
from loyalty.counter.desk import Desk
from loyalty.counter.face import face_of
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import CounterSettings
from loyalty.errors import LimitExceeded, LoyaltyError, NotFound

PROVEN = "sun"
"""The kind of credential that a chip signs anew at each tap."""
SHOWN = 8
MOST_CHALLENGES = 3
PRINT_AGAIN = timedelta(minutes=10)
"""Erasing wears a card, so the same member's is not printed over and over."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KioskMember:
    settings: CounterSettings
    clock: Clock
    desk: Desk
    link: Link
    jobs: PrintJobs
    _printed: dict[str, datetime] = field(default_factory=dict)

    @property
    def prints(self) -> bool:
        """There is a card printer here."""
        return any(device.role == "card_printer" for device in self.settings.devices)

    def history(self, pin: str | None) -> dict[str, Any]:
        """`{status, left, sales}`; status: ok, pin (is needed), none (was never set), wrong, closed, offline."""
        kiosk = self.desk.kiosk
        if kiosk.member is None:
            raise NotFound("Nobody is at the kiosk.")
        proven = kiosk.token is not None and kiosk.token.kind == PROVEN
        if not proven and pin is None:
            return {"status": "pin", "left": 0, "sales": []}
        member = kiosk.member.id
        try:
            answer = {"status": "ok", "left": 0} if proven else self.link.try_pin(member, pin or "")
            sales = self.link.last_sold(member, SHOWN) if answer["status"] == "ok" else []
        except Unreachable:
            return {"status": "offline", "left": 0, "sales": []}
        now = self.desk.kiosk.member
        if now is None or now.id != member:  # gone while the server was asked: nothing of theirs leaves
            raise NotFound("Nobody is at the kiosk.")
        rows = [{key: sale.get(key) for key in ("occurred_at", "store", "total", "left")} for sale in sales]
        return {**answer, "sales": rows}

    def challenges(self) -> list[Challenge]:
        """What the member has met and what is near, two or three; nothing without the server."""
        member = self.desk.kiosk.member
        if member is None:
            return []
        try:
            answer = self.link.at_counter("GET", f"challenges?member={quote(member.id, safe='')}")
        except (Unreachable, LoyaltyError) as error:
            log.info("no challenges: %s", error)
            return []
        now = self.desk.kiosk.member
        if now is None or now.id != member.id:  # gone while the server was asked
            return []
        return [from_json(Challenge, each) for each in answer.get("challenges") or ()][:MOST_CHALLENGES]

    def print_card(self) -> None:
        """The member's card is asked for and printed with what is known here, which the face dates; never with less
        than the card shows already."""
        member, now = self.desk.kiosk.member, self.clock()
        if member is None or not self.prints:
            raise NotFound("Nobody is at the kiosk, or it has no card printer.")
        if now - self._printed.get(member.id, now - PRINT_AGAIN) < PRINT_AGAIN:
            raise LimitExceeded("This card was printed just now; come back later or ask at the counter.")
        self._printed[member.id] = now
        face, printed = face_of(member, self.settings, now, masked=False), self.jobs.newest_face(member.id)
        newest = printed if printed and printed.as_of > face.as_of else face
        self.jobs.add_face(member, newest, None, now, again=True)
