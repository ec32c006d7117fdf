"""Figures and how they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`ratio` is to the floor of the same run (for waits: the figure itself); `bound` is what it should keep."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    bound: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        if self.ratio is None or self.bound is None:
            return None
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound


def as_json(parts: Mapping[str, Sequence[Figure]]) -> dict[str, Any]:
    return {name: [asdict(figure) | {"holds": figure.holds} for figure in part] for name, part in parts.items()}


def as_text(parts: Mapping[str, Sequence[Figure]]) -> str:
    lines = []
    for name, part in parts.items():
        lines += [f"\n{name}", f"{'':44}{'measured':>14}{'ratio':>9}{'target':>10}"]
        lines += [_line(figure) for figure in part]
    return "\n".join(lines) + "\n"


def _line(figure: Figure) -> str:
    line = f"{figure.name:44}{figure.value:>11,.0f} {figure.unit:2}"
    if figure.ratio is None or figure.bound is None:
        return line
    sign = "≥" if figure.at_least else "≤"
    verdict = "holds" if figure.holds else "does not hold"
    return f"{line}{figure.ratio:>9.2f}{f'{sign} {figure.bound:g}':>10}  {verdict}"
