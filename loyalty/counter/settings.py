"""What one counter is told: who it is, where its server is, which devices hang on it.

A file's table `[counter]` < environment `LOYALTY_COUNTER_*` < options. docs/counter.md lists the keys.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

from loyalty.contract.wire import from_json
from loyalty.counter.enrolment import KEY_FILE
from loyalty.counter.staff import StaffMember
from loyalty.counter.store_key import KEY_FILE as STORE_KEY
from loyalty.counter.tills import settings as till_settings
from loyalty.counter.tills.settings import TillSettings
from loyalty.devices.interfaces import ROLES
from loyalty.errors import ConfigError, Invalid

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
SCREENS = ("cashier", "kiosk")
KEYS = ("standard", "numpad", "functions", "pospal")
WEAR = ("off", "alone", "mark")
LONGEST_HOLD_MINUTES = 24 * 60
_ENVIRONMENT = "LOYALTY_COUNTER_"
_FROM_ENVIRONMENT = {"id", "store", "shop", "server", "bind", "data_dir", "api_key", "api_key_file", "language",
                     "store_key_file"}  # fmt: skip


@dataclass(frozen=True)
class DeviceSettings:
    """One device. `control` is the HTTP address of a simulator's control interface, loopback only."""

    id: str
    role: str
    profile: str
    port: str
    control: str | None = None
    feeds: tuple[str, ...] = SCREENS
    """Which screens a reader or scanner speaks to."""
    accept_unverified: bool = False
    """Drive real hardware although facts of its profile are unverified."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Facts of the profile that are otherwise here; see loyalty.devices.options."""
    least_wear: str = "off"
    """Card printers: what may be taken for granted of a card's face, one of WEAR."""
    mark_track: int = 3
    """Card printers with `least_wear = "mark"`: the track of the stripe that carries the number of the face."""
    card_mark: dict[str, Any] = field(default_factory=dict)
    """Readers: where the mark lies by which copied cards are found out; empty for none. See card_marks.mark_place."""


@dataclass(frozen=True)
class DemoMember:
    """A card that the bench offers to tap at simulated devices."""

    name: str
    card: dict[str, Any]
    code: str = ""
    """What a scanner would read from the card; empty for none."""


@dataclass(frozen=True)
class CounterSettings:
    id: str
    data_dir: Path
    server: str = "http://127.0.0.1:8000"
    bind: str = "127.0.0.1:8100"
    api_key: str = ""
    api_key_file: Path | None = None
    store_key_file: Path | None = None
    """Where the key of what stands in data_dir lies; None: in data_dir itself."""
    store: str | None = None
    shop: str = ""
    """The shop's own name, as it stands on the kiosk."""
    language: str = "en"
    keys: str = "standard"
    """What the keys of the cashier's screen do, one of KEYS; a browser may choose another."""
    currency: str = "HKD"
    time_zone: str = ""
    """IANA name for what is printed; empty: the machine's own."""
    undo_minutes: int = 30
    member_stays_s: float = 45.0
    """How long a member stays on the screen after a sale, unless another card comes."""
    hold_minutes: int = 30
    """How long the server keeps a reward for a counter that does not come back."""
    discount_percent: int = 10
    """How much of a sale a cashier may take off by hand; more needs a supervisor. Without staff nobody is asked."""
    stamps_by_hand: int = 1
    """How many stamps a cashier may give one member in 24 hours by hand; more needs a supervisor, as above."""
    offline_redeem_points: int | None = None
    """How many points of one member this counter may give away in a day without asking the server; None: as the shop
    says. See offline_limits.py."""
    offline_days: int | None = None
    """For how long after the server last told of a member this counter gives rewards away without it; None likewise."""
    offline_members: bool = False
    """All members are fetched, so that any card is known while the server is away."""
    allowed_hosts: tuple[str, ...] = ()
    """Names besides the loopback ones under which the screens may be opened."""
    devices: tuple[DeviceSettings, ...] = ()
    demo_members: tuple[DemoMember, ...] = field(default=())
    staff: tuple[StaffMember, ...] = ()
    """Who may sign in at this till; empty: nobody needs to."""
    tills: tuple[TillSettings, ...] = ()
    """Tills of other makes that hand their receipts over to this counter."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of `bind`."""
        host, _, port = self.bind.rpartition(":")
        return host or "127.0.0.1", int(port)

    @property
    def key_file(self) -> Path:
        """Of the counter's own store."""
        return self.store_key_file or self.data_dir / STORE_KEY

    @property
    def zone(self) -> tzinfo | None:
        """The shop's time zone, for what is printed and shown."""
        return ZoneInfo(self.time_zone) if self.time_zone else datetime.now().astimezone().tzinfo


