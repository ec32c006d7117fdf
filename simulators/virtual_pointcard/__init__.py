"""A virtual PointCardRW."""

from simulators.virtual_pointcard.device import build

__all__ = ["build"]
