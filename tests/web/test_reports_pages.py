"""Reports as pages: each opens with chart and table, its days stand in the address, files come down, views are kept."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from openpyxl import load_workbook

from loyalty.db.session import read, write
from loyalty.db.shop_settings import put
from loyalty.insight.kept import days_of, due, kept_of
from loyalty.insight.report import Report, Span
from loyalty.insight.standard import REPORTS, read_report
from loyalty.members.care_tables import report_views
from loyalty.points.calendar import day_of, zone_of
from loyalty.web.backoffice.reports_view import chart_of
from loyalty.web.report_files import files_of, report_writer
from tests.web.harbour import NOW
from tests.web.test_member import words

TODAY = day_of(NOW, zone_of("Asia/Hong_Kong"))


def test_every_report_opens_with_its_question_and_says_what_its_columns_mean(admin):
    assert "Points owed" in words(admin.get("/reports").text)
    drawn = 0
    for key, definition in REPORTS.items():
        page = admin.get(f"/reports/{key}?from=2026-01-01")
        assert page.status_code == 200, key
        assert definition.question in words(page.text)
        drawn += "<table" in page.text
        assert "<table" not in page.text or definition.columns[0].meaning.split(";")[0] in words(page.text)
    assert drawn >= 7
    assert admin.get("/reports/shoes").status_code == 404


def test_they_open_in_chinese_too(admin):
    admin.post("/language", language="zh_Hant", back="/reports")
    for page in ("/reports", *(f"/reports/{key}" for key in REPORTS)):
        answer = admin.get(page)
        assert answer.status_code == 200 and "%%" not in answer.text, page
    assert "欠會員的積分" in answer.text


def test_days_stand_in_the_address_and_faulty_ones_are_told(admin):
    page = admin.get("/reports/sales?from=2026-10-01&to=2026-10-31").text
    assert 'value="2026-10-01"' in page and 'value="2026-10-31"' in page
    for fault in ("from=monday", "from=2026-11-01&to=2026-01-01", "from=0001-01-01"):
        answer = admin.get(f"/reports/sales?{fault}")
        assert answer.status_code == 422 and "The last 28 days are shown" in words(answer.text)


def test_the_page_and_its_files_say_what_the_command_says(admin, shop):
    with read(shop.engine) as session:
        told = read_report(session, "sales", NOW, date(2026, 10, 1), date(2026, 10, 31)).as_json()["rows"]
    answer = admin.get("/reports/sales/file?from=2026-10-01&to=2026-10-31&form=csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["net"] for row in rows] == [row["net"] for row in told] and rows
    book = load_workbook(io.BytesIO(admin.client.get("/reports/sales/file?form=xlsx").data))
    assert [cell.value for cell in book.active[1]] == list(rows[0])
    assert admin.client.get("/reports/sales/file?form=png").data.startswith(b"\x89PNG")
    assert admin.get("/reports/sales/file?form=exe").status_code == 404
    assert admin.get("/reports/sales/file?from=x").status_code == 404


def test_points_by_hand_stand_under_who_gave_them(admin, shop):
    member = shop.harbour.members["陳大文"]
    admin.get(f"/members/{member}/adjust")
    admin.post(f"/members/{member}/adjust", way="add", points="40", wallet="points", reason="gift")
    page = words(admin.get("/reports/by-hand").text)
    assert "administrator@harbour.example" in page and "40" in page


def test_a_view_is_kept_by_name_and_belongs_to_one_person(admin, staff, shop):
    admin.get("/reports/sales")
    admin.post("/reports/sales/keep", name="October", every="", **{"from": "2026-10-01", "to": "2026-10-31"})
    page = admin.get("/reports").text
    assert "October" in page and "/reports/sales?from=2026-10-01" in page
    assert "October" not in staff("analyst").get("/reports").text
    with read(shop.engine) as session:
        (mine,) = kept_of(session, "administrator@harbour.example")
    other = staff("analyst")
    other.get("/reports")
    other.post(f"/reports/kept/{mine.id}/drop")
    assert "October" in admin.get("/reports").text
    assert "The view is gone" in words(admin.get(admin.post(f"/reports/kept/{mine.id}/drop").location).text)
    assert "October" not in admin.get("/reports").text
    for wrong in ({"name": " "}, {"name": "A", "every": "hour"}, {"name": "A", "from": "x"}):
        assert "The view was not kept" in words(admin.get(admin.post("/reports/sales/keep", **wrong).location).text)
    with read(shop.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(report_views)) == 0


def test_a_scheduled_view_is_written_after_midnight_once_and_comes_down(admin, staff, shop):
    admin.get("/reports/sales")
    admin.post("/reports/sales/keep", name="Weekly", every="week", **{"from": "2026-11-01", "to": "2026-11-07"})
    folder = shop.app.extensions["loyalty"].config.data_dir
    write_due = report_writer(folder)
    assert write_due(shop.engine, NOW) == 0
    tomorrow = NOW + timedelta(days=1)
    assert [write_due(shop.engine, tomorrow) for _ in range(2)] == [1, 0]
    with read(shop.engine) as session:
        (view,) = kept_of(session, "administrator@harbour.example")
        assert view.next_on == TODAY + timedelta(days=8) and due(session, TODAY + timedelta(days=7)) == []
        first, last = days_of(view, TODAY + timedelta(days=1))
        assert (last, (last - first).days) == (TODAY, 6)
        wanted = read_report(session, "sales", tomorrow, first, last).as_json()["rows"]
    (name,) = files_of(folder, view.id)
    answer = admin.client.get(f"/reports/files/{name}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["net"] for row in rows] == [row["net"] for row in wanted] and rows
    assert staff("analyst").get(f"/reports/files/{name}").status_code == 404
    assert admin.get("/reports/files/loyalty.db").status_code == 404
    late = tomorrow + timedelta(days=30)  # the server stood still
    assert [write_due(shop.engine, late) for _ in range(2)] == [1, 0]
    assert files_of(folder, view.id)[-1] == name
    with write(shop.engine) as session:
        put(session, "report_days", 29, late)
    (folder / "reports" / "rvw_note.csv").write_text("the owner's own")
    write_due(shop.engine, late)
    assert name not in files_of(folder, view.id) and len(files_of(folder, view.id)) == 1
    assert (folder / "reports" / "rvw_note.csv").exists()


def test_of_many_shops_the_largest_are_drawn(shop):
    rows = tuple((f"Shop {n}", n, n, Decimal(n), Decimal(0), Decimal(1)) for n in range(1, 41))
    with shop.app.test_request_context():
        chart = chart_of(Report(REPORTS["sales"], Span(TODAY, TODAY), rows), "points")
    assert [mark.name for mark in chart.marks[:2]] == ["Shop 40", "Shop 39"]
    assert (len(chart.marks), chart.left_out, chart.marks[0].length) == (15, 25, 1.0)
