"""Campaigns and challenges as pages: planned, tried, asked for, agreed to by somebody else, run, read, stopped."""

from loyalty.campaigns.campaign_life import all_campaigns
from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import all_challenges, award_challenges
from loyalty.campaigns.segments_keep import make_segment
from loyalty.campaigns.segments_rules import Rules
from loyalty.db.session import read, write
from tests.campaigns.campaign_shop import DOUBLE, START, planned
from tests.web.harbour import NOW
from tests.web.test_member import words

PLAN = {
    "name": "Tea weeks", "goal": "more_visits", "first": "2026-11-20", "last": "2026-12-03", "holdout": "20",
    "budget": "500", "stop_harm": "on", "kind-a": "bonus", "amount-a": "30", "min_amount-a": "50",
}  # fmt: skip


def everybody(engine):
    with write(engine) as session:
        return make_segment(session, "Everybody", Rules(), "ann@harbour.example", NOW).id


def kept(engine):
    with read(engine) as session:
        return all_campaigns(session)


def test_from_the_goal_to_a_running_campaign_and_its_end(staff, shop):
    marketing, chief = staff("marketing"), staff("supervisor")
    assert "A campaign is for a segment" in words(marketing.get("/campaigns/new?goal=more_visits").text)
    segment = everybody(shop.engine)
    assert "Win them back" in words(marketing.get("/campaigns/new").text)
    assert 'value="50"' in marketing.get("/campaigns/new?goal=more_visits").text
    refused = marketing.post("/campaigns/new", **{**PLAN, "segment": segment, "budget": "1,0x"})
    assert refused.status_code == 422 and "The budget must be a number" in words(refused.text)
    assert kept(shop.engine) == []
    made = marketing.post("/campaigns/new", **PLAN, segment=segment)
    path = made.headers["Location"]
    page = words(marketing.get(path).text)
    assert "30 points more with a purchase · from HK$50.00" in page and "Not tried yet" in page
    assert marketing.post(f"{path}/plan", do="ask").status_code == 422, "no reason given"
    assert marketing.post(f"{path}/plan", do="ask", why="More tea.").status_code == 303
    assert "somebody else has to" in words(marketing.get(path).text)
    assert marketing.post(f"{path}/decide", do="agree", version="2").status_code == 422
    assert chief.post(f"{path}/decide", do="send_back", answer="Less.").status_code == 303
    assert "Less." in words(marketing.get(path).text)
    assert "Change the plan" in words(marketing.get(path).text) and marketing.get(f"{path}/edit").status_code == 200
    version = str(kept(shop.engine)[0].version)
    typed = {**PLAN, "segment": segment, "budget": "400", "version": version}
    assert marketing.post(f"{path}/edit", **typed).status_code == 303
    marketing.post(f"{path}/plan", do="ask", why="More tea.")
    chief.get(path)
    assert chief.post(f"{path}/decide", do="agree", version=str(kept(shop.engine)[0].version)).status_code == 303
    run_campaigns(shop.engine, START)
    assert "What it brought so far" in words(chief.get(path).text)
    assert "running" in words(chief.get("/campaigns").text)
    assert marketing.post(f"{path}/plan", do="stop").status_code == 303
    assert "Somebody stopped it." in words(chief.get(path).text)
    told = words(staff("administrator").get("/audit?family=campaign").text)
    assert "Campaign agreed to" in told


def test_who_may_only_look_sees_no_button_and_is_refused(staff, shop):
    segment = everybody(shop.engine)
    staff("marketing").post("/campaigns/new", **PLAN, segment=segment)
    (found,) = kept(shop.engine)
    analyst = staff("analyst")
    page = analyst.get(f"/campaigns/{found.id}").text
    assert "<form method=\"post\" class" not in page and "Ask for agreement" not in page
    assert analyst.post(f"/campaigns/{found.id}/plan", do="drop").status_code == 403
    assert staff("cashier").get("/campaigns").status_code == 403


def test_a_challenge_is_met_once_and_the_soon_lost_are_named(staff, shop):
    marketing = staff("marketing")
    typed = {"name": "Ten visits", "fact": "purchases", "number": "10", "points": "25", "badge": "crown"}
    assert marketing.post("/challenges", **{**typed, "number": "x"}).status_code == 422
    assert marketing.post("/challenges", **typed).status_code == 303
    streak = {"name": "Two months", "fact": "months", "number": "2", "badge": "award"}
    assert marketing.post("/challenges", **streak).status_code == 303
    assert award_challenges(shop.engine, NOW) > 0
    assert award_challenges(shop.engine, NOW) == 0
    some = next(iter(shop.harbour.members.values()))
    assert "Ten visits" in words(marketing.get(f"/challenges/members/{some}").text)
    assert f"/challenges/members/{some}" in marketing.get(f"/members/{some}").text
    page = words(marketing.get("/challenges").text)
    assert "Ten visits" in page and "Months in a row with a purchase: 2" in page
    with read(shop.engine) as session:
        first = next(each for each in all_challenges(session) if each.name == "Ten visits")
    assert marketing.post(f"/challenges/{first.id}/close").status_code == 303
    assert "closed" in words(marketing.get("/challenges").text)
    assert "Last day" in words(marketing.get("/challenges/soon-lost").text)


def test_pages_open_in_chinese(admin, shop):
    path = f"/campaigns/{planned(shop.engine, DOUBLE, {'kind': 'gift', 'amount': '5'})}"
    run_campaigns(shop.engine, START)
    for language in ("zh_Hant", "zh_Hans"):
        admin.post("/language", language=language, back="/campaigns")
        for page in ("/campaigns", "/campaigns/new", "/campaigns/new?goal=win_back", path, "/challenges",
                     "/challenges/soon-lost"):  # fmt: skip
            answer = admin.get(page)
            assert answer.status_code == 200 and "%%" not in answer.text, page
