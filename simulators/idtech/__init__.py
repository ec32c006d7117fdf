"""An ID TECH MiniMag on a serial line, or as a USB keyboard.

Faults of the card: stripe_parity, stripe_start, stripe_lrc, half_swipe, wrong_side (simulators.stripe). Of the unit:
silent | noise {times}: what a loose plug makes, before a swipe | power_cut {after_bytes}: the supply fails once so many
bytes were sent; a keyboard counts keys.
"""

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import idtech as it
from loyalty.devices.wire.magstripe.swipe import Swipe
from simulators.card import SimCard
from simulators.hid_line import HidLine
from simulators.stripe import STRIPE_FAULTS, StripeUnit

_NOISE = bytes.fromhex("00fff0ff")
_BITS_PER_CHARACTER = 10
KEY_S = 0.002


class MiniMagUnit(StripeUnit):
    """Hears nothing but its set-up, which is not simulated."""

    faults_known = (*STRIPE_FAULTS, "silent", "noise", "power_cut")

    def drawn(self, card: SimCard) -> None:
        texts, bad = self.texts(card)
        if "silent" not in self.faults and (texts or bad):
            self.type_out(Swipe(texts, bad))

    def type_out(self, swipe: Swipe) -> None:
        data = it.encode(swipe, it.Manner(self.profile["form"], self.profile["lrc"]))
        if self.happens("noise"):
            data = _NOISE + data
        self.pause(len(data) * _BITS_PER_CHARACTER / self.profile["line"]["baudrate"])
        self.say(data[: self.left_of(len(data))], "swipe")

    def left_of(self, count: int) -> int:
        """How much goes out before the supply fails."""
        cut = self.faults.get("power_cut")
        if cut is None:
            return count
        self.clear_faults("power_cut")
        return min(count, int(cut.get("after_bytes", 0)))


class MiniMagKeyboard(MiniMagUnit):
    """Types what the other one sends; no digit of it can be told from its key, so none is logged."""

    hid_line = HidLine

    def type_out(self, swipe: Swipe) -> None:
        text = it.encode(swipe, it.Manner()).decode("ascii")
        reports = it.reports(text)
        self.log.note("<", b"", f"{len(text)} keys")
        for report in reports[: self.left_of(len(reports))]:
            self.pause(KEY_S / 2 if self.speed == "real" else 0)
            self.send(report)


def build(profile: Profile, speed: str) -> MiniMagUnit:
    """For simulators.__main__."""
    return (MiniMagKeyboard if profile["form"] == "keyboard" else MiniMagUnit)(profile, speed)
