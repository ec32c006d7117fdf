"""The portal as a member uses it, and as somebody who is none tries to."""

import io
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from loyalty.db.session import read, write
from loyalty.db.shop_settings import put
from loyalty.members.record_tables import member_consents
from loyalty.members.referral_tables import referrals
from loyalty.members.tables import Member
from loyalty.web.portal.guard import OPEN
from loyalty.web.portal.switch import SETTING
from tests.web.conftest import Shop, Visitor
from tests.web.portal.conftest import ADDRESS, mails

PAGES = ("/me", "/me/friends", "/me/rewards", "/me/history", "/me/wishes")


def test_off_by_default(shop: Shop) -> None:
    client = shop.app.test_client()
    rules = [rule for rule in shop.app.url_map.iter_rules() if rule.endpoint.startswith("portal.")]
    assert len(rules) > 10
    assert {client.get(rule.build({"number": 1})[1]).status_code for rule in rules if "GET" in rule.methods} == {404}


def test_closed_to_whoever_is_not_signed_in(portal: Shop) -> None:
    portal.app.config["WTF_CSRF_ENABLED"] = False
    client = portal.app.test_client()
    for rule in portal.app.url_map.iter_rules():
        blueprint, _dot, name = rule.endpoint.partition(".")
        if blueprint == "portal" and name not in OPEN:
            method = "GET" if "GET" in rule.methods else "POST"
            answer = client.open(rule.build({"number": 1})[1], method=method)
            assert (answer.status_code, answer.location) == (303, "/me/sign-in"), rule.rule


def test_a_member_signs_in_and_sees_what_is_theirs(signed_in: Visitor) -> None:
    page = signed_in.get("/me").text
    assert "陳大文" in page and "<svg" in page and 'lang="zh-Hant"' in page
    for address in PAGES:
        assert signed_in.get(address).status_code == 200, address
    story = re.search(r"/me/history/\d+", signed_in.get("/me/history").text)
    assert story and signed_in.get(story[0]).status_code == 200
    data = json.loads(signed_in.get("/me/my-data.json").text)
    assert data["member"]["email"] == ADDRESS and data["purchases"]
    manifest = signed_in.get("/me/app.webmanifest").json
    assert manifest["start_url"] == "/me"
    assert [icon["sizes"] for icon in manifest["icons"]] == ["any", "192x192", "512x512"]
    for icon in manifest["icons"][1:]:
        picture = Image.open(io.BytesIO(signed_in.client.get(icon["src"]).data))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_anothers_points_are_not_explained(signed_in: Visitor, portal: Shop) -> None:
    with read(portal.engine) as session:
        from_others = sa.text("SELECT number FROM transfers WHERE member <> :me LIMIT 1")
        number = session.scalar(from_others, {"me": portal.harbour.members["陳大文"]})
    assert signed_in.get(f"/me/history/{number}").status_code == 404


def test_a_strangers_address_gets_the_same_answer_and_no_mail(portal: Shop, phone: Visitor) -> None:
    answers = []
    for email in ("nobody@example.com", ADDRESS):
        phone.get("/me/sign-in")
        answers.append(phone.post("/me/sign-in", email=email))
    assert len({(answer.status_code, answer.location, answer.text) for answer in answers}) == 1
    assert len(mails(portal, 1)) == 1


def test_a_code_dies_with_five_wrong_tries_ten_minutes_or_one_use(portal: Shop, phone: Visitor) -> None:
    def ask(number: int) -> str:
        phone.get("/me/sign-in")
        phone.post("/me/sign-in", email=ADDRESS)
        portal.clock.forward(timedelta(seconds=1))
        return mails(portal, number)[-1]

    code = ask(1)
    wrong = "000000" if code != "000000" else "000001"
    assert {phone.post("/me/code", code=wrong).status_code for _ in range(5)} == {422}
    assert phone.post("/me/code", code=code).status_code == 422
    late = ask(2)
    portal.clock.forward(timedelta(minutes=11))
    assert phone.post("/me/code", code=late).status_code == 422
    assert phone.post("/me/code", code=ask(3)).status_code == 303


def test_nobody_is_flooded_with_mails(portal: Shop, phone: Visitor) -> None:
    for _ in range(8):
        phone.get("/me/sign-in")
        assert phone.post("/me/sign-in", email=ADDRESS).status_code == 303
    portal.app.extensions["loyalty_portal_mail"].shutdown(wait=True)
    assert len(mails(portal, 5)) == 5


