"""Code and bytes of an information frame -> the message. UM0701-02 rev. 02, chapter 7."""

from collections.abc import Callable
from typing import Protocol

from loyalty.devices.wire.pn532 import answers as say
from loyalty.devices.wire.pn532 import commands as ask
from loyalty.devices.wire.pn532.targets import Malformed


class Message(Protocol):
    """Anything that travels in an information frame."""

    @property
    def code(self) -> int: ...

    def body(self) -> bytes:
        """The bytes after the code."""
        ...


def parse_message(code: int, data: bytes) -> Message:
    """The message of that code; Malformed when `data` does not fit it."""
    reader = _READERS.get(code)
    if reader is None:
        return say.Other(code, data)
    try:
        return reader(data)
    except (IndexError, TypeError) as error:
        raise Malformed(f"code {code:02X} with {len(data)} bytes") from error


def _exactly(size: int, data: bytes) -> bytes:
    if len(data) != size:
        raise Malformed(f"{len(data)} bytes instead of {size}")
    return data


def _general_status(data: bytes) -> say.GeneralStatus:
    count = data[2]
    _exactly(4 + 4 * count, data)
    held = tuple((data[i], data[i + 1], data[i + 2], data[i + 3]) for i in range(3, 3 + 4 * count, 4))
    return say.GeneralStatus(data[0], bool(data[1]), held, data[-1])


def _register_writes(data: bytes) -> ask.WriteRegister:
    if len(data) % 3:
        raise Malformed("register writes are triples")
    return ask.WriteRegister(
        tuple((int.from_bytes(data[i : i + 2], "big"), data[i + 2]) for i in range(0, len(data), 3))
    )


def _register_reads(data: bytes) -> ask.ReadRegister:
    if len(data) % 2:
        raise Malformed("register addresses are pairs")
    return ask.ReadRegister(tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)))


def _auto_polled(data: bytes) -> say.AutoPolled:
    found, at = [], 1
    for _ in range(data[0]):
        kind, size = data[at], data[at + 1]
        found.append((kind, data[at + 2 : at + 2 + size]))
        at += 2 + size
    _exactly(at, data)
    return say.AutoPolled(tuple(found))


def _done(code: int) -> Callable[[bytes], Message]:
    def read(data: bytes) -> Message:
        _exactly(0, data)
        return say.Done(code)

    return read


def _status(code: int) -> Callable[[bytes], Message]:
    return lambda data: say.StatusAnswer(code, _exactly(1, data)[0])


def _baud_rate(data: bytes) -> ask.SetSerialBaudRate:
    return ask.SetSerialBaudRate(ask.BAUD_RATES[_exactly(1, data)[0]])


def _firmware_version(data: bytes) -> say.FirmwareVersion:
    ic, version, revision, support = _exactly(4, data)
    return say.FirmwareVersion(ic, version, revision, support)


_READERS: dict[int, Callable[[bytes], Message]] = {
    0x00: lambda data: ask.Diagnose(data[0], data[1:]),
    0x01: say.Diagnosed,
    0x02: lambda data: ask.GetFirmwareVersion(*_exactly(0, data)),
    0x03: _firmware_version,
    0x04: lambda data: ask.GetGeneralStatus(*_exactly(0, data)),
    0x05: _general_status,
    0x06: _register_reads,
    0x07: say.RegisterValues,
    0x08: _register_writes,
    0x10: _baud_rate,
    0x12: lambda data: ask.SetParameters(_exactly(1, data)[0]),
    0x14: lambda data: ask.SamConfiguration(data[0], *data[1:]),
    0x16: lambda data: ask.PowerDown(*data),
    0x32: lambda data: ask.RfConfiguration(data[0], data[1:]),
    0x40: lambda data: ask.InDataExchange(data[1:], data[0] & 0x3F, bool(data[0] & 0x40)),
    0x41: lambda data: say.DataExchanged(data[0] & 0x3F, data[1:], bool(data[0] & 0x40)),
    0x42: ask.InCommunicateThru,
    0x43: lambda data: say.Communicated(data[0] & 0x3F, data[1:]),
    0x44: lambda data: ask.InDeselect(_exactly(1, data)[0]),
    0x4A: lambda data: ask.InListPassiveTarget(data[0], data[1], data[2:]),
    0x4B: lambda data: say.PassiveTargets(data[0], data[1:]),
    0x52: lambda data: ask.InRelease(_exactly(1, data)[0]),
    0x54: lambda data: ask.InSelect(_exactly(1, data)[0]),
    0x60: lambda data: ask.InAutoPoll(data[0], data[1], data[2:]),
    0x61: _auto_polled,
    **{code: _done(code) for code in (0x09, 0x11, 0x13, 0x15, 0x33)},
    **{code: _status(code) for code in (0x17, 0x45, 0x53, 0x55)},
}
