"""Stripe reader and writer of the MSR605 family, on a serial line or (MSR605X) in HID reports.

===================  =======  ================================================================
function             support  remarks
===================  =======  ================================================================
card drawn, read     yes      tracks 1 to 3; parity and LRC are looked at here, not in the unit
write, erase         yes      single tracks; a card is to be drawn through after the call
high, low coercivity yes      by the profile; set before each writing
density, zeros       yes      SetDensity and SetLeadingZeros through setting()
JIS II               codec    loyalty.devices.wire.magstripe; the stripe lies on the card's front
bank cards           refused  neither read out, nor written, nor traced
===================  =======  ================================================================

The line carries no check of its own: a digit changed on the way would be another member's number. Therefore tracks
travel as bits with parity and LRC in both directions (`swipe_as = "raw"`). Not for use from several threads at once.
"""

import contextlib
import time
from collections.abc import Callable, Sequence

from loyalty.devices.drivers.msr605 import stripes
from loyalty.devices.drivers.msr605.link import Link
from loyalty.devices.interfaces import Cancelled as IsCancelled
from loyalty.devices.interfaces import Health, Reading, Seen, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import msr605 as msr
from loyalty.devices.wire.magstripe.swipe import Swipe, refuse_bank_card, token_of, whole
from loyalty.devices.wire.msr605.answers import Answer
from loyalty.devices.wire.msr605.commands import Command
from loyalty.errors import (
    Cancelled,
    DeviceError,
    Garbled,
    LinkLost,
    NoCard,
    Rejected,
    StripeUnreadable,
    StripeWriteFailed,
)

SLICE_S = 0.1
_DRAW = "Draw the card through the slot, stripe downwards, in one go."
_UNSURE = "Draw the card through again and read it: nobody knows what is on its stripe now."


