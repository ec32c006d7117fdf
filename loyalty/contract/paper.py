"""Receipt paper as a list of parts: what printing lays out and a receipt driver encodes. No bytes, no fonts here."""

from dataclasses import dataclass

from loyalty.contract.raster import Raster


@dataclass(frozen=True)
class Text:
    """One line in the printer's own font. width and height multiply the size, 1 to 8; align is left, center, right."""

    text: str
    bold: bool = False
    width: int = 1
    height: int = 1
    align: str = "left"


@dataclass(frozen=True)
class Picture:
    """A 1-bit picture, at most as wide as the paper's dots."""

    raster: Raster
    align: str = "left"


@dataclass(frozen=True)
class QrCode:
    data: str
    module_dots: int = 6
    """Edge of one module in dots, 1 to 16."""
    align: str = "center"


@dataclass(frozen=True)
class BarCode:
    """Code 128; `data` is plain ASCII, printed below the bars when `text` is set."""

    data: str
    height_dots: int = 80
    text: bool = True


@dataclass(frozen=True)
class Feed:
    lines: int = 1


@dataclass(frozen=True)
class Cut:
    """Feed past the knife, then cut."""


@dataclass(frozen=True)
class OpenDrawer:
    pin: int = 2
    """2 or 5, the pin of the drawer connector."""


Part = Text | Picture | QrCode | BarCode | Feed | Cut | OpenDrawer
