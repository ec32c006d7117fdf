"""A counter for tests of readers that only read: the simulated unit, and the driver on its port."""

import pytest

from loyalty.contract.token import Token
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from loyalty.errors import LinkLost
from simulators.__main__ import start
from tests.devices.msr605_desk import with_facts

LONG_S = 20


class SwipeDesk:
    def __init__(self, name: str, tcp: bool = False, **facts):
        self.unit, ready, self._control = start(name, tcp="127.0.0.1:0" if tcp else None)
        self.port, self._name, self._facts = ready["port"], name, facts
        self.traced, self.plugged = bytearray(), []
        self.plug()

    def plug(self, **facts):
        profile = with_facts(read_profile(self._name), **self._facts, **facts)
        transport = open_transport(self.port, profile, lambda speaker, data: self.traced.extend(data))
        self.reader = driver_for(profile)(transport, profile)
        self.plugged.append(self.reader)
        self.reader.status()
        self._until_connected(True)
        return self.reader

    def cut(self) -> None:
        """The cable is pulled; on return both sides know."""
        self.unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            while True:
                self.reader.poll(1)
        self._until_connected(False)
        self.unit.clear_faults()

    def _until_connected(self, connected: bool) -> None:
        with self.unit.changed:
            assert self.unit.changed.wait_for(lambda: self.unit.state()["host_connected"] is connected, LONG_S)

    def swipe(self, **tracks: str) -> None:
        self.unit.swipe({name[1:]: text for name, text in tracks.items()})

    def seen(self, value: str) -> Seen:
        return Seen(Token("magstripe", value, self.port))

    def close(self) -> None:
        for reader in self.plugged:
            reader.close()
        self._control.close()
