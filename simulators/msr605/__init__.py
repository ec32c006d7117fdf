"""A simulated MSR605; see device.py."""

from simulators.msr605.device import build

__all__ = ["build"]
