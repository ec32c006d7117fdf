"""Raster: a 1-bit picture, the form in which faces travel from printing to drivers and simulators."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Raster:
    """width x height dots; rows top to bottom, each padded to whole bytes, most significant bit left, 1 = black."""

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        if len(self.rows) != self.stride * self.height:
            need = self.stride * self.height
            raise ValueError(f"{len(self.rows)} bytes given, {self.width}x{self.height} dots need {need}")

    @property
    def stride(self) -> int:
        """Bytes in one row."""
        return (self.width + 7) // 8

    def dot(self, x: int, y: int) -> bool:
        """Is the dot at x (from left), y (from top) black?"""
        return bool(self.rows[y * self.stride + x // 8] & 0x80 >> x % 8)

    @classmethod
    def blank(cls, width: int, height: int) -> "Raster":
        return cls(width, height, bytes((width + 7) // 8 * height))
