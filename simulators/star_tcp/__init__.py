"""A Star visual card printer."""

from simulators.star_tcp.device import build

__all__ = ["build"]
