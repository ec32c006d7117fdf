"""MIFARE Classic in a reader: blocks, sectors, keys and values.

Its keys can be found out, and then it can be copied: a balance kept here is for show, the server's counts.
"""

from dataclasses import dataclass

from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, half_done, not_kept
from loyalty.devices.wire.apdu import Malformed, acs, classic, storage
from loyalty.errors import CodeRefused, Garbled, Invalid, Rejected, WrongCard

_KINDS = {"A": storage.KEY_A, "B": storage.KEY_B}


@dataclass(frozen=True)
class Key:
    """kind: A or B. value: 6 bytes."""

    kind: str
    value: bytes = classic.FACTORY_KEY

    def __post_init__(self) -> None:
        if self.kind not in _KINDS or len(self.value) != classic.KEY_LENGTH:
            raise Invalid(f"A key is A or B with {classic.KEY_LENGTH} bytes, not {self.kind!r} with {len(self.value)}.")


class ClassicCard:
    """blocks: 64 or 256. Every method: CodeRefused for a key that does not fit, NoCard, WrongCard, Garbled."""

    def __init__(self, talk: Talk, blocks: int) -> None:
        self._talk, self.blocks = talk, blocks

    def read_block(self, block: int, key: Key) -> bytes:
        """16 bytes; a trailer reads with zeros for its keys."""
        with self._talk.uninterrupted():
            self._open(block, key)
            return self._read(block)

    def read_sector(self, sector: int, key: Key) -> tuple[bytes, ...]:
        """All its blocks, the trailer last."""
        blocks = classic.blocks_of(sector)
        with self._talk.uninterrupted():
            self._open(blocks[0], key)
            return tuple(self._read(block) for block in blocks)

    def write_block(self, block: int, data: bytes, key: Key) -> None:
        """16 bytes into a data block; read back. Nothing is sent when the access bits do not let this key write."""
        if len(data) != classic.BLOCK:
            raise Invalid(f"A block has {classic.BLOCK} bytes, not {len(data)}.")
        with self._talk.uninterrupted():
            self._may(block, key, classic.WRITE)
            self._talk.change(storage.Write(block, data), f"write block {block}")
            with half_done("read back"):
                if self._read(block) != data:
                    raise not_kept(f"write block {block}")

    def write_trailer(self, sector: int, trailer: classic.Trailer, key: Key, *, for_good: bool = False) -> None:
        """New keys and access bits for a sector. for_good: allow access bits that can never be changed again."""
        if not trailer.access.writes_access and not for_good:
            raise Invalid(f"These access bits for sector {sector} could never be changed again; say so if it is meant.")
        block = classic.blocks_of(sector)[-1]
        with self._talk.uninterrupted():
            self._open(block, key)
            now = self._trailer(block)
            parts = {"key A": now.access.writes_key_a, "key B": now.access.writes_key_b}
            if now.access != trailer.access or now.user != trailer.user:
                parts["access bits"] = now.access.writes_access
            for what, who in parts.items():
                if key.kind not in who:
                    raise CodeRefused(f"Key {key.kind} may not write the {what} of sector {sector}{_rather(who)}.")
            self._talk.change(storage.Write(block, trailer.encoded()), f"write the trailer of sector {sector}")
            with half_done("read back"):
                self._open(block, Key("A", trailer.key_a))
                if (kept := self._trailer(block)).access != trailer.access or kept.user != trailer.user:
                    raise not_kept(f"write the trailer of sector {sector}")

    def read_value(self, block: int, key: Key) -> int:
        """The number in a value block; WrongCard when it is none, or was torn while it was written."""
        with self._talk.uninterrupted():
            self._open(block, key)
            return self._value(block)

    def make_value(self, block: int, value: int, key: Key) -> None:
        """Turns a data block into a value block."""
        if not -(2**31) <= value < 2**31:
            raise Invalid(f"A value block holds -2147483648 to 2147483647, not {value}.")
        self.write_block(block, classic.value_block(value, block), key)

    def count(self, block: int, step: int, key: Key) -> int:
        """The value after `step`, which may be negative, was added. On NoCard or NoAnswer read it before you go on."""
        self._need_values()
        if abs(step) >= 2**31:
            raise Invalid(f"A value block is counted in steps below 2147483648, not {step}.")
        deed = acs.ValueStep.INCREMENT if step >= 0 else acs.ValueStep.DECREMENT
        with self._talk.uninterrupted():
            self._may(block, key, classic.INCREMENT if step >= 0 else classic.DECREMENT)
            before = self._value(block)
            if not -(2**31) <= before + step < 2**31:
                raise Invalid(f"{before} and {step} together do not fit into a value block.")
            self._talk.change(acs.ChangeValue(block, deed, abs(step)), f"count in block {block}")
            with half_done("read back"):
                if (after := self._value(block)) != before + step:
                    raise not_kept(f"count in block {block}")
        return after

    def copy_value(self, source: int, target: int, key: Key) -> None:
        """Both in one sector; the usual backup of a value."""
        self._need_values()
        if classic.sector_of(source) != classic.sector_of(target):
            raise Invalid(f"Blocks {source} and {target} lie in two sectors; a value is copied inside one.")
        with self._talk.uninterrupted():
            self._may(source, key, classic.DECREMENT)
            self._may(target, key, classic.DECREMENT)
            self._talk.change(acs.CopyValue(source, target), f"copy block {source} to {target}")
            with half_done("read back"):
                if self._value(target) != self._value(source):
                    raise not_kept(f"copy block {source} to {target}")

    # -- inside an uninterrupted conversation --------------------------------------------------------------------

    def _open(self, block: int, key: Key) -> None:
        if not 0 <= block < self.blocks:
            raise Invalid(f"This card has blocks 0 to {self.blocks - 1}, not {block}.")
        slot = self._talk.profile["key_slot"]
        self._talk.ask(storage.LoadKey(slot, key.value), "take a key into the reader")
        answer = self._talk.send(storage.Authenticate(block, _KINDS[key.kind], slot))
        if not answer.ok:
            raise CodeRefused(f"The card does not take this key {key.kind} for sector {classic.sector_of(block)}.")

    def _may(self, block: int, key: Key, deed: str) -> None:
        """Opens the sector and looks into its access bits before anything is altered."""
        if block == 0 or block == classic.trailer_of(block):
            raise Invalid(f"Block {block} holds no data: {'the maker wrote it' if block == 0 else 'it is a trailer'}.")
        self._open(block, key)
        sector = classic.sector_of(block)
        try:
            access = self._trailer(classic.trailer_of(block)).access
        except WrongCard as error:
            reason = "a key B that can be read opens nothing" if key.kind == "B" else "its access bits may be broken"
            raise CodeRefused(f"Key {key.kind} shows nothing of sector {sector}: {reason}.") from error
        if key.kind not in (who := access.who_may(block, deed)):
            raise CodeRefused(f"Key {key.kind} may not {deed} block {block}{_rather(who)}.")

    def _read(self, block: int) -> bytes:
        return self._talk.ask(storage.Read(block), f"read block {block}", classic.BLOCK)

    def _trailer(self, block: int) -> classic.Trailer:
        try:
            return classic.Trailer.parse(self._read(block))
        except Malformed as error:
            raise Garbled(f"The trailer in block {block} makes no sense: {error}.") from error

    def _value(self, block: int) -> int:
        try:
            return classic.parse_value_block(self._read(block))[0]
        except Malformed as error:
            raise WrongCard(f"Block {block} holds no value: {error}.", advice=OTHER_CARD) from error

    def _need_values(self) -> None:
        if "acs_values" not in self._talk.profile["memory_commands"]:
            raise Rejected(f"{self._talk.profile.model} has no commands for value blocks.")


def _rather(who: str) -> str:
    return f", key {' or '.join(who)} may" if who else ", no key may"
