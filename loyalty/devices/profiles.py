"""Firmware profiles: what is known about a model, each fact with its source and how it was verified.

One TOML file per model or firmware family. `inherits` names a file whose facts are taken over; only facts that the
family's root declares may be set, so that a mistyped key is an error and not a silent default. A fact without `value`
keeps the inherited one and says anew where it is known from.
"""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

from loyalty.errors import ConfigError

VERIFIED = ("manual", "reference-driver", "capture", "hardware", "unverified")
"""`hardware` is followed by date and firmware: `hardware 2026-11-21 V1.00`."""
_HEAD = {"name", "inherits", "abstract", "vendor", "model", "firmware", "roles", "driver", "verified", "notes", "facts"}
_NEEDED = ("vendor", "model", "roles", "driver", "verified")


@dataclass(frozen=True)
class Fact:
    value: Any
    source: str
    verified: str


@dataclass(frozen=True)
class Profile:
    name: str
    vendor: str
    model: str
    firmware: str
    roles: tuple[str, ...]
    driver: str
    verified: str
    abstract: bool
    facts: dict[str, Fact]
    notes: str = ""

    def __getitem__(self, key: str) -> Any:
        """The value of a fact; ConfigError when this family does not declare it."""
        if key not in self.facts:
            raise ConfigError(f"The profile {self.name} has no fact {key!r}; its family must declare it.")
        return self.facts[key].value

    def unverified(self) -> tuple[str, ...]:
        """Names of the facts that nobody has checked."""
        return tuple(key for key, fact in self.facts.items() if fact.verified == "unverified")


def folder() -> Path:
    """Where the profiles that come with the product lie."""
    return Path(str(files("firmware_profiles")))


@cache
def folders() -> tuple[Path, ...]:
    """Ours, and those of other packages: each entry point of the group `loyalty.profiles` names one that holds files.

    A name of ours wins over the same name elsewhere.
    """
    others = sorted(point.value for point in entry_points(group="loyalty.profiles"))
    return (folder(), *(Path(str(files(package))) for package in others))


def read_profile(name: str, where: Path | None = None) -> Profile:
    """The profile called `name` (file name without .toml), merged with what it inherits."""
    return _read(name, (where,) if where else folders(), ())


def all_profiles(where: Path | None = None) -> Iterator[Profile]:
    """Every profile that describes a real model (abstract families are left out), by name."""
    for name in _names((where,) if where else folders()):
        profile = read_profile(name, where)
        if not profile.abstract:
            yield profile


def _names(where: tuple[Path, ...]) -> list[str]:
    return sorted({path.stem for each in where for path in each.glob("*.toml")})


@cache
def _read(name: str, where: tuple[Path, ...], heirs: tuple[str, ...]) -> Profile:
    if name in heirs:
        raise ConfigError(f"The profile {name} inherits from itself through {' > '.join(heirs)}.")
    path = next((file for each in where if (file := each / f"{name}.toml").is_file()), None)
    if path is None:
        near = difflib.get_close_matches(name, _names(where), 3, 0.5)
        raise ConfigError(
            f"There is no profile {name!r}" + (f"; is it {' or '.join(near)}?" if near else ".")
            + " `loyalty devices profiles` lists all."
        )  # fmt: skip
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The profile {path.name} is not TOML: {error}.") from error
    parent = _read(raw["inherits"], where, (*heirs, name)) if "inherits" in raw else None
    return _merge(name, raw, parent)


def _merge(name: str, raw: dict[str, Any], parent: Profile | None) -> Profile:
    if unknown := sorted(set(raw) - _HEAD):
        known = ', '.join(sorted(_HEAD))
        raise ConfigError(f"The profile {name} has the unknown key {unknown[0]!r}; known are {known}.")
    if raw.get("name", name) != name:
        raise ConfigError(f"The profile file {name}.toml calls itself {raw['name']!r}; file and name must agree.")
    head: dict[str, Any] = {key: raw.get(key, getattr(parent, key, None)) for key in _NEEDED}
    for key in _NEEDED:
        if not head[key]:
            raise ConfigError(f"The profile {name} lacks {key!r}.")
    _check_verified(name, "verified", head["verified"])
    return Profile(
        name=name,
        vendor=head["vendor"],
        model=head["model"],
        firmware=raw.get("firmware", parent.firmware if parent else ""),
        roles=tuple(head["roles"]),
        driver=head["driver"],
        verified=head["verified"],
        abstract=raw.get("abstract", False),
        facts=_facts(name, raw.get("facts", {}), parent),
        notes=raw.get("notes", ""),
    )


def _facts(name: str, raw: dict[str, Any], parent: Profile | None) -> dict[str, Fact]:
    facts = dict(parent.facts) if parent else {}
    for key, given in raw.items():
        if parent and key not in facts:
            raise ConfigError(f"The profile {name} sets the fact {key!r}, which {parent.name} does not declare.")
        if key in facts and isinstance(given, dict):
            given = {"value": facts[key].value, **given}  # the same value, known from elsewhere
        if not isinstance(given, dict) or set(given) != {"value", "source", "verified"}:
            raise ConfigError(f"The fact {key!r} of {name} needs exactly value, source and verified.")
        _check_verified(name, key, given["verified"])
        facts[key] = Fact(given["value"], given["source"], given["verified"])
    return facts


def _check_verified(name: str, key: str, verified: str) -> None:
    if verified.split(" ")[0] not in VERIFIED:
        raise ConfigError(f"{key!r} of {name}: verified is {verified!r}; it may be {', '.join(VERIFIED)}.")
