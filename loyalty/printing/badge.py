"""The level's badge: a shape that tells the rank without colour, from an outline to a solid seal with diamonds."""

from loyalty.printing.canvas import Canvas

MOST_DIAMONDS = 4


def draw_badge(canvas: Canvas, right: int, top: int, height: int, widest: int, level: str, rank: int) -> int:
    """Draws the badge ending at x = `right`; returns its width in dots, 0 without a level.

    rank 0: outline | 1: outline with a solid end and one diamond | 2: solid, two diamonds | 3 and up: solid with an
    inner line and as many diamonds as the rank, four at most.
    """
    if not level:
        return 0
    line, half, pad = max(2, height // 17), height // 6, height // 2
    pips = min(max(rank, 0), MOST_DIAMONDS)
    front = pips * (2 * half + line) + (pad if pips else 0) + (line if pips else 0)
    name = canvas.fit(level, widest - front - 2 * pad, height * 22 // 34, height * 16 // 34, bold=True)
    gap = pad // 2 + (pad // 4 if rank == 1 else 0)
    width = front + name.width + (2 * pad if not pips else pad + gap)
    left = right - width
    canvas.pill(left, top, width, height, height // 2)
    if rank <= 1:
        start = left + front if pips else left
        canvas.pill(left + line, top + line, width - 2 * line, height - 2 * line, height // 2 - line, white=True)
        if pips:
            _solid_end(canvas, left, top, front + pad // 4, height)
        text_left = start + (pad if not pips else gap)
    else:
        text_left = left + front + gap - line
    if rank >= 3:
        canvas.pill(
            left + line, top + line, width - 2 * line, height - 2 * line, height // 2 - line,
            line=max(1, line // 2), white=True,
        )  # fmt: skip
    for number in range(pips):
        canvas.diamond(left + pad + half - line + number * (2 * half + line), top + height // 2, half, white=True)
    canvas.text(text_left, top + height * 25 // 34, name.text, name.size, bold=True, white=rank >= 2)
    return width


def _solid_end(canvas: Canvas, left: int, top: int, width: int, height: int) -> None:
    canvas.pill(left, top, width + height // 2, height, height // 2)
    line = max(2, height // 17)
    canvas.fill(left + width, top + line, height // 2 + 1, height - 2 * line, white=True)
