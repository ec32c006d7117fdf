"""Every decoder with what it takes to try it: most by themselves, the rest from tables."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from loyalty.devices import wire
from loyalty.devices.wire import aim, gs1, idtech, msr605, pn532, scanned, serial_scanner
from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire.apdu import (
    acs,
    authentication,
    desfire_data,
    exchange,
    mark,
    secure_session,
    sle4442,
    storage,
    sun,
)
from loyalty.devices.wire.apdu import des_authentication as des
from loyalty.devices.wire.apdu import des_session as d40
from loyalty.devices.wire.easyprinter import replies as easyprinter
from loyalty.devices.wire.escpos import decoder as receipts
from loyalty.devices.wire.escpos.star_line import STAR_LINE
from loyalty.devices.wire.escpos.tables import ESCPOS
from loyalty.devices.wire.evolis import decoder as evolis
from loyalty.devices.wire.evolis import messages as planes
from loyalty.devices.wire.evolis import raster
from loyalty.devices.wire.evolis.replies import ReplyDecoder as EvolisReplies
from loyalty.devices.wire.pn532.parsing import parse_message
from loyalty.devices.wire.pn532.targets import type_a_targets
from loyalty.devices.wire.sanwa.codec import Decoder as Sanwa
from loyalty.devices.wire.sanwa.letters import LetterDecoder
from loyalty.devices.wire.star_tcp.codec import Decoder as Star
from tests.fuzz.walking import decoders

KEY, START = bytes(range(16)), bytes(16)
LITTLE = 8192
"""Bytes that most decoders may keep; no message that is not a picture is longer."""
KEEPS = {"escpos.decoder.Decoder.feed": receipts.LONGEST + 8192, "evolis.decoder.Decoder.feed": 2_400_000}


@dataclass(frozen=True)
class Whole:
    """Takes a message at a time. It may refuse it with a ValueError or an error of ours."""

    name: str
    read: Callable[[bytes], object]
    more: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Stream:
    """Takes any bytes, in any pieces, for ever. fresh: makes one. keeps: bytes that may lie in it."""

    name: str
    fresh: Callable[[], Any]
    keeps: int = LITTLE
    more: tuple[bytes, ...] = ()


Subject = Whole | Stream


def _answer(command: msr605.commands.Command) -> Callable[[bytes], object]:
    return lambda data: msr605.AnswerDecoder(command).feed(data)


def _swipe(form: str, lrc: bool) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        ear = idtech.Decoder(idtech.Manner(form, lrc))
        ear.feed(data)
        return ear.finish().swipe

    return read


def _bits(read: Callable[[ms.Format, list[int]], object]) -> dict[str, Callable[[bytes], object]]:
    forms = {"track 1": ms.ISO1, "track 2": ms.ISO2, "track 3": ms.ISO3, "JIS II": ms.JIS2}
    return {name: lambda data, form=form: read(form, ms.bits_in(data, True)) for name, form in forms.items()}


def _command(parse: Callable[[exchange.Command], object]) -> Callable[[bytes], object]:
    return lambda data: parse(exchange.Command.parse(data))


def _host(way: authentication.Way) -> authentication.Host | des.DesHost:
    host = authentication.host_for(way, 0, KEY, START[: way.random_size(KEY)])
    host.token(KEY[: way.random_size(KEY)])
    return host


def _sessions(verb: str) -> dict[str, dict[str, Callable[[bytes], object]]]:
    made = {
        "Ev1Session": lambda: secure_session.Ev1Session(KEY, 0),
        "Ev2Session": lambda: secure_session.Ev2Session(KEY, KEY, b"1234", 0),
        "DesSession": lambda: d40.DesSession(KEY, 0),
    }
    reads = {
        "open": lambda session, data, mode: session.open(data, mode),
        "unseal": lambda session, data, mode: session.unseal(0x8D, 7, data, mode),
    }
    return {
        f"apdu.{'des_session' if name == 'DesSession' else 'secure_session'}.{name}.{verb}": {
            mode.name: lambda data, make=make, mode=mode: reads[verb](make(), data, mode)
            for mode in secure_session.Mode
        }
        for name, make in made.items()
    }


SHOWN = sun.Shown(bytes(7), 1)
WAYS = {way.name: way for way in authentication.Way}
ANSWERED = (
    msr605.ReadIso(), msr605.ReadRaw(), msr605.GetModel(), msr605.GetFirmware(), msr605.GetLeadingZeros(),
    msr605.GetCoercivity(), msr605.CommTest(), msr605.SetBits({1: 7, 2: 5, 3: 5}),
)  # fmt: skip
WHOLE: dict[str, dict[str, Callable[[bytes], object]]] = {
    "apdu.acs.parse": {"": _command(acs.parse)},
    "apdu.storage.parse": {"": _command(storage.parse)},
    "apdu.sle4442.parse": {"": _command(sle4442.parse)},
    "apdu.authentication.Card.prove": {
        name: lambda data, way=way: authentication.card_for(
            way, 0, KEY, START[: way.random_size(KEY)], b"1234"
        ).prove(data)
        for name, way in WAYS.items()
    },
    "apdu.authentication.Host.finish": {
        name: lambda data, way=way: _host(way).finish(data) for name, way in WAYS.items()
    },
    "apdu.authentication.Host.token": {
        name: lambda data, way=way: _host(way).token(data) for name, way in WAYS.items()
    },
    "apdu.des_authentication.DesCard.prove": {"": lambda data: des.DesCard(0, KEY, KEY[:8]).prove(data)},
    "apdu.des_authentication.DesHost.finish": {"": lambda data: _host(authentication.Way.D40).finish(data)},
    "apdu.des_authentication.DesHost.token": {"": lambda data: _host(authentication.Way.D40).token(data)},
    "apdu.desfire_data.parse": {"": lambda data: desfire_data.parse(data[0], data[1:])},
    "apdu.mark.opened": {"": lambda data: mark.opened(KEY, data[:7], data[7:])},
    "apdu.sun.opened": {"": lambda data: sun.opened(KEY, data)},
    "apdu.sun.opened_content": {"": lambda data: sun.opened_content(KEY, SHOWN, data)},
    "apdu.sun.verify": {
        name: lambda data, layout=layout: sun.verify(data.decode("latin-1"), layout, KEY, KEY)
        for name, layout in {"hidden": sun.Layout(), "clear": sun.Layout(picc=None, content="enc")}.items()
    },
    **_sessions("open"),
    **_sessions("unseal"),
    "evolis.raster.raster_of": {"": lambda data: raster.raster_of(data, planes.Geometry(40, 24))},
    "hid_pos.pieces_of": {"": lambda data: wire.hid_pos.pieces_of(data, "]Q1")},
    "idtech.lines.Decoder.feed": {
        f"{form} {lrc}": _swipe(form, lrc) for form in ("idtech", "uic") for lrc in (False, True)
    },
    "magstripe.bits.either_way": _bits(ms.either_way),
    "magstripe.bits.text_in": _bits(ms.text_in),
    "magstripe.bits.text_of": {
        "track 2": lambda data: ms.text_of(ms.ISO2, [byte & 31 for byte in data]),
        "JIS II": lambda data: ms.text_of(ms.JIS2, data),
    },
    "magstripe.packing.bits_in": {"": lambda data: ms.bits_in(data, False)},
    "msr605.answers.AnswerDecoder.feed": {type(each).__name__: _answer(each) for each in ANSWERED},
    "pn532.parsing.parse_message": {"": lambda data: parse_message(data[0], data[1:])},
    "pn532.targets.type_a_targets": {"": lambda data: type_a_targets(data[0], data[1:])},
    "scanned.scan_of": {"": lambda data: scanned.scan_of(data, "QR", "COM1")},
}
MANNERS = {
    "plain": serial_scanner.Manner(),
    "framed": serial_scanner.Manner(b"\r\n", b"\x02", aim_id=True),
    "endless": serial_scanner.Manner(b""),
}
STREAMS: dict[str, dict[str, Callable[[], Any]]] = {
    "easyprinter.replies.ReplyDecoder.feed": {
        asked.name: partial(easyprinter.ReplyDecoder, asked) for asked in easyprinter.Asked
    },
    "escpos.decoder.Decoder.feed": {"": receipts.Decoder, "Star": partial(receipts.Decoder, STAR_LINE)},
    "evolis.decoder.Decoder.feed": {
        "": evolis.Decoder, "small": partial(evolis.Decoder, planes.Geometry(16, 16)),
    },
    "evolis.replies.ReplyDecoder.feed": {"": EvolisReplies, "status": partial(EvolisReplies, True)},
    "pn532.frames.Decoder.feed": {
        "host": partial(pn532.Decoder, pn532.FROM_HOST), "chip": partial(pn532.Decoder, pn532.FROM_CHIP),
    },
    "sanwa.codec.Decoder.feed": {role: partial(Sanwa, role) for role in ("host", "device")},
    "sanwa.letters.LetterDecoder.feed": {role: partial(LetterDecoder, role) for role in ("host", "device")},
    "serial_scanner.Decoder.feed": {name: partial(serial_scanner.Decoder, manner) for name, manner in MANNERS.items()},
    "star_tcp.codec.Decoder.feed": {role: partial(Star, role) for role in ("host", "device")},
}  # fmt: skip
WITH_MORE = {
    "escpos.decoder.Decoder.feed": tuple(
        code + tail for code in (*ESCPOS, *STAR_LINE) for tail in (b"", b"\x01\x02\0\0")
    ),
    "apdu.sun.verify": (
        b"picc_data=" + b"0A" * 16 + b"&cmac=" + b"1B" * 8, b"uid=" + b"04" * 7 + b"&ctr=000001&cmac=" + b"1B" * 8,
    ),
    "msr605.answers.AnswerDecoder.feed": (bytes.fromhex("1b731b01411b022b1b032b3f1c1b30"),),
}  # fmt: skip
CODES = (
    b"8018123456789012345675", b"25540063813339310001", b"]C10109506000134352",
    b"01095011010209171719050810ABCD\x1d2110",
    b"https://id.gs1.org/01/09506000134352/10/ABC?17=261231",
)
TEXTS: dict[str, Callable[[bytes], object]] = {
    "gs1.meaning_of": lambda data: [gs1.meaning_of(data.decode("latin-1"), each) for each in ("GS1128", "QR", "")],
    "aim.split": lambda data: aim.symbology(aim.split(data.decode("latin-1"))[0]),
}
"""What reads the text of a code that somebody may have printed on purpose."""
NOT_TRIED = {
    "apdu.aes.odd_bytes": "takes a MAC of ours",
    "magstripe.swipe.token_of": "takes tracks that were read",
}
"""Named as if they read what others sent, and do not."""


def subjects() -> Iterator[Subject]:
    for name in sorted(decoders() - set(NOT_TRIED)):
        more = WITH_MORE.get(name, ())
        for kind, read in WHOLE.get(name, {}).items():
            yield Whole(f"{name} {kind}".strip(), read, more)
        for kind, fresh in STREAMS.get(name, {}).items():
            yield Stream(f"{name} {kind}".strip(), fresh, KEEPS.get(name, LITTLE), more)
        if name not in WHOLE and name not in STREAMS:
            yield _by_itself(name)
    for name, text in TEXTS.items():
        yield Whole(name, text, CODES)


def _by_itself(name: str) -> Subject:
    """What needs nothing but bytes: `feed` of what is made without arguments, `parse` of messages, functions."""
    module, _, path = name.partition(".")
    while path[:1].islower() and "." in path:
        first, _, path = path.partition(".")
        module += "." + first
    room = importlib.import_module(f"{wire.__name__}.{module}")
    read = attrgetter(path)(room)
    if path.endswith(".feed"):
        return Stream(name, getattr(room, path.removesuffix(".feed")))
    given = [each for each in inspect.signature(read).parameters.values() if each.default is each.empty]
    if [each.name for each in given][:1] == ["code"]:
        return Whole(name, partial(read, read.__self__.codes[0] if read.__self__.codes else 0x7F))
    if len(given) != 1:
        raise AssertionError(f"{name} takes {len(given)} things: put it into a table of this file")
    text = given[0].annotation is str
    return Whole(name, (lambda data: read(data.decode("latin-1"))) if text else read)
