"""A counter for tests of the PN532's driver: the simulated unit, and the reader on its port."""

from dataclasses import replace

from loyalty.contract.token import Token
from loyalty.devices.drivers.pn532 import Pn532Reader, open_driver
from loyalty.devices.profiles import Fact, read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start
from simulators.card import SimCard

PROFILE = read_profile("pn532")
UID = "04A1B2C3D4E5F6"


def with_facts(**values):
    """The profile with other numbers, so that a test need not wait as long as a counter would."""
    facts = {name: Fact(value, "this test", "unverified") for name, value in values.items()}
    return replace(PROFILE, facts=PROFILE.facts | facts)


PATIENT = with_facts(ack_timeout_s=10, answer_timeout_s=10, byte_gap_s=2, poll_gap_s=0.01)
HASTY = with_facts(ack_timeout_s=0.1, answer_timeout_s=0.3, byte_gap_s=0.02, poll_gap_s=0.01)
"""For a chip that is not going to answer; on a busy machine one may well need a second."""


class Desk:
    """A counter: the simulated unit, and the reader's driver on its port."""

    def __init__(self, tcp: bool) -> None:
        self.unit, self.ready, self.control = start("pn532", tcp="127.0.0.1:0" if tcp else None)
        self.plugged: list[Pn532Reader] = []
        self.plug()

    def unplug(self) -> None:
        """Closes what was opened; a socket left to the garbage collector closes slowly, in anybody's thread."""
        for reader in self.plugged:
            reader.close()
        self.control.close()

    def plug(self, profile=PATIENT) -> Pn532Reader:
        self.reader = open_driver(open_transport(self.ready["port"], profile), profile)
        self.plugged.append(self.reader)
        return self.reader

    def tap(self, uid=UID, kind="rewritable", memory=None) -> None:
        self.unit.put_card(SimCard(kind, uid, memory=memory or {}))

    def token(self, uid=UID) -> Token:
        return Token("card_uid", uid, self.ready["port"])
