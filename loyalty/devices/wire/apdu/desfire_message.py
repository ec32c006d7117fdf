"""What every native command of MIFARE DESFire has in common: fields in a row, of which the first are its header."""

from dataclasses import astuple, dataclass
from typing import ClassVar, Self

from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.file_settings import Access
from loyalty.devices.wire.apdu.secure_session import Mode

_SIZES = {"b": 1, "t": 3, "i": 4, "w": 2}
"""Bytes by letter of a layout; * is the rest."""


@dataclass(frozen=True)
class Message:
    ins: ClassVar[int]
    layout: ClassVar[str] = ""
    head: ClassVar[int] = 0
    """Bytes of the header, which travel as they are; all of them where there is no data."""
    mode: ClassVar[Mode | None] = Mode.ALWAYS
    """None: that of the file."""

    def body(self) -> bytes:
        return joined(self.layout, astuple(self))

    @property
    def parts(self) -> tuple[bytes, bytes]:
        """Header and data."""
        body = self.body()
        return body[: self.head], body[self.head :]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Malformed when the length does not fit."""
        values: list[object] = []
        for kind in cls.layout:
            size = len(body) if kind == "*" else _SIZES[kind]
            if len(body) < size:
                raise Malformed(f"{cls.__name__} breaks off")
            values.append(_decoded(kind, body[:size]))
            body = body[size:]
        if body:
            raise Malformed(f"{len(body)} bytes follow {cls.__name__}")
        return cls(*values)


def joined(layout: str, values: tuple[object, ...]) -> bytes:
    return b"".join(_encoded(kind, value) for kind, value in zip(layout, values, strict=True))


def _encoded(kind: str, value: object) -> bytes:
    if isinstance(value, tuple | bytes):
        return bytes(value) if kind == "*" else Access(*value).encoded()
    if not isinstance(value, int):
        raise TypeError(f"{value!r} cannot be sent")
    return value.to_bytes(_SIZES[kind], "little", signed=kind == "i")


def _decoded(kind: str, raw: bytes) -> object:
    if kind == "w":
        return Access.parse(raw)
    return raw if kind == "*" else int.from_bytes(raw, "little", signed=kind == "i")
