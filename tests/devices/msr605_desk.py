"""A counter for tests of the MSR605's driver: the simulated unit, and the driver on its port."""

import threading
from dataclasses import replace

from loyalty.contract.token import Token
from loyalty.devices.drivers.msr605 import Msr605, open_driver
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import Fact, read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard

LONG_S = 20
"""For what will come; a busy machine takes its time."""


def with_facts(profile, **values):
    """The profile with other values, so that a test need not wait as long as a counter would."""
    facts = {name: Fact(value, "this test", "unverified") for name, value in values.items()}
    return replace(profile, facts=profile.facts | facts)


def never() -> bool:
    return False


class Desk:
    """profile: msr605 (on a pty or over TCP) or msr605x. What passes on the line is in `traced`."""

    def __init__(self, name: str = "msr605", tcp: bool = False, **facts):
        self.unit, ready, self._control = start(name, tcp="127.0.0.1:0" if tcp else None)
        self.port = ready["port"]
        self.profile = with_facts(read_profile(name), answer_timeout_s=10, byte_gap_s=3, alive_every_s=600, **facts)
        self.plugged: list[Msr605] = []
        self.traced = bytearray()
        self.plug()

    def plug(self, **facts) -> Msr605:
        profile = with_facts(self.profile, **facts)
        transport = open_transport(self.port, profile, lambda speaker, data: self.traced.extend(data))
        self.stripe = open_driver(transport, profile)
        self.plugged.append(self.stripe)
        return self.stripe

    def arm(self) -> None:
        """The unit waits for a card, and knows it."""
        self.stripe.status()
        assert self.stripe.poll(0) is None
        self.until_waiting()

    def until_waiting(self) -> None:
        with self.unit.changed:
            assert self.unit.changed.wait_for(lambda: self.unit.state()["waiting"], LONG_S)

    def swipe(self, **tracks: str) -> None:
        """swipe(t2="1001"): a card is drawn through a unit that waits for one."""
        self.arm()
        self.unit.swipe({name[1:]: text for name, text in tracks.items()})

    def seen(self, value: str) -> Seen:
        return Seen(Token("magstripe", value, self.port))

    def draw_when_asked(self, card: SimCard) -> threading.Thread:
        """A hand that draws the card as soon as the unit waits for one."""

        def hand() -> None:
            self.until_waiting()
            self.unit.put_card(card)

        thread = threading.Thread(target=hand)
        thread.start()
        return thread

    def close(self) -> None:
        for stripe in self.plugged:
            stripe.close()
        self._control.close()
