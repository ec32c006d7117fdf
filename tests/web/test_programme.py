"""The programme's pages: its versions and the way back, what differs, and how a version goes live."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import read, write
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.accounts import create_staff
from tests.databases import new_sqlite
from tests.web.conftest import Visitor
from tests.web.harbour import NOW, PASSWORD, staff_address
from tests.web.programme_forms import BETTER, SCENARIO, TEXT, checked, put, version
from tests.web.quick_start import open_app
from tests.web.test_member import words


def test_a_check_shows_what_differs_and_stores_nothing(admin, shop):
    answer, _ = checked(admin, text=BETTER)
    assert answer.status_code == 200 and "<del>50</del>" in answer.text and "<ins>80</ins>" in answer.text
    assert "as asked for" in answer.text and "Who would move" not in answer.text
    assert version(shop).number == 1


def test_it_goes_live_at_once_with_its_text_and_who_put_it(admin, shop):
    answer = put(admin, scenarios="")
    assert (answer.status_code, answer.location) == (303, "/programme")
    page = words(admin.get("/programme").text)
    assert "Version 2 is in force." in page and "put by administrator@harbour.example" in page
    assert "80 points on the birthday" in page and "# as asked for" in page
    assert version(shop).at == NOW
    old = words(admin.get("/programme/versions/1").text)
    assert "50 points on the birthday" in old and "put by a program" in old
    assert "# as asked for" in admin.get("/programme/edit").text


def test_a_planned_version_waits_and_can_be_withdrawn(admin, shop):
    answer = put(admin, when="later", moment="2026-12-01T09:00")
    page = admin.get(answer.location).text
    assert "Version 2 is in force from 1 Dec 2026, 09:00." in page
    assert version(shop).at == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert "50 points on the birthday" in words(page) and "planned from" in page
    undo = re.search(r'action="(/programme/versions/2/withdraw)"', page).group(1)
    assert admin.post(undo).status_code == 303
    page = words(admin.get("/programme").text)
    assert "withdrawn or replaced before it started" in page
    shop.clock.set(NOW + timedelta(days=30))
    assert "50 points on the birthday" in words(admin.get("/programme").text)
    assert admin.post(undo).status_code == 404


def test_nothing_is_put_before_a_planned_version(admin, shop):
    put(admin, when="later", moment="2026-12-01T09:00")
    answer = put(admin, text=TEXT)
    assert answer.status_code == 422 and "Version 2 is planned for 1 Dec 2026, 09:00." in answer.text
    assert version(shop).number == 2


@pytest.mark.parametrize(
    "moment", ["2026-11-18T16:29", "2020-01-01T00:00", "", "soon", "2126-01-01T00:00", "2026-12-01T09:00Z"]
)
def test_a_moment_that_cannot_be_is_refused(admin, shop, moment):
    answer = put(admin, when="later", moment=moment)
    assert answer.status_code == 422 and "This moment cannot be" in answer.text
    assert version(shop).number == 1


def test_an_hour_that_the_clocks_skip_is_refused(admin, shop):
    put(admin, text=TEXT.replace("Asia/Hong_Kong", "Europe/Berlin"))
    answer = put(admin, when="later", moment="2027-03-28T02:30")
    assert answer.status_code == 422 and "This moment cannot be" in answer.text


def test_what_was_not_checked_does_not_go_live(admin, shop):
    answer = put(admin, text=TEXT, checked="")
    assert answer.status_code == 422 and "changed after the check" in answer.text
    _, sent = checked(admin, text=TEXT)
    answer = admin.post("/programme/edit/live", **{**sent, "text": BETTER})
    assert answer.status_code == 422 and "changed after the check" in answer.text
    assert version(shop).number == 1


def test_somebody_elses_version_is_not_overwritten(admin, staff, shop):
    _, mine = checked(admin, text=BETTER)
    assert put(staff("marketing"), text=TEXT).status_code == 303
    answer = admin.post("/programme/edit/live", **mine)
    assert answer.status_code == 422 and "Somebody else has put a version meanwhile" in answer.text
    assert "as asked for" in answer.text and version(shop).number == 2


def test_the_old_document_can_be_put_again(admin, shop):
    put(admin)
    admin.get("/programme/versions/1")
    assert admin.post("/programme/versions/1/again").status_code == 303
    page = words(admin.get("/programme").text)
    assert "Version 3 is in force. It says the same as version 1." in page and "50 points on the birthday" in page
    assert version(shop).document == first(shop)


def first(shop):
    with read(shop.engine) as session:
        return SqlFacts(session).versions(0)[0].document


def test_two_versions_stand_side_by_side(admin):
    put(admin)
    page = admin.get("/programme/difference?from=1&to=2").text
    assert "<del>50</del>" in page and "<ins>80</ins>" in page and "lines the same" in page
    assert "lines the same" not in admin.get("/programme/difference?from=1&to=2&lines=all").text
    assert "Nothing differs" in admin.get("/programme/difference?from=2&to=2").text
    assert admin.get("/programme/difference?from=1&to=9").status_code == 404
    assert admin.get("/programme/versions/9").status_code == 404


def test_failing_scenarios_hold_it_back_until_that_is_meant(admin, shop):
    _, sent = checked(admin, do="run", text=TEXT, scenarios=SCENARIO)
    answer = admin.post("/programme/edit/live", **sent)
    assert answer.status_code == 422 and "not all scenarios hold" in answer.text
    assert version(shop).number == 1
    assert admin.post("/programme/edit/live", **sent, all_the_same="on").status_code == 303
    assert "a birthday" in admin.get("/programme/edit").text


@pytest.mark.parametrize("role", ["supervisor", "analyst", "technician", "cashier"])
def test_others_may_not_edit(staff, role):
    person = staff(role)
    assert "Change the programme" not in person.get("/programme").text
    for ask in (person.get, person.post):
        assert ask("/programme/edit").status_code == 403
    for address in ("/programme/edit/live", "/programme/versions/1/again", "/programme/versions/1/withdraw"):
        assert person.post(address).status_code == 403


def test_nothing_is_put_without_the_pages_token(admin, shop):
    _, sent = checked(admin, text=BETTER)
    admin.token = ""
    assert admin.post("/programme/edit/live", **sent).status_code == 400
    assert version(shop).number == 1


def test_a_shop_without_a_programme_writes_its_first_one(tmp_path, shared):
    config, engine = Config(data_dir=tmp_path), new_sqlite(shared, tmp_path)
    with write(engine) as session:
        create_staff(session, staff_address("administrator"), PASSWORD, "administrator", NOW)
    person = Visitor(open_app(shared, config, engine=engine, clock=SetClock(NOW), testing=True).test_client())
    person.log_in(staff_address("administrator"))
    assert "No programme yet" in person.get("/programme").text
    page = person.get("/programme/edit").text
    start = unescape(re.search(r"<textarea id=\"text\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL).group(1))
    _, sent = checked(person, text=start)
    assert person.post("/programme/edit/live", **sent).status_code == 303
    assert "1 point for every HK$10" in words(person.get("/programme").text)
    engine.dispose()
