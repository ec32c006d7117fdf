"""The host's side: commands that the driver writes itself, where no library is trusted with them."""

from collections.abc import Iterator

from loyalty.contract.raster import Raster
from loyalty.devices.wire.escpos.tables import DLE, ESC, FS, GS

INITIALISE = ESC + b"@"
KANJI_OFF = FS + b"."
LINE_FEED = b"\n"
_ALIGN = {"left": 0, "center": 1, "right": 2}
CLEAR_BUFFERS = DLE + bytes((0x14, 8, 1, 3, 0x14, 1, 6, 2, 8))
"""DLE DC4 8: drop everything received and not yet printed (TM-T88 and later Epson models)."""


def code_page(number: int) -> bytes:
    """ESC t n."""
    return ESC + b"t" + bytes((number,))


def align(where: str) -> bytes:
    """ESC a: left, center or right; counts from the start of a line only."""
    return ESC + b"a" + bytes((_ALIGN[where],))


def feed_lines(lines: int) -> bytes:
    """ESC d n, 255 lines at most in one command."""
    return ESC + b"d" + bytes((min(lines, 255),))


def raster(picture: Raster, strip_rows: int) -> Iterator[bytes]:
    """GS v 0 for strips of at most `strip_rows` rows: small printers lose what does not fit their buffer."""
    rows = harmless(picture.rows)
    for top in range(0, picture.height, strip_rows):
        high = min(strip_rows, picture.height - top)
        head = GS + b"v0\0" + picture.stride.to_bytes(2, "little") + high.to_bytes(2, "little")
        yield head + rows[top * picture.stride : (top + high) * picture.stride]


def harmless(rows: bytes) -> bytes:
    """The same dots without any real-time command among them: DLE before EOT, ENQ or DC4 gets one dot more.

    A printer obeys DLE DC4 1 inside a picture as well: the drawer would spring open.
    """
    for second in (0x04, 0x05, 0x14):
        rows = rows.replace(bytes((DLE[0], second)), bytes((DLE[0] | 0x08, second)))
    return rows


def code_128(data: str, height_dots: int, module_dots: int, text: bool) -> bytes:
    """GS h, w, H and GS k 73. Pairs of digits go in set C, all else in set B; ValueError beyond 253 bytes."""
    body = _code_sets(data)
    if len(body) > 255:
        raise ValueError(f"a Code 128 of {len(data)} characters is longer than the printer takes")
    return (
        GS + b"h" + bytes((max(1, min(height_dots, 255)),))
        + GS + b"w" + bytes((max(2, min(module_dots, 6)),))
        + GS + b"H" + bytes((2 if text else 0,))
        + GS + b"k" + bytes((73, len(body))) + body
    )  # fmt: skip


def _code_sets(data: str) -> bytes:
    if not data.isascii() or not data.isprintable() or not data:
        raise ValueError(f"Code 128 cannot carry {data!r}; use printable ASCII")
    if data.isdigit() and len(data) % 2 == 0:
        pairs = bytes(int(data[at : at + 2]) for at in range(0, len(data), 2))
        if harmless(pairs) == pairs:  # the digits 1620 would be DLE DC4 on the wire
            return b"{C" + pairs
    # `{` starts a code set in this command, so a real one is doubled
    return b"{B" + data.replace("{", "{{").encode("ascii")
