"""Home and figures: every number is computed a second time here, from the rows, in plain Python."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from loyalty.care.cases import NewCase, open_case
from loyalty.checkout.adjust_points import PointsWish, adjust_points
from loyalty.db.session import read, write
from tests.web.harbour import NOW, staff_address
from tests.web.test_member import words

ZONE = ZoneInfo("Asia/Hong_Kong")
TODAY = NOW.astimezone(ZONE).date()


def table(admin, key) -> list[str]:
    """The values of a figure's page, today first."""
    page = admin.get(f"/figures/{key}").text
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [unescape(cell) for cell in re.findall(r'<td class="number">([^<]+)</td>', body)]


def local_day(moment: str):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(ZONE).date()


def rows(shop, query):
    with read(shop.engine) as session:
        return session.execute(text(query)).all()


def days():
    return [TODAY - timedelta(days=i) for i in range(28)]


def test_sales_by_day_are_those_of_the_receipts(admin, shop):
    paid = Counter()
    for day, net in rows(
        shop, "SELECT p.occurred_at, s.net FROM purchases p JOIN purchase_states s ON s.purchase = p.id"
    ):
        paid[local_day(day)] += net
    assert table(admin, "sales") == [f"HK${paid[day] / 100:,.2f}" for day in days()]
    week = sum(paid[day] for day in days()[:7])
    assert f'title="HK${week / 100:,.2f}"' in admin.get("/home").text


@pytest.mark.parametrize(
    ("key", "kinds", "sign"), [("issued", ("earn", "credit"), 1), ("redeemed", ("spend", "restore"), -1)]
)
def test_points_by_day_are_those_of_the_ledger(admin, shop, key, kinds, sign):
    moved = Counter()
    for kind, at, credit, amount in rows(
        shop, "SELECT kind, occurred_at, credit, amount FROM transfers WHERE wallet = 'points'"
    ):
        if kind in kinds:
            moved[local_day(at)] += sign * (amount if credit.startswith("member:") else -amount)
    expected = ["1 point" if moved[day] == 1 else f"{moved[day]:,} points" for day in days()]
    assert table(admin, key) == expected
    assert any(moved[day] for day in days())


def test_what_is_outstanding_follows_from_every_transfer(admin, shop):
    outstanding = []
    moves = rows(shop, "SELECT occurred_at, credit, amount FROM transfers WHERE wallet = 'points'")
    for day in days():
        left = sum(
            amount if credit.startswith("member:") else -amount for at, credit, amount in moves if local_day(at) <= day
        )
        outstanding.append(f"HK${left / 10:,.2f}")
    assert table(admin, "liability") == outstanding


def test_members_of_28_days_are_counted_once(admin, shop):
    seen = {
        member
        for member, at in rows(
            shop,
            "SELECT p.member, p.occurred_at FROM purchases p"
            " JOIN purchase_states s ON s.purchase = p.id WHERE s.counts",
        )
        if local_day(at) > TODAY - timedelta(days=28)
    }
    assert f'Active members, 28 days</span> <span class="figure-value">{len(seen)}' in re.sub(
        r"\s+", " ", admin.get("/home").text
    )


def test_level_ups_count_only_steps_upwards(admin, shop):
    rank = {"Member": 0, "Silver": 1, "Gold": 2, "Platinum": 3, None: 0}
    ups, last = Counter(), {}
    for member, tier, since in rows(shop, "SELECT member, tier, since FROM tier_spells ORDER BY number"):
        if rank[tier] > rank[last.get(member)]:
            ups[since] += 1
        last[member] = tier
    assert table(admin, "level-ups") == [str(ups[day.isoformat()]) for day in days()]


def test_home_says_what_waits_and_leads_there(admin, shop):
    page = admin.get("/home").text
    waiting = rows(shop, "SELECT count(*) FROM staff_work WHERE status = 'open'")[0][0]
    assert f"{waiting} reports from the counters" in page and 'href="/work"' in page
    soon = rows(
        shop,
        "SELECT count(DISTINCT member), sum(remaining) FROM lots WHERE wallet = 'points' AND remaining > 0"
        f" AND expires_at > '{NOW:%Y-%m-%dT%H:%M}' AND expires_at <= '2026-12-18T16:00:00.000000Z'",
    )[0]
    assert f"{soon[1]:,} points expire within 30 days" in page
    assert f"{soon[0]} members lose points" in page


def test_what_others_ask_for_waits_for_those_who_may_decide(staff, shop):
    """The analyst may decide nothing, and whoever asked is not asked."""
    wish = PointsWish("ptr_1", shop.harbour.members["陳大文"], "points", Decimal(5000), "gift")
    with write(shop.engine) as session:
        adjust_points(session, wish, staff_address("supervisor"), 0, NOW)
        open_case(session, NewCase("Cold coffee", "goods", "counter"), "ann@x", NOW - timedelta(days=2))
    seen = {role: words(staff(role).get("/home").text) for role in ("administrator", "supervisor", "analyst")}
    asked = "1 adjustment of points waits for your yes or no"
    assert [asked in page for page in seen.values()] == [True, False, False]
    assert ["1 case is late" in page for page in seen.values()] == [True, True, False]


def test_nothing_to_do_is_said_too(admin, shop):
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE staff_work SET status = 'done'"))
        connection.execute(text("UPDATE lots SET expires_at = NULL"))
    assert "Nothing waits for you" in admin.get("/home").text


def test_a_technician_sees_no_figures(staff):
    page = staff("technician").get("/home").text
    assert "Sales, 7 days" not in page and "/figures/" not in page


def test_a_figure_that_is_none_is_not_found(admin):
    assert admin.get("/figures/weather").status_code == 404


def test_days_are_the_shops_days(admin, shop):
    """Ten to midnight in UTC is tomorrow in Hong Kong."""
    shop.clock.set(datetime(2026, 11, 18, 23, 50, tzinfo=UTC))
    assert "Thursday, 19 November 2026" in words(admin.get("/home").text)


def test_whoever_sees_no_figures_is_shown_where_to_go(staff):
    page = staff("technician").get("/home").text
    page = page[page.index("<main") :]
    assert "Nothing waits for you" in page and 'href="/devices"' in page and "Figures" not in page
    assert 'href="/members' not in page and 'href="/work' not in page
