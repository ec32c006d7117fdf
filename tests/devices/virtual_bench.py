"""A virtual PointCardRW on a real line with its driver at the other end, for the tests beside this file."""

import time
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.virtual_pointcard import VirtualPointCardRW, open_driver
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard
from tests.devices.star_bench import with_facts

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "M-0412"}}
BERT = {"kind": "rewritable", "uid": "04000000000001", "tracks": {"2": "M-0007"}}
PATIENT, HURRIED = {"reply_s": 3.0, "job_s": 30.0}, {"reply_s": 0.08, "job_s": 0.4}


class Bench:
    """`unit` is the simulator, `driver` what drives it."""

    def __init__(self, *, pty: bool = False) -> None:
        self.unit, self.ready, self._server = start("virtual-pointcard", tcp=None if pty else "127.0.0.1:0")
        self.profile = with_facts(read_profile("virtual-pointcard"), **PATIENT)
        self._driver: VirtualPointCardRW | None = None

    @property
    def driver(self) -> VirtualPointCardRW:
        self._driver = self._driver or self.connect()
        return self._driver

    def connect(self) -> VirtualPointCardRW:
        self.close_line()
        self._driver = open_driver(open_transport(self.ready["port"], self.profile), self.profile)
        return self._driver

    def pace(self, reply_s: float, job_s: float) -> None:
        """The driver that is connected waits so long from now on."""
        self.driver._link._reply_s, self.driver._job_s = reply_s, job_s

    def until(self, held: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not held():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.005)

    def put(self, card: dict[str, Any]) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def take_in(self, card: dict[str, Any]) -> None:
        self.put(card)
        self.driver.take_in(30, lambda: False)

    def printed(self) -> Raster:
        """What is burnt into the card that is in the unit or was the last in it."""
        picture = self.unit.shown.printed.convert("1")
        return Raster(picture.width, picture.height, picture.tobytes())

    def show(self, face: Raster) -> None:
        """The card inside shows this from now on."""
        dots = Image.frombytes("1", (face.width, face.height), face.rows)
        self.unit.shown.printed = dots.convert("L")

    def close_line(self) -> None:
        if self._driver:
            self._driver.close()
            self._driver = None

    def close(self) -> None:
        self.close_line()
        self._server.close()


def face_of(text: str) -> Raster:
    picture = Image.new("1", (640, 400))
    draw = ImageDraw.Draw(picture)
    draw.text((40, 60), text, fill=1, font_size=48)
    draw.text((40, 330), "Loyalty", fill=1, font_size=24)
    return Raster(640, 400, picture.tobytes())
