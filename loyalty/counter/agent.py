"""All devices of this counter: one thread each, one place where their states and readings come together."""

from collections.abc import Callable, Mapping, Sequence

from loyalty.counter.device_thread import DeviceState, DeviceThread, Service
from loyalty.counter.settings import DeviceSettings
from loyalty.errors import ConfigError

STOP_WITHIN_S = 6.0


class Agent:
    """`services` by role; `changed` hears every new state of a device, on that device's thread."""

    def __init__(
        self, devices: Sequence[DeviceSettings], services: Mapping[str, Service], changed: Callable[[DeviceState], None]
    ) -> None:
        self.units: dict[str, DeviceThread] = {}
        for device in devices:
            if device.role not in services:
                known = ", ".join(services)
                raise ConfigError(f"The counter cannot use {device.id} as a {device.role} yet; it can use {known}.")
            self.units[device.id] = DeviceThread(device, services[device.role], changed)

    def start(self) -> None:
        for unit in self.units.values():
            unit.start()

    def states(self) -> list[DeviceState]:
        """In the order of the settings."""
        return [unit.state for unit in self.units.values()]

    def stop(self) -> None:
        """All threads end and every port is closed."""
        for unit in self.units.values():
            unit.stop()
        for unit in self.units.values():
            unit.join(STOP_WITHIN_S)
