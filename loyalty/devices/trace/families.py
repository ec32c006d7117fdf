"""The decoders of the families that come with the product, by the name of their driver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import apdu, escpos, pn532
from loyalty.devices.wire.easyprinter.decoder import Decoder as EasyPrinterDecoder
from loyalty.devices.wire.evdev import Decoder as EvdevDecoder
from loyalty.devices.wire.evolis.decoder import Decoder as EvolisDecoder
from loyalty.devices.wire.evolis.replies import ReplyDecoder as EvolisReplies
from loyalty.devices.wire.hid_pos import decode_command as decode_menu_report
from loyalty.devices.wire.line_display import Decoder as DisplayDecoder
from loyalty.devices.wire.sanwa.codec import Decoder as SanwaDecoder
from loyalty.devices.wire.serial_scanner import SUFFIXES, Manner
from loyalty.devices.wire.serial_scanner import Decoder as ScannerDecoder
from loyalty.devices.wire.ssi import Decoder as SsiDecoder
from loyalty.devices.wire.star_tcp.block import Response
from loyalty.devices.wire.star_tcp.codec import Decoder as StarDecoder

Feed = Callable[[bytes], Sequence[object]]
Decoders = tuple[Feed | None, Feed | None]
STAR_OPEN = (0x58, 0x59)
"""Answers without anything of a person: firmware and sensors."""
_INSTRUCTIONS = {
    0xA4: "select", 0xB0: "read", 0xB1: "read", 0xB2: "read record", 0xCA: "get data", 0xD6: "write", 0xD7: "value",
    0x82: "load key", 0x86: "authenticate", 0x88: "authenticate", 0xC0: "get response",
}  # fmt: skip


def star(profile: Profile) -> Decoders:
    return StarDecoder("device").feed, StarDecoder("host").feed


def sanwa(profile: Profile) -> Decoders:
    return SanwaDecoder("device").feed, SanwaDecoder("host").feed


def paper(profile: Profile) -> Decoders:
    return escpos.Decoder().feed, escpos.Demultiplexer().feed


def chip_reader(profile: Profile) -> Decoders:
    return pn532.Decoder(pn532.FROM_HOST).feed, pn532.Decoder(pn532.FROM_CHIP).feed


def evolis(profile: Profile) -> Decoders:
    return EvolisDecoder().feed, EvolisReplies().feed


def easyprinter(profile: Profile) -> Decoders:
    return EasyPrinterDecoder().feed, None


def scanner(profile: Profile) -> Decoders:
    manner = Manner(SUFFIXES[profile["suffix"]], bytes.fromhex(profile["prefix"]), bool(profile["aim_id"]))
    return None, ScannerDecoder(manner).feed


def ssi_scanner(profile: Profile) -> Decoders:
    return SsiDecoder().feed, SsiDecoder().feed


def typing_scanner(profile: Profile) -> Decoders:
    decoder = EvdevDecoder()
    return None, lambda raw: [PrivateWords(f"{len(decoder.feed(raw))} events of keys")] if raw else []


def hid_pos_scanner(profile: Profile) -> Decoders:
    return _menu_command, lambda raw: [PrivateWords(f"report of {raw[1]} characters")] if len(raw) > 1 else []


def pcsc(profile: Profile) -> Decoders:
    return _command, _answer


@dataclass(frozen=True)
class PrivateWords:
    """What was said in words; the bytes behind it may concern a person, or be a key."""

    words: str


def line_display(profile: Profile) -> Decoders:
    return DisplayDecoder().feed, None


def _menu_command(raw: bytes) -> list[object]:
    command = decode_menu_report(raw)
    return ["no command"] if command is None else [f"command {command[3:].decode('latin-1') or command.hex()}"]


def _command(raw: bytes) -> list[object]:
    try:
        command = apdu.Command.parse(raw)
    except apdu.Malformed as error:
        return [f"no command: {error}"]
    name = _INSTRUCTIONS.get(command.ins, f"instruction {command.ins:02X}")
    words = f"{name} {command.p1:02X} {command.p2:02X}"
    return [PrivateWords(f"{words} with {len(command.data)} bytes") if command.data else words]


def _answer(raw: bytes) -> list[object]:
    if raw[:1] in (b"\x3b", b"\x3f") and len(raw) > 2:
        return ["answer to reset"]
    if len(raw) < 2:
        return [f"{len(raw)} bytes"]
    answer = apdu.Response.parse(raw)
    words = "done" if answer.ok else apdu.meaning_of(answer.sw)
    return [PrivateWords(f"{words}, {len(answer.data)} bytes") if answer.data else words]


def _star_open(message: object) -> bool:
    return isinstance(message, Response) and message.code in STAR_OPEN


FAMILIES: dict[str, Callable[[Profile], Decoders]] = {
    "star_tcp": star, "sanwa": sanwa, "escpos": paper, "pn532": chip_reader, "evolis": evolis,
    "easyprinter": easyprinter, "serial_scanner": scanner, "pcsc": pcsc,
    "ssi_scanner": ssi_scanner, "evdev_scanner": typing_scanner, "hid_pos_scanner": hid_pos_scanner,
    "honeywell_scanner": scanner, "line_display": line_display,
}  # fmt: skip
OPEN: dict[str, Callable[[Any], bool]] = {"star_tcp": _star_open}
"""Messages that are known to concern nobody, whatever their length."""
