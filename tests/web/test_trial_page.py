"""The page of a trial: started, watched, read; faulty texts and strangers are turned away; nothing is booked."""

import re

import pytest

from loyalty.db.session import read
from loyalty.points.sql_facts import SqlFacts
from tests.web.harbour import PROGRAMME
from tests.web.test_member import words

RICHER = PROGRAMME.replace("per: 10}", "per: 5}")
LONGEST_S = 120


def desk(shop):
    return shop.app.extensions["loyalty.trials"]


def started(person, text=RICHER, **days):
    person.get("/programme/trial")
    return person.post("/programme/trial", text=text, first="", last="", **days)


def test_a_trial_says_what_it_would_have_cost(admin, shop):
    with read(shop.engine) as session:
        before = SqlFacts(session).outstanding("points")
    answer = started(admin)
    assert answer.status_code == 303
    desk(shop).wait(LONGEST_S)
    assert admin.part(answer.location).headers["HX-Refresh"] == "true"
    page = admin.get(answer.location).text
    said = words(page)
    assert "Nothing was booked." in said and "What it would have cost" in said and "Who wins most" in said
    assert len(re.findall(r'<path class="spark-(?:past|now)" d="M0\.0 ', page)) == 2
    result = desk(shop).look(answer.location.rpartition("/")[2]).result
    earned = [result[name]["wallets"]["points"]["earned"] for name in ("present", "candidate")]
    assert earned[1] > 1.5 * earned[0] > 0
    assert "Latest trials" in words(admin.get("/programme/trial").text)
    with read(shop.engine) as session:
        assert SqlFacts(session).outstanding("points") == before


@pytest.mark.slow
def test_a_stopped_trial_leaves_nothing_behind(admin, shop):
    answer = started(admin)
    assert admin.post(f"{answer.location}/stop").status_code == 303
    desk(shop).wait(LONGEST_S)
    page = words(admin.get(answer.location).text)
    assert "stopped before its end" in page or "What it would have cost" in page  # it may have been quicker


@pytest.mark.slow
def test_a_faulty_text_comes_back_with_its_fault(admin, shop):
    answer = started(admin, text=RICHER.replace("per: 5}", "pre: 5}"))
    assert answer.status_code == 422 and "pre" in words(answer.text) and "pre: 5}" in answer.text
    assert desk(shop).latest() == []
    answer = started(admin, text=RICHER.replace("currency: HKD", "currency: USD"))
    desk(shop).wait(LONGEST_S)
    assert "counts in USD, the recorded sales in HKD" in words(admin.get(answer.location).text)


def test_it_is_for_those_who_care_for_the_programme(staff):
    cashier = staff("cashier")
    assert cashier.get("/programme/trial").status_code == 403
    assert cashier.get("/programme/trial/trial_0").status_code == 403


def test_what_is_not_kept_is_not_there(admin):
    assert admin.get("/programme/trial/trial_0").status_code == 404
    assert admin.get("/programme/trial/..").status_code == 404
