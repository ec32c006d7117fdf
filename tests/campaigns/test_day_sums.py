"""Sums over days as a trial keeps them: the same as adding up all sales, also late ones and those that came back."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from loyalty.campaigns.day_sums import DaySums, UseSums
from loyalty.points.facts_sale import PurchaseState, RuleUse
from loyalty.points.store import Days

FIRST = date(2026, 1, 1)


def test_any_days_add_up_whatever_order_the_sales_came_in():
    dice, kept, sales = Random(8), DaySums(), dict[str, PurchaseState]()
    for number in range(60):
        name = f"s{number}"
        sales[name] = PurchaseState(name, "ann", FIRST + timedelta(dice.randrange(20)), number, dice.randrange(3) * 100)
        kept.change(None, sales[name])
        again = dice.choice(list(sales.values()))
        sales[again.purchase] = replace(again, net=again.net // 2, counts=dice.random() < 0.5)
        kept.change(again, sales[again.purchase])
        ends = sorted(FIRST + timedelta(dice.randrange(-2, 23)) for _ in range(2))
        for days in (Days(), Days(*ends), Days(ends[0]), Days(None, ends[1])):
            held = [each for each in sales.values() if days.hold(each.day)]
            assert kept.sums(days) == (sum(each.net for each in held), sum(each.counts for each in held))
            assert kept.first(days, 0) == min((each.day for each in held if each.net), default=None)
            assert kept.first(days, 1) == min((each.day for each in held if each.counts), default=None)


def test_uses_of_a_rule_add_up_without_those_that_were_undone():
    dice, kept, uses = Random(9), UseSums(), list[RuleUse]()
    for number in range(40):
        day = FIRST + timedelta(dice.randrange(9))
        uses.append(RuleUse(number, "earn", "double", "ann", day, None, 1, Fraction(dice.randrange(9), 4)))
        kept.change(None, uses[-1])
        if dice.random() < 0.3:
            place = dice.randrange(len(uses))
            before, uses[place] = uses[place], replace(uses[place], undone=True)
            kept.change(before, uses[place])
        for days in (Days(), Days(FIRST + timedelta(2), FIRST + timedelta(dice.randrange(2, 9)))):
            held = [each for each in uses if days.hold(each.day) and not each.undone]
            assert kept.within(days) == (sum(each.times for each in held), sum(each.points for each in held))
