"""Figures and how they are shown.

`ratio` is to the floor of the same run; `bound` is the most that it may be, None where there is no target.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    ratio: float
    bound: float | None

    @property
    def holds(self) -> bool:
        return self.bound is None or self.ratio <= self.bound

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"holds": self.holds}


def as_text(figures: Sequence[Figure]) -> str:
    lines = [f"{'':44}{'measured':>14}{'ratio':>9}{'target':>10}"]
    for each in figures:
        verdict = "" if each.bound is None else "holds" if each.holds else "does not hold"
        target = "" if each.bound is None else f"<= {each.bound:g}"
        lines.append(
            f"{each.name:44}{each.value:>11,.1f} {each.unit:2}{each.ratio:>9.3f}{target:>10}  {verdict}".rstrip()
        )
    return "\n".join(lines) + "\n"
