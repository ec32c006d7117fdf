"""A simulated receipt printer on a real line with the real driver at the other end, for the tests beside this file."""

import io
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import zxingcpp
from PIL import Image

from loyalty.contract.outcomes import ReceiptData
from loyalty.contract.paper import Part
from loyalty.devices.drivers.escpos import EscPosPrinter, open_driver
from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.transports import open_transport
from loyalty.printing.receipt import lay_out_receipt
from simulators.__main__ import start
from simulators.escpos import EscPosUnit
from tests.printing.samples import SHOP_ZONE

PATIENT = {"answer_timeout_s": 10, "job_timeout_s": 30}
HURRIED = {"answer_timeout_s": 0.5, "job_timeout_s": 1.0}


def with_facts(profile: Profile, **values: Any) -> Profile:
    """The profile with other values, such as shorter waits."""
    facts = {key: Fact(value, "this test", "unverified") for key, value in values.items()}
    return replace(profile, facts={**profile.facts, **facts})


class Till:
    """`unit` is the simulator, `printer` the driver; facts given replace those of the profile on both ends."""

    def __init__(self, name: str = "escpos-80mm", *, pty: bool = False, **facts: Any) -> None:
        self.profile = with_facts(read_profile(name), **{**PATIENT, **facts})
        self.unit: EscPosUnit
        self.unit, self.ready, self._server = start(name, tcp=None if pty else "127.0.0.1:0")
        self.heard: list[tuple[str, bytes]] = []
        self._planned: tuple[int, Callable[[], None]] | None = None
        self.printer = self.connect()

    def connect(self, patience: dict[str, float] | None = None) -> EscPosPrinter:
        """A new line and driver, as after a restart of the program.

        `patience`: HURRIED for a printer that is not going to answer; on a busy machine one may well need a second.
        """
        self.profile = with_facts(self.profile, **(patience or {}))
        port = open_transport(self.ready["port"], self.profile, self._hear)
        self.printer = open_driver(port, self.profile)
        return self.printer

    def _hear(self, who: str, data: bytes) -> None:
        self.heard.append((who, data))
        if who == "host" and self._planned and len(self.sent()) >= self._planned[0]:
            (_, action), self._planned = self._planned, None
            action()

    def after_bytes(self, count: int, action: Callable[[], None]) -> None:
        """Do this when so many bytes more have been handed to the line."""
        self._planned = len(self.sent()) + count, action

    def sent(self) -> bytes:
        """All bytes that went to the printer."""
        return b"".join(data for who, data in self.heard if who == "host")

    def lay_out(self, data: ReceiptData) -> tuple[Part, ...]:
        """The receipt for this printer."""
        printer = self.printer
        return lay_out_receipt(data, printer.columns, printer.paper_dots, printer.can_encode, zone=SHOP_ZONE)

    def fault(self, name: str, **settings: Any) -> None:
        self.unit.set_fault(name, settings)

    def mend(self, name: str | None = None) -> None:
        self.unit.clear_faults(name)

    def settle(self) -> None:
        """Wait until the printer has done what it has received."""
        self.until(lambda: not self.unit.state()["waiting"] and not self.unit.state()["busy"])

    def until(self, held: Callable[[], bool], within_s: float = 20) -> None:
        end = time.monotonic() + within_s
        while not held():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.01)

    def paper(self) -> Image.Image:
        """The last receipt as the control interface shows it."""
        with urllib.request.urlopen(self.ready["control"] + "/paper.png") as answer:
            return Image.open(io.BytesIO(answer.read())).convert("L")

    def codes(self, within_s: float = 0) -> list[tuple[str, str]]:
        """The codes on the paper, once there are any: a printer takes all bytes before it has printed them."""
        end = time.monotonic() + within_s
        while not (found := zxingcpp.read_barcodes(self.paper())) and time.monotonic() < end:
            time.sleep(0.02)
        return [(code.format.name, code.text) for code in found]

    def close(self) -> None:
        self.printer.close()
        self._server.close()
