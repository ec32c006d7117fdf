"""MIFARE Ultralight and NTAG21x in a reader: pages, password, counter."""

from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, half_done, not_kept
from loyalty.devices.wire.apdu import Malformed, acs, storage, type2
from loyalty.errors import CodeRefused, Garbled, Invalid, Rejected, WrongCard

_READ = 16


class PageCard:
    """Errors of every method: NoCard, WrongCard for what the card refuses, Rejected where the reader has no way."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def read(self, page: int) -> bytes:
        """16 bytes: this page and the three behind it."""
        with self._talk.uninterrupted():
            return self._read(page)

    def write(self, page: int, data: bytes, *, for_good: bool = False, password: bytes | None = None) -> None:
        """4 bytes into a page; read back. for_good: allow pages 2 and 3, whose bits can be set but never cleared."""
        if len(data) != type2.PAGE or not 2 <= page <= 255:
            raise Invalid(f"A page from 2 on takes {type2.PAGE} bytes, not {len(data)} into page {page}.")
        if page < type2.FIRST_USER_PAGE and not for_good:
            raise Invalid(f"What is written to page {page} stays for good; say so if it is meant.")
        with self._talk.uninterrupted():
            if password is not None:
                self._unlock(password)
            self._talk.change(storage.Write(page, data), f"write page {page}")
            with half_done("read back"):
                if page >= type2.FIRST_USER_PAGE and self._read(page)[: type2.PAGE] != data:
                    raise not_kept(f"write page {page}")

    def model(self) -> str:
        """NTAG213, NTAG215, NTAG216, … as the chip itself says; WrongCard for one that has no version (Ultralight)."""
        with self._talk.uninterrupted():
            return self._model()

    def unlock(self, password: bytes) -> bytes:
        """The card's acknowledgement (PACK, 2 bytes); what the password guards is open until the card leaves.

        CodeRefused for a wrong one, which the card may count: with AUTHLIM set it locks itself for good.
        """
        with self._talk.uninterrupted():
            return self._unlock(password)

    def counter(self) -> int:
        """How often the card was read, where it counts; CodeRefused where it does not, or asks for the password."""
        with self._talk.uninterrupted():
            answer = self._through(type2.READ_COUNTER, 3)
        if answer is None:
            raise CodeRefused("The card does not count readings, or shows the counter only after its password.")
        return int.from_bytes(answer, "little")

    def protection(self) -> type2.Protection:
        """The settings of an NTAG21x."""
        with self._talk.uninterrupted():
            return type2.Protection.parse(self._read(self._settings_page())[: 2 * type2.PAGE])

    def protect(
        self, protection: type2.Protection, password: bytes, acknowledgement: bytes = b"\0\0",
        *, current: bytes | None = None, for_good: bool = False,
    ) -> None:  # fmt: skip
        """Sets the password of an NTAG21x, then what it guards. current: the password that guards it now.

        for_good: allow settings that are final, and a number of tries, after which the card locks itself.
        """
        if len(password) != type2.PAGE or len(acknowledgement) != 2:
            raise Invalid("A password has 4 bytes and its acknowledgement 2.")
        if (protection.locked or protection.tries) and not for_good:
            raise Invalid("Final settings and a number of tries can cost the card; say so if they are meant.")
        with self._talk.uninterrupted():
            if current is not None:
                self._unlock(current)
            page = self._settings_page()
            now = self._read(page)[: 2 * type2.PAGE]
            new = protection.encoded(now)
            for number, data in (
                (page + 2, password),
                (page + 3, acknowledgement + b"\0\0"),
                (page + 1, new[type2.PAGE :]),
                (page, new[: type2.PAGE]),  # last: from here on the password guards
            ):
                self._talk.change(storage.Write(number, data), f"write page {number}")
            with half_done("read back"):
                if not protection.reading and self._read(page)[: 2 * type2.PAGE] != new:
                    raise not_kept("take its settings")

    # -- inside an uninterrupted conversation --------------------------------------------------------------------

    def _read(self, page: int) -> bytes:
        return self._talk.ask(storage.Read(page, _READ), f"read page {page}", _READ)

    def _settings_page(self) -> int:
        model = self._model()
        if model not in type2.CONFIG_PAGE:
            raise WrongCard(f"A {model} has no settings of this kind.", advice=OTHER_CARD)
        return type2.CONFIG_PAGE[model]

    def _model(self) -> str:
        answer = self._through(type2.GET_VERSION, 8)
        if answer is None:
            raise WrongCard("The card does not say which model it is; a plain Ultralight does not.", advice=OTHER_CARD)
        try:
            return type2.model_of(answer)
        except Malformed as error:
            raise Garbled(f"The card's version makes no sense: {error}.") from error

    def _unlock(self, password: bytes) -> bytes:
        if len(password) != type2.PAGE:
            raise Invalid(f"A password has {type2.PAGE} bytes, not {len(password)}.")
        answer = self._through(bytes([type2.PASSWORD]) + password, 2)
        if answer is None:
            raise CodeRefused("The card does not take this password.")
        return answer

    def _through(self, command: bytes, length: int) -> bytes | None:
        """A command of the card's own, past the reader; None when the card refuses or says nothing."""
        way = self._talk.profile["card_commands"]
        if way == "pn532":
            answer = self._talk.ask(acs.DirectTransmit(acs.COMMUNICATE_THRU + command), "pass a command on")
            said = answer[3:] if answer[:3] == b"\xd5\x43\0" else None
        elif way == "transparent":
            said = self._transparently(command)
        else:
            raise Rejected(f"{self._talk.profile.model} does not pass the card's own commands on.")
        return said if said is not None and len(said) == length else None

    def _transparently(self, command: bytes) -> bytes | None:
        self._talk.ask(acs.Session(True), "begin passing commands on")
        try:
            return acs.parse_transceived(self._talk.ask(acs.Transceive(command), "pass a command on"))
        except Malformed as error:
            raise Garbled(f"The reader's answer makes no sense: {error}.") from error
        finally:
            self._talk.send(acs.Session(False))