class Msr605:
    """loyalty.devices.interfaces.MagstripeUnit. Tokens are `magstripe`: a track's data without sentinels.

    transport: open, at the profile's line settings. monotonic: seconds, for time-outs only.
    """

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._link = Link(transport, profile, monotonic)
        self._ready, self._alive_at = False, monotonic()
        self._firmware = ""

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card drawn through (always Seen), or None after timeout_s; the unit goes on waiting between calls.

        StripeUnreadable and BankCardRefused tell of the card: call again for the next one. NoAnswer, Garbled and
        Rejected tell of the unit, LinkLost of the port.
        """
        swipe = self._swipe(timeout_s)
        if swipe is None:
            return None
        order, own = self._profile["token_tracks"], self._profile["own_numbers"]
        return Seen(token_of(swipe, order, own, self._transport.url))

    def read(self, timeout_s: float, cancelled: IsCancelled) -> dict[int, str]:
        """Every track of the next card drawn through, blank ones left out; see StripeReader for the errors."""
        deadline = self._now() + timeout_s
        while (swipe := self._swipe(SLICE_S)) is None:
            self._go_on(deadline, cancelled)
        return whole(swipe, self._profile["own_numbers"])

    def write(self, tracks: dict[int, str], timeout_s: float, cancelled: IsCancelled) -> None:
        """Returns once a card was drawn through and written; read() verifies. Errors' `half`: untouched or unknown."""
        command = stripes.writing(self._profile, tracks)
        refuse_bank_card(tracks, self._profile["own_numbers"])
        high = self._profile["coercivity"] == "high"
        self._change(command, [msr.SetCoercivity(high)], timeout_s, cancelled)

    def erase(self, tracks: Sequence[int], timeout_s: float, cancelled: IsCancelled) -> None:
        """The same; a card that carries nothing any more is what was asked for."""
        stripes.check(self._profile, tracks)
        if not tracks:
            raise Rejected("No track was named to erase.", advice="Say which tracks are to be erased.")
        high = self._profile["coercivity"] == "high"
        self._change(msr.Erase(tuple(sorted(set(tracks)))), [msr.SetCoercivity(high)], timeout_s, cancelled)

    def status(self) -> UnitStatus:
        """READY with the firmware. A unit that waits for a card is disturbed only every `alive_every_s`."""
        due = self._now() - self._alive_at >= self._profile["alive_every_s"]
        if not self._ready or (due and not self._link.answering):
            self._prepare()
        return UnitStatus(Health.READY, detail=f"firmware {self._firmware}")

    def lights(self, show: str) -> None:
        """off, on, green, yellow or red."""
        if show not in msr.Lights.codes:
            raise Rejected(f"There is no light {show!r}; known are {', '.join(msr.Lights.codes)}.")
        self._link.tell(msr.Lights(show))

    def setting(self, command: msr.SetDensity | msr.SetLeadingZeros | msr.SetCoercivity) -> None:
        """Density, leading zeros or coercivity for the next writing; Rejected when the unit does not take it."""
        self._expect_done(self._link.ask(command, msr.Status), command)

    def leading_zeros(self) -> tuple[int, int]:
        """Of tracks 1 and 3, and of track 2."""
        zeros = self._link.ask(msr.GetLeadingZeros(), msr.LeadingZeros)
        return zeros.tracks_1_3, zeros.track_2

    def coercivity(self) -> str:
        """high or low, as the unit has it set."""
        return "high" if self._link.ask(msr.GetCoercivity(), msr.Coercivity).high else "low"

    def model(self) -> str:
        return self._link.ask(msr.GetModel(), msr.Model).letter

    def firmware(self) -> str:
        return self._link.ask(msr.GetFirmware(), msr.Firmware).text.strip()

    def test_memory(self) -> None:
        """Rejected when the unit finds its memory faulty."""
        self._expect_done(self._link.ask(msr.RamTest(), msr.Status), msr.RamTest())

    def test_sensor(self, timeout_s: float, cancelled: IsCancelled) -> None:
        """A card drawn through is seen; NoCard when none was within timeout_s."""
        self._link.start(msr.SensorTest())
        self._expect_done(self._card_passed(timeout_s, cancelled), msr.SensorTest())

    def reset(self) -> None:
        """Ends whatever waits for a card."""
        self._link.stop()

    def close(self) -> None:
        """The unit waits for nothing any more where it still listens, and the port is closed."""
        with contextlib.suppress(DeviceError):
            if self._link.waiting:
                self._link.stop()
        self._transport.close()

    def _swipe(self, timeout_s: float) -> Swipe | None:
        try:
            if not self._ready:
                self._prepare()
            if not self._link.waiting:
                self._link.start(msr.ReadIso() if self._profile["swipe_as"] == "iso" else msr.ReadRaw())
            answer = self._link.hear(timeout_s)
        except (LinkLost, Garbled):
            self._ready = False  # it may still be talking; set it up anew
            raise
        return None if answer is None else self._read_out(answer)

    def _read_out(self, answer: Answer) -> Swipe:
        self._alive_at = self._now()
        if isinstance(answer, msr.Status):
            if answer.code in (0x31, 0x39):
                raise StripeUnreadable("The stripe could not be read.")
            self._ready = False
            raise Rejected(f"The stripe unit refuses to read: {answer.meaning}.")
        if isinstance(answer, msr.RawTracks):
            swipe = stripes.read_raw(self._profile, answer.tracks)
        else:
            assert isinstance(answer, msr.IsoTracks)
            swipe = stripes.read_iso(answer.tracks)
        if answer.status != 0x30 and not swipe.damaged:
            refuse_bank_card(swipe.tracks, self._profile["own_numbers"])
            raise StripeUnreadable("The unit could not read every track of the stripe.")
        return swipe

    def _change(self, command: Command, before: Sequence[Command], timeout_s: float, cancelled: IsCancelled) -> None:
        """Settings, then the command that waits for a card. Before the card is drawn it is untouched, then unknown."""
        half = "untouched"
        try:
            self._prepare()
            for setting in before:
                self._expect_done(self._link.ask(setting, msr.Status), setting)
            self._link.start(command)
            half = "unknown"  # from here on a card may have passed without our hearing of it
            answer = self._card_passed(timeout_s, cancelled)
            if isinstance(answer, msr.Status) and answer.code in (0x31, 0x39, 0x41):
                raise StripeWriteFailed(f"The stripe was not written: {answer.meaning}.", advice=_UNSURE)
            half = "untouched"
            self._expect_done(answer, command)
        except DeviceError as error:
            # A unit that was still waiting has written nothing.
            error.half = "untouched" if isinstance(error, NoCard | Cancelled) else half
            self._ready = self._ready and not isinstance(error, LinkLost | Garbled)
            raise

    def _card_passed(self, timeout_s: float, cancelled: IsCancelled) -> Answer:
        deadline = self._now() + timeout_s
        while (answer := self._link.hear(SLICE_S)) is None:
            self._go_on(deadline, cancelled)
        return answer

    def _go_on(self, deadline: float, cancelled: IsCancelled) -> None:
        """Cancelled or NoCard when the wait for a card is over."""
        if cancelled():
            self._link.stop()
            raise Cancelled("Waiting for a card was called off.")
        if self._now() >= deadline and not self._link.answering:
            self._link.stop()
            raise NoCard("No card was drawn through the slot.", advice=_DRAW)

    def _expect_done(self, answer: Answer, command: Command) -> None:
        if not (isinstance(answer, msr.Status) and answer.good):
            why = answer.meaning if isinstance(answer, msr.Status) else type(answer).__name__
            raise Rejected(f"The stripe unit refuses {type(command).__name__}: {why}.")

    def _prepare(self) -> None:
        """As after power-on, whatever was before: it listens, and raw tracks are bare bits."""
        self._ready = False
        self._link.stop()
        self._link.ask(msr.CommTest(), msr.LinkGood)
        self._firmware = self.firmware()
        if self._profile["swipe_as"] != "iso":
            self._link.ask(msr.SetBits((8, 8, 8)), msr.BitsSet)
        self._ready, self._alive_at = True, self._now()