def test_a_form_of_another_site_changes_nothing(signed_in: Visitor) -> None:
    assert signed_in.client.post("/me/wishes", data={"language": "en"}).status_code == 400
    signed_in.get("/me/wishes")
    foreign = signed_in.client.post(
        "/me/wishes", data={"csrf_token": signed_in.token, "language": "en"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


def test_somebody_new_joins_and_the_proof_is_kept(portal: Shop, phone: Visitor) -> None:
    phone.get("/me/join")
    assert phone.post("/me/join", name="", email="x", offers="on").status_code == 422
    assert phone.post("/me/join", name="Ada Lee", email="ada@example.com", terms="on", offers="on").status_code == 303
    phone.get("/me/code")
    assert phone.post("/me/code", code=mails(portal, 1)[0]).location == "/me"
    assert "Ada Lee" in phone.get("/me").text
    with read(portal.engine) as session:
        at = member_consents.c
        said = session.execute(
            sa.select(at.purpose, at.given, at.channel, at.text_version, at.how)
            .join(Member, Member.id == at.member_id).where(Member.email == "ada@example.com").order_by(at.id)
        ).all()  # fmt: skip
    assert {(row.purpose, row.given, row.channel) for row in said} == {("terms", True, "web"), ("email", True, "web")}
    assert all(row.text_version and "one-time code" in row.how for row in said)


def test_wishes_are_kept_and_spoken(signed_in: Visitor, portal: Shop) -> None:
    signed_in.get("/me/wishes")
    assert signed_in.post("/me/wishes", language="en", email="on").status_code == 303
    assert 'lang="en"' in signed_in.get("/me/wishes").text
    assert signed_in.post("/me/wishes", language="klingon").status_code == 400


@pytest.mark.parametrize("way", ["sign-out", "sign-out-everywhere"])
def test_a_phone_that_signed_out_is_a_strangers(signed_in: Visitor, way: str) -> None:
    kept = signed_in.client.get_cookie("loyalty_member", path="/me")
    signed_in.get("/me/wishes")
    assert signed_in.post(f"/me/{way}").status_code == 303
    signed_in.client.set_cookie("loyalty_member", kept.value, path="/me")
    assert signed_in.get("/me").location == "/me/sign-in"


def test_switched_off_again_it_is_gone(signed_in: Visitor, portal: Shop) -> None:
    with write(portal.engine) as session:
        put(session, SETTING, False, portal.clock())
    assert signed_in.get("/me").status_code == 404


def test_a_code_from_the_counter_opens_the_phone_of_a_member_without_mail(portal: Shop, phone: Visitor, staff) -> None:
    who = portal.harbour.members["李嘉欣"]
    desk = staff("supervisor")
    assert f"/members/{who}/portal-code" in desk.get(f"/members/{who}").text
    slip = desk.post(f"/members/{who}/portal-code").text
    number, code = re.findall(r'<dd class="mono">(?:<b>)?(\w+)', slip)[1:3]
    phone.get("/me/sign-in")
    assert phone.post("/me/with-number", number=number, code="12345").status_code == 422
    assert phone.post("/me/with-number", number=number, code=code).location == "/me"
    assert "李嘉欣" in phone.get("/me").text
    assert phone.post("/me/with-number", number=number, code=code).status_code == 422


def test_a_friend_comes_by_a_members_own_link(signed_in: Visitor, portal: Shop) -> None:
    address = re.search(r'href="[^"]*(/join\?by=\w+)"', signed_in.get("/me/friends").text)[1]
    assert address in signed_in.get("/me/friends").text  # it stays
    friend, guess = Visitor(portal.app.test_client()), Visitor(portal.app.test_client())
    pages = []
    for who, link in ((friend, address), (guess, "/join?by=222222222222")):
        pages.append(re.sub(r'name="csrf_token" value="[^"]+"', "", who.get(who.get(link).location).text))
        pages[-1] = re.sub(r'[?&;]by=\w*|"csrf-token" content="[^"]+"', "", pages[-1])
    assert pages[0] == pages[1] and "invites" in pages[0]
    for number, (who, name) in enumerate(((friend, "ada"), (guess, "bob")), 2):
        before = set(mails(portal, number - 1))
        who.post("/me/join", name=name, email=f"{name}@example.com", terms="on")
        who.get("/me/code")
        assert who.post("/me/code", code=(set(mails(portal, number)) - before).pop()).location == "/me"
    with read(portal.engine) as session:
        came = session.execute(sa.select(referrals.c.brought_by, referrals.c.how)).all()
    assert came == [(portal.harbour.members["陳大文"], "portal")]
    assert '<b class="number">1</b>' in signed_in.get("/me/friends").text
