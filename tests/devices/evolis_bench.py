"""A simulated Evolis printer on a real line with the real driver at the other end, for the tests beside this file."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.evolis import open_driver
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard
from tests.devices.star_bench import with_facts

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "0412"}}
BERT = {"kind": "rewritable", "uid": "04000000000001", "tracks": {"2": "0007"}}
WIDTH, HEIGHT = 1016, 648
PATIENT = {"reply_s": 20.0, "move_s": 20.0, "job_s": 40.0}
HURRIED = {"reply_s": 0.8, "move_s": 0.8, "job_s": 0.8}
Box = tuple[int, int, int, int]


class Bench:
    """`unit` is the simulator, `driver` what drives it."""

    def __init__(self, name: str = "evolis-primacy", *, pty: bool = False, speed: str = "fast", **facts: Any) -> None:
        self.unit, self.ready, self._server = start(name, tcp=None if pty else "127.0.0.1:0", speed=speed)
        self.profile = with_facts(read_profile(name), **{**PATIENT, **facts})
        self._driver: Any = None

    @property
    def driver(self) -> Any:
        self._driver = self._driver or self.connect()
        return self._driver

    def connect(self) -> Any:
        """A new line and driver, as after a pulled cable or a restarted program."""
        self.close_line()
        self._driver = open_driver(open_transport(self.ready["port"], self.profile), self.profile)
        return self._driver

    def hurry(self) -> None:
        """From now on the driver waits only shortly: for printers that are not going to answer."""
        self.profile = with_facts(self.profile, **HURRIED)
        self.connect()

    def put(self, card: dict[str, Any]) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def take_in(self, card: dict[str, Any] | None = None, timeout_s: float = 20) -> None:
        if card:
            self.put(card)
        self.driver.take_in(timeout_s, lambda: False)

    def printed(self) -> Raster:
        """What is dark on the card that is in the unit or was the last in it."""
        picture = self.unit.shown.printed.convert("1")
        return Raster(picture.width, picture.height, picture.tobytes())

    def said(self, word: str) -> int:
        """How many lines of the trace name it."""
        return sum(word in row["meaning"] for row in self.unit.log.after(0))

    def until(self, held: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not held():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.005)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """What moves a card or heats it takes until the end of this."""
        works, free = self.unit.works, threading.Event()
        usual, works._let_pass = works._let_pass, lambda seconds: free.wait(60)
        try:
            yield
        finally:
            works._let_pass = usual
            free.set()

    def close_line(self) -> None:
        if self._driver:
            self._driver.close()
            self._driver = None

    def close(self) -> None:
        self.unit.clear_faults()
        self.close_line()
        self._server.close()


def face_of(*boxes: Box) -> Raster:
    """A face with black rectangles: left, top, width, height in dots."""
    rows = [0] * HEIGHT
    for left, top, width, height in boxes:
        for y in range(top, top + height):
            rows[y] |= ((1 << width) - 1) << (WIDTH - left - width)
    return Raster(WIDTH, HEIGHT, b"".join(row.to_bytes(WIDTH // 8) for row in rows))


def noon() -> datetime:
    return datetime.fromtimestamp(0, UTC)


NAME, LEVEL = (40, 40, 400, 60), (40, 500, 200, 90)
OLD, NEW = face_of(NAME, (600, 300, 120, 80)), face_of(NAME, LEVEL)
