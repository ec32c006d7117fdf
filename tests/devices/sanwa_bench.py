"""A simulated Sanwa unit on a real line with the real driver at the other end, for the tests beside this file."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.sanwa import SanwaCardPrinter, open_driver
from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "M-0412"}}
BERT = {"kind": "rewritable", "uid": "04000000000001", "tracks": {"2": "M-0007"}}
SIZE = (504, 336)
PATIENT, HURRIED = (5.0, 20.0), (0.2, 0.6)
"""Seconds that a driver waits for an acknowledgement, and for the end of a movement."""


def with_facts(profile: Profile, **values: Any) -> Profile:
    """The profile with other values, such as shorter waits."""
    facts = {key: Fact(value, "this test", "unverified") for key, value in values.items()}
    return replace(profile, facts={**profile.facts, **facts})


class Bench:
    """`unit` is the simulator, `driver` what drives it; `patience` shortens the driver's waits (reply_s, op_s).

    Only a driver that is going to wait in vain should be in a hurry: on a busy machine a unit may well need a second.
    """

    def __init__(
        self, name: str = "sanwa-crp1231lr", *, pty: bool = False, speed: str = "fast",
        patience: tuple[float, float] = PATIENT, **facts: Any,
    ) -> None:  # fmt: skip
        self.unit, self.ready, self._server = start(name, tcp=None if pty else "127.0.0.1:0", speed=speed)
        waits = {"link_reply_s": patience[0], "op_s": patience[1], "poll_s": 0.02}
        self.profile = with_facts(read_profile(name), **waits, **facts)
        self._driver: SanwaCardPrinter | None = None

    @property
    def driver(self) -> SanwaCardPrinter:
        self._driver = self._driver or self.connect()
        return self._driver

    def connect(self, before: Callable[[bytes], None] | None = None) -> SanwaCardPrinter:
        """A new line and driver, as after a pulled cable; `before` sees what is about to be sent."""
        self.close_line()
        listener = (lambda who, data: before(data) if who == "host" else None) if before else None
        transport = open_transport(self.ready["port"], self.profile, listener)
        self._driver = open_driver(transport, self.profile)
        return self._driver

    def hurry(self, patience: tuple[float, float] = HURRIED) -> None:
        """From now on the driver waits only shortly: for units that are not going to answer."""
        self.profile = with_facts(self.profile, link_reply_s=patience[0], op_s=patience[1])
        self.connect()

    def until(self, held: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not held():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.005)

    def put(self, card: dict[str, Any]) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def take_in(self, card: dict[str, Any] | None = None, timeout_s: float = 30) -> None:
        """A card handed out before is taken, and the driver has seen that; then this one is pushed in."""
        self.unit.take_card()
        self.driver.position()
        if card:
            self.put(card)
        self.driver.take_in(timeout_s, lambda: False)

    def printed(self) -> Raster:
        """What is burnt into the card that is in the unit or was the last in it."""
        picture = self.unit.shown.printed.convert("1")
        return Raster(picture.width, picture.height, picture.tobytes())

    def wear(self) -> tuple[int, int]:
        """Erasures and print passes so far."""
        return self.unit.counters["erasures"], self.unit.counters["prints"]

    def did(self, word: str) -> int:
        """How many lines of the trace say so."""
        return sum(word in row["meaning"] for row in self.unit.log.after(0))

    def close_line(self) -> None:
        if self._driver:
            self._driver.close()
            self._driver = None

    def close(self) -> None:
        self.close_line()
        self._server.close()


def face_of(text: str, small: bool = False) -> Raster:
    """A face with something in every corner, or with a single word."""
    picture = Image.new("1", SIZE)
    draw = ImageDraw.Draw(picture)
    draw.text((40, 100), text, fill=1, font_size=60)
    if not small:
        draw.rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), outline=1)
        draw.rectangle((330, 15, 460, 90), fill=1)
    return Raster(*SIZE, picture.tobytes())
