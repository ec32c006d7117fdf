"""A print head without a line: bytes in, dots out, for the tests beside this file."""

from collections.abc import Mapping
from dataclasses import replace

import zxingcpp
from PIL import Image, ImageChops

from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.wire.escpos import Decoder
from loyalty.devices.wire.escpos.messages import Unknown
from loyalty.devices.wire.escpos.tables import ESCPOS as ESCPOS_CODES
from loyalty.devices.wire.escpos.tables import Layout
from simulators.paper.press import Press, Verb
from simulators.paper.roll import Paper
from simulators.paper.verbs import ESCPOS

CELL = 12


def profile(**values: object) -> Profile:
    found = read_profile("escpos-80mm")
    return replace(found, facts={**found.facts, **{k: Fact(v, "this test", "unverified") for k, v in values.items()}})


class Slip:
    """Bytes in, dots out; no cut mark, no margins."""

    def __init__(
        self, codes: Mapping[bytes, Layout] = ESCPOS_CODES, verbs: Mapping[str, Verb] = ESCPOS, **values: object
    ) -> None:
        self.paper = Paper(576, 8, 0)
        self.press = Press(profile(**values), self.paper, verbs)
        self.decoder = Decoder(codes)
        self.unknown: list[bytes] = []

    def take(self, data: bytes) -> "Slip":
        for message in self.decoder.feed(data):
            if isinstance(message, Unknown):
                self.unknown.append(message.data)
            else:
                self.press.take(message)
        return self

    def ink(self) -> Image.Image:
        """White is paper, 255 is black."""
        sheet = self.paper.image()
        return ImageChops.invert(sheet.crop((32, 0, 32 + 576, sheet.height)).convert("L"))

    def box(self) -> tuple[int, int, int, int] | None:
        return self.ink().getbbox()

    def codes(self) -> list[tuple[str, str]]:
        picture = Image.new("L", (640, self.paper.height + 80), 255)
        picture.paste(ImageChops.invert(self.ink()), (32, 40))
        return [(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)]
