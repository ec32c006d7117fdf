"""Readers for chip cards behind PC/SC, and the cards."""

from simulators.pcsc.device import build

__all__ = ["build"]
