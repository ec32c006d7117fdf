"""Contactless reader with an NXP PN532 on a serial line.

=================  =======  ==========================================================
function           support  remarks
=================  =======  ==========================================================
card seen, gone    yes      ISO 14443-A at 106 kbit/s: MIFARE, NTAG, DESFire, phones
UID                yes      4, 7 or 10 bytes; a phone's is random (begins 08)
read memory        yes      NTAG and Ultralight, 4 pages at a time
write memory       no       member cards are told apart by their UID
type B, FeliCa     no
several cards      no       the chip picks one; lay one card down at a time
=================  =======  ==========================================================

Not for use from several threads at once.
"""

import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

from loyalty.devices.drivers.pn532.link import Link
from loyalty.devices.drivers.pn532.presence import Presence
from loyalty.devices.interfaces import Health, Reading, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import pn532 as pn
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, NoCard, Rejected, WrongCard

_UID_ONLY = pn.SetParameters(0x04)
# Bit 4 (RATS by itself) stays off: an ISO 14443-4 card that got RATS no longer answers a search (ISO 14443-4).
_READ_PAGES = 0x30
_NOT_SELECTED = (0x01, 0x02, 0x05, 0x0B, 0x13, 0x27, 0x2B)
_LAY_FLAT = "Lay the card flat on the middle of the reader and leave it there."
Result = TypeVar("Result")


class Pn532Reader:
    """loyalty.devices.interfaces.CardReader. Tokens are `card_uid`: the UID in upper-case hex.

    transport: open, at the profile's line settings. monotonic: seconds, for time-outs only.
    """

    def __init__(
        self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._link = Link(transport, profile, monotonic)
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._presence = Presence(transport.url, profile["misses_until_gone"])
        self._ready = False
        self._trouble_since: float | None = None

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card seen or gone, or None after timeout_s.

        LinkLost when the port broke, NoAnswer, Garbled or Rejected when the chip does not do its part. Calling
        again is all that is needed after NoAnswer and Garbled; a card that lies there all the time is not Seen twice.
        """
        deadline, asked = self._now() + timeout_s, 0
        while True:
            asked += 1
            if reading := self._look():
                return reading
            left = deadline - self._now()
            if left <= 0 and not (self._presence.unsure and asked < 4):
                return None
            if not self._presence.unsure:
                # Reading instead of sleeping notices a cut line at once; what comes unasked is stale.
                self._transport.read(min(self._profile["poll_gap_s"], left))

    def read_pages(self, first: int) -> bytes:
        """16 bytes: the pages first to first + 3 of the NTAG or Ultralight that lies on the reader.

        NoCard when it does not answer, WrongCard when it refuses, and the errors of poll().
        """
        return self._recovering(lambda: self._read_pages(first))

    def status(self) -> UnitStatus:
        """READY with the chip's firmware; otherwise raises as poll() does."""
        version = self._recovering(lambda: self._link.ask(pn.GetFirmwareVersion(), pn.FirmwareVersion))
        return UnitStatus(Health.READY, detail=f"PN532 firmware {version.version}.{version.revision}")

    def close(self) -> None:
        """Switches the field off where the chip still listens, and closes the port."""
        if self._ready:
            with contextlib.suppress(DeviceError):
                self._link.ask(pn.RfConfiguration(1, b"\x00"), pn.Done)
        self._transport.close()

    def _look(self) -> Reading | None:
        try:
            uid = self._recovering(self._sense)
        except DeviceError:
            self._trouble_since = self._trouble_since or self._now()
            raise
        since, self._trouble_since = self._trouble_since, None
        if since is not None and self._now() - since > self._profile["forget_after_s"]:
            return self._presence.forget()
        return self._presence.note(uid)

    def _sense(self) -> str:
        """One search: the UID of the card on the reader, or empty."""
        answer = self._link.ask(pn.InListPassiveTarget(), pn.PassiveTargets)
        try:
            targets = answer.type_a()
        except pn.Malformed as error:
            raise Garbled(f"The reader {self._transport.url} described a card that cannot be: {error}.") from error
        return targets[0].uid.hex().upper() if targets else ""

    def _read_pages(self, first: int) -> bytes:
        command = pn.InDataExchange(bytes([_READ_PAGES, first]))
        answer = self._link.ask(command, pn.DataExchanged)
        if answer.status in _NOT_SELECTED:
            uid = self._sense()
            if not uid:
                raise NoCard("No card lies on the reader.", advice=_LAY_FLAT)
            if self._presence.present not in ("", uid):
                raise WrongCard("Another card than the one seen lies on the reader now.")
            answer = self._link.ask(command, pn.DataExchanged)
        if answer.status:
            raise _card_error(answer.status)
        if len(answer.data) != 16:
            raise Garbled(f"The card answered {len(answer.data)} bytes to a reading of 16.")
        return answer.data

    def _recovering(self, work: Callable[[], Result]) -> Result:
        """`work` on a chip that is awake and set up; woken and tried once more when it does not answer properly."""
        try:
            if self._ready:
                try:
                    return work()
                except (NoAnswer, Garbled):
                    self._ready = False  # it may have lost its power; then it sleeps and has forgotten its settings
            self._prepare()
            return work()
        except (LinkLost, NoAnswer, Garbled):
            self._ready = False
            raise

    def _prepare(self) -> None:
        self._link.ask(pn.SamConfiguration(1, 0, 0), pn.Done, pn.WAKE)
        version = self._link.ask(pn.GetFirmwareVersion(), pn.FirmwareVersion)
        if version.ic != self._profile["ic"]:
            raise Rejected(f"The chip on {self._transport.url} is a PN5{version.ic:02X}; this driver is for the PN532.")
        retries = bytes([0xFF, 0x01, self._profile["activation_retries"]])
        self._link.ask(_UID_ONLY, pn.Done)
        self._link.ask(pn.RfConfiguration(5, retries), pn.Done)
        self._ready = True


def _card_error(status: int) -> DeviceError:
    meaning = pn.STATUS.get(status, f"status {status:02X}h")
    if status in _NOT_SELECTED:
        return NoCard(f"The card could not be read: {meaning}.", advice=_LAY_FLAT)
    return WrongCard(f"The card refused: {meaning}.")
