"""What every simulated device shares: a line it speaks on, a card or none, faults by name, and its pace."""

import threading
import time
from collections.abc import Callable
from typing import Any

from loyalty.devices.profiles import Profile
from simulators.card import CardInvalid, SimCard
from simulators.wirelog import WireLog

LINE_FAULTS = ("cut", "drop", "delay", "garble", "duplicate", "late", "mute")


class FaultUnknown(ValueError):
    """This device has no fault of that name."""


class Unit:
    """A device. Subclasses say what they do with bytes (`receive`), cards, scans and faults.

    `send` puts bytes on the line. `pause` waits as long as the real unit would, or hardly at all at `--speed fast`.
    Everything that touches the unit's state holds `lock`; `changed` is set at every change.
    """

    faults_known: tuple[str, ...] = ()

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        self.profile, self.speed = profile, speed
        self.card: SimCard | None = None
        self.taken_out: SimCard | None = None
        """The card that was here last, with what it remembers: it can be put back."""
        self.faults: dict[str, dict[str, Any]] = {}
        self.counters: dict[str, int] = {}
        self.log = WireLog()
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.send: Callable[[bytes], None] = lambda data: None
        """Set by the line when it is plugged in."""
        self.hang_up: Callable[[], None] = lambda: None
        """Breaks off what is connected, as a pulled cable does; set by the line."""
        self.unplug: Callable[[], None] = lambda: None
        """Ends the line for good: the port is gone; set by the line."""

    def receive(self, data: bytes) -> None:
        """Bytes from the host, in any pieces. Called on the line's own thread."""

    def plugged(self, connected: bool) -> None:
        """The host opened or closed the line."""

    def say(self, data: bytes, meaning: str = "") -> None:
        """Note and send."""
        self.log.note("<", data, meaning)
        self.send(data)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds if self.speed == "real" else min(seconds, 0.01))

    def put_card(self, card: SimCard) -> None:
        """A card is put in or tapped; one already there is taken away first."""
        with self.changed:
            self.card = card
            self.changed.notify_all()

    def take_card(self) -> SimCard | None:
        with self.changed:
            card, self.card = self.card, None
            self.taken_out = card or self.taken_out
            self.changed.notify_all()
            return card

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        if name not in (*LINE_FAULTS, *self.faults_known):
            known = ", ".join((*LINE_FAULTS, *self.faults_known))
            raise FaultUnknown(f"{self.profile.name} has no fault {name!r}; it knows {known}.")
        with self.changed:
            self.faults[name] = settings
            self.changed.notify_all()
        if name == "cut":
            self.hang_up()

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            if name is None:
                self.faults.clear()
            else:
                self.faults.pop(name, None)
            self.changed.notify_all()

    def scan(self, data: str, symbology: str) -> None:
        raise CardInvalid(f"{self.profile.name} is no barcode scanner.")

    def swipe(self, tracks: dict[str, str]) -> None:
        raise CardInvalid(f"{self.profile.name} has no slot to swipe a card through.")

    def face_png(self) -> bytes | None:
        """The face of the card in or last out of the unit; None when it has none."""
        return None

    def paper_png(self) -> bytes | None:
        return None

    def state(self) -> dict[str, Any]:
        with self.lock:
            return {
                "profile": self.profile.name, "roles": list(self.profile.roles), "simulated": True,
                "card": self.card.to_json() if self.card else None, "faults": self.faults,
                "faults_known": [*LINE_FAULTS, *self.faults_known], "counters": dict(self.counters), "busy": False,
            }  # fmt: skip
