"""A Sanwa CR-1231R: pulls a card in when it is told to read, keeps one track, pushes the card out.

Faults: card_jam | motor | head_hot | bad_card | write_verify | write_lost | no_card | silent | nak, bad_check {times} |
power_cut {after_bytes: n} | slow {seconds}. Clearing card_jam means that somebody pulled the card out.
"""

import threading
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import BadFrame, LinkByte
from loyalty.devices.wire.sanwa.letters import TRACK_BYTES, Answer, LetterDecoder, Order, Sensors, encode_letters
from simulators.card import SimCard
from simulators.unit import Unit

WORK_S = {"RL": 1.5, "WL": 1.8, "OT": 1.0, "IN": 1.5, "CL": 5.0}
"""Times are ours: none is known."""
STOPPING = {"card_jam": "N4", "motor": "N2", "head_hot": "N6"}
TRACK = "1"


class SanwaStripeSim(Unit):
    faults_known = (
        "card_jam", "motor", "head_hot", "bad_card", "write_verify", "write_lost", "no_card", "silent", "nak",
        "bad_check", "power_cut", "slow",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.place = "none"
        """none, front or inside."""
        self._decoder = LetterDecoder("device")
        self._order: Order | None = None
        self._byte_s = 10 / int(profile["line"]["baudrate"])

    def receive(self, data: bytes) -> None:
        if self.speed == "real":
            self.pause(len(data) * self._byte_s)
        with self.lock:
            cut = self.faults.get("power_cut")
            if cut is not None:
                data, cut["after_bytes"] = data[: cut["after_bytes"]], max(0, cut["after_bytes"] - len(data))
            if "silent" in self.faults or not data:
                return
            for message in self._decoder.feed(data):
                self._take(message)

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        given = {"after_bytes": 0} if name == "power_cut" and not settings else settings
        for key, value in given.items():
            if key in ("times", "after_bytes", "seconds") and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
        super().set_fault(name, given)

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            gone = set(self.faults) if name is None else {name} & set(self.faults)
            super().clear_faults(name)
            if "card_jam" in gone and self.place == "inside":
                self.take_card()
            if "power_cut" in gone:
                self._decoder.reset()
                self._order = None

    def put_card(self, card: SimCard) -> None:
        with self.changed:
            self.card, self.place = card, "front"
            self.changed.notify_all()

    def take_card(self) -> SimCard | None:
        with self.changed:
            card, self.card, self.place = self.card, None, "none"
            self.changed.notify_all()
            return card

    def state(self) -> dict[str, Any]:
        with self.lock:
            waiting = self._order is not None and self._order.name == "RL" and self._seen() != "inside"
            more = {"position": self.place, "busy": self._order is not None, "waiting_for_card": waiting}
            return {**super().state(), **more}

    def _seen(self) -> str:
        return "none" if "no_card" in self.faults else self.place

    def _take(self, message: object) -> None:
        if isinstance(message, BadFrame) or (isinstance(message, Order) and self._spoil("nak")):
            self._say(LinkByte.NAK)
        elif isinstance(message, Order):
            self._say(LinkByte.ACK)
            if message.name == "SS":
                self._say(Answer(Sensors(self._seen(), False).text()))  # type: ignore[arg-type]
            elif message.name == "CA":
                self._call_off()
            else:
                self._order = message
                threading.Thread(target=self._work, args=(message,), daemon=True).start()

    def _call_off(self) -> None:
        stopped, self._order = self._order, None
        self.changed.notify_all()
        if stopped and stopped.name == "RL":
            self._say(Answer("O1"))
        self._say(Answer("OK"))

    def _work(self, order: Order) -> None:
        with self.changed:
            if order.name == "RL":
                self.changed.wait_for(lambda: self._order is not order or self._seen() != "none")
            seconds = WORK_S.get(order.name, 0.0)
            seconds = seconds if self.speed == "real" else min(seconds, 0.005)
            seconds += float(self.faults.get("slow", {}).get("seconds", 0))
            self.changed.wait_for(lambda: self._order is not order, seconds)
            if self._order is order and "power_cut" not in self.faults:
                answer = self._done(order)
                self._order = None
                self._say(answer)

    def _done(self, order: Order) -> Answer:
        known = ("IN", "OT", "CL", "RT", "RL", "WL", "HI")
        if order.name not in known or order.name == "HI":
            return Answer("N9" if order.name == "HI" else "N1")
        for fault, text in STOPPING.items():
            if fault in self.faults:
                self.place = "inside" if self.card else self.place
                return Answer(text)
        if order.name == "RL":
            return self._read()
        if order.name == "WL":
            return self._write(order.more)
        if order.name in ("OT", "IN") and self._seen() == "inside":
            self.place = "front"
        elif order.name == "OT":
            return Answer("ND")
        return Answer("OK")

    def _read(self) -> Answer:
        self.place = "inside"
        if "bad_card" in self.faults or self.card is None:
            return Answer("NF")
        pad = bytes([self.profile["stripe_pad"]])
        text = self.card.tracks.get(TRACK, "").encode("latin-1", "replace")[:TRACK_BYTES]
        return Answer("OK", text.ljust(TRACK_BYTES, pad))

    def _write(self, content: bytes) -> Answer:
        if self.card is None or self._seen() != "inside":
            return Answer("ND")
        text = content.decode("latin-1").rstrip("\x00 ")
        spoilt = {"write_verify", "write_lost"} & set(self.faults)
        self.card.tracks[TRACK] = text[: len(text) // 2] if spoilt else text
        return Answer("N5" if "write_verify" in self.faults else "OK")

    def _spoil(self, name: str) -> bool:
        """Is this fault to strike now? Counts its `times` down."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _say(self, message: Answer | LinkByte) -> None:
        data = encode_letters(message)
        if isinstance(message, Answer) and self._spoil("bad_check"):
            data = data[:-1] + bytes([data[-1] ^ 0xFF])
        self.say(data, message.name if isinstance(message, LinkByte) else message.text)
