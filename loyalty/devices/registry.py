"""Finds the driver that a profile names: in loyalty.devices.drivers, then in the entry points `loyalty.drivers`.

A driver module offers `open_driver(transport, profile)`, returning an object of one of the roles in interfaces.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from loyalty.devices import drivers
from loyalty.devices.profiles import Profile
from loyalty.errors import ConfigError

OpenDriver = Callable[[Any, Profile], Any]
"""Takes a loyalty.devices.interfaces.Port; which of the two kinds, the driver says by its annotation."""


def driver_names() -> tuple[str, ...]:
    """Every driver at hand, ours first."""
    ours = tuple(module.name for module in iter_modules(drivers.__path__))
    return ours + tuple(point.name for point in entry_points(group="loyalty.drivers") if point.name not in ours)


def driver_for(profile: Profile) -> OpenDriver:
    """The `open_driver` of the driver that `profile.driver` names; ConfigError when there is none."""
    found: OpenDriver = module_of(profile).open_driver
    return found


def module_of(profile: Profile) -> ModuleType:
    """The module of the driver that `profile.driver` names; ConfigError when there is none."""
    if profile.driver in {module.name for module in iter_modules(drivers.__path__)}:
        return import_module(f"loyalty.devices.drivers.{profile.driver}")
    for point in entry_points(group="loyalty.drivers"):
        if point.name == profile.driver:
            plugin: ModuleType = point.load()
            return plugin
    raise ConfigError(
        f"The profile {profile.name} asks for the driver {profile.driver!r}, which is not installed; "
        f"installed are {', '.join(driver_names())}."
    )
