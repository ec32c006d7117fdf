"""The face of a member's card: one picture of dots, 480x320 and up, composed so that most visits change its foot only.

    +--------------------------------------------------+
    | shop                               < level badge |  head   changes with the level
    |--------------------------------------------------|
    | name                                   +-------+ |  body   never changes
    | No. 8800 1234 5678                     |  QR   | |
    | ||| || |||| || | ||||                  +-------+ |
    |--------------------------------------------------|
    | 1,740 points                         as of 19:20 |  foot   changes at every visit
    | 200 points valid to 30 Apr 2027                  |
    | Last visit 21 Nov 2026                           |
    +--------------------------------------------------+

Left and bottom 3 mm stay free: the rewriter's clamp and head start need them. All sizes are given for 480x320 dots
(8 dots/mm) and grow with the height of the face.
"""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from loyalty.contract.outcomes import FaceData
from loyalty.contract.raster import Raster
from loyalty.errors import Invalid
from loyalty.printing import words
from loyalty.printing.badge import draw_badge
from loyalty.printing.canvas import Canvas, Fitted, has_wide
from loyalty.printing.codes import QUIET_128, QUIET_QR, code128, module_dots, qr
from loyalty.printing.fonts import typeface

LEAST = (480, 320)
Rectangle = tuple[int, int, int, int]
"""x, y, width, height in dots from the top left."""


@dataclass(frozen=True)
class FaceZones:
    """Where what changes stands. Each zone is as wide as the face; together they are the whole face."""

    head: Rectangle
    """Shop and level."""
    body: Rectangle
    """Name, number, codes."""
    foot: Rectangle
    """Balance, expiry, visit: all that most visits change."""


@dataclass(frozen=True)
class _Grid:
    """The lines that everything hangs on, in dots."""

    width: int
    height: int

    def at(self, dots: float) -> int:
        """`dots` of the 480x320 design, on this face."""
        return round(dots * self.scale)

    @property
    def scale(self) -> float:
        return min(self.width / LEAST[0], self.height / LEAST[1])

    @property
    def left(self) -> int:
        return self.at(24)

    @property
    def right(self) -> int:
        return self.width - self.at(20)

    @property
    def inside(self) -> int:
        return self.right - self.left


HEAD_END, FOOT_START, FOOT_END = 50, 192, 296


def face_zones(dots: tuple[int, int]) -> FaceZones:
    """The zones of a face of this size: for printers that can rewrite a part of the card, and for tests."""
    grid = _grid(dots)
    head, foot, width = grid.at(HEAD_END), grid.at(FOOT_START), grid.width
    return FaceZones((0, 0, width, head), (0, head, width, foot - head), (0, foot, width, grid.height - foot))


def render_face(
    data: FaceData, dots: tuple[int, int] = LEAST, *, zone: tzinfo | None = None, font: str | Path | None = None
) -> Raster:
    """The card's face as dots, `dots` wide and high (what the printer's profile says).

    zone: the shop's time zone for the as-of time, else the zone that `data.as_of` carries. font: a font file, else
    the one that is found. Invalid when the face is smaller than 480x320, GlyphMissing when a character cannot be
    drawn, ConfigError without a font.
    """
    grid = _grid(dots)
    canvas = Canvas(grid.width, grid.height, typeface(data.language, font))
    _head(canvas, grid, data)
    _body(canvas, grid, data)
    _foot(canvas, grid, data, zone)
    return canvas.raster()


def _grid(dots: tuple[int, int]) -> _Grid:
    if dots[0] < LEAST[0] or dots[1] < LEAST[1]:
        raise Invalid(f"A card face needs at least {LEAST[0]}x{LEAST[1]} dots, this one has {dots[0]}x{dots[1]}.")
    return _Grid(*dots)


def _head(canvas: Canvas, grid: _Grid, data: FaceData) -> None:
    badge = draw_badge(canvas, grid.right, grid.at(8), grid.at(34), grid.at(200), data.tier, data.tier_rank)
    shop = canvas.fit(data.shop, grid.inside - badge - grid.at(14 if badge else 0), grid.at(26), grid.at(19), bold=True)
    canvas.text(grid.left, grid.at(35), shop.text, shop.size, bold=True)
    canvas.fill(grid.left, grid.at(HEAD_END - 3), grid.inside, grid.at(2))


