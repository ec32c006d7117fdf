"""Analyses, lifetime value and segments as pages: every view opens, filters stand in the address, files come down."""

import csv
import html
import io
import re

import pytest
from openpyxl import load_workbook

from loyalty.campaigns.segments import all_segments, members_of
from loyalty.db.session import read
from loyalty.insight.analyses import ANALYSES
from tests.web.harbour import NOW
from tests.web.test_member import words


def test_every_question_is_answered_with_a_chart_and_a_table(admin):
    assert "Who are our members" in words(admin.get("/analyses").text)
    for key, analysis in ANALYSES.items():
        for view in analysis.views:
            page = admin.get(f"/analyses/{key}?view={view.name}")
            assert page.status_code == 200, (key, view.name)
            valued = key == "prospecting" and view.name in ("risk", "future")  # nothing is valued yet
            assert ("<table" in page.text) != valued and ("Nothing in this time" in page.text) == valued
            assert not valued or "valued once a day" in page.text
            if view is analysis.views[0]:
                step = re.search(r'next-step[^>]*>[^<]*<a href="([^"]+)"', page.text)
                assert step and admin.get(html.unescape(step[1])).status_code == 200, key


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_they_open_in_chinese_too(admin, language):
    admin.post("/language", language=language, back="/analyses")
    others = ("/analyses", "/lifetime-value", "/segments", "/segments/new")
    for page in (*others, *(f"/analyses/{key}" for key in ANALYSES)):
        answer = admin.get(page)
        assert answer.status_code == 200 and "%%" not in answer.text, page
    for key, view in (("profitability", "class"), ("prospecting", "future"), ("promotion", "users")):
        answer = admin.get(f"/analyses/{key}?view={view}")
        assert answer.status_code == 200 and "%%" not in answer.text, view


def test_filters_stand_in_the_address_and_faulty_ones_are_told(admin):
    page = words(admin.get("/analyses/performance?view=store&from=2026-10-01&to=2026-10-31&store=Central").text)
    assert "Central" in page
    month = admin.get("/analyses/profitability?from=2026-10-01&to=2026-10-31&margin=30").text
    assert 'value="30"' in month and 'value="2026-10-01"' in month and "October 2026" in month
    for fault in ("from=monday", "margin=NaN", "margin=x", "from=2026-11-01&to=2026-01-01", "segment=seg_0"):
        answer = admin.get(f"/analyses/profitability?{fault}")
        assert answer.status_code == 422 and "last 365 days of everybody are shown" in words(answer.text)
    assert admin.get("/analyses/profile?view=shoes").status_code == 404
    assert admin.get("/analyses/shoes").status_code == 404


def test_the_table_comes_as_a_file(admin):
    answer = admin.get("/analyses/performance/file?view=store&form=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["store", "sales", "members", "net", "share", "each"] and len(rows) > 3
    assert "performance-store-" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(admin.client.get("/analyses/performance/file?view=store&form=xlsx").data))
    assert [cell.value for cell in book.active[1]] == rows[0] and book.active.max_row == len(rows)
    assert admin.client.get("/analyses/performance/file?form=png").data.startswith(b"\x89PNG")
    assert admin.get("/analyses/performance/file?form=exe").status_code == 404
    assert admin.get("/analyses/performance/file?from=x").status_code == 404


def test_values_are_worked_out_by_hand_and_shown_with_the_member(admin, staff, shop):
    member = shop.harbour.members["陳大文"]
    assert "Not worked out yet" in words(admin.get("/lifetime-value").text)
    assert "Not valued yet" in words(admin.part(f"/members/{member}/value").text)
    assert admin.post("/lifetime-value").status_code == 303
    page = words(admin.get("/lifetime-value").text)
    assert "members are valued" in page and "95 % range" in page
    mine = words(admin.part(f"/members/{member}/value").text)
    assert "9 of 10 times" in mine and "Lifetime value" in mine
    assert words(admin.part(f"/members/{member}/value").text) == mine
    assert words(staff("supervisor").get("/lifetime-value").text).count("陳大文") == 1
    assert "陳大文" not in words(staff("analyst").get("/lifetime-value").text)
    assert staff("analyst").post("/lifetime-value").status_code == 403
    assert "lifetime values worked out" in words(admin.get("/audit").text).lower()


