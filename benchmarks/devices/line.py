"""How long a driver takes beside its line: time from the first to the last byte of a picture, over 10 bits a byte.

Star: a full face of 480 x 320 black dots, with the simulated unit at real speed on a pseudo terminal. What counts is
the line's time and how long the driver keeps the line waiting; the second figure has the simulator's own computing in
it, which is no hardware's. Receipt: the sample of the tests, through a pseudo terminal that passes bytes on at the
line's speed.
"""

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from benchmarks.devices.table import Figure
from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from loyalty.devices.wire.star_tcp.face import ClearText
from loyalty.printing.receipt import lay_out_receipt
from simulators.__main__ import start
from simulators.card import SimCard
from simulators.line import PtyLine
from simulators.star_tcp import build
from tests.printing.samples import RECEIPT, SHOP_ZONE

SLOW, FAST = 1.02, 1.05
"""Targets: up to 38,400 bit/s, and above."""
_BITS, PIECE = 10, 16
_PRINT = 0x46


@dataclass
class Watch:
    """A listener: when the first and the last byte of a job passed, how many there were, how long the driver thought.

    idle: seconds from anything heard or said until the driver's next word, while it was its turn.
    """

    begun: float = 0.0
    ended: float = 0.0
    size: int = 0
    idle: float = 0.0
    heard_at: float = 0.0
    running: bool = False
    over: bool = False

    def note(self, speaker: str, data: bytes) -> None:
        now = time.perf_counter()
        command = data[1] if speaker == "host" and len(data) > 1 else None
        if command == ClearText.codes[0] and not self.over:
            self.begun, self.size, self.idle, self.heard_at, self.running = now, 0, 0.0, now, True
        elif command == _PRINT:
            self.running, self.over = False, True  # what empties the unit afterwards is not the picture's
        if self.running:
            self.size += len(data)
            self.idle += now - self.heard_at if speaker == "host" else 0.0
            self.ended = self.heard_at = now


def star(rates: Sequence[int]) -> list[Figure]:
    return [figure for rate in rates for figure in _star_at(rate)]


def _star_at(rate: int) -> list[Figure]:
    profile = at_rate(read_profile("star-tcp300ii"), rate)
    unit = build(profile, "real")
    line = PtyLine(unit)
    watch = Watch()
    driver = driver_for(profile)(open_transport(line.port, profile, watch.note), profile)
    try:
        unit.put_card(SimCard.from_json({"kind": "rewritable", "uid": "04A1B2C3D4E5F6"}))
        driver.take_in(30, lambda: False)
        width, height = driver.face_dots
        driver.rewrite(Raster(width, height, b"\xff" * (width // 8 * height)))
    finally:
        driver.close()
        line.close()
    floor, elapsed = watch.size * _BITS / rate, watch.ended - watch.begun
    return [
        _figure(f"full face, Star at {rate:,} bit/s", floor + watch.idle, watch.size, rate),
        Figure("   with what the simulator computes", elapsed * 1000, "ms", elapsed / floor, None),
    ]


def receipt(rates: Sequence[int]) -> list[Figure]:
    unit, ready, server = start("escpos-80mm", tcp="127.0.0.1:0")
    unit.pause = lambda seconds: None  # the paper's own time is not the line's
    try:
        return [_receipt_at(rate, ready["port"]) for rate in rates]
    finally:
        server.close()


def _receipt_at(rate: int, device: str) -> Figure:
    profile = at_rate(read_profile("escpos-80mm"), rate)
    patient = Fact(10.0, "a pseudo terminal takes bytes faster than the line carries them", "unverified")
    profile = replace(profile, facts={**profile.facts, "answer_timeout_s": patient})
    paced = PacedLine(device, rate)
    driver = driver_for(profile)(open_transport(paced.port, profile), profile)
    try:
        parts = lay_out_receipt(RECEIPT, driver.columns, driver.paper_dots, driver.can_encode, zone=SHOP_ZONE)
        driver.print(parts)  # the first one also frees the printer from what it may have half heard
        paced.size, begun = 0, time.perf_counter()
        driver.print(parts)
        taken = time.perf_counter() - begun
    finally:
        driver.close()
        paced.close()
    return _figure(f"receipt, ESC/POS at {rate:,} bit/s", taken, paced.size, rate)


def at_rate(profile: Profile, rate: int) -> Profile:
    line = profile.facts["line"]
    slower = Fact({**line.value, "baudrate": rate}, "this benchmark", "unverified")
    return replace(profile, facts={**profile.facts, "line": slower})


def _figure(name: str, taken: float, size: int, rate: int) -> Figure:
    floor = size * _BITS / rate
    return Figure(name, taken * 1000, "ms", taken / floor, SLOW if rate <= 38_400 else FAST)


class PacedLine:
    """A pseudo terminal whose bytes reach the device one after the other, as fast as the line carries them.

    size: bytes that passed, both ways; only one side speaks at a time here.
    """

    def __init__(self, device: str, rate: int) -> None:
        parts = urlsplit(device)
        self._device = socket.create_connection((str(parts.hostname), parts.port or 0))
        self._device.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.port, self.size = os.ttyname(self._slave), 0
        self._second = rate / _BITS
        ways = (
            (self._master, self._from_host, self._device.sendall),
            (self._device.fileno(), self._from_device, self._to_host),
        )
        for way in ways:
            threading.Thread(target=self._carry, args=way, daemon=True).start()

    def close(self) -> None:
        os.close(self._slave)
        with contextlib.suppress(OSError):
            self._device.shutdown(socket.SHUT_RDWR)
        self._device.close()

    def _carry(self, source: int, read: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
        free_at = 0.0
        with contextlib.suppress(OSError):
            while True:
                idle = not select.select([source], [], [], 0)[0]
                if not (data := read()):
                    return
                self.size += len(data)
                free_at = (time.perf_counter() if idle else free_at or time.perf_counter()) + len(data) / self._second
                time.sleep(max(0.0, free_at - time.perf_counter()))
                write(data)

    def _from_host(self) -> bytes:
        return os.read(self._master, PIECE)

    def _from_device(self) -> bytes:
        return self._device.recv(PIECE)

    def _to_host(self, data: bytes) -> int:
        return os.write(self._master, data)
