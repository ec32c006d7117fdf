"""What one event earns one receiver in one wallet: rules in their phases. Spec: programme, section 1.2.

Points lie on lines (events without lines have one pseudo line) in separate heaps, one for each pair of expiry and
pending: every heap becomes a lot. All points here are exact, in the wallet's smallest unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from loyalty.points.basket import Line, quantity, spread
from loyalty.points.conditions import Occasion, earning, matched, note_codes
from loyalty.points.exact import ROUNDINGS, added_up, as_text, floor, ratio, tidy
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import AwardEntry
from loyalty.points.programme import EarnRule, Expiry, Wallet

Heap = tuple[Expiry, int]
"""Expiry policy and days pending."""

Capped = Callable[[EarnRule, Exact], Exact | None]


@dataclass(frozen=True)
class Limits:
    """The limits of the receiver, as questions."""

    allow: Callable[[EarnRule], bool]
    capped: Capped


@dataclass
class Fired:
    """A rule that fired, the lines it works on, and what it would give."""

    rule: EarnRule
    lines: Sequence[Line]
    points: Exact = 0
    why: str = ""
    refused: bool = False


@dataclass
class Earning:
    """The outcome. `heaps`: exact points by line position; `counted`: rules and their exact contributions."""

    heaps: dict[Heap, dict[int, Exact]] = field(default_factory=dict)
    entries: list[AwardEntry] = field(default_factory=list)
    counted: list[tuple[EarnRule, Exact]] = field(default_factory=list)

    def lots(self, wallet: Wallet) -> list[tuple[Heap, dict[int, Exact], int]]:
        """(heap, exact points by line, points rounded) of every heap."""
        rounded = ROUNDINGS[wallet.rounding]
        return [(heap, lines, rounded(added_up(lines.values()))) for heap, lines in self.heaps.items()]


def walk(
    rules: Sequence[EarnRule], occasion: Occasion, lines: Sequence[Line] | None, limits: Limits
) -> dict[str, list[Fired]]:
    """The rules that fire, by wallet (steps 1 and 2)."""
    fired: dict[str, list[Fired]] = {}
    stopped = set()
    for rule in rules:
        if rule.wallet in stopped:
            continue
        found = matched(rule.when, occasion, lines, earning)
        if found is None or (lines is not None and not found) or not limits.allow(rule):
            continue
        fired.setdefault(rule.wallet, []).append(Fired(rule, found))
        if rule.stop:
            stopped.add(rule.wallet)
    return {wallet: _alone(rules_fired) for wallet, rules_fired in fired.items()}


def _alone(fired: list[Fired]) -> list[Fired]:
    alone: dict[str, Fired] = {}
    for each in fired:
        best = alone.get(each.rule.phase)
        if each.rule.alone and (best is None or each.rule.priority > best.rule.priority):
            alone[each.rule.phase] = each
    return [each for each in fired if each.rule.phase not in alone or alone[each.rule.phase] is each]


def calculate(
    fired: list[Fired],
    wallet: Wallet,
    occasion: Occasion,
    limits: Limits,
    multiplier: Exact = 1,
    has_lines: bool = True,
    digits: int = 0,
) -> Earning:
    """Steps 3 to 7 for one wallet. `multiplier`: the tier's, for purchases. `digits`: the currency's, for the words."""
    earned = Earning()
    scale = 10**wallet.decimals
    for each in _ready([one for one in fired if one.rule.phase == "base"], limits, scale, digits):
        _give(earned, each, wallet, occasion, has_lines)
    _multiply([one for one in fired if one.rule.phase == "multiply"], earned, limits, occasion, has_lines)
    if multiplier != 1 and earned.heaps:
        change = _scale(earned, None, multiplier)
        if change:
            earned.entries.append(AwardEntry("tier", change, f"x {as_text(multiplier)} of the level"))
    for each in _ready([one for one in fired if one.rule.phase == "bonus"], limits, scale, digits):
        _give(earned, each, wallet, occasion, has_lines)
    kept = added_up([points for lines in earned.heaps.values() for points in lines.values()])
    rounding = sum(points for _, _, points in earned.lots(wallet)) - kept
    if rounding:
        earned.entries.append(AwardEntry("rounding", tidy(rounding), wallet.rounding))
    return earned


def _ready(fired: list[Fired], limits: Limits, scale: int, digits: int) -> list[Fired]:
    """Rules that add points, with their points after limits and groups."""
    for each in fired:
        each.points, each.why = _points(each.rule, each.lines, scale, digits)
        _cap(each, limits)
    return _best_of_groups(fired)


def _cap(each: Fired, limits: Limits) -> None:
    if not each.rule.limits:
        return
    allowed = limits.capped(each.rule, each.points)
    if allowed is None:
        each.points, each.refused = 0, True
    elif allowed != each.points:
        each.points, each.why = allowed, each.why + ", cut by its limit"


def _best_of_groups(fired: list[Fired]) -> list[Fired]:
    best: dict[str, Fired] = {}
    for each in fired:
        group = each.rule.group
        if group is not None and not each.refused and (group not in best or each.points > best[group].points):
            best[group] = each
    return [each for each in fired if not each.refused and (each.rule.group is None or best[each.rule.group] is each)]


def _points(rule: EarnRule, lines: Sequence[Line], scale: int, digits: int) -> tuple[Exact, str]:
    if rule.award in ("fixed", "bonus"):
        return rule.points, _plain(rule.points, scale)
    if rule.award == "per_unit":
        total, smallest, unit = quantity(lines), 1, "pieces"
    else:
        total, smallest, unit = added_up([line.earning for line in lines]), 10**digits, "paid"
    total = max(total, 0)
    steps = ratio(total, rule.per)
    if rule.whole:
        steps = floor(steps)
    each, every = _plain(rule.points, scale), _plain(rule.per, smallest)
    why = f"{each} x {as_text(steps)} ({_plain(total, smallest)} {unit} / {every})"
    return tidy(rule.points * steps), why


def _plain(points: Exact, scale: int) -> str:
    return as_text(ratio(points, scale))


def _heap(rule: EarnRule, wallet: Wallet) -> Heap:
    return rule.expiry or wallet.expiry, wallet.pending if rule.pending is None else rule.pending


def _give(earned: Earning, each: Fired, wallet: Wallet, occasion: Occasion, has_lines: bool) -> None:
    heap = earned.heaps.setdefault(_heap(each.rule, wallet), {})
    if has_lines:
        for line, part in zip(each.lines, spread(each.points, each.lines), strict=True):
            heap[line.position] = tidy(heap[line.position] + part) if line.position in heap else part
    else:
        heap[0] = tidy(heap.get(0, 0) + each.points)
    _count(earned, each, each.points, occasion)


def _count(earned: Earning, each: Fired, points: Exact, occasion: Occasion) -> None:
    earned.entries.append(AwardEntry(each.rule.name, points, each.why))
    earned.counted.append((each.rule, points))
    note_codes(each.rule.when, occasion)


def _multiply(fired: list[Fired], earned: Earning, limits: Limits, occasion: Occasion, has_lines: bool) -> None:
    for each in fired:
        if each.rule.group is None:
            continue
        each.points = _carried(earned, _positions(each, has_lines)) * (each.rule.points - 1)
        _cap(each, limits)
    for each in _best_of_groups(fired):  # groups are compared on the base points, before any rule has multiplied
        positions = _positions(each, has_lines)
        before = _carried(earned, positions)
        each.points, each.why, each.refused = before * (each.rule.points - 1), f"x {as_text(each.rule.points)}", False
        wanted = each.points
        _cap(each, limits)
        if each.refused:
            continue
        factor = each.rule.points if each.points == wanted else 1 + Fraction(each.points) / before
        _count(earned, each, _scale(earned, positions, factor), occasion)


def _positions(each: Fired, has_lines: bool) -> set[int]:
    return {line.position for line in each.lines} if has_lines else {0}


def _carried(earned: Earning, positions: set[int]) -> Exact:
    total: Exact = 0
    for lines in earned.heaps.values():
        total += sum(points for position, points in lines.items() if position in positions)
    return tidy(total)


def _scale(earned: Earning, positions: set[int] | None, factor: Exact) -> Exact:
    """Multiplies what lies on these lines (None: on all); the change."""
    change: Exact = 0
    for lines in earned.heaps.values():
        for position, points in lines.items():
            if positions is None or position in positions:
                lines[position] = tidy(points * factor)
                change += lines[position] - points
    return tidy(change)
