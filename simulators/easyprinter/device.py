"""An ANA-U EasyPrinter S3: hears its language without frames, holds a card or waits for one, wears its face down.

Faults: card_jam, card_pulled {when: moved|erased|printed} | cover_open | head_temperature | no_card (blind sensors) |
hopper_empty | uid_unreadable | silent | power_cut {after_bytes: n} or {when: …} | slow {seconds} | reconnect {seconds}:
a new host is not let in for so long after the last one has left (at real speed always, `boot_s` of the profile)
Clearing card_jam means that somebody pulled the card out; clearing power_cut switches the unit on again.
"""

import copy
import threading
import time
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter import replies
from loyalty.devices.wire.easyprinter.decoder import Decoder
from loyalty.devices.wire.easyprinter.messages import DisplayText, Message, Move, Plain, Unknown
from simulators.card import CardInvalid, SimCard
from simulators.drawer import Drawer
from simulators.easyprinter.memory import Memory
from simulators.easyprinter.words import reply_words, rows_of
from simulators.easyprinter.works import STAGES, Job, Place, Stopped, Works
from simulators.evolis.heat import Heat
from simulators.face import CardFace, card_png
from simulators.unit import Unit

HAND_S = 30.0
"""How long a hand waits with the next card while the unit is at work."""
CHIPS = ("rewritable", "classic1k", "classic4k", "ultralight", "ntag213", "ntag215", "ntag216", "ntag424", "desfire")
"""Kinds whose number the unit reads, where they have one."""
MOVES = {Plain.FEED_FRONT: "feed_front", Plain.FEED_HOPPER: "feed_hopper", Plain.EJECT: "eject"}


def build(profile: Profile, speed: str) -> "EasyPrinterUnit":
    return EasyPrinterUnit(profile, speed)


