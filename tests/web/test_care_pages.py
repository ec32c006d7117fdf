"""Care as pages: a case from the complaint to the last question, points to make up for it, surveys, shop visits."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from loyalty.care.cases import WITHIN
from loyalty.care.escalation import escalate_late
from loyalty.checkout.erase_member import erase_member
from loyalty.checkout.personal_data import personal_data
from loyalty.db.session import read, write
from loyalty.members.care_tables import care_cases, survey_answers
from loyalty.members.enrolment import get_member
from loyalty.points.tables import accounts
from tests.web.test_member import words

COLD = {"subject": "Cold soup", "kind": "goods", "channel": "phone", "words": "It was cold twice."}


def opened(person, shop, **other):
    """The address of a case of 陳大文."""
    member = shop.harbour.members["陳大文"]
    person.get(f"/care/new?member={member}")
    answer = person.post("/care/new", **{**COLD, "member": member, "store": "Central", **other})
    assert answer.status_code == 303, words(answer.text)
    return answer.location


def said(person, answer):
    """What the page says that follows."""
    assert answer.status_code == 303
    return words(person.get(answer.location).text)


def test_a_case_goes_through_regret_solution_and_follow_up(admin, shop):
    case = opened(admin, shop)
    page = words(admin.get(case).text)
    assert "Cold soup" in page and "It was cold twice." in page and "Say sorry" in page and "陳大文" in page
    assert "say in some words" in said(admin, admin.post(f"{case}/step", step="regret", words=" "))
    assert "Next: Solve it" in said(admin, admin.post(f"{case}/step", step="regret", words="Called, said sorry"))
    assert "Somebody else was quicker" in said(admin, admin.post(f"{case}/step", step="regret", words="Again"))
    assert "Next: Ask whether" in said(admin, admin.post(f"{case}/step", step="solution", words="A new soup"))
    assert "The case is closed" in said(admin, admin.post(f"{case}/step", step="follow_up", words="All is well"))
    assert "Cold soup" not in admin.get("/care").text
    assert "Cold soup" in admin.get("/care?show=closed").text
    assert "Next: Solve it" in said(admin, admin.post(f"{case}/step", step="reopen", words="Cold again"))
    log = words(admin.get("/audit?family=case").text)
    assert "Case opened" in log and "Step of a case" in log


def test_points_to_make_up_for_it_stay_inside_the_limit(staff, shop):
    person, member = staff("supervisor"), shop.harbour.members["陳大文"]
    case = opened(person, shop)
    key = re.search(r'name="id" value="(ptr_\w+)"', person.get(case).text).group(1)
    before = balance(shop, member)
    assert "50 points credited" in said(person, person.post(f"{case}/points", points="50", id=key))
    person.post(f"{case}/points", points="50", id=key)  # a double click books once
    assert balance(shop, member) == before + 50
    assert words(person.get(case).text).count("Points to make up for it : 50") == 1
    assert "wait for a second person" in said(person, person.post(f"{case}/points", points="5000"))
    assert balance(shop, member) == before + 50
    for wrong in ("", "-5", "NaN", "much"):
        assert "No points were booked" in said(person, person.post(f"{case}/points", points=wrong))
    nobody = opened(person, shop, member="")
    assert "No points were booked" in said(person, person.post(f"{nobody}/points", points="5"))


def test_what_is_late_stands_first_and_is_raised_once(admin, shop):
    old = opened(admin, shop, subject="Old")
    shop.clock.forward(timedelta(hours=20))
    opened(admin, shop, subject="Young")
    page = words(admin.get("/care").text)
    assert page.index("Old") < page.index("Young") and "Late 0" in page
    shop.clock.forward(timedelta(hours=5))
    assert [escalate_late(shop.engine, shop.clock()) for _ in range(2)] == [1, 0]
    page = words(admin.get("/care?show=late").text)
    assert "Old" in page and "Young" not in page and "level 1" in page
    shop.clock.forward(timedelta(days=2))
    assert escalate_late(shop.engine, shop.clock()) == 2
    assert "Too late: raised to level : 2" in words(admin.get(old).text)
    shop.clock.forward(timedelta(days=60))
    escalate_late(shop.engine, shop.clock())
    assert escalate_late(shop.engine, shop.clock()) == 0
    admin.post(f"{old}/step", step="regret", words="Sorry")
    with read(shop.engine) as session:
        row = session.execute(sa.select(care_cases).where(care_cases.c.subject == "Old")).one()
    assert (row.level, row.due_at) == (0, shop.clock() + WITHIN["solution"])


def test_a_contact_stands_on_the_timeline_and_goes_with_the_person(admin, staff, shop):
    member = shop.harbour.members["陳大文"]
    cashier = staff("cashier")
    part = cashier.get(f"/care/members/{member}").text
    assert "Write down a contact" in part and "New case" not in part
    page = said(cashier, cashier.post(f"/care/members/{member}/contact", channel="phone", words="Asked about the sale"))
    assert "Contact (Telephone)" in page and "Asked about the sale" not in page  # a cashier sees that, not what
    opened(admin, shop)
    page = words(admin.get(f"/members/{member}").text)
    assert "Asked about the sale" in page and "Case opened (Telephone): Cold soup" in page
    with read(shop.engine) as session:
        data = personal_data(session, member)
    assert data["cases"][0]["subject"] == "Cold soup" and data["care"][0]["words"] == "Asked about the sale"
    assert "Nothing was written down" in said(
        cashier, cashier.post(f"/care/members/{member}/contact", channel="dove", words="Coo")
    )
    assert cashier.post("/care/members/mem_none/contact", channel="phone", words="Who").status_code == 404


def test_an_erased_member_leaves_no_word_behind(admin, shop):
    member, case = shop.harbour.members["陳大文"], opened(admin, shop)
    admin.post(f"{case}/contact", channel="email", words="Write to chan@shop.example")
    admin.post("/care/tasks", what="Ring Mr Chan", case=case.rsplit("/", 1)[1])
    with write(shop.engine) as session:
        erase_member(session, member, "admin", "asked", shop.clock(), [])
    page = admin.get(case).text
    assert "Cold soup" not in page and "chan@" not in page and "cold twice" not in page and "Ring" not in page


def test_tasks_are_promised_by_a_day_and_done(admin, shop):
    case = opened(admin, shop)
    done = admin.post("/care/tasks", what="Ring back", due_on="2026-12-01", case=case.rsplit("/", 1)[1])
    assert "Ring back" in said(admin, done)
    assert "Ring back" in admin.get("/care").text
    task = re.search(r"/care/tasks/(task_\w+)/done", admin.get(case).text).group(0)
    admin.post(task)
    assert "Ring back" not in admin.get("/care").text
    assert "No task was made" in said(admin, admin.post("/care/tasks", what=" "))
    assert "No task was made" in said(admin, admin.post("/care/tasks", what="A", due_on="soon"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject": " "}, "in a few words"),
        ({"kind": "dove"}, "what it is about"),
        ({"member": "mem_0"}, "no such member"),
        ({"subject": "x" * 121}, "at most 120"),
    ],
)
def test_a_faulty_case_comes_back_as_it_was_typed(admin, shop, typed, field):
    admin.get("/care/new")
    answer = admin.post("/care/new", **{**COLD, **typed})
    assert answer.status_code == 422 and field in words(answer.text) and "It was cold twice." in answer.text
    with read(shop.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(care_cases)) == 0


def test_who_may_see_and_work_on_cases(admin, staff, shop):
    case = opened(admin, shop)
    marketing = staff("marketing")
    page = words(marketing.get(case).text)
    assert "Cold soup" in page and "In which words" not in page
    assert marketing.post(f"{case}/step", step="regret", words="Sorry").status_code == 403
    for role in ("cashier", "analyst", "technician"):
        assert staff(role).get(case).status_code == 403 and staff(role).get("/care").status_code == 403


def test_a_survey_is_answered_once_by_its_link(admin, visitor, shop):
    admin.get("/care/surveys")
    made = admin.post("/care/surveys", name="After the visit", kind="nps", en="Would you recommend us?",
                      **{"zh-Hant": "你會推薦我們嗎？"})  # fmt: skip
    survey = made.location
    assert "Nobody has answered yet" in words(admin.get(survey).text)
    with read(shop.engine) as session:
        number = get_member(session, shop.harbour.members["陳大文"]).number
    page = admin.get(admin.post(f"{survey}/link", member=number).location).text
    link = re.search(r"http://localhost(/answer/srv_[\w.]+)", page).group(1)
    assert "Would you recommend us?" in visitor.get(link).text
    assert visitor.post(link, score="11").status_code == 422
    assert "Thank you" in visitor.post(link, score="9", words="Kind people").text
    assert visitor.post(link, score="0").status_code == 409
    kiosk = re.findall(r"http://localhost(/answer/[\w.]+)", admin.get(f"{survey}?store=Central").text)[-1]
    for mark in ("10", "3", "8"):
        visitor.get(kiosk)
        assert "Next answer" in visitor.post(kiosk, score=mark).text
    admin.post(f"{survey}/answer", score="10", channel="phone", store="Central")
    page = words(admin.get(survey).text)
    assert "NPS 40 " in page and "Kind people" in page and "Central" in page  # 3 for, 1 against, of 5
    with read(shop.engine) as session:
        rows = session.execute(sa.select(survey_answers).order_by(survey_answers.c.id)).all()
    assert sorted(row.channel for row in rows) == ["kiosk", "kiosk", "kiosk", "link", "phone"]
    assert {row.member_id for row in rows if row.channel == "link"} == {shop.harbour.members["陳大文"]}
    admin.post(f"{survey}/state")
    assert "closed" in visitor.get(kiosk).text and visitor.post(kiosk, score="1").status_code == 409
    assert visitor.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    assert visitor.get("/answer/nonsense").status_code == 404
    assert "Central" in words(admin.get("/care/performance").text)


def test_a_survey_needs_a_name_of_its_own_and_a_question(admin):
    admin.get("/care/surveys")
    for typed in ({"name": " ", "en": "Well?"}, {"name": "A", "en": " "}, {"name": "A", "en": "Well?", "kind": "x"}):
        assert admin.post("/care/surveys", **{"kind": "csat", **typed}).status_code == 422
    assert admin.post("/care/surveys", name="A", en="Well?", kind="csat").status_code == 303
    assert "name of its own" in words(admin.post("/care/surveys", name="A", en="Well?", kind="csat").text)


def test_a_visit_is_scored_and_counts_for_its_store(admin, staff, shop):
    admin.get("/care/visits")
    assert "1 to 100 points" in words(admin.post("/care/visits", name="Front", questions="Greeted? | many").text)
    admin.post("/care/visits", name="Front", questions="Greeted? | 2\nClean?\nCard asked for? | 3")
    form = re.search(r'href="(/care/visits/forms/\w+)"', admin.get("/care/visits").text).group(1)
    admin.get(form)
    marks = {"mark-0": "yes", "mark-1": "half", "mark-2": "none"}
    assert admin.post(form, store="Central", day="2026-11-01", **{**marks, "mark-2": "maybe"}).status_code == 422
    assert admin.post(form, store="Central", day="2027-11-01", **marks).status_code == 422
    admin.post(form, store="Central", day="2026-11-01", words="A smile", **marks)
    page = words(admin.get("/care/visits").text)
    assert "83.3" in page and "Clean?" in page and "A smile" in page  # 5 of 6 half points
    admin.get(f"{form}/edit")
    typed = {"name": "Front desk", "questions": "Greeted by name? | 4\nClean?"}
    assert admin.post(f"{form}/edit", **{**typed, "questions": "x | 0"}).status_code == 422
    assert admin.post(f"{form}/edit", **typed).status_code == 303
    late = admin.post(form, store="Central", day="2026-11-01", version="1", **{"mark-0": "no", "mark-1": "no"})
    assert late.status_code == 409 and "Greeted by name?" in late.text
    admin.post(form, store="Kowloon", day="2026-11-02", version="2", **{"mark-0": "no", "mark-1": "yes"})
    page = words(admin.get("/care/visits").text)
    assert "83.3 Clean?" in page and re.search(r"20(\.0)? Greeted by name\?", page)  # each by its own questions
    line = words(admin.get("/care/performance?days=28").text)
    assert "83.3" in line and admin.get("/care/performance?days=3").status_code == 404
    assert staff("analyst").get(form).status_code == 403 and staff("analyst").get("/care/visits").status_code == 200


def balance(shop, member) -> Decimal:
    with read(shop.engine) as session:
        at = accounts.c
        return session.scalar(sa.select(at.active).where(at.member == member, at.wallet == "points"))
