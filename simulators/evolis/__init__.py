"""An Evolis card printer."""

from simulators.evolis.device import build

__all__ = ["build"]
