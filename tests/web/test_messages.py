"""The pages of messages: a template, who gets it and who does not, the way out, letters, and the member's timeline."""

import re
from email import message_from_bytes
from email.policy import default

import sqlalchemy as sa

from loyalty.db.session import read, write
from loyalty.members.described import put_fields
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.postman import post_of
from loyalty.messages.sender import deliver
from loyalty.web.secret import secret_key
from tests.messages.post_office import says

TEXTS = {
    "name": "Autumn", "channel": "email", "purpose": "offer", "look": "offer", "version": "0",
    "subject-en": "Hello {name}", "body-en": "You have {points} points, {level}.\n\n[Look](https://club.example/a)",
    "subject-zh-Hant": "{name} 你好", "body-zh-Hant": "您有 {points} 分。",
}  # fmt: skip


def make(person, **change):
    answer = person.post("/messages/templates/new", **{**TEXTS, **change})
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def agree(shop, *names, purpose="email"):
    with write(shop.engine) as session:
        for name in names:
            says(session, session.get_one(Member, shop.harbour.members[name]), purpose, True, shop.clock())


def outbox(shop):
    with read(shop.engine) as session:
        return session.execute(sa.select(messages)).all()


def test_from_template_to_inbox_and_out_again(shop, admin, visitor, tmp_path):
    with write(shop.engine) as session:
        chan = session.get_one(Member, shop.harbour.members["陳大文"])
        chan.email = "chan@shop.example"
    agree(shop, "陳大文", "Bo Li")
    template = make(admin)
    page = admin.get(f"/messages/new?template={template}&segment=all").text
    assert "has not agreed" in page and "gets it" in page and outbox(shop) == []
    occasion = re.search(r'name="occasion" value="([^"]+)"', page)[1]
    for _ in range(2):  # the button pressed twice
        assert admin.post("/messages/new", template=template, segment="all", occasion=occasion).status_code == 303
    assert len(outbox(shop)) == len(shop.harbour.members)
    assert "has not agreed" in admin.get("/messages").text

    config = shop.app.extensions["loyalty"].config
    config = config.model_copy(update={"public_url": "https://club.example"})
    deliver(shop.engine, post_of(shop.engine, config, secret_key(tmp_path), shop.clock))
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in (tmp_path / "messages").iterdir()]
    (mail,) = [mail for mail in mails if mail["To"].addresses[0].addr_spec == "chan@shop.example"]
    assert mail["Subject"] == "陳大文 你好" and "分" not in mail["Subject"]
    assert re.search(r"您有 [\d,]+ 分", mail.get_body(("plain",)).get_content())

    link = mail["List-Unsubscribe"].strip("<>").removeprefix("https://club.example")
    assert "Unsubscribe" in visitor.get(link).text and len(outbox(shop)) == len(shop.harbour.members)
    done = visitor.client.post(link, data={"List-Unsubscribe": "One-Click"})  # as a mail program does: no token
    assert done.status_code == 200 and "unsubscribed" in done.text
    member = f"/members/{shop.harbour.members['陳大文']}"
    story = admin.get(member).text
    assert "Refused: Offers by e-mail" in story and "E-mail: 陳大文 你好 · Sent" in story
    again = admin.get(f"/messages/new?template={template}&member={shop.harbour.members['陳大文']}").text
    assert "has said no" in again


def test_a_link_made_up_takes_nobody_off(shop, visitor):
    assert visitor.client.post("/unsubscribe/msg_1.0123").status_code == 404


def test_a_fault_in_a_text_keeps_what_was_typed(admin, shop):
    answer = admin.post("/messages/templates/new", **{**TEXTS, "body-en": "Your {pin}"})
    assert answer.status_code == 422 and "{pin} cannot be filled in" in answer.text and "您有" in answer.text


def test_a_test_goes_to_the_person_themselves_in_every_language(admin, tmp_path, shop):
    template = make(admin)
    assert admin.post(f"/messages/templates/{template}/try").status_code == 303
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in (tmp_path / "messages").iterdir()]
    assert {mail["To"].addresses[0].addr_spec for mail in mails} == {"administrator@harbour.example"}
    assert len(mails) == 2 and outbox(shop) == []
    look = admin.get(f"/messages/templates/{template}/zh-Hant.html")
    assert "sandbox" in look.headers["Content-Security-Policy"] and "您有" in look.text


def test_letters_and_labels_are_printed_and_then_posted(admin, shop):
    template = make(admin, name="Letter", channel="letter")
    agree(shop, "陳大文", "Bo Li", purpose="post")
    with write(shop.engine) as session:
        put_fields(session, shop.harbour.members["陳大文"], {"address": "彌敦道 1 號\n九龍 😀"})
    for name in ("陳大文", "Bo Li"):
        admin.post("/messages/new", template=template, member=shop.harbour.members[name])
    assert sorted(row.reason for row in outbox(shop)) == ["", "no_address"]
    until = max(row.id for row in outbox(shop) if row.status == "waiting")
    for kind in ({}, {"labels": "yes"}):
        answer = admin.post("/messages/letters", until=until, **kind)
        assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert admin.post("/messages/letters", until=until, printed="yes").status_code == 303
    assert sorted(row.status for row in outbox(shop)) == ["sent", "withheld"]
    assert admin.post("/messages/letters", until=until).status_code == 404


def test_who_only_reads_may_not_send(staff, shop):
    analyst = staff("analyst")
    assert analyst.get("/messages").status_code == 200
    assert analyst.get("/messages/new").status_code == 403


def test_the_shop_sets_how_often_and_a_wrong_number_changes_nothing(admin, shop):
    numbers = {"most_offers": "1", "per_days": "30", "quiet_from": "20", "quiet_until": "10", "of_age": "18"}
    assert admin.post("/messages/rules", **{**numbers, "quiet_from": "24"}).status_code == 422
    assert 'value="21"' in admin.get("/messages/rules").text
    assert admin.post("/messages/rules", **numbers).status_code == 303
    assert 'value="20"' in admin.get("/messages/rules").text
