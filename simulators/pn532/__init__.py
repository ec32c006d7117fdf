"""A PN532 contactless reader."""

from simulators.pn532.device import build

__all__ = ["build"]
