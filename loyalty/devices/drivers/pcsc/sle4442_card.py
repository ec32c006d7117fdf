"""SLE4442 memory cards in a reader of ACS: 256 bytes that anybody can read and the card's code lets write.

A wrong code costs one of three tries, and the third locks the card for good. So the counter is read before a code is
presented, nothing is presented when only one try is left, and nothing is ever presented twice by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, half_done, not_kept
from loyalty.devices.wire.apdu import Malformed
from loyalty.devices.wire.apdu import sle4442 as sle
from loyalty.errors import CodeRefused, Garbled, Invalid

_PIECE = 128
"""Bytes a command, so that the answer with its four bytes more fits readers' buffers."""


class Sle4442Card:
    """Errors of every method: NoCard, WrongCard, Garbled, and CodeRefused where the code is asked for."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def read(self, address: int, length: int) -> bytes:
        """Needs no code."""
        with self._conversation(address, length):
            return self._read(address, length)

    def tries_left(self) -> int:
        """3 for a card whose code was last given right; 0: locked for good."""
        with self._conversation():
            return self._tries()

    def protected(self) -> frozenset[int]:
        """Addresses 0 to 31 that can no longer be changed by anybody."""
        with self._conversation():
            return sle.protected_bytes(self._talk.ask(sle.ReadProtection(), "show its protection", 4))

    def write(self, address: int, data: bytes, code: bytes) -> None:
        """Presents the code and writes; read back, for readers say yes even when the card kept what it had.

        Invalid, with nothing sent, for a byte that is protected.
        """
        with self._conversation(address, len(data)):
            fixed = sle.protected_bytes(self._talk.ask(sle.ReadProtection(), "show its protection", 4))
            now = self._read(address, len(data))
            if final := [at for at, byte in enumerate(data, address) if at in fixed and byte != now[at - address]]:
                raise Invalid(f"Byte {final[0]} of this card is protected and can no longer be changed.")
            self._present(code)
            for at in range(0, len(data), _PIECE):
                self._talk.change(sle.WriteMemory(address + at, data[at : at + _PIECE]), f"write at {address + at}")
            with half_done("read back"):
                if self._read(address, len(data)) != data:
                    raise not_kept(f"write {len(data)} bytes at {address}")

    def change_code(self, old: bytes, new: bytes) -> None:
        """The new code is presented once to see that it took."""
        _check_code(new)
        with self._conversation():
            self._present(old)
            self._talk.change(sle.ChangeCode(new), "change its code")
            with half_done("try the new code"):
                self._talk.ask(sle.SelectType(), "be an SLE4442")
                self._present(new)

    def protect(self, address: int, length: int, code: bytes, *, for_good: bool = False) -> None:
        """Bytes 0 to 31 as they are now can never be changed again, by nobody; for_good says that this is meant."""
        if not for_good or not 0 <= address < address + length <= sle.PROTECTABLE:
            raise Invalid("Bytes 0 to 31 can be protected, for good; say so if it is meant.")
        with self._conversation(address, length):
            wanted = set(range(address, address + length))
            data = self._read(address, length)
            self._present(code)
            self._talk.change(sle.Protect(address, data), f"protect {length} bytes at {address}")
            with half_done("read back"):
                if not wanted <= sle.protected_bytes(self._talk.ask(sle.ReadProtection(), "show its protection", 4)):
                    raise not_kept(f"protect {length} bytes at {address}")

    def check_code(self, code: bytes) -> None:
        """Presents the code and does nothing with it; a right one gives all three tries back."""
        with self._conversation():
            self._present(code)

    # -- inside an uninterrupted conversation --------------------------------------------------------------------

    @contextmanager
    def _conversation(self, address: int = 0, length: int = 1) -> Iterator[None]:
        """Begins by selecting the card's type, which also forgets a code that another program presented."""
        if not 0 <= address < address + length <= sle.SIZE:
            raise Invalid(f"An SLE4442 has bytes 0 to {sle.SIZE - 1}, not {length} from {address}.")
        with self._talk.uninterrupted():
            self._talk.ask(sle.SelectType(), "be an SLE4442")
            yield

    def _read(self, address: int, length: int) -> bytes:
        data = b""
        while len(data) < length:
            at, size = address + len(data), min(_PIECE, length - len(data))
            data += self._talk.ask(sle.ReadMemory(at, size), f"read at {at}", size + 4)[:size]
        return data

    def _tries(self) -> int:
        return sle.tries_left(self._talk.ask(sle.ReadErrorCounter(), "show its error counter", 4)[0])

    def _present(self, code: bytes) -> None:
        _check_code(code)
        tries = self._tries()
        if tries == 0:
            raise CodeRefused("This card is locked for good: its code was wrong three times.", advice=OTHER_CARD)
        if tries == 1:
            raise CodeRefused("One try is left on this card; the code was not presented, a wrong one would lock it.")
        with half_done("present its code"):
            try:
                counter = sle.counter_after(self._talk.send(sle.PresentCode(code)))
            except Malformed as error:
                raise Garbled(f"Nobody knows whether the card took its code: {error}.") from error
        if counter != sle.ALL_TRIES:
            left = sle.tries_left(counter)
            if left == 0:
                raise CodeRefused("The code was wrong, and the card is now locked for good.", advice=OTHER_CARD)
            raise CodeRefused(f"The card's code is another one; {left} {'try is' if left == 1 else 'tries are'} left.")


def _check_code(code: bytes) -> None:
    if len(code) != sle.CODE_LENGTH:
        raise Invalid(f"The code of an SLE4442 has {sle.CODE_LENGTH} bytes, not {len(code)}.")