class EasyPrinterUnit(Unit):
    faults_known = (
        "card_jam", "card_pulled", "cover_open", "head_temperature", "no_card", "hopper_empty", "uid_unreadable",
        "silent", "power_cut", "slow", "reconnect",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.counters.update(moves=0, prints=0)
        width, height = profile["face_dots"]
        self._drawer = Drawer((int(width), int(height)))
        self.shown = CardFace((int(width), int(height)))
        self._decoder, self.memory = Decoder(), Memory()
        self.display: tuple[str, ...] = ()
        self._hopper = int(profile["hopper_cards"])
        self._dead, self._job, self._left_at = False, Job("none"), 0.0
        self._job.stopped = True
        self.works = Works(
            self.changed, Heat(), profile["works_s"], self.counters, self._let_pass, self.faults.get,
            self._from_hopper, self._power_off,
        )  # fmt: skip

    def receive(self, data: bytes) -> None:
        with self.lock:
            cut = self.faults.get("power_cut")
            if self._dead or "silent" in self.faults:
                self.log.note(">", data, "nobody hears it")
            elif cut is not None and "after_bytes" in cut:
                heard, left = data[: cut["after_bytes"]], cut["after_bytes"] - len(data)
                cut["after_bytes"] = max(0, left)
                self._hear(heard)
                if left <= 0:
                    self._power_off()
            else:
                self._hear(data)

    def plugged(self, connected: bool) -> None:
        wait_s = float(self.profile["boot_s"]) if self.speed == "real" else 0.0
        wait_s = float(self.faults.get("reconnect", {}).get("seconds", wait_s))
        if not connected:
            self._left_at = time.monotonic()
        elif self._left_at and time.monotonic() < self._left_at + wait_s:
            self.hang_up()

    def put_card(self, card: SimCard) -> None:
        """Held into the slot. The card that is already in, named again, was taken out and put back."""
        with self.changed:
            self._wait_for_hand()
            known = self._drawer.find(card)
            self.shown, self.card = known.face, known
            self.works.put(known)

    def take_card(self) -> SimCard | None:
        with self.changed:
            self._wait_for_hand()
            self.card = None
            return self.works.take()

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items():
            if key in ("after_bytes", "seconds") and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
            if key == "when" and value not in STAGES:
                raise ValueError(f"The setting when of {name} is one of {', '.join(STAGES)}, not {value!r}.")
        if name == "power_cut" and not settings:
            settings = {"after_bytes": 0}
        super().set_fault(name, settings)

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            gone = set(self.faults) if name is None else {name} & set(self.faults)
            super().clear_faults(name)
            if "card_jam" in gone and self.works.jammed:
                self.card = None
                self.works.take()
            if "power_cut" in gone:
                self._power_off()
                self._dead = False

    def face_png(self) -> bytes:
        with self.lock:
            return card_png(self.shown, float(self.profile["dots_per_mm"]))

    def state(self) -> dict[str, Any]:
        with self.lock:
            card = self.card = self.works.card
            return {
                **super().state(),
                "position": self.works.place.value, "state_byte": f"{self.works.state().byte:02X}",
                "buffers_empty": self.memory.empty, "busy": not self._job.stopped,
                "waiting_for_card": self.works.waiting, "display": list(self.display),
                "cycles": card.face.cycles if card else None, "face_blank": card.face.blank if card else None,
            }  # fmt: skip

    def _hear(self, data: bytes) -> None:
        messages = self._decoder.feed(data)
        for row, words in rows_of(messages):
            self.log.note(">", row, words)
        for message in messages:
            self._obey(message)

    def _obey(self, message: Message) -> None:
        """The lock is held."""
        match message:
            case Plain.STATE:
                self._answer(self.works.state())
            case Plain.FIRMWARE:
                self._answer(replies.TextReply(self.profile["firmware_sample"]))
            case Plain.SERIAL_NUMBER:
                self._answer(replies.TextReply(self.profile["serial_sample"]))
            case Plain.CARD_DIRECTION:
                self._answer(replies.TextReply("0"))
            case Plain.MIFARE_UID:
                self._answer(replies.UidReply(self._uid()))
            case Plain.FEED_FRONT | Plain.FEED_HOPPER | Plain.EJECT:
                self._begin(Job(MOVES[message]))
            case Plain.ABORT_FEED:
                self._stop_waiting()
            case Plain.START:
                self._start()
            case Plain.REBOOT:
                threading.Thread(target=self._reboot, daemon=True).start()
            case DisplayText(lines):
                self.display = lines
            case Plain.DISPLAY_DEFAULT:
                self.display = ()
            case Unknown() | Move() | Plain.CARD_UID | Plain.TOGGLE_CARD:
                pass  # what the unit makes of these is not known
            case _:
                self.memory.take(message)

    def _answer(self, reply: replies.Reply) -> None:
        self.say(replies.encode(reply), reply_words(reply))

    def _uid(self) -> str:
        card = self.works.card
        if card is None or self.works.place is not Place.INSIDE or "uid_unreadable" in self.faults:
            return ""
        return card.uid if card.kind in CHIPS else ""

    def _start(self) -> None:
        """Print what was received, if there is a card; it is gone from the memory either way."""
        if not self._job.stopped:
            return
        document, self.memory = self.memory, Memory()
        if self.works.place is Place.INSIDE and "no_card" not in self.faults:
            self.works.printing = True
            self._begin(Job("print"), copy.copy(document))

    def _begin(self, job: Job, document: Memory | None = None) -> None:
        if not self._job.stopped:
            return  # one movement at a time
        self._job = job
        threading.Thread(target=self._work, args=(job, document), daemon=True).start()

    def _work(self, job: Job, document: Memory | None) -> None:
        try:
            if document:
                self.works.print(job, document)
            elif job.kind == "eject":
                self.works.eject(job)
            else:
                self.works.feed(job)
        except Stopped:
            pass
        with self.changed:
            job.stopped = True
            self.changed.notify_all()

    def _stop_waiting(self) -> None:
        if self.works.waiting:
            self._job.stopped, self.works.waiting = True, False
            self.changed.notify_all()

    def _power_off(self) -> None:
        """Everything volatile is lost; the card stays where it is."""
        with self.changed:
            self._dead = True
            self._job.stopped = True
            self.works.waiting = self.works.printing = self.works.printed = False
            self.memory.clear()
            self._decoder.reset()
            self.changed.notify_all()

    def _reboot(self) -> None:
        self._power_off()
        self.hang_up()
        self.pause(float(self.profile["works_s"]["boot"]))
        with self.changed:
            self._dead = "power_cut" in self.faults

    def _let_pass(self, job: Job, seconds: float) -> None:
        seconds = seconds if self.speed == "real" else min(seconds, 0.01)
        seconds += float(self.faults.get("slow", {}).get("seconds", 0))
        with self.changed:
            self.changed.wait_for(lambda: job.stopped, seconds)
            if job.stopped:
                raise Stopped

    def _wait_for_hand(self) -> None:
        """A card that is being moved is not pulled at; the hand waits until the unit has finished."""
        if not self.changed.wait_for(lambda: self._job.stopped or self.works.waiting, HAND_S):
            raise CardInvalid("The unit is still at work with a card; try again when it has finished.")

    def _from_hopper(self) -> SimCard | None:
        if self._hopper == 0 or "hopper_empty" in self.faults:
            return None
        self._hopper -= 1
        card = self._drawer.find(SimCard("rewritable", f"04{0xE50000 + self._hopper:06X}"))
        self.shown = card.face
        return card
