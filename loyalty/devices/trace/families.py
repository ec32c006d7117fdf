"""The decoders of the families that come with the product, by the name of their driver."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import apdu, escpos, pn532
from loyalty.devices.wire.apdu.exchange import INSTRUCTIONS
from loyalty.devices.wire.easyprinter.decoder import Decoder as EasyPrinterDecoder
from loyalty.devices.wire.easyprinter.messages import Plain
from loyalty.devices.wire.easyprinter.replies import Asked
from loyalty.devices.wire.easyprinter.replies import ReplyDecoder as EasyPrinterReplies
from loyalty.devices.wire.evdev import Decoder as EvdevDecoder
from loyalty.devices.wire.evolis.decoder import Decoder as EvolisDecoder
from loyalty.devices.wire.evolis.messages import Command as EvolisCommand
from loyalty.devices.wire.evolis.replies import Reply as EvolisReply
from loyalty.devices.wire.evolis.replies import ReplyDecoder as EvolisReplies
from loyalty.devices.wire.hid_pos import decode_command as decode_menu_report
from loyalty.devices.wire.line_display import Decoder as DisplayDecoder
from loyalty.devices.wire.sanwa.codec import Decoder as SanwaDecoder
from loyalty.devices.wire.serial_scanner import SUFFIXES, Manner
from loyalty.devices.wire.serial_scanner import Decoder as ScannerDecoder
from loyalty.devices.wire.ssi import Decoder as SsiDecoder
from loyalty.devices.wire.star_tcp.block import Response
from loyalty.devices.wire.star_tcp.codec import Decoder as StarDecoder
from loyalty.devices.wire.virtual_pointcard import Decoder as PointcardDecoder
from loyalty.devices.wire.virtual_pointcard import Line as PointcardLine

Feed = Callable[[bytes], Sequence[object]]
Decoders = tuple[Feed | None, Feed | None]
_EVOLIS_TRACKS = ("Dm", "Rmb", "Rm")
_EASYPRINTER_QUESTIONS = {
    Plain.STATE: Asked.STATE, Plain.FIRMWARE: Asked.TEXT, Plain.SERIAL_NUMBER: Asked.TEXT, Plain.MIFARE_UID: Asked.UID,
}  # fmt: skip
_POINTCARD_PRIVATE = re.compile(r"data|uid|rows|t\d")
STAR_OPEN = (0x58, 0x59)
"""Answers without anything of a person: firmware and sensors."""


def star(profile: Profile) -> Decoders:
    return StarDecoder("device").feed, StarDecoder("host").feed


def sanwa(profile: Profile) -> Decoders:
    return SanwaDecoder("device").feed, SanwaDecoder("host").feed


def paper(profile: Profile) -> Decoders:
    return escpos.Decoder().feed, escpos.Demultiplexer().feed


def chip_reader(profile: Profile) -> Decoders:
    return pn532.Decoder(pn532.FROM_HOST).feed, pn532.Decoder(pn532.FROM_CHIP).feed


def evolis(profile: Profile) -> Decoders:
    """Answers do not say what was asked, so the question tells whether one is a track."""
    questions, answers, asked = EvolisDecoder(), EvolisReplies(), [""]

    def host(data: bytes) -> list[object]:
        messages = questions.feed(data)
        asked[:] = [each.name for each in messages if isinstance(each, EvolisCommand)][-1:] or asked
        return [_evolis_private(each) for each in messages]

    def device(data: bytes) -> list[object]:
        stripe = not asked[0] or asked[0].startswith(_EVOLIS_TRACKS)
        return [PrivateWords(f"answer to {asked[0]}") if stripe else each for each in answers.feed(data)]

    return host, device


def _evolis_private(message: object) -> object:
    if isinstance(message, EvolisCommand) and message.name.startswith(_EVOLIS_TRACKS) and message.params:
        return PrivateWords(f"{message.name} of {sum(map(len, message.params))} characters")
    return message


def _evolis_open(message: object) -> bool:
    """Short answers without a number in them: firmware, settings, yes and no."""
    return isinstance(message, EvolisReply) and len(message.text) <= 8 and not re.search(r"\d{6}", message.text)


def easyprinter(profile: Profile) -> Decoders:
    """As with Evolis: only the question tells what an answer is."""
    questions, answers = EasyPrinterDecoder(), list[EasyPrinterReplies]()

    def host(data: bytes) -> list[object]:
        messages = list[object](questions.feed(data))
        for asked in messages:
            if isinstance(asked, Plain) and asked in _EASYPRINTER_QUESTIONS:
                answers[:] = [EasyPrinterReplies(_EASYPRINTER_QUESTIONS[asked])]
        return messages

    def device(data: bytes) -> Sequence[object]:
        if answers:
            return answers[0].feed(data)
        return [PrivateWords(f"{len(data)} bytes that nobody asked for")] if data else []

    return host, device


def virtual_pointcard(profile: Profile) -> Decoders:
    host, device = PointcardDecoder(), PointcardDecoder()
    return (
        lambda data: [_pointcard_private(each) for each in host.feed(data)],
        lambda data: [_pointcard_private(each) for each in device.feed(data)],
    )


def _pointcard_private(message: object) -> object:
    """Lines whose fields hold a track, a chip's number or a picture."""
    if isinstance(message, PointcardLine) and any(_POINTCARD_PRIVATE.fullmatch(name) for name, _ in message.fields):
        return PrivateWords(f"{message.who}{message.number} {message.word}")
    return message


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
    name = INSTRUCTIONS.get(command.ins, f"instruction {command.ins:02X}")
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
    "honeywell_scanner": scanner, "line_display": line_display, "virtual_pointcard": virtual_pointcard,
}  # fmt: skip
WHOLE = {"pcsc", "evdev_scanner", "hid_pos_scanner"}
"""Here every piece is a whole message or report."""
OPEN: dict[str, Callable[[Any], bool]] = {"star_tcp": _star_open, "evolis": _evolis_open}
"""Messages that are known to concern nobody, whatever their length."""
