"""What lies on a magnetic stripe: ISO/IEC 7811 tracks 1 to 3 and JIS X 6302 type II, as text, characters and bits."""

from loyalty.devices.wire.magstripe.bits import Damaged, bits_of, characters_of, either_way, text_in, text_of
from loyalty.devices.wire.magstripe.formats import ISO, ISO1, ISO2, ISO3, JIS2, Format
from loyalty.devices.wire.magstripe.packing import bits_in, packed

__all__ = [
    "ISO", "ISO1", "ISO2", "ISO3", "JIS2", "Damaged", "Format", "bits_in", "bits_of", "characters_of", "either_way",
    "packed", "text_in", "text_of",
]  # fmt: skip
