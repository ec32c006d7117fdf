"""Finds the lowest point of a smooth function of a few numbers: Nelder and Mead's simplex (Computer J. 7, 1965)."""

from collections.abc import Callable, Sequence

Point = list[float]


def lowest(
    of: Callable[[Sequence[float]], float], start: Sequence[float], step: float = 0.3, near: float = 1e-9,
    most: int = 4000,
) -> tuple[Point, float]:  # fmt: skip
    """The point and its value; begins again from what it found until that brings nothing any more."""
    best, value = list(start), of(start)
    for _ in range(10):
        found, lower = _walk(of, best, step, near, most)
        gained, best, value = value - lower, found, lower
        if gained < near * (1 + abs(value)):
            break
        step /= 2
    return best, value


def _walk(
    of: Callable[[Sequence[float]], float], start: Point, step: float, near: float, most: int
) -> tuple[Point, float]:
    corners = [list(start)]
    for place in range(len(start)):
        corner = list(start)
        corner[place] += step
        corners.append(corner)
    simplex = sorted((of(corner), corner) for corner in corners)
    for _ in range(most):
        simplex.sort(key=lambda each: each[0])
        if simplex[-1][0] - simplex[0][0] <= near * (1 + abs(simplex[0][0])):
            break
        _turn(of, simplex)
    value, found = min(simplex, key=lambda each: each[0])
    return found, value


def _turn(of: Callable[[Sequence[float]], float], simplex: list[tuple[float, Point]]) -> None:
    """One step: the worst corner is thrown over, farther, or drawn in; or all corners shrink towards the best."""
    worst_value, worst = simplex[-1]
    rest = [corner for _value, corner in simplex[:-1]]
    middle = [sum(each) / len(rest) for each in zip(*rest, strict=True)]

    def at(factor: float) -> tuple[float, Point]:
        corner = [m + factor * (m - w) for m, w in zip(middle, worst, strict=True)]
        return of(corner), corner

    thrown = at(1.0)
    if thrown[0] < simplex[0][0]:
        simplex[-1] = min(thrown, at(2.0), key=lambda each: each[0])
    elif thrown[0] < simplex[-2][0]:
        simplex[-1] = thrown
    else:
        drawn = at(0.5) if thrown[0] < worst_value else at(-0.5)
        if drawn[0] < min(thrown[0], worst_value):
            simplex[-1] = drawn
        else:
            best = simplex[0][1]
            for place in range(1, len(simplex)):
                corner = [(a + b) / 2 for a, b in zip(best, simplex[place][1], strict=True)]
                simplex[place] = (of(corner), corner)
