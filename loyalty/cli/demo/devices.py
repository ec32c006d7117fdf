"""The demo's simulated devices and the cards that can be put into them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loyalty.cli.demo.processes import Child, Family

PLUGGED = (
    # role, profile, id at the counter
    ("card_reader", "pn532", "reader"),
    ("scanner", "serial-scanner", "scanner"),
    ("card_printer", "star-tcp300ii", "cards"),
    ("receipt_printer", "escpos-80mm", "receipts"),
)


@dataclass(frozen=True)
class Plugged:
    """A running simulator: where its driver finds it, and where people and checks control it."""

    id: str
    role: str
    profile: str
    port: str
    control: str

    def ready_entry(self) -> dict[str, str]:
        return {"profile": self.profile, "role": self.role, "port": self.port, "control": self.control}


def start_simulators(family: Family, logs: Path, speed: str) -> list[Child]:
    """All of them at once; `plugged` waits for their ready lines."""
    return [
        family.add(
            Child(
                f"the simulated {role.replace('_', ' ')}",
                [sys.executable, "-m", "simulators", profile, "--tcp", "127.0.0.1:0", "--speed", speed],
                logs / f"simulator-{name}.log",
                speaks=True,
            )
        )
        for role, profile, name in PLUGGED
    ]


def plugged(children: Sequence[Child]) -> list[Plugged]:
    """Wait until every simulator has said where it listens."""
    found = []
    for child, (role, profile, name) in zip(children, PLUGGED, strict=True):
        ready = child.first_line()
        found.append(Plugged(name, role, profile, ready["port"], ready["control"]))
    return found


def visual_card(uid: str, number: str) -> dict[str, Any]:
    """The member's visual card as POST /card takes it: rewritable, with a chip and the number on track 2."""
    return {"kind": "rewritable", "uid": uid, "tracks": {"2": number}}
