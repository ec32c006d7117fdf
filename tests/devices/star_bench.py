"""A simulated Star unit on a real line with the real driver at the other end, for the tests beside this file."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.star_tcp import StarVisualCardPrinter, open_driver
from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "M-0412"}}
BERT = {"kind": "rewritable", "uid": "04000000000001", "tracks": {"2": "M-0007"}}


PATIENT, HURRIED = (5.0, 20.0), (0.25, 0.6)
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
        self, name: str = "star-tcp300ii", *, pty: bool = False, speed: str = "fast",
        patience: tuple[float, float] = PATIENT, **facts: Any,
    ) -> None:  # fmt: skip
        self.unit, self.ready, self._server = start(name, tcp=None if pty else "127.0.0.1:0", speed=speed)
        self.profile = with_facts(read_profile(name), link_reply_s=patience[0], op_s=patience[1], **facts)
        self._driver: StarVisualCardPrinter | None = None

    @property
    def driver(self) -> StarVisualCardPrinter:
        self._driver = self._driver or self.connect()
        return self._driver

    def connect(self, before: Callable[[bytes], None] | None = None) -> StarVisualCardPrinter:
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

    def settled(self) -> None:
        """Wait until the unit does nothing and waits for no acknowledgement."""
        self.until(lambda: not self.unit.state()["busy"] and self.unit._line._waiting is None)

    def put(self, card: dict[str, Any]) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def take_in(self, card: dict[str, Any] | None = None, timeout_s: float = 30) -> None:
        if card:
            self.put(card)
        self.driver.take_in(timeout_s, lambda: False)

    def printed(self) -> Raster:
        """What is burnt into the card that is in the unit or was the last in it."""
        picture = self.unit.shown.printed.convert("1")
        return Raster(picture.width, picture.height, picture.tobytes())

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
    picture = Image.new("1", (480, 320))
    draw = ImageDraw.Draw(picture)
    draw.text((40, 120), text, fill=1, font_size=64)
    if not small:
        draw.rectangle((0, 0, 479, 319), outline=1)
        draw.rectangle((300, 20, 440, 100), fill=1)
    return Raster(480, 320, picture.tobytes())