COFFEE = {"rows": "1", "match": "all", "fact-0": "category", "word-0": "is", "value-0": "coffee", "days-0": "60"}


def kept(admin, shop):
    admin.get("/segments/new")
    answer = admin.post("/segments/new", name="Coffee friends", **COFFEE)
    assert answer.status_code == 303
    with read(shop.engine) as session:
        (made,) = all_segments(session)
        return made, members_of(session, made.id, NOW)


def test_a_segment_is_typed_counted_and_kept(admin, shop):
    live = words(admin.client.get("/segments/count", query_string=COFFEE).text)
    made, inside = kept(admin, shop)
    assert live.split()[0] == str(len(inside)) and live.endswith("of 30 members")
    assert 0 < len(inside) < 30
    assert "Bought the category is coffee, last 60 days" in words(admin.get("/segments").text)
    page = words(admin.get(f"/segments/{made.id}/members?member={inside[0]}").text)
    assert "is in" in page and "holds: Bought the category is coffee" in page
    outside = next(id for id in shop.harbour.members.values() if id not in inside)
    assert "is not in" in words(admin.get(f"/segments/{made.id}/members?member={outside}").text)
    shown = words(admin.get(f"/analyses/profile?segment={made.id}").text)
    assert f"Members {len(inside)} " in shown
    admin.post(f"/segments/{made.id}/fix")
    assert "Fixed on" in words(admin.get(f"/segments/{made.id}").text)
    admin.post(f"/segments/{made.id}/fix", loosen="yes")
    assert admin.post(f"/segments/{made.id}", name="Coffee", version="1", **COFFEE).status_code == 422
    assert admin.post(f"/segments/{made.id}", name="Coffee", version="3", **COFFEE).status_code == 303
    assert admin.post(f"/segments/{made.id}/drop").status_code == 303
    assert "No segments yet" in words(admin.get("/segments").text)
    assert "Segment taken away" in words(admin.get("/audit?family=segment").text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Give the segment a name"),
        ({"name": "A", "value-0": " "}, "Condition 1: say which"),
        ({"name": "A", "days-0": "soon"}, "Condition 1: days must be a whole number"),
        ({"name": "A", "fact-0": "spend", "value-0": "much"}, "Condition 1: write a number"),
    ],
)
def test_a_faulty_form_comes_back_as_it_was_typed(admin, shop, typed, said):
    admin.get("/segments/new")
    answer = admin.post("/segments/new", **{**COFFEE, **typed})
    assert answer.status_code == 422 and said in words(answer.text)
    assert f'value="{typed.get("value-0", "coffee").strip() or " "}"' in answer.text
    with read(shop.engine) as session:
        assert all_segments(session) == []


def test_conditions_come_and_go_without_scripts_too(admin):
    admin.get("/segments/new")
    page = admin.post("/segments/new", add="yes", **COFFEE).text
    assert 'name="fact-1"' in page and 'value="coffee"' in page
    assert 'name="fact-0"' not in admin.post("/segments/new", remove="0", **COFFEE).text
    part = admin.client.get("/segments/draft", query_string={**COFFEE, "fact-0": "level", "add": "yes"}).text
    assert 'name="ticked-0"' in part and "Platinum" in part and 'name="rows" value="2"' in part


def test_who_may_only_look_changes_nothing(admin, staff, shop):
    made, inside = kept(admin, shop)
    analyst = staff("analyst")
    page = words(analyst.get(f"/segments/{made.id}").text)
    assert f"{len(inside)} of 30 members" in page and "Keep the segment" not in page
    for where in ("", "/fix", "/drop"):
        assert analyst.post(f"/segments/{made.id}{where}").status_code == 403
    assert staff("cashier").get("/segments").status_code == 403
