"""Cards for many, worked off here: fetched from the server one by one, made at printer and reader, told by step.

A thread of its own talks to the server; printer and reader only ask what is to be done and say what was done. Who is
served at the counter comes first: a face that waits for a member's card is printed before any card of a job.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from loyalty.clock import Clock, parse_rfc3339
from loyalty.contract.card_report import PRINTED, CardReport
from loyalty.contract.token import Token
from loyalty.counter.card_in_hand import Hand, HandKept, fresh_number
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.link import Link, Unreachable, read_member
from loyalty.errors import Conflict, LoyaltyError
from loyalty.ids import new_id

IDLE_S, EVERY_S, RETRY_S = 15.0, 4.0, 2.0
PAUSED, RUNNING = "paused", "running"
AT_PRINTER = ("stripe", "face")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far the job of this counter is, as the server said last."""

    id: str
    name: str
    status: str
    cards: int
    done: int
    failed: int


@dataclass(frozen=True)
class Trouble:
    """What is the matter with the card in hand, empty when nothing is. `cause` is a code of loyalty.errors."""

    sentence: str = ""
    cause: str = ""
    advice: str = ""


class Issuing:
    """Thread-safe. `changed` is called whenever `progress`, `hand` or `trouble` became another."""

    def __init__(self, kept: HandKept, memory: CardMemory, link: Link, clock: Clock) -> None:
        self._kept, self._memory, self._link, self._clock = kept, memory, link, clock
        self._lock = threading.RLock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self.hand: Hand | None = kept.read()
        self.progress: Progress | None = None
        self.trouble = Trouble()
        """About the card in hand, for the screen."""
        self.halves: tuple[str, str] | None = None
        """How far face and stripe of that card got where a job broke off, in the words of devices.card_order."""
        self.changed: Callable[[], None] = lambda: None
        self._sure = self.hand is None  # a card from before a restart: the server says whether it still counts
        self._thread = threading.Thread(target=self._run, name="issuing", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    # what printer and reader ask and say
    def at_printer(self) -> Hand | None:
        """The card whose stripe or face is to be made now; a pause lets a card that was begun end."""
        hand = self.hand
        return hand if self._may_go_on(hand) and hand and hand.step in AT_PRINTER else None

    def claims(self, token: Token) -> bool:
        """Is this unknown chip the one that the job waits for? Then it is the member's card from now on."""
        hand = self.hand
        if token.kind != "card_uid" or not self._may_go_on(hand) or hand is None or hand.step != "chip":
            return False
        return self.did(hand, "chip", token.value)

    def did(self, hand: Hand, step: str, token: str | None = None, **printed: str) -> bool:
        """The step is done, which is on the disk before this returns; False when the card is another one by now."""
        with self._lock:
            if self.hand is None or (self.hand.job, self.hand.place) != (hand.job, hand.place):
                return False
            self._take(replace(self.hand.after(step, token), **printed))  # type: ignore[arg-type]
        self._wake.set()
        return True

    def say(self, trouble: Trouble, halves: tuple[str, str] | None = None) -> None:
        if (trouble, halves) != (self.trouble, self.halves):
            self.trouble, self.halves = trouble, halves
            self.changed()

    # what the person at the counter does
    def steer(self, verb: str) -> None:
        """pause or resume; Conflict where there is no job, Unreachable without the server."""
        if self.progress is None:
            raise Conflict("No cards are being made at this counter.")
        self._link.at_counter("POST", "issue-cards:steer", {"job": self.progress.id, "verb": verb})
        self._fetch()

    def spoilt(self) -> None:
        """The card in hand cannot be used: the job goes on with the next one, and this member's is made again later."""
        hand = self.hand
        if hand is None:
            raise Conflict("No card is being made at this counter.")
        self._give_up(hand, Trouble("The card was spoilt."))
        self._wake.set()

    def exchange(self) -> None:
        """Once: tell what was done, fetch what comes next. Unreachable when the server is away."""
        if not self._sure:
            self._fetch()
        while (hand := self.hand) is not None and (step := _untold(hand)) is not None:
            self._tell(hand, step)
        if self.hand is None or self.hand.step is not None:
            self._fetch()

    def _tell(self, hand: Hand, step: str) -> None:
        body = {"job": hand.job, "place": hand.place, "step": step, "token": hand.token}
        try:
            self._link.at_counter("POST", "issue-cards:step", body)
        except LoyaltyError as error:  # somebody has this card, or the job was cancelled meanwhile
            self._give_up(hand, Trouble(str(error), error.code))
            return
        with self._lock:
            if self.hand is not None and (self.hand.job, self.hand.place) == (hand.job, hand.place):
                done = replace(self.hand, told=(*self.hand.told, step))
                ended = len(done.told) == len(done.steps)
                if ended:
                    self._report(done)
                self._take(None if ended else done)

    def _report(self, hand: Hand) -> None:
        """What is on the new card, for the server's knowledge of it."""
        if hand.face_as_of is None or hand.credential is None:
            return
        now = self._clock()
        self._memory.report(
            CardReport(
                new_id("crd", now), PRINTED, now, hand.credential, hand.member.id,
                face_as_of=parse_rfc3339(hand.face_as_of), face_design=self._memory.face()[0],
                face_digest=hand.face_digest,
            )
        )  # fmt: skip

    def _give_up(self, hand: Hand, trouble: Trouble) -> None:
        try:
            body = {"job": hand.job, "place": hand.place, "sentence": trouble.sentence[:500]}
            self._link.at_counter("POST", "issue-cards:failed", body)
        except LoyaltyError as error:
            log.warning("a card of job %s: %s", hand.job, error)
        with self._lock:
            self._take(None)
        self.say(trouble)

    def _fetch(self) -> None:
        answer = self._link.at_counter("POST", "issue-cards:next", {})
        with self._lock:
            self._sure = True
            job = answer.get("job")
            names = ("id", "name", "status", "cards", "done", "failed")
            self.progress = Progress(*(job[name] for name in names)) if job else None
            card, hand = answer.get("card"), self.hand
            if card is None:
                self._take(None)
            elif hand is None or (hand.job, hand.place) != (card["job"], card["place"]):
                self._take(_begun(answer))
            else:
                self.changed()

    def _take(self, hand: Hand | None) -> None:
        if hand != self.hand:
            if hand is None or self.hand is None or hand.done != self.hand.done:
                self.trouble, self.halves = Trouble(), None
            self._kept.write(hand)
            self.hand = hand
        self.changed()

    def _may_go_on(self, hand: Hand | None) -> bool:
        resting = self.progress is None or self.progress.status == PAUSED
        return hand is not None and self._sure and not (resting and not hand.done)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            rest_s = IDLE_S
            try:
                self.exchange()
                rest_s = EVERY_S if self.progress else IDLE_S
            except (Unreachable, LoyaltyError) as error:
                log.info("cards are made later: %s", error)
                rest_s = RETRY_S
            except Exception:  # nothing about a job may end this thread; it is logged and tried again
                log.exception("the making of cards failed")
            self._wake.wait(rest_s)


def _untold(hand: Hand) -> str | None:
    return next((step for step in hand.done if step not in hand.told), None)


def _begun(answer: dict[str, Any]) -> Hand:
    """A card as the server hands it out. Steps that it knows of already were done by a counter that lost its disk."""
    card, member = answer["card"], read_member(answer["view"])
    token = member.number if card["kind"] == "barcode" else None
    return Hand(card["job"], card["place"], card["kind"], tuple(card["steps"]), member, fresh_number(), token=token)
