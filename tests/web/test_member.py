"""One member's page: balance, way to the next level, cards, what happened, and why each point is there."""

import re
from html import unescape

import pytest
from sqlalchemy import text

from loyalty.db.session import read, write
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from tests.web.harbour import NOW

TAGS = re.compile(r"<[^>]+>")
WHY = re.compile(r'hx-get="(/members/mem_\w+/points/\d+)"')


def words(page: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", page)).split())


@pytest.fixture
def chan(shop):
    return shop.harbour.members["陳大文"]


def whys(person, id):
    """Addresses of all explanations, through all pages of the timeline."""
    page, found = person.get(f"/members/{id}").text, []
    while True:
        found += WHY.findall(page)
        older = re.search(r'hx-get="(/members/mem_\w+/timeline[^"]+)"', page)
        if not older:
            return found
        page = person.part(unescape(older.group(1))).text


def test_the_balance_is_the_ledgers(admin, shop, chan):
    with read(shop.engine) as session:
        available = SqlFacts(session).account(chan, "points").available
    assert f'balance-number">{available:,}</span> points' in admin.get(f"/members/{chan}").text


def test_the_card_is_drawn_by_what_prints_it(admin, chan):
    assert 'src="data:image/png;base64,' in admin.get(f"/members/{chan}").text


def test_a_name_that_no_font_can_draw_is_said(admin, shop, chan):
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE members SET name = '𓀀𓀁' WHERE id = :id"), {"id": chan})
    page = admin.get(f"/members/{chan}").text
    assert "No card can be printed for this member" in page and "data:image" not in page


def test_every_movement_of_every_member_is_told_once_and_explained(admin, shop):
    with read(shop.engine) as session:
        booked = session.execute(text("SELECT count(*) FROM transfers")).scalar_one()
    addresses = [address for id in shop.harbour.members.values() for address in whys(admin, id)]
    assert len(addresses) == len(set(addresses)) == booked > 400
    for address in addresses[::9]:
        assert admin.part(address).status_code == 200


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_the_arithmetic_of_an_explanation_adds_up_to_what_was_booked(admin, shop, every):
    checked = 0
    for id in list(shop.harbour.members.values())[::every]:
        for address in whys(admin, id):
            page = admin.part(address).text
            gives = re.findall(r'<td class="number">([+−](?:≈ )?[\d,.]+)</td>', page)
            total = re.search(r"<b>([\d,.]+)</b></td></tr></tfoot>", page)
            if total:
                parts = sum(float(one.replace("−", "-").replace("≈ ", "").replace(",", "")) for one in gives)
                slack = 0.001 if any("≈" in one for one in gives) else 1e-9
                number = int(address.rsplit("/", 1)[1])
                with read(shop.engine) as session:
                    row = session.execute(text("SELECT amount FROM transfers WHERE number = :n"), {"n": number})
                    booked = row.scalar_one()
                assert float(total.group(1).replace(",", "")) == booked, address
                assert parts == pytest.approx(booked, abs=slack), address
                checked += 1
    assert checked > 120 // every


def test_an_explanation_names_rule_version_lot_and_receipt(admin, shop, chan):
    page = words(admin.part(whys(admin, chan)[0]).text)
    for part in ("base", "÷ HK$10 =", "usable to", "lot ", "Programme version 1", "counter till-", "of the receipt"):
        assert part in page, part


def test_a_reversal_is_seen_from_both_sides(admin, shop):
    with read(shop.engine) as session:
        back, taken, member = session.execute(
            text(
                "SELECT number, reverses, member FROM transfers WHERE reverses IS NOT NULL AND kind = 'return' LIMIT 1"
            )
        ).one()
    assert "of it taken back" in words(admin.part(f"/members/{member}/points/{taken}").text)
    assert f"takes back movement {taken}" in words(admin.part(f"/members/{member}/points/{back}").text)


def test_an_explanation_works_as_a_page_of_its_own(admin, chan):
    page = admin.get(whys(admin, chan)[0])
    assert page.status_code == 200 and 'class="rail"' in page.text


def test_the_points_of_others_are_not_explained_here(admin, shop, chan):
    stranger = whys(admin, shop.harbour.members["Tom Baker"])[0].rsplit("/", 1)[1]
    assert admin.get(f"/members/{chan}/points/{stranger}").status_code == 404


def test_what_happened_is_told_in_sentences(admin, shop, chan):
    page = words(admin.get(f"/members/{chan}").text)
    for said in ("Bought for HK$", "Points credited by hand", "Waited too long", "Redeemed a reward"):
        assert said in page, said
    assert "+120 points credited" in page and "−50 points redeemed" in page


def test_events_come_latest_first_and_pages_do_not_overlap(admin, shop):
    most = "SELECT member FROM transfers GROUP BY member ORDER BY count(*) DESC LIMIT 1"
    with read(shop.engine) as session:
        id = session.execute(text(most)).scalar_one()
    times, page = [], admin.get(f"/members/{id}").text
    while True:
        times += re.findall(r'event-time quiet"><time datetime="([^"]+)"', page)
        older = re.search(r'hx-get="(/members/mem_\w+/timeline[^"]+)"', page)
        if not older:
            break
        page = admin.part(unescape(older.group(1))).text
    assert times == sorted(times, reverse=True) and len(times) > 20
    assert all(moment.endswith("+08:00") for moment in times)


def test_a_card_is_blocked_and_unblocked_with_one_click_each(admin, shop, chan):
    page = admin.get(f"/members/{chan}").text
    action = re.search(r'action="(/members/mem_\w+/cards/card_\w+/block)"', page).group(1)
    answer = admin.post(action)
    assert answer.status_code == 303
    page = admin.get(answer.location).text
    assert "The card is blocked." in page and "blocked</span>" in page
    undo = re.search(r'action="(/members/mem_\w+/cards/card_\w+/activate)"[^>]*><input[^>]*><button[^>]*>Undo', page)
    page = admin.get(admin.post(undo.group(1)).location).text
    assert "The card works again." in page and "in use</span>" in page
    with read(shop.engine) as session:
        staff = session.execute(text("SELECT staff FROM card_events WHERE event = 'blocked' ORDER BY at DESC")).scalar()
    assert staff == "administrator@harbour.example"


def test_the_card_of_another_member_cannot_be_blocked_from_here(admin, shop, chan):
    page = admin.get(f"/members/{shop.harbour.members['林志玲']}").text
    card = re.search(r"/cards/(card_\w+)/block", page).group(1)
    assert admin.post(f"/members/{chan}/cards/{card}/block").status_code == 404
    assert admin.post(f"/members/{chan}/cards/card_none/block").status_code == 404


def test_the_way_to_the_next_level_is_in_the_levels_own_measure(admin, chan):
    page = admin.get(f"/members/{chan}").text
    assert re.search(r"HK\$[\d,.]+ to Silver", page)
    assert 'role="img" aria-label="HK$' in page


def test_what_expires_next_stands_in_the_head(admin, shop, chan):
    expires_on = NOW.date().replace(month=12, day=24)
    with write(shop.engine) as session:
        body = {"id": "soon", "member": chan, "points": 7, "expires_on": expires_on.isoformat(), "reason": "gift"}
        Ledger(session).perform("credit", body, NOW)
    assert "7 points on 24 Dec 2026" in words(admin.get(f"/members/{chan}").text)
