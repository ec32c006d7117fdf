"""Raster <-> picture files, for previews on screens and for tests."""

import io
from datetime import tzinfo
from pathlib import Path

from PIL import Image

from loyalty.contract.outcomes import FaceData
from loyalty.contract.raster import Raster
from loyalty.printing.face import LEAST, render_face

_FLIP = [255 - level for level in range(256)]


def image_of(raster: Raster) -> Image.Image:
    """Black dots on white, mode L, one pixel per dot."""
    return Image.frombytes("1", (raster.width, raster.height), raster.rows).convert("L").point(_FLIP)


def raster_of(image: Image.Image, level: int = 128) -> Raster:
    """Dots darker than `level` (0 to 255) become black; nothing is dithered. Transparent counts as white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    cut = image.convert("L").point([255 if grey < level else 0 for grey in range(256)], "1")
    return Raster(cut.width, cut.height, cut.tobytes())


def face_png(raster: Raster, scale: int = 1) -> bytes:
    """A PNG of the dots, each `scale` pixels wide and high, without smoothing."""
    image = image_of(raster)
    if scale > 1:
        image = image.resize((raster.width * scale, raster.height * scale), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.convert("1").save(out, "PNG")
    return out.getvalue()


def render_face_png(
    data: FaceData, dots: tuple[int, int] = LEAST, *, scale: int = 1, zone: tzinfo | None = None,
    font: str | Path | None = None,
) -> bytes:  # fmt: skip
    """The very dots that would go to the card, as a PNG for a screen. Errors as render_face."""
    return face_png(render_face(data, dots, zone=zone, font=font), scale)
