"""An Evolis card printer: the vendor's own library opens it, reads and writes stripes, and prints rewritable cards.

Faults: cover_open | card_jam {when: moved|erased|printed} | feeder_empty | ribbon_present | head_temperature
{cooling: true} | mag_read | mag_write | silent | power_cut {after_bytes: n} or {when: moved|erased|printed} |
slow {seconds}
Clearing card_jam means that somebody pulled the card out; clearing power_cut starts the unit afresh.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from simulators.card import SimCard
from simulators.drawer import Drawer
from simulators.evolis.heat import Heat
from simulators.evolis.hosts import HostedUnit
from simulators.evolis.line import RequestLine
from simulators.evolis.panel import Panel, monotonic
from simulators.evolis.works import STAGES, Works
from simulators.face import CardFace, card_png
from simulators.line import TcpLine


def build(profile: Profile, speed: str) -> "EvolisUnit":
    return EvolisUnit(profile, speed)


class EvolisUnit(HostedUnit):
    faults_known = (
        "cover_open", "card_jam", "feeder_empty", "ribbon_present", "head_temperature", "mag_read", "mag_write",
        "silent", "power_cut", "slow",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        width, height = profile["face_dots"]
        self._size = (int(width), int(height))
        self._drawer = Drawer(self._size)
        self.shown = CardFace(self._size)
        self.feeder = int(profile["feeder_cards"])
        self.works = Works(self.changed, Heat(), self._feed, self.faults.get, self._let_pass, self.power_off)
        self.counters = self.works.counters
        self.works.insert_wait_s = float(profile["insert_wait_s"])
        self.panel = Panel(profile, self.works, self.changed, monotonic)
        self.tcp_line = RequestLine if profile["tcp_requests"] else TcpLine

    def put_card(self, card: SimCard) -> None:
        """Held into the slot. The card that is inside, named again, was taken out and is put in again."""
        with self.changed:
            known = self._drawer.find(card)
            if self.works.card is known:
                self.works.card = None
            self.card = self.works.slot = known
            self.shown = known.face
            self.changed.notify_all()

    def take_card(self) -> SimCard | None:
        """From the slot, from inside, or from the hopper: whichever there is first."""
        with self.changed:
            works = self.works
            card = works.slot or works.card or works.out
            works.slot, works.card, works.out = (
                each if each is not card else None for each in (works.slot, works.card, works.out)
            )
            self.card = None
            self.changed.notify_all()
            return card

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key in ("after_bytes", "seconds"):
            value = settings.get(key, 0)
            if not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
        if settings.get("when", STAGES[0]) not in STAGES:
            raise ValueError(f"The setting when of {name} is one of {', '.join(STAGES)}, not {settings['when']!r}.")
        if name == "power_cut" and not settings:
            settings = {"after_bytes": 0}
        super().set_fault(name, settings)
        self.after_hearing()

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            gone = set(self.faults) if name is None else {name} & set(self.faults)
            super().clear_faults(name)
            if "card_jam" in gone and self.works.card is not None:
                self.works.card, self.works.out = None, self.works.card
            if "power_cut" in gone:
                self.power_on()

    def face_png(self) -> bytes:
        with self.lock:
            return card_png(self.shown, float(self.profile["dots_per_mm"]))

    def state(self) -> dict[str, Any]:
        with self.lock:
            works = self.works
            places = (("inside", works.card), ("slot", works.slot), ("hopper", works.out))
            card = works.card or works.slot or works.out
            return {
                **super().state(),
                "position": next((name for name, there in places if there), "none"),
                "sensors": sorted(self.panel.status().flags), "feeder_cards": self.feeder, "tray": works.tray,
                "busy": bool(works.at_work), "waiting_for_card": works.waiting,
                "cycles": card.face.cycles if card else None, "face_blank": card.face.blank if card else None,
            }  # fmt: skip

    def _let_pass(self, seconds: float) -> None:
        self.wait(seconds if self.speed == "real" else min(seconds, 0.002))

    def _feed(self) -> SimCard | None:
        with self.changed:
            if self.feeder <= 0:
                return None
            self.feeder -= 1
            kind = "rewritable" if self.profile["erase"] != "none" else "plain"
            self.card = card = SimCard(kind, face=CardFace(self._size))
            self.shown = card.face
            return card
