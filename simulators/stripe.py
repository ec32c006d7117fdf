"""What every simulated stripe reader shares: cards drawn through its slot, stripes that age, logs without numbers."""

from typing import Any

from loyalty.contract.bank_card import DigitMask, masked
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire.magstripe.swipe import bare
from simulators.card import CardInvalid, SimCard
from simulators.unit import FaultUnknown, Unit
from simulators.wirelog import WireLog

STRIPE_FAULTS = ("stripe_parity", "stripe_start", "stripe_lrc", "half_swipe", "wrong_side")
"""Of the card or the hand: on the preferred track a bit, the start sentinel or the check character is wrong; the card
is pulled out midway; it is drawn through with its stripe on the other side."""
_NUMBERS = ("times", "after_bytes", "track")


class StripeLog(WireLog):
    """Shows six digits in a row at most, and nothing of what a fault of the line did."""

    def __init__(self) -> None:
        super().__init__()
        self._masks = {">": DigitMask(), "<": DigitMask()}

    def note(self, direction: str, data: bytes, meaning: str = "") -> None:
        mask = self._masks.get(direction)
        super().note(direction, mask.feed(data) if mask else b"*" * len(data), meaning)


class StripeUnit(Unit):
    """A slot. Subclasses say in `drawn` what their unit sends for the bits on the stripe."""

    faults_known: tuple[str, ...] = STRIPE_FAULTS

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.log = StripeLog()
        self._heard_by_host = False

    def plugged(self, connected: bool) -> None:
        with self.changed:
            self._heard_by_host = connected
            self.changed.notify_all()

    def drawn(self, card: SimCard) -> None:
        """A card passes the head."""

    def put_card(self, card: SimCard) -> None:
        """A card is drawn through; it stays known as the one in the hand, so that writing changes it."""
        checked(card)
        super().put_card(card)
        self.count("swipes")
        self.drawn(card)

    def swipe(self, tracks: dict[str, str]) -> None:
        """A card with these tracks is drawn through; sentinels may be given or not."""
        if not tracks:
            raise CardInvalid('A swipe names its tracks, such as {"tracks": {"2": "1001"}}.')
        self.put_card(SimCard.from_json({"kind": "magnetic", "tracks": {n: bare(text) for n, text in tracks.items()}}))

    def bits(self, card: SimCard) -> dict[int, list[int]]:
        """What passes the head: each track's bits, with whatever befell the card. Blank tracks are left out."""
        if "wrong_side" in self.faults:
            return {}
        found = {int(n): ms.bits_of(ms.ISO[int(n)], text, 25, 25) for n, text in card.tracks.items() if text}
        for bits in found.values():
            if "half_swipe" in self.faults:
                del bits[25 + (len(bits) - 50) // 2 :]
        for fault, beside_start, from_end in (("stripe_start", 1, 0), ("stripe_parity", 0, 0), ("stripe_lrc", 0, 26)):
            track = int(self.faults.get(fault, {}).get("track", 2 if 2 in found else min(found, default=0)))
            if fault in self.faults and track in found:
                wide = ms.ISO[track].bits + 1
                found[track][-from_end if from_end else 25 + (beside_start or wide)] ^= 1
        return found

    def texts(self, card: SimCard) -> tuple[dict[int, str], tuple[int, ...]]:
        """The tracks as a unit's own decoder sees them, without sentinels, and those that it cannot read."""
        found: dict[int, str] = {}
        bad = []
        for track, bits in self.bits(card).items():
            try:
                text = ms.either_way(ms.ISO[track], bits)
            except ms.Damaged:
                bad.append(track)
            else:
                found |= {track: text} if text else {}
        return found, tuple(bad)

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items() if name in self.faults_known else ():
            if key not in _NUMBERS or not str(value).isdigit():
                raise FaultUnknown(f"{name} takes {' or '.join(_NUMBERS)}, whole numbers, not {key} = {value!r}.")
        super().set_fault(name, settings)

    def happens(self, name: str) -> bool:
        """True when the fault is set, as often as its `times` (once without); then it clears itself."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def count(self, what: str) -> None:
        with self.lock:
            self.counters[what] = self.counters.get(what, 0) + 1

    def state(self) -> dict[str, Any]:
        """A card's tracks show six digits in a row at most; host_connected: false while a swipe goes nowhere."""
        found = {**super().state(), "host_connected": self._heard_by_host}
        if found["card"]:
            found["card"]["tracks"] = {n: masked(text) for n, text in found["card"]["tracks"].items()}
        return found


def checked(card: SimCard) -> None:
    """CardInvalid for a track that cannot hold what it is said to hold."""
    for number, text in card.tracks.items():
        if fault := ms.ISO[int(number)].fault_of(text):
            raise CardInvalid(f"Track {number} {fault}.")
