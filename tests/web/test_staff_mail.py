"""Reports and late cases by e-mail to the staff, surveys to members: through a real mail server, at times away."""

import email
import re
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

from loyalty.care.escalation import escalate_late
from loyalty.db.session import write
from loyalty.members.tables import Member
from loyalty.messages.gateways import SmtpGateway
from loyalty.messages.sender import deliver
from loyalty.ops.jobs_worker import Worker
from loyalty.web import staff_mail
from loyalty.web.report_files import FOLDER, report_writer
from tests.messages.conftest import mail_server
from tests.messages.post_office import MailServer, a_template, post_of, says
from tests.web.harbour import CONVENTIONS
from tests.web.test_care_pages import opened
from tests.web.test_member import words

__all__ = ["mail_server"]


def worker_of(shop, url):
    post = post_of(shop.clock, SmtpGateway(url, "club@shop.example", shop.clock))
    folder = shop.app.extensions["loyalty"].config.data_dir
    works = {staff_mail.KIND: staff_mail.mail_work(post, folder / FOLDER)}
    return Worker(shop.engine, shop.clock, works, folder, CONVENTIONS)


def mails(server: MailServer) -> list[EmailMessage]:
    found = [email.message_from_bytes(raw, policy=default) for raw in server.mails]
    assert all(isinstance(each, EmailMessage) for each in found)
    return found  # type: ignore[return-value]


def test_a_kept_report_is_mailed_to_its_owner_also_when_the_server_was_away(admin, shop, mail_server):
    admin.get("/reports/sales")
    admin.post("/reports/sales/keep", name="Weekly", every="week", mail="on")
    admin.post("/reports/sales/keep", name="Quiet", every="week")
    assert "and sent by e-mail" in words(admin.get("/reports").text)
    data = shop.app.extensions["loyalty"].config.data_dir
    shop.clock.forward(timedelta(days=1))
    assert report_writer(data)(shop.engine, shop.clock()) == 2
    worker = worker_of(shop, "smtp://127.0.0.1:9")  # nobody is there
    assert worker.work_off() == 1 and mail_server.mails == []
    assert [staff_mail.mail_again(shop.engine, shop.clock()) for _ in range(2)] == [1, 0]
    assert worker_of(shop, mail_server.url).work_off() == 1
    assert staff_mail.mail_again(shop.engine, shop.clock()) == 0
    (mail,) = mails(mail_server)
    (file,) = mail.iter_attachments()
    assert (mail["To"], file.get_content_type()) == ("administrator@harbour.example", "text/csv")
    assert mail["Subject"].startswith("Weekly, up to ")
    assert "because you work at Harbour Club" in mail.get_body(("plain",)).get_content()
    (written,) = (path for path in (data / FOLDER).glob("*.csv") if path.name == file.get_filename())
    assert file.get_content().replace("\r\n", "\n") == written.read_text(encoding="utf-8").replace("\r\n", "\n")
    page = words(admin.get("/jobs").text)
    assert "Mail to the staff: Weekly" in page


def test_late_cases_are_told_to_who_looks_after_them_and_then_to_supervisors(admin, staff, shop, mail_server):
    staff("supervisor")
    opened(admin, shop, subject="Cold soup")
    worker, told = worker_of(shop, mail_server.url), []
    for wait in (timedelta(hours=25), timedelta(days=2)):
        shop.clock.forward(wait)
        for _ in range(2):
            escalate_late(shop.engine, shop.clock(), staff_mail.ask_escalation)
        told.append(worker.work_off())
    assert told == [1, 2]
    assert sorted((mail["To"].split("@")[0], mail["Subject"]) for mail in mails(mail_server)) == [
        ("administrator", "Late: Cold soup (level 1)"),
        ("administrator", "Late: Cold soup (level 2)"),
        ("supervisor", "Late: Cold soup (level 2)"),
    ]
    assert not any("陳大文" in mail.get_body(("plain",)).get_content() for mail in mails(mail_server))


def test_a_survey_goes_to_a_segment_with_a_link_for_each_and_is_answered_once(admin, shop, mail_server):
    admin.get("/care/surveys")
    page = admin.post("/care/surveys", **{"name": "Autumn", "kind": "csat", "en": "How was it?"}).location
    survey, members = page.rpartition("/")[2], list(shop.harbour.members.values())
    with write(shop.engine) as session:
        for place, id in enumerate(members[:3]):
            member = session.get_one(Member, id)
            member.email = f"m{place}@shop.example"
            says(session, member, "email", place < 2, shop.clock() - timedelta(days=1))
        texts = {"en": {"subject": "A question", "body": "Dear {name},\n\n[Answer]({survey})"}}
        words_ = a_template(session, "Ask", texts=texts)
        a_template(session, "Without a place")
    assert "Without a place" not in admin.get(page).text
    told = [words(admin.get(admin.post(f"{page}/send", template=words_.id, segment="all").location).text)
            for _ in range(2)]  # fmt: skip
    assert all("2 messages are on their way, 28 are withheld" in each for each in told)
    clock = shop.clock
    while deliver(shop.engine, post_of(clock, SmtpGateway(mail_server.url, "c@shop.example", clock))) != {"sent": 2}:
        clock.forward(timedelta(hours=6))  # quiet hours
    links = {re.search(r"/answer/[\w.-]+", mail.get_body(("plain",)).get_content())[0] for mail in mails(mail_server)}
    assert len(links) == 2
    first = sorted(links)[0]
    guest = shop.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', guest.get(first).text)[1]
    answers = [guest.post(first, data={"score": "5", "csrf_token": token}).status_code for _ in range(2)]
    assert answers == [200, 409]
    assert admin.post(f"/care/surveys/{survey}/send", template="tpl_none", segment="all").status_code == 303
