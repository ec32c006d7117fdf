"""ID TECH MiniMag stripe readers on a serial line, or as a USB keyboard that is read report by report.

=================  =======  ===============================================================
function           support  remarks
=================  =======  ===============================================================
card drawn, read   yes      tracks 1 to 3 as the reader decodes them
check on the line  by form  the UIC form with LRC; ID TECH's own form and a keyboard have none
asking its state   no       the line goes one way only
bank cards         refused  neither read out nor traced
=================  =======  ===============================================================

Set a serial reader to the UIC form with LRC: then a character changed on the way is noticed. Not for use from several
threads at once.
"""

import time
from collections.abc import Callable

from loyalty.devices.interfaces import Cancelled as IsCancelled
from loyalty.devices.interfaces import Health, Reading, Seen, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import idtech as it
from loyalty.devices.wire.magstripe.swipe import Swipe, refuse_bank_card, token_of, whole
from loyalty.errors import Cancelled, ConfigError, Garbled, NoCard

SLICE_S = 0.1
_DRAW = "Draw the card through the slot, stripe to the head, in one go."
_AGAIN = "Draw the card again; if it happens often, check the cable, the line settings and the reader's output form."


class IdTechReader:
    """loyalty.devices.interfaces.StripeReader. Tokens are `magstripe`: a track's data without sentinels.

    transport: open, at the profile's line settings, or HID reports. monotonic: seconds, for silences and time-outs.
    """

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._keys = it.Keys() if profile["form"] == "keyboard" else None
        self._decoder = it.Decoder(manner_of(profile))
        self._byte_at = monotonic()
        self._has_spoken = False

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card drawn through (always Seen), or None. See StripeReader; Garbled when no swipe came whole."""
        deadline = self._now() + timeout_s
        while (swipe := self._swipe(max(0.0, deadline - self._now()))) is None:
            if self._now() >= deadline:
                return None
        order, own = self._profile["token_tracks"], self._profile["own_numbers"]
        return Seen(token_of(swipe, order, own, self._transport.url))

    def read(self, timeout_s: float, cancelled: IsCancelled) -> dict[int, str]:
        """Every track of the next card, blank ones left out; a card drawn before the call does not count."""
        while self._transport.read(0):
            pass
        self._decoder = it.Decoder(manner_of(self._profile))
        deadline = self._now() + timeout_s
        while (swipe := self._swipe(SLICE_S)) is None:
            if cancelled():
                raise Cancelled("Waiting for a card was called off.")
            if self._now() >= deadline and not self._decoder.waiting:
                raise NoCard("No card was drawn through the slot.", advice=_DRAW)
        return whole(swipe, self._profile["own_numbers"])

    def status(self) -> UnitStatus:
        """READY once a card was drawn; UNKNOWN before, for this kind of reader cannot be asked. LinkLost when cut."""
        self._listen(0.0)
        if self._has_spoken:
            return UnitStatus(Health.READY, detail="The reader has sent cards since the port was opened.")
        return UnitStatus(
            Health.UNKNOWN, advice="Draw any member's card to test the reader.",
            detail="This reader cannot be asked; no card has come yet.",
        )  # fmt: skip

    def close(self) -> None:
        self._transport.close()

    def _swipe(self, at_most_s: float) -> Swipe | None:
        gap_s = self._profile["gap_s"]
        wait_s = at_most_s
        if self._decoder.waiting:
            wait_s = min(at_most_s, max(0.0, self._byte_at + gap_s - self._now()))
        if self._listen(wait_s) or not self._decoder.waiting or self._now() - self._byte_at < gap_s:
            return None
        passed = self._decoder.finish()
        refuse_bank_card(passed.tracks, self._profile["own_numbers"])
        if passed.reason:
            raise Garbled(f"The stripe reader on {self._transport.url}: {passed.reason}", advice=_AGAIN)
        self._has_spoken = True
        return passed.swipe()

    def _listen(self, timeout_s: float) -> bool:
        """Take in what the line brings; False when nothing came."""
        data = self._transport.read(timeout_s)
        if not data:
            return False
        self._byte_at = self._now()
        self._decoder.feed(self._keys.feed(data).encode("ascii") if self._keys else data)
        return True


def manner_of(profile: Profile) -> it.Manner:
    """How a reader of this profile sends; ConfigError for a form that cannot be."""
    form = profile["form"]
    if form == "keyboard":
        return it.Manner()
    if form not in it.FORMS:
        raise ConfigError(f"The form {form!r} of {profile.name} is none of {', '.join(it.FORMS)}, keyboard.")
    return it.Manner(form, bool(profile["lrc"]) and form == "uic")


def open_driver(transport: Transport, profile: Profile) -> IdTechReader:
    """For loyalty.devices.registry."""
    return IdTechReader(transport, profile)
