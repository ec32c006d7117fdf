"""Lets an event earn: judges the rules, makes the lots, writes down why. Spec: programme, section 1.2."""

from collections.abc import Sequence

from loyalty.points import crediting, limits, terms
from loyalty.points.basket import Line
from loyalty.points.conditions import Occasion
from loyalty.points.earn import Earning, Limits, calculate, walk
from loyalty.points.exact import tidy
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import Award
from loyalty.points.programme import EarnRule, Level, Wallet
from loyalty.points.segments import belongs
from loyalty.points.step import Step


def occasion_of(step: Step, member: str, **more: object) -> Occasion:
    """The occasion of a step: who the member was before it, and what `more` says of store, channel and so on."""
    person = step.member(member)
    return Occasion(
        at=step.at,
        zone=step.zone,
        tier=tier_before(step, member),
        in_segment=lambda name: belongs(step.plan.facts, step.programme, person, name, step.day.toordinal()),
        birthday=person.birthday,
        **more,  # type: ignore[arg-type]
    )


def tier_before(step: Step, member: str) -> str | None:
    """The member's tier before the step in hand; for a late booking the tier of that moment."""
    if step.late:
        spell = step.plan.tier_at(member, step.at)
        if spell is not None:
            return spell.tier
    return step.standing(member).tier


def level_named(step: Step, name: str | None) -> Level | None:
    levels = step.programme.tiers.levels if step.programme.tiers else ()
    return next((level for level in levels if level.name == name), None)


def earn(
    step: Step,
    receiver: str,
    occasion: Occasion,
    events: Sequence[str],
    lines: Sequence[Line] | None,
    to_other: bool = False,
    multiplier: Exact = 1,
) -> None:
    """What `receiver` earns by this occasion, in all wallets."""
    rules = [rule for rule in step.programme.earn if rule.on in events and rule.enabled and rule.to_other == to_other]
    if not rules:
        return
    bounds = _limits_of(step, receiver)
    fired = walk(rules, occasion, lines, bounds)
    for name, wallet in step.programme.wallets.items():
        if name in fired:
            factor = multiplier if wallet.kind == "points" else 1
            digits = step.programme.digits
            outcome = calculate(fired[name], wallet, occasion, bounds, factor, lines is not None, digits)
            _book(step, receiver, wallet, outcome, lines)


def _limits_of(step: Step, receiver: str) -> Limits:
    def allow(rule: EarnRule) -> bool:
        return limits.allow(step, "earn", rule.name, rule.limits, receiver)

    def capped(rule: EarnRule, points: Exact) -> Exact | None:
        return limits.capped(step, "earn", rule.name, rule.limits, receiver, points)

    return Limits(allow, capped)


def _book(step: Step, receiver: str, wallet: Wallet, outcome: Earning, lines: Sequence[Line] | None) -> None:
    total, made = 0, []
    for (expiry, pending), by_line, rounded in outcome.lots(wallet):
        points = min(rounded, _room(step, receiver, wallet))
        if points <= 0:
            continue
        life = terms.by_policy(step, wallet, expiry, pending)
        lot = crediting.credit(step, receiver, wallet, "earn", points, life, crediting.Origin(earned=True))
        made.append(lot.number)
        total += points
        for line in lines or ():
            if by_line.get(line.position):
                line.points.append((lot.number, tidy(by_line[line.position])))
    for rule, contributed in outcome.counted:
        limits.use(step, "earn", rule.name, receiver, step.booking, 1, contributed)
    if not outcome.entries:
        return
    award = Award(
        number=step.context.numbers(),
        booking=step.booking,
        member=receiver,
        wallet=wallet.name,
        programme=step.version.number,
        entries=tuple(outcome.entries),
        points=total,
        lots=tuple(made),
    )
    step.plan.put(award)
    step.said.add("earned", wallet.name, total)
    step.said.explanation.setdefault(wallet.name, []).extend(outcome.entries)


def _room(step: Step, member: str, wallet: Wallet) -> int:
    if wallet.max_balance is None:
        return 1 << 60
    return wallet.max_balance - step.account(member, wallet.name).balance
