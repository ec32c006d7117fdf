"""Reports of the counters: a sale without a member is given to one, and counts as of when it happened."""

import re

from sqlalchemy import text

from loyalty.checkout import staff_work
from loyalty.db.prepared import Cursor
from loyalty.db.session import read, write
from tests.web.test_member import words

TASK = re.compile(r'class="row-link" href="(/work/work_\w+)">([^<]+)<')


def unmatched(person):
    """The sale of HK$142.50 with a card that belongs to nobody."""
    tasks = [address for address, kind in TASK.findall(person.get("/work").text) if kind == "Sale without a member"]
    return next(address for address in tasks if "HK$142.50" in person.get(address).text)


def test_all_reports_stand_in_the_list_with_amount_and_last_digits(admin):
    page = admin.get("/work").text
    assert [kind for _, kind in TASK.findall(page)].count("Sale without a member") == 2
    assert "HK$111.50" in page and "…EE01" in page and "04AABBCCDDEE01" not in page
    assert "Card that may not be used" in page


def test_the_sale_is_found_its_member_and_booked(staff, shop):
    person, chan = staff("supervisor"), shop.harbour.members["陳大文"]
    address = unmatched(person)
    found = person.client.get(address, query_string={"q": "陳大文"}, headers={"HX-Request": "true"}).text
    assert "Book for 陳大文" in found
    person.get(address)
    before = balance(shop, chan)
    answer = person.post(f"{address}/member", member=chan)
    assert answer.status_code == 303
    assert "Booked for 陳大文: 14 points earned." in person.get(answer.location).text
    assert balance(shop, chan) == before + 14
    assert address not in person.get("/work").text
    settled = person.get("/work?show=settled").text
    assert address in settled and "supervisor@harbour.example" in settled
    assert "Bought for HK$142.50" in person.get(f"/members/{chan}").text


def test_the_same_sale_cannot_be_given_twice(admin, shop):
    address, chan = unmatched(admin), shop.harbour.members["陳大文"]
    admin.get(address)
    assert admin.post(f"{address}/member", member=chan).status_code == 303
    before = balance(shop, chan)
    assert admin.post(f"{address}/member", member=chan).status_code == 409
    assert balance(shop, chan) == before


def test_a_member_that_is_not_there_leaves_the_sale_where_it_is(admin):
    address = unmatched(admin)
    admin.get(address)
    assert admin.post(f"{address}/member", member="mem_unknown").status_code == 404
    assert "Whose sale was it?" in admin.get(address).text


def test_a_report_is_settled_and_stays_readable(admin):
    address = next(a for a, kind in TASK.findall(admin.get("/work").text) if kind == "Card that may not be used")
    admin.get(address)
    assert "Settled." in admin.get(admin.post(f"{address}/done").location).text
    page = admin.get(address)
    assert page.status_code == 200 and "Mark as settled" not in page.text and "administrator@" in page.text


def test_an_analyst_may_look_but_not_settle(staff):
    person = staff("analyst")
    address = unmatched(person)
    page = person.get(address).text
    assert "Whose sale" not in page and "Mark as settled" not in page
    assert person.post(f"{address}/done").status_code == 403


def test_an_unknown_report_or_kind_is_not_found(admin):
    assert admin.get("/work/work_none").status_code == 404
    assert admin.get("/work?kind=gossip").status_code == 404


def test_the_programme_stands_in_words_and_as_text(admin):
    page = words(admin.get("/programme").text)
    for said in (
        "spend HK$5,000 in the last year · kept for 1 year",
        "points × 1.5",
        "5% off every purchase",
        "1 point for every HK$10",
        "fresh double · on fruit, vegetables",
        "from HK$200 · every Saturday, Sunday · at most 2 times a month",
        "50 points on the birthday",
        "1 stamp for every piece",
        "HK$5 off",
        "usable for 3 months, to the end of that month · valued at HK$0.10 each",
        "timezone : Asia/Hong_Kong",
    ):
        assert said in page, said


def test_the_document_shown_reads_back_as_the_one_in_force(admin, shop):
    from html import unescape

    from loyalty.points import yaml_core
    from loyalty.points.sql_facts import SqlFacts

    page = admin.get("/programme").text
    shown = unescape(re.sub(r"<[^>]+>", "", page[page.index("<code>") : page.index("</code>")]))
    with read(shop.engine) as session:
        document = SqlFacts(session).latest().document
    assert plain(yaml_core.load(shown).value) == plain(document)


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | str) or value is None else float(value)


def balance(shop, member):
    with read(shop.engine) as session:
        row = text("SELECT active FROM accounts WHERE member = :m AND wallet = 'points'")
        return session.execute(row, {"m": member}).scalar_one()


def test_what_a_till_wrote_and_nobody_could_read_is_shown_as_it_came(admin, shop):
    body = {"till": "old-till", "text": "No.77 <b>TOTAL</b> 3.0.0"}
    trouble = staff_work.Trouble("unreadable_receipt", "3.0.0 is no amount.", shop.clock(), counter="c1", body=body)
    with write(shop.engine) as session:
        id = staff_work.note(Cursor(session), trouble, shop.clock())
    page = admin.get("/".join(("/work", id))).text
    assert "Receipt of a till that could not be read" in page and "3.0.0 is no amount." in page
    assert "No.77 &lt;b&gt;TOTAL" in page
