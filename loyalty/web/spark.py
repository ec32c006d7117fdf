"""Small charts as SVG, drawn on the server: no script, and widths as attributes since inline styles are forbidden."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 120, 36


def _points(values: Sequence[int], width: float, height: float, pad: float) -> list[tuple[float, float]]:
    """From the lowest value (bottom, or zero when nothing is below it) to the highest (top)."""
    low, high = min(0, *values) if values else 0, max(values, default=0)
    if min(values, default=0) > 0 and high < 3 * (high - min(values)) + 1:
        low = 0
    elif min(values, default=0) > 0:
        low = min(values) - max(1, (high - min(values)) // 4)  # a slow line keeps its shape
    reach = (high - low) or 1
    step = width / max(1, len(values) - 1)
    scale = (height - 2 * pad) / reach
    return [(i * step, height - pad - (value - low) * scale) for i, value in enumerate(values)]


def spark_line(values: Sequence[int], marked: int = 7) -> Markup:
    """The course of the days; the last `marked` of them stand out. Decoration: the numbers stand beside it."""
    if len(values) < 2:
        return Markup("")
    spots = _points(values, WIDTH, HEIGHT, 2)

    def path(part: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(part))

    area = f"{path(spots)} L{spots[-1][0]:.1f} {HEIGHT} L{spots[0][0]:.1f} {HEIGHT} Z"
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<path class="spark-area" d="{}"/><path class="spark-past" d="{}"/><path class="spark-now" d="{}"/></svg>'
    ).format(WIDTH, HEIGHT, area, path(spots), path(spots[-marked:]))


@dataclass(frozen=True)
class Bar:
    """One bar of a column chart, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float


def columns(values: Sequence[int], width: float = 720, height: float = 160, gap: float = 4) -> list[Bar]:
    """Bars from zero upwards; what is below zero hangs from the zero line."""
    if not values:
        return []
    high, low = max(0, *values), min(0, *values)
    reach = (high - low) or 1
    step = width / len(values)
    zero = height * high / reach
    return [
        Bar(i * step + gap / 2, zero - max(0, v) / reach * height, step - gap, abs(v) / reach * height)
        for i, v in enumerate(values)
    ]


def meter(share: float, label: str) -> Markup:
    """A bar that is filled to `share` (0 to 1). `label` is said in its place."""
    filled = round(max(0.0, min(1.0, share)) * 100, 1)
    return Markup(
        '<svg class="meter" role="img" aria-label="{}"><rect class="meter-track" width="100%" height="6" rx="3"/>'
        '<rect class="meter-fill" width="{}%" height="6" rx="3"/></svg>'
    ).format(label, filled)
