"""MagTek's USB HID swipe readers, and others that send MagTek's report.

=================  =======  ==============================================================
function           support  remarks
=================  =======  ==============================================================
card drawn, read   yes      tracks 1 to 3 as the reader decodes them; one report a swipe
software, serial   yes      through the feature report; not every make has one
encrypting models  no       they encrypt for a bank; use them for nothing but payment
bank cards         refused  neither read out nor traced
=================  =======  ==============================================================

The reader checks parity and LRC, USB checks what it carries. Not for use from several threads at once.
"""

import time
from collections.abc import Callable

from loyalty.devices.interfaces import Cancelled as IsCancelled
from loyalty.devices.interfaces import Health, Reading, ReportLink, Seen, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import magtek as mt
from loyalty.devices.wire.magstripe.swipe import Swipe, bare, token_of, whole
from loyalty.errors import Cancelled, Garbled, NoCard, Rejected

SLICE_S = 0.1
_DRAW = "Draw the card through the slot, stripe to the head, in one go."


class MagtekReader:
    """loyalty.devices.interfaces.StripeReader. Tokens are `magstripe`: a track's data without sentinels.

    transport: open reports (hid:…, hid+unix://…). monotonic: seconds, for time-outs only.
    """

    def __init__(
        self, transport: ReportLink, profile: Profile, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._name = ""

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card drawn through (always Seen), or None. See StripeReader; LinkLost when it was unplugged."""
        swipe = self._swipe(timeout_s)
        if swipe is None:
            return None
        order, own = self._profile["token_tracks"], self._profile["own_numbers"]
        return Seen(token_of(swipe, order, own, self._transport.url))

    def read(self, timeout_s: float, cancelled: IsCancelled) -> dict[int, str]:
        """Every track of the next card, blank ones left out; a card drawn before the call does not count."""
        while self._transport.read(0):
            pass
        deadline = self._now() + timeout_s
        while (swipe := self._swipe(SLICE_S)) is None:
            if cancelled():
                raise Cancelled("Waiting for a card was called off.")
            if self._now() >= deadline:
                raise NoCard("No card was drawn through the slot.", advice=_DRAW)
        return whole(swipe, self._profile["own_numbers"])

    def status(self) -> UnitStatus:
        """READY with the reader's software; one without a feature report is READY while it is plugged in."""
        if self._profile["has_features"] and not self._name:
            self._name = self.property(mt.GetProperty.SOFTWARE_ID).decode("ascii", "replace")
        return UnitStatus(Health.READY, detail=f"software {self._name}" if self._name else "plugged in")

    def property(self, number: int) -> bytes:
        """The value of one of mt.GetProperty's properties; Rejected when the reader has no such one."""
        self._transport.set_feature(mt.encode_feature(mt.GetProperty(number)))
        try:
            result = mt.decode_result(self._transport.get_feature(mt.FEATURE_SIZE))
        except mt.Malformed as error:
            raise Garbled(f"The reader {self._transport.url} answered what it cannot: {error}") from None
        if result.code:
            raise Rejected(f"The reader does not tell property {number:02X}h: {result.meaning}.")
        return result.data

    def close(self) -> None:
        self._transport.close()

    def _swipe(self, timeout_s: float) -> Swipe | None:
        report = self._transport.read(timeout_s)
        if not report:
            return None
        try:
            card = mt.decode(report, self._profile["track_room"])
        except mt.Malformed as error:
            again = "Draw the card again; if it happens again, the profile may not fit this reader."
            raise Garbled(f"The reader {self._transport.url}: {error}", advice=again) from None
        return Swipe({track: bare(text) for track, text in card.tracks.items()}, card.errors)


def open_driver(transport: ReportLink, profile: Profile) -> MagtekReader:
    """For loyalty.devices.registry."""
    return MagtekReader(transport, profile)
