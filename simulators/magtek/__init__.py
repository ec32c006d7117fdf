"""A MagTek swipe reader on USB: one report for each card drawn through.

Faults of the card: stripe_parity, stripe_start, stripe_lrc, half_swipe, wrong_side (simulators.stripe). Of the unit:
silent: it says nothing | refuse {times}: a question is answered with a failure | bad_report {times}: a report of
another model. What USB carries it checks itself: damage on the cable is sent again and arrives whole.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire import magtek as mt
from simulators.card import SimCard
from simulators.hid_line import HidLine
from simulators.stripe import STRIPE_FAULTS, StripeUnit

_NONE, _ISO = mt.ENCODINGS.index("none"), 0


class MagtekUnit(StripeUnit):
    """Holds nothing: a swipe that no host hears is gone."""

    hid_line = HidLine
    faults_known = (*STRIPE_FAULTS, "silent", "refuse", "bad_report")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._answer = mt.Result(1)
        self._values = {
            mt.GetProperty.SOFTWARE_ID: str(profile["software_id"]).encode(), mt.GetProperty.SERIAL: b"B0815",
            mt.GetProperty.TRACKS_ENABLED: b"\x95", mt.GetProperty.INTERFACE: b"\x00",
        }  # fmt: skip

    def drawn(self, card: SimCard) -> None:
        if "silent" in self.faults:
            return
        texts, bad = self.texts(card)
        tracks = {n: chr(ms.ISO[n].start + ms.ISO[n].base) + text + "?" for n, text in texts.items()}
        report = mt.encode(mt.CardData(tracks, bad, _ISO if tracks or bad else _NONE), self.profile["track_room"])
        if self.happens("bad_report"):
            report = report[:64]
        names = ", ".join(f"track {track}" for track in sorted(tracks)) or "nothing"
        self.say(report, f"swipe: {names}" + (f"; unreadable {bad}" if bad else ""))

    def set_feature(self, data: bytes) -> None:
        command = mt.decode_command(data)
        self.log.note(">", data, str(command))
        self._answer = mt.Result(2)
        if self.happens("refuse"):
            self._answer = mt.Result(1)
        elif isinstance(command, mt.GetProperty) and command.property in self._values:
            self._answer = mt.Result(0, self._values[command.property])
        elif isinstance(command, mt.SetProperty) and command.property == mt.GetProperty.TRACKS_ENABLED:
            self._values[command.property] = command.value[:1]
            self._answer = mt.Result(0)
        elif isinstance(command, mt.ResetDevice):
            self._answer = mt.Result(0)

    def get_feature(self) -> bytes:
        report = mt.encode_feature(self._answer)
        self.log.note("<", report, self._answer.meaning)
        return report

    def state(self) -> dict[str, Any]:
        return {**super().state(), "tracks_enabled": self._values[mt.GetProperty.TRACKS_ENABLED].hex()}


def build(profile: Profile, speed: str) -> MagtekUnit:
    """For simulators.__main__."""
    return MagtekUnit(profile, speed)
