"""A Sanwa card unit."""

from simulators.sanwa.device import build

__all__ = ["build"]
