"""What a model can do, in words, and which models a port's description may mean. Read from profiles, asks nobody."""

import re
from collections.abc import Sequence
from typing import Any

from loyalty.devices.profiles import Profile

_WORDS: dict[str, Any] = {
    "face_dots": lambda dots: f"prints {dots[0]}x{dots[1]} dots",
    "erase": lambda erase: {"none": "no erasing", "whole": "erases the whole face"}.get(erase, f"erases by {erase}"),
    "tracks": lambda tracks: f"stripe tracks {', '.join(map(str, tracks))}" if tracks else "no stripe",
    "paper_dots": lambda dots: f"paper of {dots} dots",
    "columns": lambda columns: f"{columns} columns",
    "lines": lambda lines: f"{lines} lines",
    "cut": lambda cut: "no knife" if cut == "none" else f"{cut} cut",
    "drawer_sensor": lambda sensor: "drawer" if sensor == "none" else "drawer with contact",
    "slot": lambda slot: {"both": "contactless and contact"}.get(slot, slot),
    "memory_commands": lambda commands: f"memory: {', '.join(commands)}",
    "lights": lambda lights: "" if lights == "none" else "lights",
    "aim_id": lambda sent: "AIM identifiers" if sent else "",
    "suffix": lambda suffix: f"codes end with {suffix}",
    "line": lambda line: f"{line['baudrate']} baud" if "baudrate" in line else "",
}  # facts that tell what a device is able to do -> words


_SAYS_NOTHING = set(
    "any generic reader interface simulated with cards card serial the driver printer receipt paper class barcode "  # noqa: SIM905
    "scanner icc picc usb hid keyboard unit virtual".split()
)


def capabilities_of(profile: Profile) -> list[str]:
    """The facts worth a line of a table."""
    told = (say(profile[name]) for name, say in _WORDS.items() if name in profile.facts)
    return [words for words in told if words]


def provenance_of(profile: Profile) -> dict[str, int]:
    """How many facts are known from where: `manual`, `hardware`, … with the best known first."""
    counts: dict[str, int] = {}
    for how in ("hardware", "capture", "manual", "reference-driver", "unverified"):
        if number := sum(fact.verified.split(" ")[0] == how for fact in profile.facts.values()):
            counts[how] = number
    return counts


def likely_profiles(description: str, known: Sequence[Profile]) -> list[str]:
    """Profiles whose maker or model stands in what the system calls a port; empty when nothing hints at one."""
    words = set(re.findall(r"[a-z0-9]{3,}", description.lower()))
    scored = [(len(words & _hints(profile)), profile.name) for profile in known]
    best = max((score for score, _ in scored), default=0)
    return [name for score, name in scored if score == best] if best else []


def _hints(profile: Profile) -> set[str]:
    reader = profile["reader_name"] if "reader_name" in profile.facts else ""
    words = set(re.findall(r"[a-z0-9]{3,}", f"{profile.vendor} {profile.model} {reader}".lower()))
    return words - _SAYS_NOTHING