def _body(canvas: Canvas, grid: _Grid, data: FaceData) -> None:
    bars, squares = code128(data.number), qr(data.number)
    square = grid.at(105) + 2 * QUIET_QR * grid.at(5)
    edge = module_dots(len(squares), square, grid.at(5), quiet=QUIET_QR)
    beside = grid.width - (len(squares) + 2 * QUIET_QR) * edge - grid.left
    width = module_dots(len(bars), beside + QUIET_QR * edge // 2, grid.at(3), left_free=grid.left) if bars else 0
    if bars and not width:
        # a long number: bars over the whole width are worth more at a counter than the square
        edge, beside = 0, grid.inside
        width = module_dots(len(bars), grid.width - grid.left, grid.at(3), left_free=grid.left)
    if bars and not width:
        bars, edge = "", module_dots(len(squares), square, grid.at(5), quiet=QUIET_QR)
        beside = grid.width - (len(squares) + 2 * QUIET_QR) * edge - grid.left
    if edge:
        size = len(squares) * edge
        top = (grid.at(HEAD_END) + grid.at(FOOT_START)) // 2 - size // 2
        canvas.modules(min(grid.width - QUIET_QR * edge, grid.right) - size, top, squares, edge)
    if bars:
        canvas.modules(max(grid.left, QUIET_128 * width), grid.at(133), (bars,), width, row_dots=grid.at(42))
    _name(canvas, grid, data, beside)


def _name(canvas: Canvas, grid: _Grid, data: FaceData, width: int) -> None:
    bold = not has_wide(data.name)  # a bold 龘 is a blot
    name = canvas.fit(data.name, width, grid.at(44), grid.at(27), bold=bold)
    lines = _two_lines(canvas, grid, data.name, width) if name.shortened else ()
    for baseline, line in zip((73, 99), lines, strict=False):
        canvas.text(grid.left, grid.at(baseline), line.text, line.size, bold=True)
    if not lines:
        canvas.text(grid.left, grid.at(96), name.text, name.size, bold=bold)
    text = words.words_of(data.language).number.format(number=words.grouped(data.number))
    number = canvas.fit(text, width, grid.at(20), grid.at(16))
    canvas.text(grid.left, grid.at(123), number.text, number.size)


def _two_lines(canvas: Canvas, grid: _Grid, name: str, width: int) -> tuple[Fitted, ...]:
    """A long name of several words on two lines, as many words as fit on the first."""
    words_left, first = name.split(), ""
    while len(words_left) > 1 and canvas.measure(f"{first} {words_left[0]}", grid.at(24), True) <= width:
        first = f"{first} {words_left.pop(0)}".strip()
    if not first:
        return ()
    return tuple(canvas.fit(line, width, grid.at(24), grid.at(18), bold=True) for line in (first, " ".join(words_left)))


def _foot(canvas: Canvas, grid: _Grid, data: FaceData, zone: tzinfo | None) -> None:
    said = words.words_of(data.language)
    moment = data.as_of.astimezone(zone) if zone else data.as_of
    canvas.fill(grid.left, grid.at(FOOT_START), grid.inside, grid.at(1))
    day = words.date_text(said, moment.date())
    small = grid.at(19)
    canvas.text(grid.right, grid.at(217), said.as_of.format(time=words.time_text(moment)), small, right=True)
    canvas.text(grid.right, grid.at(240), day, small, right=True)
    room = grid.inside - canvas.measure(day, small) - grid.at(16)
    _balance(canvas, grid, data, room)
    if data.expiring:
        amount, until = words.number_text(data.expiring.amount), words.date_text(said, data.expiring.on)
        line = said.valid_to.format(amount=amount, unit=data.unit, date=until)
        fitted = canvas.fit(line, grid.inside, grid.at(20), grid.at(16))
        canvas.text(grid.left, grid.at(268), fitted.text, fitted.size)
    visit = said.last_visit.format(date=words.date_text(said, data.visited_on))
    canvas.text(grid.left, grid.at(290), visit, grid.at(20))


def _balance(canvas: Canvas, grid: _Grid, data: FaceData, room: int) -> None:
    unit = canvas.fit(data.unit, room // 3, grid.at(24), grid.at(16))
    gap = grid.at(8)
    balance = canvas.fit(data.balance, room - unit.width - gap, grid.at(55), grid.at(28), bold=True)
    baseline = grid.at(240)
    canvas.text(grid.left, baseline, balance.text, balance.size, bold=True)
    canvas.text(grid.left + balance.width + gap, baseline, unit.text, unit.size)
