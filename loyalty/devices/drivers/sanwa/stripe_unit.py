"""The CR-1231R: takes a card in, reads and writes its one track, pushes it out. It does not print."""

import contextlib
import threading
import time

from loyalty.devices.drivers.sanwa.letter_link import EJECT, READ, SENSORS, START, WRITE, LetterLink
from loyalty.devices.drivers.sanwa.link import SLICE_S
from loyalty.devices.drivers.sanwa.tracks import padded, text_of
from loyalty.devices.drivers.sanwa.troubles import KINDS, UNKNOWN, UNTOUCHED, stage
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.devices.wire.sanwa.letters import Answer, Order, Sensors
from loyalty.errors import Cancelled, CardJam, DeviceError, Garbled, NeedsRepair, NoCard, StripeWriteFailed

TRACK = 1


class SanwaStripeUnit:
    """CR-1231R.  magnetic: one track of 69 | waits until cancelled | no printer. Thread-safe; one verb at a time."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._link = LetterLink(transport, profile)
        self._answers = {row["text"]: row for row in profile["answers"]}
        self._lock = threading.RLock()
        self.tracks: tuple[int, ...] = (TRACK,)
        self._handed_out = False
        self._fault: DeviceError | None = None

    def start(self) -> None:
        """End what an earlier program left waiting."""
        with self._lock:
            self._link.flush()
            self._link.call_off()
            self._sensors()

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY)
        try:
            if self._sensors().card != "inside" and isinstance(self._fault, CardJam):
                self._fault = None
            fault = self._fault
        finally:
            self._lock.release()
        if fault is None:
            return UnitStatus(Health.READY)
        health = Health.FAULT if isinstance(fault, NeedsRepair) else Health.NEEDS_PERSON
        return UnitStatus(health, fault.code, fault.advice, str(fault))

    def position(self) -> CardPosition:
        """A card in the slot is one that was handed out until the slot was seen empty; the unit does not tell."""
        with self._lock:
            card = self._sensors().card
            self._handed_out = self._handed_out and card == "front"
            if card == "inside":
                return CardPosition.INSIDE
            if card == "none":
                return CardPosition.NONE
            return CardPosition.REMOVAL_WAIT if self._handed_out else CardPosition.INLET

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """Reading is what pulls a card in. NoCard after timeout_s; Cancelled, a card that slipped in given back."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            if self.position() is CardPosition.INSIDE:
                return
            stop = self._await_removal(deadline, cancelled)
            if not stop:
                self._link.deliver(Order(READ))
                answer = None
                while answer is None and not (stop := cancelled()) and time.monotonic() < deadline:
                    answer = self._link.answer(SLICE_S)
                if answer is None:
                    self._link.call_off()
            inside = self.position() is CardPosition.INSIDE
            if stop:
                if inside:
                    self.eject()
                raise Cancelled()
            if not inside:
                raise NoCard("Nobody put a card in.")

    def read_stripe(self, track: int) -> str | None:
        """What the track carries, None when it carries nothing; None also for a track without a head."""
        if track != TRACK:
            return None
        with self._lock:
            self._need_card()
            text = text_of(self._ask(Order(READ)).data, track)
        return no_bank_card(track, text, self._profile["own_numbers"])

    def write_stripe(self, tracks: dict[int, str]) -> None:
        """Written, read back and compared. `half` of an error: untouched or unknown."""
        with stage(UNTOUCHED):
            contents = {track: padded(self._profile, track, text) for track, text in tracks.items()}
        with self._lock:
            for track, content in contents.items():
                with stage(UNTOUCHED):
                    self._need_card()
                with stage(UNKNOWN):
                    self._ask(Order(WRITE, content))
                    if (self.read_stripe(track) or "") != tracks[track].rstrip(" "):
                        raise StripeWriteFailed(f"Track {track} does not read back as it was written.")

    def eject(self) -> None:
        """Push the card out; nothing when there is none inside."""
        with self._lock:
            if self.position() is not CardPosition.INSIDE:
                return
            self._handed_out = True
            with contextlib.suppress(NoCard):  # somebody was quicker, or the order was heard twice
                self._ask(Order(EJECT, b"0"))
            if self._sensors().card == "inside":
                self._fault = CardJam("The card is still inside although the unit says that it was pushed out.")
                raise self._fault

    def reset(self) -> None:
        with self._lock:
            self.eject()
            self._ask(Order(START))
            self._fault = None

    def close(self) -> None:
        self._transport.close()

    def _need_card(self) -> None:
        if self.position() is not CardPosition.INSIDE:
            raise NoCard()

    def _await_removal(self, deadline: float, cancelled: AskCancelled) -> bool:
        while self.position() is CardPosition.REMOVAL_WAIT:
            if cancelled():
                return True
            if time.monotonic() >= deadline:
                advice = "Take the card out, then put the next one in."
                raise NoCard("The last card is still in the slot.", advice=advice)
            time.sleep(SLICE_S)
        return False

    def _sensors(self) -> Sensors:
        try:
            return Sensors.parse(self._ask(Order(SENSORS)).text)
        except ValueError as error:
            raise Garbled(f"The unit's sensors make no sense: {error}.") from error

    def _ask(self, order: Order) -> Answer:
        """The answer to an order that was carried out; the error it stands for otherwise."""
        answer = self._link.ask(order)
        row = self._answers.get(answer.text)
        if row is None or not row["error"]:
            return answer
        error = KINDS[row["error"]](f"The unit answers {answer.text}: {row['means']}.", advice=row.get("advice"))
        if isinstance(error, CardJam | NeedsRepair):
            self._fault = error
        raise error
