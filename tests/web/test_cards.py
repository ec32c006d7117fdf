"""Card stock, batches and the page of one card."""

import re
from datetime import timedelta

from loyalty.checkout.card_contents import note_report
from loyalty.contract.card_report import READ, WRITTEN, CardReport
from loyalty.contract.token import Token
from loyalty.db import audit
from loyalty.db.session import read, write
from loyalty.members.cards import cards_of, get_card
from loyalty.members.conventions import Conventions

BOX = {"name": "Supplier 7", "kind": "barcode", "first": "LC0098", "count": "3", "rewrite_limit": "300"}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def card_of(shop, name="陳大文") -> str:
    with read(shop.engine) as session:
        return cards_of(session, shop.harbour.members[name])[0].id


def test_a_batch_is_received_withdrawn_and_put_back(admin):
    admin.get("/cards/new")
    assert admin.post("/cards/new", **BOX).status_code == 303
    page = admin.get("/cards").text
    assert "3 cards lie in stock." in page and "Supplier 7" in page
    withdraw = re.search(r'action="(/cards/batches/\w+/withdraw)"', page).group(1)
    admin.post(withdraw)
    page = admin.get("/cards").text
    undo = re.search(r'action="(/cards/batches/\w+/put-back[^"]*)"', page).group(1)
    admin.post(undo.replace("&amp;", "&"))
    assert "3 cards lie in stock again." in admin.get("/cards").text


def test_a_wrong_batch_says_where_and_keeps_what_was_typed(admin):
    admin.get("/cards/new")
    for changed, field in (({"name": ""}, "name"), ({"first": "LC"}, "first"), ({"tokens": "A1 A1"}, "tokens")):
        answer = admin.post("/cards/new", **BOX | changed)
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in answer.text and 'href="#' + field in answer.text
    assert 'value="300"' in admin.post("/cards/new", **BOX | {"name": ""}).text


def test_a_card_is_found_by_reading_it_and_shows_its_life(admin, shop):
    card = card_of(shop)
    with read(shop.engine) as session:
        token = next(one.token for one in cards_of(session, shop.harbour.members["陳大文"]))
    answer = admin.client.get("/cards", query_string={"q": token.lower()})
    assert answer.location == f"/cards/{card}"
    said = words(admin.get(f"/cards/{card}").text)
    assert "In use" in said and "陳大文" in said
    assert "No member has this card." in admin.get("/cards?q=none").text


def test_a_lost_card_is_replaced_from_stock_and_all_is_audited(staff, shop):
    person, card = staff("supervisor"), card_of(shop)
    person.get("/cards/new")
    person.post("/cards/new", **BOX)
    person.post(f"/cards/{card}/lose", reason="left in a taxi")
    page = words(person.get(f"/cards/{card}").text)
    assert "Reported lost" in page and "left in a taxi" in page and "supervisor@harbour.example" in page
    answer = person.post(f"/cards/{card}/replace", token="LC0099", kind="barcode", reason="taxi")
    assert answer.status_code == 303
    assert "Received into stock" in words(person.get(answer.location).text)
    assert "Replaced by a new card" in words(person.get(f"/cards/{card}").text)
    with read(shop.engine) as session:
        done = [entry.action for entry in audit.entries(session, action="card.")]
    assert done == ["card.replace", "card.lose", "card.receive"]


def test_a_card_that_somebody_has_replaces_nothing(admin, shop):
    card, other = card_of(shop), card_of(shop, "Siobhán O’Connor")
    with read(shop.engine) as session:
        taken = next(one for one in cards_of(session, shop.harbour.members["Siobhán O’Connor"]) if one.id == other)
    admin.get(f"/cards/{card}")
    answer = admin.post(f"/cards/{card}/replace", token=taken.token, kind=taken.kind)
    assert answer.status_code == 422 and "belongs to member" in answer.text
    assert "Replaced by a new card" not in words(admin.get(f"/cards/{card}").text)


def test_a_suspected_card_stands_in_the_list_until_somebody_clears_it(admin, shop):
    card = card_of(shop)
    with write(shop.engine) as session:
        suspect(session, card, shop)
    assert "perhaps a copy" in admin.get("/cards").text
    assert "Counters refuse this card" in admin.get(f"/cards/{card}").text
    admin.post(f"/cards/{card}/in-order")
    assert "perhaps a copy" not in admin.get("/cards").text


def suspect(session, card, shop) -> None:
    found = get_card(session, card)
    token, now = Token(found.kind, found.token), shop.clock()
    for id, kind, number, later in (("a", WRITTEN, 5, 0), ("b", READ, 4, 1)):
        report = CardReport(id, kind, now + timedelta(minutes=later), token, sequence=number)
        note_report(session, "till-1", report, now, Conventions())
