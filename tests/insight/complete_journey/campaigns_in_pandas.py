"""What each campaign's groups bought, took up and cost, and the uplift with scipy's own interval of Welch."""

import json
from typing import Any

import pandas as pd
from scipy import stats


def campaign_answers(sales: pd.DataFrame, plans: dict[int, Any], groups: dict[str, Any]) -> tuple[Any, pd.DataFrame]:
    """Campaign -> arm -> figures; and every award of a campaign's rule: day and points."""
    found, awards = {}, []
    for id, plan in plans.items():
        first, last = pd.Timestamp(plan["first"]), pd.Timestamp(plan["last"])
        inside = sales[sales.day.between(first, last)]
        own = groups[str(id)]
        spent = inside.groupby("household_id").cents.sum()
        of_arm = {arm: spent.reindex([int(name[1:]) for name in own["arms"][arm]], fill_value=0)
                  for arm in own["arms"]}  # fmt: skip
        found[id] = {}
        for arm, mechanic in zip(("a", "b"), own["mechanics"], strict=False):
            given = awarded(inside[inside.household_id.isin(of_arm[arm].index)], mechanic)
            awards.append(given)
            takers, points = int(given.household_id.nunique()), int(given.points.sum())
            if mechanic["kind"] == "gift":
                takers, points = len(of_arm[arm]), len(of_arm[arm]) * int(mechanic["amount"])
            found[id][arm] = figures(of_arm[arm], of_arm["hold"]) | {"takers": takers, "cost": points}
        found[id]["hold"] = figures(of_arm["hold"], of_arm["hold"]) | {"takers": 0, "cost": 0}
    return found, pd.concat(awards)


def awarded(bought: pd.DataFrame, mechanic: dict[str, Any]) -> pd.DataFrame:
    """Sales that a bonus rule gave something for: each, or each member's first, of at least some money."""
    if mechanic["kind"] == "gift":
        return bought.iloc[:0].assign(points=0)
    if mechanic["kind"] == "multiply":
        given = bought.assign(points=bought.cents // 100 * (int(mechanic["amount"]) - 1))
        return given[given.points > 0]
    least = round(float(mechanic.get("min_amount", 0)) * 100)
    given = bought[bought.cents >= least].sort_values(["transaction_timestamp", "basket_id"])
    if mechanic.get("times"):
        given = given.groupby("household_id").head(mechanic["times"])
    return given.assign(points=int(mechanic["amount"]))


def figures(own: pd.Series, held: pd.Series) -> dict[str, Any]:
    found: dict[str, Any] = {"members": len(own), "buyers": int((own > 0).sum()), "sales": int(own.sum())}
    if min(len(own), len(held)) < 5:
        return found | {"uplift": None}
    test = stats.ttest_ind(own, held, equal_var=False)
    low, high = test.confidence_interval(0.95)
    return found | {"uplift": json.loads(json.dumps([own.mean() - held.mean(), low, high]))}
