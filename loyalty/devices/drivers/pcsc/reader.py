"""Card reader behind the system's smart-card service (PC/SC): contactless, or with a slot.

=====================  =======  =========================================================================
function               support  remarks
=====================  =======  =========================================================================
card seen, gone        yes      at once, through the service's own events
UID                    yes      4, 7, 8 or 10 bytes; cards in a slot have none
number in memory       yes      SLE4442, where the profile names the bytes (number_area)
MIFARE Classic         yes      keys, blocks, sectors, trailers, value blocks
Ultralight, NTAG21x    yes      pages; password and counter where the reader passes a card's commands on
SLE4442                yes      in readers of ACS; the code is never presented at the last try
DESFire EV1, EV2       yes      AES keys; standard, backup and value files; not: records, DES keys
NTAG 424               yes      signed addresses (SUN), files, keys; not: LRP
NDEF                   yes      on Ultralight, NTAG21x and type 4 cards
lights, buzzer         yes      ACR122U, ACR1252U
other processor cards  partly   seen, UID, and any command through `exchange`
several cards          no       lay one card down at a time
=====================  =======  =========================================================================

Not for use from several threads at once.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from loyalty.contract.token import Token
from loyalty.devices.drivers.pcsc.classic_card import ClassicCard
from loyalty.devices.drivers.pcsc.desfire_card import DesfireCard
from loyalty.devices.drivers.pcsc.lights import ReaderItself
from loyalty.devices.drivers.pcsc.ndef_card import NdefCard
from loyalty.devices.drivers.pcsc.ntag424_card import Ntag424Card
from loyalty.devices.drivers.pcsc.number import read_token, same_uid
from loyalty.devices.drivers.pcsc.page_card import PageCard
from loyalty.devices.drivers.pcsc.sle4442_card import Sle4442Card
from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk
from loyalty.devices.interfaces import CardLink, Gone, Health, Inserted, Reading, Removed, Seen, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.apdu import Malformed, atr, storage
from loyalty.errors import DeviceError, InUse, NoCard, WrongCard

_AGAIN_S = 0.1
_LAY_DOWN = "Lay the card on the reader, or put it in, and leave it there."


class PcscReader:
    """loyalty.devices.interfaces.CardReader. Tokens are `card_uid` (upper-case hex), or `number` for memory cards.

    link: open. monotonic: seconds, for time-outs only.
    """

    def __init__(self, link: CardLink, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._link, self._profile, self._now = link, profile, monotonic
        self._talk = Talk(link, profile, self._insist_present, self._insist_same)
        self.itself = ReaderItself(link, profile)
        self._changes: deque[Inserted | Removed] = deque()
        self._card: Inserted | None = None
        self._unread = False
        self._token: Token | None = None
        self._shown = b""
        self.identify: Callable[[DesfireCard], bytes] | None = None
        """Asks a card that shows a random UID for its real one (marks.real_uid); without it the random one counts."""
        self._trouble: DeviceError | None = None
        self._firmware: str | None = None

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card seen or gone, or None after timeout_s.

        LinkLost while reader or service are away, NoAnswer, Garbled, InUse when the card could not be asked; calling
        again is all that is needed. A card that has no number shows in status() and is not Seen.
        """
        deadline = self._now() + timeout_s
        while True:
            if self._unread and not self._changes and (seen := self._read_number()):
                return seen
            left = max(0.0, deadline - self._now())
            change = self._next_change(min(left, _AGAIN_S) if self._unread else left)
            if change is not None:
                if gone := self._arrive(change):
                    return gone
            elif not left:
                return None

    def status(self) -> UnitStatus:
        """READY with model or firmware; NEEDS_PERSON while an unreadable card lies there. LinkLost as poll()."""
        in_use = self._link.in_use()
        trouble = InUse() if in_use and self._token is None else self._trouble
        if trouble is not None:
            return UnitStatus(Health.NEEDS_PERSON, trouble.code, trouble.advice, str(trouble))
        if self._firmware is None:
            self._firmware = ""
            with suppress(DeviceError):
                self._firmware = self.itself.firmware()
        return UnitStatus(Health.READY, detail=f"{self._profile.vendor} {self._firmware or self._profile.model}")

    def close(self) -> None:
        self._link.close()

    def exchange(self, command: bytes) -> bytes:
        """Any command to the card that was seen, its answer with the status word; errors as CardLink.exchange."""
        if self._card is None:
            self._insist_present()
        return self._link.exchange(command, float(self._profile["answer_timeout_s"]))

    def ats(self) -> bytes:
        """Historical bytes of a contactless processor card's ATS; Rejected for other cards."""
        with self._talk.uninterrupted():
            return self._talk.ask(storage.GetData(ats=True), "show its ATS")

    def classic(self) -> ClassicCard:
        """The MIFARE Classic in the reader; WrongCard when it is another card, NoCard when there is none."""
        kind = self._known().storage
        if kind not in (atr.CLASSIC_1K, atr.CLASSIC_4K):
            raise WrongCard("The card in the reader is no MIFARE Classic.", advice=OTHER_CARD)
        return ClassicCard(self._talk, 64 if kind == atr.CLASSIC_1K else 256)

    def pages(self) -> PageCard:
        """The Ultralight or NTAG21x in the reader; errors as classic()."""
        if self._known().storage != atr.ULTRALIGHT:
            raise WrongCard("The card in the reader is no Ultralight or NTAG.", advice=OTHER_CARD)
        return PageCard(self._talk)

    def sle4442(self) -> Sle4442Card:
        """The SLE4442 in the reader; errors as classic()."""
        if self._known().raw != atr.SLE4442 or "sle4442" not in self._profile["memory_commands"]:
            raise WrongCard("The card in the reader is no SLE4442, or this reader has no commands for it.")
        return Sle4442Card(self._talk)

    def desfire(self) -> DesfireCard:
        """The MIFARE DESFire in the reader; errors as classic()."""
        self._insist_processor_card()
        return DesfireCard(self._talk)

    def ntag424(self) -> Ntag424Card:
        """The NTAG 424 in the reader; errors as classic()."""
        self._insist_processor_card()
        return Ntag424Card(self._talk)

    def ndef(self) -> NdefCard:
        """What a phone would read of the card: Ultralight, NTAG21x, or any card of NFC Forum type 4."""
        kind = self._known().storage
        if kind not in (None, atr.ULTRALIGHT):
            raise WrongCard("The card in the reader is none that phones read.", advice=OTHER_CARD)
        return NdefCard(self._talk, PageCard(self._talk) if kind == atr.ULTRALIGHT else None)

    # -- what lies in the reader ---------------------------------------------------------------------------------

    def _next_change(self, timeout_s: float) -> Inserted | Removed | None:
        return self._changes.popleft() if self._changes else self._link.watch(timeout_s)

    def _arrive(self, change: Inserted | Removed) -> Gone | None:
        """Takes note of a change; a card that had been Seen is Gone."""
        self._trouble = None
        if isinstance(change, Inserted):
            self._card, self._unread = change, True
            return None
        token, self._token = self._token, None
        self._card, self._unread = None, False
        return Gone(token) if token else None

    def _read_number(self) -> Seen | None:
        """The card's token; None when the card is going, or carries none, which _trouble then says."""
        assert self._card is not None
        try:
            token, self._shown = read_token(self._talk, self._card.atr, self._identified if self.identify else None)
        except (NoCard, WrongCard) as error:
            self._trouble = error
            self._unread = isinstance(error, NoCard)  # at the edge of the field: until it works, or it is gone
            return None
        self._trouble, self._token, self._unread = None, token, False
        return Seen(token)

    def _identified(self) -> bytes:
        assert self.identify is not None
        return self.identify(DesfireCard(self._talk))

    def _insist_present(self) -> None:
        """The card that was Seen, or where none was, the one that lies there now."""
        while (change := self._link.watch(0.0)) is not None:
            self._changes.append(change)
        while self._card is None and self._changes:
            self._arrive(self._changes.popleft())
        if self._changes and isinstance(self._changes[-1], Inserted):
            raise WrongCard("The card that was seen was taken away; another one, or the same anew, lies there now.")
        if self._card is None or self._changes:
            raise NoCard("No card lies in the reader.", advice=_LAY_DOWN)

    def _insist_same(self) -> None:
        if self._token and not same_uid(self._talk, self._shown):
            raise WrongCard("Another card than the one seen lies in the reader now.")

    def _insist_processor_card(self) -> None:
        if self._known().storage is not None:
            raise WrongCard("The card in the reader is no card with a processor.", advice=OTHER_CARD)

    def _known(self) -> atr.Atr:
        """The card's answer to reset, understood."""
        self._insist_present()
        assert self._card is not None
        try:
            return atr.parse_atr(self._card.atr)
        except Malformed as error:
            raise WrongCard(f"The card's answer to reset makes no sense: {error}.", advice=OTHER_CARD) from error
