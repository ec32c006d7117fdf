"""Prospects and friends as pages: written down, found, welcomed with everything known; who brought whom."""

import re

import sqlalchemy as sa

from loyalty.db.session import read
from loyalty.members.referral_tables import prospects, referrals
from tests.web.test_member import words

FAY = {
    "name": "Fay Au", "phone": "92345678", "consent_how": "said yes", "buys_at": "Corner Café", "notes": "oolong",
    "next_contact_on": "2026-01-01", "language": "en",
}  # fmt: skip


def test_a_prospect_is_written_down_found_and_becomes_a_member(admin, shop):
    assert "No prospects yet" in admin.get("/prospects").text
    by = shop.harbour.members["陳大文"]
    number = re.search(r'class="mono">([^<]+)<', admin.get(f"/members/{by}").text)[1]
    admin.get("/prospects/new")
    for wrong, said in (
        ({"name": ""}, "Type the name"), ({"consent_how": ""}, "agreed to be contacted"),
        ({"phone": "12"}, "telephone"),
        ({"next_contact_on": "soon"}, "This is no day"), ({"referred_by": "nobody at all"}, "No single other member"),
    ):  # fmt: skip
        answer = admin.post("/prospects/new", **{**FAY, **wrong})
        assert (answer.status_code, said in words(answer.text)) == (422, True), wrong
    assert admin.post("/prospects/new", **FAY, referred_by=number).status_code == 303
    with read(shop.engine) as session:
        id, = session.scalars(sa.select(prospects.c.id))
    hits = {"": 1, "show=due": 1, "show=joined": 0, "q=fay": 1, "at=Corner+Caf%C3%A9": 1, "q=x": 0}
    for query, found in hits.items():
        page = admin.get(f"/prospects?{query}").text
        assert (f'href="/prospects/{id}"' in page) == bool(found), query
    assert "1 prospect to be contacted" in words(admin.get("/home").text)
    assert "陳大文" in admin.get("/prospects").text and "Nobody fits" in admin.get("/prospects?q=x").text
    opened = re.search(r'name="was" value="([^"]*)"', admin.get(f"/prospects/{id}").text)[1]
    was = opened.replace("&#34;", '"')
    assert admin.post(f"/prospects/{id}", **{**FAY, "referred_by": number, "name": "Fay A."}).status_code == 303
    assert admin.post(f"/prospects/{id}", **{**FAY, "referred_by": number, "name": "F"}, was=was).status_code == 412
    answer = admin.post(f"/prospects/{id}/join")
    assert "A member now" in words(admin.get(answer.location).text)
    part = words(admin.get(answer.location + "/referrals").text)
    assert "陳大文" in part and "first purchase to come" in part and "Corner Café" in part and "said yes" in part
    assert "Brought 1 friend" in words(admin.get(f"/members/{by}/referrals").text)
    assert admin.get(f"/prospects/{id}").location == answer.location
    admin.post("/prospects/new", name="Gus")
    with read(shop.engine) as session:
        gus = session.scalar(sa.select(prospects.c.id).where(prospects.c.name == "Gus"))
    assert admin.post(f"/prospects/{gus}/erase").status_code == 303
    assert admin.get(f"/prospects/{gus}").status_code == 404
    log = words(admin.get("/audit?family=prospect").text)
    assert "Prospect written down" in log and "Prospect erased" in log and "92345678" not in log


def test_who_brought_a_member_is_said_at_enrolment_or_later(admin, staff, shop):
    by, late = shop.harbour.members["陳大文"], shop.harbour.members["李嘉欣"]
    admin.get("/members/new")
    assert "No single other member" in words(admin.post("/members/new", name="Ho", referred_by="nobody").text)
    assert admin.post("/members/new", name="Ho", referred_by="陳大文").status_code == 303
    for text, said in (("", "No single"), ("陳大文", "Written down"), ("陳大文", "twice or in a circle")):
        answer = admin.post(f"/members/{late}/referrals", referred_by=text)
        assert said in words(admin.get(answer.location).text), text
    answer = admin.post(f"/members/{by}/referrals", referred_by="李嘉欣")
    assert "twice or in a circle" in words(admin.get(answer.location).text)
    with read(shop.engine) as session:
        at = referrals.c
        found = session.execute(sa.select(at.brought_by, at.how, at.status).order_by(at.status)).all()
    assert found == [(by, "office", "known"), (by, "office", "waiting")]  # 李嘉欣 had bought before
    assert staff("cashier").get("/prospects").status_code == 403
