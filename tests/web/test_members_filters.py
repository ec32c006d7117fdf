"""The list's filters stand in the address; views keep them; the export runs nothing in a spreadsheet."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from loyalty.db.audit import entries
from loyalty.db.session import read, write
from loyalty.members.described import put_tags
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.backoffice.members_saved import harmless
from tests.web.conftest import Shop, Visitor
from tests.web.harbour import NAMES, NOW

ROW = re.compile(r'class="row-link" href="/members/(mem_\w+)"')


def ids(person: Visitor, query: str) -> list[str]:
    answer = person.get(f"/members?{query}")
    assert answer.status_code == 200, query
    return ROW.findall(answer.text)


def visits(shop: Shop) -> dict[str, date]:
    """The last day of every member who bought anything that stands."""
    with read(shop.engine) as session:
        rows = session.execute(text("SELECT member, max(day) FROM purchase_states WHERE counts GROUP BY member"))
        return {member: date.fromisoformat(day) for member, day in rows}


def test_the_latest_visit_comes_first(shop: Shop, admin: Visitor) -> None:
    last = visits(shop)
    found = [last.get(id, date.min) for id in ids(admin, "")]
    assert len(found) == len(NAMES) and found == sorted(found, reverse=True)


def test_filters_by_visit_points_store_and_tag_hold_what_they_say(shop: Shop, admin: Visitor) -> None:
    last, day = visits(shop), NOW.date() - timedelta(days=3)
    assert set(ids(admin, f"visited_from={day}")) == {id for id, at in last.items() if at >= day}
    assert set(ids(admin, f"visited_to={day}")) == {id for id, at in last.items() if at <= day}
    with read(shop.engine) as session:
        facts = SqlFacts(session)
        rich = {id for id in shop.harbour.members.values() if facts.account(id, "points").available >= 100}
        store = session.execute(text("SELECT DISTINCT member FROM purchases WHERE store = 'Central'"))
        central = set(store.scalars())
    assert set(ids(admin, "points_from=100")) == rich and rich
    assert set(ids(admin, "store=Central")) == central
    tom = shop.harbour.members["Tom Baker"]
    with write(shop.engine) as session:
        put_tags(session, tom, ["wholesale"])
    assert ids(admin, "tag=wholesale") == [tom] and ids(admin, "tag=none") == []


def test_a_consent_is_kept_with_its_proof_and_filters(shop: Shop, admin: Visitor) -> None:
    tom = shop.harbour.members["Tom Baker"]
    admin.get(f"/members/{tom}")
    said = {"purpose": "email", "channel": "paper", "text_version": "2026-1", "how": "Folder 12"}
    assert admin.post(f"/members/{tom}/consents", **said, given="yes").status_code == 303
    assert ids(admin, "consent=email") == [tom]
    page = admin.get(f"/members/{tom}").text
    assert "on paper" in page and "2026-1" in page and "Folder 12" in page
    shop.clock.set(NOW + timedelta(minutes=1))
    assert admin.post(f"/members/{tom}/consents", **said, given="no").status_code == 303
    assert ids(admin, "consent=email") == []
    assert admin.post(f"/members/{tom}/consents", **said | {"purpose": "soul"}, given="yes").status_code == 400
    with read(shop.engine) as session:
        assert [entry.after["consent_email"] for entry in entries(session, action="member.consent")] == [False, True]


def test_a_view_is_kept_for_the_one_who_named_it(shop: Shop, admin: Visitor, staff) -> None:
    admin.get("/members")
    answer = admin.post("/members/views", name="Rich <b>", points_from="100", sort="points")
    assert answer.status_code == 303 and "points_from=100" in answer.location
    page = admin.get("/members").text
    assert "Rich &lt;b&gt;" in page and "points_from=100" in page
    assert "Rich" not in staff("supervisor").get("/members").text
    drop = re.search(r'action="(/members/views/view_\w+/drop)"', page).group(1)  # type: ignore[union-attr]
    admin.post(drop)
    assert "Rich &lt;b&gt;" not in admin.get("/members?sort=joined").text  # but for the way back, in an address


def test_the_export_holds_everybody_who_fits_and_is_told(shop: Shop, admin: Visitor, staff) -> None:
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE members SET name = :name WHERE name = 'Bo Li'"), {"name": "=HYPERLINK(1)"})
    admin.get("/members")
    answer = admin.post("/members/export", points_from="1")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == len(ids(admin, "points_from=1"))
    assert {row["name"] for row in rows} & {"'=HYPERLINK(1)", "陳大文"}
    assert "\n=HYPERLINK" not in answer.text and ",=HYPERLINK" not in answer.text
    with read(shop.engine) as session:
        assert entries(session, action="member.export")[0].after["filters"] == {"points_from": "1"}
    assert staff("cashier").post("/members/export").status_code == 403


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "＝1"])
def test_a_formula_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.50", "陳大文", "", "a=b"])
def test_what_is_no_formula_stays(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("query", ["visited_from=tomorrow", "points_from=x", "points_to=1.5", "level=Diamond"])
def test_a_filter_that_cannot_be_is_not_found(admin: Visitor, query: str) -> None:
    assert admin.get(f"/members?{query}").status_code == 404


def test_a_large_shop_gets_its_list_first_and_its_figures_after(
    shop: Shop, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.web.backoffice.members_counts.LARGE", 5)
    page = admin.get("/members").text
    assert len(ROW.findall(page)) == len(NAMES) and "/members/counts" in page
    later = admin.part("/members/counts").text
    assert f'<span class="count">{len(NAMES)}</span>' in later


def ranked(shop: Shop, figure: str) -> list[str]:
    """Everybody by a figure, the greatest first, then by id, told by bare SQL."""
    joined = "members m LEFT JOIN accounts a ON a.member = m.id AND a.wallet = 'points'"
    joined += " LEFT JOIN standings s ON s.member = m.id"
    with read(shop.engine) as session:
        rows = session.execute(text(f"SELECT m.id FROM {joined} ORDER BY coalesce({figure}, 0) DESC, m.id DESC"))
        return list(rows.scalars())


def walked(person: Visitor, query: str) -> list[str]:
    """All pages of a list, one after the other."""
    found, address = [], f"/members?{query}"
    while True:
        page = person.get(address).text
        found += ROW.findall(page)
        more = re.search(r'href="([^"]+)" hx-get="[^"]+"[^>]*data-more', page)
        if more is None:
            return found
        address = more.group(1).replace("&amp;", "&")


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize(("sort", "figure"), [("points", "a.active - a.deficit"), ("spend", "s.spend")])
def test_points_and_spend_are_walked_in_order_page_by_page(
    shop: Shop, admin: Visitor, monkeypatch: pytest.MonkeyPatch, sort: str, figure: str, size: int
) -> None:
    with shop.engine.begin() as connection:  # nothing, the same, and below zero
        ids = sorted(shop.harbour.members.values())
        for id, active, deficit in zip(ids, (0, 0, 0, 250, 250), (0, 35, 7, 0, 0), strict=False):
            change = {"active": active, "deficit": deficit, "id": id}
            points = "UPDATE accounts SET active = :active, deficit = :deficit WHERE member = :id"
            connection.execute(text(points), change)
            connection.execute(text("UPDATE standings SET spend = :active WHERE member = :id"), change)
    monkeypatch.setattr("loyalty.web.backoffice.members_view.PAGE", size)
    assert walked(admin, f"sort={sort}") == ranked(shop, figure)
    assert walked(admin, f"sort={sort}&points_from=250") == [
        id for id in ranked(shop, figure) if id in set(ids_with(shop, 250))
    ]


def ids_with(shop: Shop, least: int) -> list[str]:
    with read(shop.engine) as session:
        enough = text("SELECT member FROM accounts WHERE wallet = 'points' AND active - deficit >= :least")
        return list(session.execute(enough, {"least": least}).scalars())


def test_filters_mean_the_same_when_many_may_fit(
    shop: Shop, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [
        f"{filter}&sort={sort}"
        for filter in ("level=Gold", "points_from=100", "visited_from=2026-11-10", "show=expiring", "show=quiet",
                       "visited_to=2026-10-01")
        for sort in ("visit", "points", "name")
    ]  # fmt: skip
    sorted_at_once = [ids(admin, query) for query in queries]
    assert any(sorted_at_once)
    monkeypatch.setattr("loyalty.web.backoffice.members_filter.FEW", -1)
    assert [ids(admin, query) for query in queries] == sorted_at_once


def test_in_a_large_shop_a_sample_tells_what_nobody_counts(
    shop: Shop, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.web.backoffice.members_counts.LARGE", 5)
    assert admin.part("/members/counts").text.count("about") == 1  # a handful who were not here tells nothing
    monkeypatch.setattr("loyalty.web.backoffice.members_counts.LEAST_HITS", 0)
    exact = visits(shop)
    quiet = sum(exact.get(id, date.min) < NOW.date() - timedelta(days=90) for id in shop.harbour.members.values())
    page = admin.part("/members/counts").text
    assert re.findall(r'<span class="count">about (\d+)</span>', page)[1] == str(quiet)
    with read(shop.engine) as session:
        kept = dict(session.execute(text("SELECT name, members FROM member_totals WHERE members > 0")).all())
        counted = dict(session.execute(text("SELECT 'level:' || tier, count(*) FROM standings GROUP BY tier")).all())
    assert kept == {**counted, "members": len(NAMES)}


def test_columns_are_chosen_in_the_address_and_kept_with_a_view(shop: Shop, admin: Visitor, staff) -> None:
    page = admin.get("/members?column=spend&column=phone&sort=spend").text
    head = re.search(r"<thead>(.*?)</thead>", page, re.DOTALL).group(1)  # type: ignore[union-attr]
    assert "Spent" in head and "Telephone" in head and "Last visit" not in head
    assert "+852" in page and 'aria-sort="descending"' in head
    assert "+852" not in staff("analyst").get("/members?column=phone").text
    answer = admin.post("/members/views", name="Callers", column="phone")
    assert answer.location.endswith("column=phone&sort=visit")
    assert admin.get("/members?column=shoes").status_code == 404
