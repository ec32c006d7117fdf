"""A simulated chip-card reader in this process, asked by raw commands."""

from loyalty.devices.profiles import read_profile
from simulators.card import SimCard
from simulators.pcsc.device import build

UID4, UID7 = "DEADBEEF", "04A1B2C3D4E5F6"


class Bench:
    """A reader and what it answers, in hex."""

    def __init__(self, profile="acr122u"):
        self.unit = build(read_profile(profile), "fast")

    def lay(self, kind, uid="", **memory):
        self.unit.put_card(SimCard(kind, uid, memory=memory))
        return self

    def ask(self, command):
        return self.unit.transmit(bytes.fromhex(command)).hex().upper()

    def opens(self, block, key=b"\xff" * 6, kind="60"):
        assert self.ask(f"FF82000006{key.hex()}") == "9000"
        return self.ask(f"FF860000050100{block:02X}{kind}00") == "9000"

    def through(self, command):
        """A card's own command by way of the PN532 in the reader; "" when the card refuses it."""
        frame = f"D442{command}"
        answer = self.ask(f"FF000000{len(frame) // 2:02X}{frame}")
        assert answer.endswith("9000") and answer.startswith("D543")
        return answer[6:-4] if answer[4:6] == "00" else ""
