"""A counter for tests of scanners that talk: the simulated unit, and the driver on its port."""

import time

from loyalty.contract.token import Token
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from tests.devices.msr605_desk import with_facts

LONG_S = 20


class ScannerDesk:
    """ahead_s: the driver's clock is ahead of ours by so much."""

    def __init__(self, name: str, tcp: bool = False, **facts):
        self.unit, ready, self._control = start(name, tcp="127.0.0.1:0" if tcp else None)
        self.port, self.profile = ready["port"], with_facts(read_profile(name), **facts)
        self.traced, self.plugged = bytearray(), []
        self.plug()

    def plug(self):
        transport = open_transport(self.port, self.profile, lambda speaker, data: self.traced.extend(data))
        self.scanner = driver_for(self.profile)(transport, self.profile)
        self.plugged.append(self.scanner)
        self.until(lambda state: state["host_connected"])
        return self.scanner

    def until(self, true_of) -> None:
        deadline = time.monotonic() + LONG_S
        while not true_of(self.unit.state()):
            assert time.monotonic() < deadline, self.unit.state()
            time.sleep(0.002)

    def seen(self, value: str, kind: str = "barcode") -> Seen:
        return Seen(Token(kind, value, self.port))

    def close(self) -> None:
        for scanner in self.plugged:
            scanner.close()
        self._control.close()