def read_settings(
    path: Path | None, environment: Mapping[str, str], options: Mapping[str, object | None]
) -> CounterSettings:
    """The settings from all three places; ConfigError naming the key that is wrong and the file it stands in."""
    given = _table(path) if path else {}
    if path and "data_dir" in given:
        given["data_dir"] = str(path.parent / str(given["data_dir"]))  # relative to the file it stands in
    given |= {key: environment[_ENVIRONMENT + key.upper()] for key in _FROM_ENVIRONMENT
              if _ENVIRONMENT + key.upper() in environment}  # fmt: skip
    given |= {key: value for key, value in options.items() if value is not None}
    given.setdefault("id", "counter-1")
    given.setdefault("data_dir", "counter-data")
    try:
        settings = from_json(CounterSettings, given)
    except Invalid as error:
        raise ConfigError(f"{path or 'The settings'}: {error}", pointer=error.pointer) from error
    tills = till_settings.ready(settings.tills, path.parent if path else Path())
    return _with_key(_with_store_key(_checked(replace(settings, tills=tills)), path), path)


def _table(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings file {path} is not TOML: {error}.") from error
    if not isinstance(document.get("counter"), dict):
        raise ConfigError(f"The settings file {path} has no table [counter]; write the counter's keys below that line.")
    return dict(document["counter"])


def _checked(settings: CounterSettings) -> CounterSettings:
    if settings.language not in LANGUAGES:
        raise ConfigError(f"The language {settings.language!r} is unknown; known are {', '.join(LANGUAGES)}.")
    if settings.keys not in KEYS:
        raise ConfigError(f"The set of keys {settings.keys!r} is unknown; known are {', '.join(KEYS)}.")
    if not settings.bind.rpartition(":")[2].isdigit():
        raise ConfigError(f"bind is {settings.bind!r}; write an address and a port, such as 127.0.0.1:8100.")
    if settings.time_zone and settings.time_zone not in available_timezones():
        raise ConfigError(f"The time zone {settings.time_zone!r} is unknown; write one such as Asia/Hong_Kong.")
    if not settings.server.startswith(("http://", "https://")):
        raise ConfigError(f"server is {settings.server!r}; write its web address, such as http://127.0.0.1:8000.")
    if not 1 <= settings.hold_minutes <= LONGEST_HOLD_MINUTES or _below_zero(settings):
        raise ConfigError(
            f"hold_minutes is 1 to {LONGEST_HOLD_MINUTES}, offline_redeem_points and offline_days are not below zero;"
            " mend the settings."
        )
    seen: set[str] = set()
    for device in settings.devices:
        if device.role not in ROLES:
            raise ConfigError(f"The device {device.id} has the role {device.role!r}; known are {', '.join(ROLES)}.")
        if strange := set(device.feeds) - set(SCREENS):
            raise ConfigError(f"The device {device.id} feeds {strange.pop()!r}; known are {', '.join(SCREENS)}.")
        if device.least_wear not in WEAR or device.mark_track not in (1, 2, 3):
            raise ConfigError(
                f"The device {device.id} has least_wear {device.least_wear!r} and mark_track {device.mark_track};"
                f" write one of {', '.join(WEAR)}, and a track from 1 to 3."
            )
        if device.id in seen:
            raise ConfigError(f"Two devices are called {device.id!r}; give each its own id.")
        seen.add(device.id)
    return settings


def _below_zero(settings: CounterSettings) -> bool:
    return (settings.offline_redeem_points or 0) < 0 or (settings.offline_days or 0) < 0


def _with_store_key(settings: CounterSettings, path: Path | None) -> CounterSettings:
    """Beside the settings, away from what it opens, unless it lies with the data already or must."""
    if path is None or (settings.store_key_file is None and (settings.data_dir / STORE_KEY).exists()):
        return settings
    beside = path.parent / (settings.store_key_file or f"{quote(settings.id, safe='')}.store-key")
    if settings.store_key_file is None and not beside.exists() and not os.access(path.parent, os.W_OK):
        return settings
    return replace(settings, store_key_file=beside)


def _with_key(settings: CounterSettings, path: Path | None) -> CounterSettings:
    """The API key may stand in a file of its own, which can have narrower rights than the settings."""
    if settings.api_key:
        return settings
    if settings.api_key_file is not None:
        file = settings.api_key_file if path is None else path.parent / settings.api_key_file
    elif not (file := settings.data_dir / KEY_FILE).exists():  # where enrolment puts it
        return settings
    try:
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The key file {file} cannot be read: {error}.") from error
    return from_json(CounterSettings, {**vars(settings), "api_key": key})
