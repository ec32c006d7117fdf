"""An ANA-U EasyPrinter S3."""

from simulators.easyprinter.device import build

__all__ = ["build"]
