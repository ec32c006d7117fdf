"""A simulated EasyPrinter S3 on a real line with the real driver at the other end, for the tests beside this file."""

import threading
import time
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.easyprinter import open_driver
from loyalty.devices.drivers.easyprinter.printer import EasyPrinter
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard
from tests.devices.star_bench import with_facts

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6"}
BERT = {"kind": "rewritable", "uid": "04000000000001"}
PATIENT = {"reply_s": 3.0, "start_s": 20.0, "job_s": 20.0, "move_s": 20.0, "poll_s": 0.005}
HURRIED = {"reply_s": 0.15, "start_s": 0.3, "job_s": 0.6, "move_s": 0.6, "poll_s": 0.005}
"""Seconds that a driver waits; only one that is going to wait in vain should be in a hurry."""


class Bench:
    """`unit` is the simulator, `driver` what drives it."""

    def __init__(self, name: str = "easyprinter-s3", *, pty: bool = False, **facts: Any) -> None:
        self.unit, self.ready, self._server = start(name, tcp=None if pty else "127.0.0.1:0")
        self.profile = with_facts(read_profile(name), **{**PATIENT, **facts})
        self._driver: EasyPrinter | None = None

    @property
    def driver(self) -> EasyPrinter:
        self._driver = self._driver or self.connect()
        return self._driver

    def connect(self, before: Callable[[bytes], None] | None = None) -> EasyPrinter:
        """A new line and driver, as after a pulled cable; `before` sees what is about to be sent."""
        self.close_line()
        listener = (lambda who, data: before(data) if who == "host" else None) if before else None
        transport = open_transport(self.ready["port"], self.profile, listener)
        try:
            self._driver = open_driver(transport, self.profile)
        except BaseException:
            transport.close()
            raise
        return self._driver

    def pace(self, **seconds: float) -> None:
        """The driver that is connected waits so long from now on."""
        self.profile = with_facts(self.profile, **seconds)
        driver = self.driver
        driver._profile = self.profile
        driver._unit.link._reply_s = float(self.profile["reply_s"])
        for name in ("poll_s", "move_s", "job_s"):
            setattr(driver._unit, f"_{name}", float(self.profile[name]))

    def until(self, held: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not held():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.005)

    def once(self, held: Callable[[], bool], action: Callable[..., Any], *arguments: Any) -> threading.Thread:
        """Do this as soon as that holds."""
        thread = threading.Thread(target=lambda: (self.until(held), action(*arguments)))
        thread.start()
        return thread

    def settled(self) -> None:
        self.until(lambda: not self.unit.state()["busy"] or self.unit.works.waiting)

    def put(self, card: dict[str, Any]) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def take_in(self, card: dict[str, Any] | None = None, timeout_s: float = 30) -> None:
        """Take out what is there, let the driver see the empty slot, put the next one in."""
        if card:
            self.unit.take_card()
            self.driver.position()
            self.put(card)
        self.driver.take_in(timeout_s, lambda: False)

    def printed(self) -> Raster:
        """What is burnt into the card that is in the unit or was the last in it."""
        picture = self.unit.shown.printed.convert("1")
        return Raster(picture.width, picture.height, picture.tobytes())

    def did(self, word: str) -> int:
        """How many lines of the trace say so."""
        return sum(row["meaning"].startswith(word) for row in self.unit.log.after(0))

    def close_line(self) -> None:
        if self._driver:
            self._driver.close()
            self._driver = None

    def close(self) -> None:
        self.close_line()
        self._server.close()


def face_of(text: str, x: int = 80, y: int = 200, frame: bool = False) -> Raster:
    """A face with a word, and something in every corner if asked."""
    picture = Image.new("1", (960, 560))
    draw = ImageDraw.Draw(picture)
    draw.text((x, y), text, fill=1, font_size=64)
    if frame:
        draw.rectangle((0, 0, 959, 559), outline=1)
        draw.rectangle((700, 20, 940, 100), fill=1)
    return Raster(960, 560, picture.tobytes())


def with_dots(face: Raster, *dots: tuple[int, int]) -> Raster:
    """The same face with these dots turned."""
    rows = bytearray(face.rows)
    for x, y in dots:
        rows[y * face.stride + x // 8] ^= 0x80 >> x % 8
    return Raster(face.width, face.height, bytes(rows))
