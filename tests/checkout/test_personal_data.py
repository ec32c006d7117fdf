"""What is kept of a person can be taken away and erased; sales, points and the proof of both stay."""

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from loyalty.checkout import staff_work
from loyalty.checkout.enrol import enrol
from loyalty.checkout.erase_member import answers_naming, erase_member, without_words
from loyalty.checkout.merge_members import merge_members, undo_merge
from loyalty.checkout.outbox import answer
from loyalty.checkout.personal_data import personal_data
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.base import Base
from loyalty.db.prepared import Cursor
from loyalty.db.session import read, write
from loyalty.errors import Conflict, UnknownMember
from loyalty.members.described import put_fields, put_tags
from loyalty.members.enrolment import NewMember, change_member, get_member
from loyalty.members.households import household_of, join_household, leave_household
from loyalty.members.portal_tables import portal_sessions
from loyalty.members.search import search
from tests.checkout.test_merge_members import TWIN_CARD, with_twin
from tests.shop import CARD, OPENED, Shop, open_shop


@pytest.fixture
def told(engine: sa.Engine) -> Shop:
    """Ann bought with her card; notes, tags and fields are kept of her."""
    shop = open_shop(engine)
    command = RecordPurchase("s1", "till-1", 1, OPENED, token=Token("card_uid", CARD), amount=Decimal("120"))
    assert answer(engine, "till-1", to_json(command), OPENED, shop.conventions).outcome.status == "booked"
    with write(engine) as session:
        change_member(session, shop.ann, {"email": "ann@example.com", "notes": "likes oolong"}, OPENED,
                      shop.conventions, None)  # fmt: skip
        put_tags(session, shop.ann, ["tea"])
        put_fields(session, shop.ann, {"shoe size": "37"})
    return shop


def erased(shop: Shop) -> None:
    with read(shop.engine) as session:
        answers = answers_naming(session, shop.ann)
    with write(shop.engine) as session:
        erase_member(session, shop.ann, "sue@shop.example", "asked by letter", shop.clock(), answers)


def whole_database(shop: Shop) -> str:
    with read(shop.engine) as session:
        tables = Base.metadata.sorted_tables
        rows = {table.name: [list(row) for row in session.execute(sa.select(table))] for table in tables}
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_the_data_holds_person_sales_points_and_cards(told: Shop) -> None:
    with read(told.engine) as session:
        data = json.loads(json.dumps(personal_data(session, told.ann)))
    assert data["member"]["name"] == "陳大文" and data["member"]["fields"] == {"shoe size": "37"}
    assert [row["total"] for row in data["purchases"]] == [12000]
    assert [row["amount"] for row in data["points_moved"]] == [120]
    assert data["cards"][0]["token"] == CARD and data["cards"][0]["events"]
    assert "hash" not in json.dumps(data)


def test_nothing_of_an_erased_person_is_left_and_the_ledger_verifies(told: Shop) -> None:
    before = whole_database(told)
    personal = ("陳大文", "61234567", "ann@example.com", "oolong", "tea", "shoe size", CARD)
    assert all(word in before for word in personal)
    erased(told)
    after = whole_database(told)
    assert [word for word in personal if word in after] == []
    assert told.verify().ok and told.balance() == 120
    with read(told.engine) as session:
        assert get_member(session, told.ann).status == "erased"
        assert search(session, "陳").members == []
    with pytest.raises(Conflict, match="erased already"):
        erased(told)
    again = RecordPurchase("s1", "till-1", 1, OPENED, token=Token("card_uid", CARD), amount=Decimal("120"))
    kept = answer(told.engine, "till-1", to_json(again), OPENED, told.conventions).outcome
    assert kept.status == "booked" and "陳" not in kept.sentence  # answered once more, booked once, naming nobody
    assert told.balance() == 120


def test_the_phones_of_an_erased_person_are_signed_out(told: Shop) -> None:
    phone = {"handle": "h1", "token_hash": "0" * 64, "member_id": told.ann, "made_at": OPENED, "ends_at": OPENED}
    with write(told.engine) as session:
        session.execute(sa.insert(portal_sessions), [phone])
    erased(told)
    with read(told.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(portal_sessions)) == 0


def test_a_merged_record_goes_with_the_one_that_is_erased(sqlite_engine: sa.Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with write(shop.engine) as session:
        id = merge_members(session, shop.ann, twin, "sue@shop.example", "", shop.clock())
    erased(shop)
    assert [word for word in ("Chan Tai", "chan@example", TWIN_CARD, "陳大文") if word in whole_database(shop)] == []
    assert shop.verify().ok
    with pytest.raises(Conflict, match="erased"), write(shop.engine) as session:
        undo_merge(session, id, "sue@shop.example", shop.clock())


def test_records_merged_into_the_erased_one_are_erased_with_their_answers(sqlite_engine: sa.Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with write(shop.engine) as session:
        third = enrol(session, NewMember("Chan T. M.", number="LC8Z8"), OPENED, shop.conventions, []).id
    sale = RecordPurchase("s1", "till-1", 1, OPENED, member=third, amount=Decimal("120"))
    answer(shop.engine, "till-1", to_json(sale), OPENED, shop.conventions)
    for keep, goes in ((twin, third), (shop.ann, twin)):
        with write(shop.engine) as session:
            merge_members(session, keep, goes, "sue@shop.example", "", shop.clock())
    assert "Chan T. M." in whole_database(shop)
    erased(shop)
    assert [word for word in ("Chan T. M.", "Chan Tai") if word in whole_database(shop)] == []


def test_figures_and_what_programs_go_by_stay_in_blotted_answers() -> None:
    document = {"status": "booked", "total": "1200.50", "due": "1200", "earned": {"points": "1200"},
                "token": "1200", "on": "2020-02-02", "text": "ed, 1200 booked"}  # fmt: skip
    blotted = without_words(document, {"ed", "1200", "2020-02-02"})
    assert blotted == {**document, "token": "–", "text": "–, – booked"}
    assert without_words(document, set()) == document


def test_words_are_taken_out_of_any_text() -> None:
    document = {"a": ["Dear Ann Lee, thanks", 3, None], "b": {"name": "Ann"}}
    assert without_words(document, {"Ann", "Ann Lee"}) == {"a": ["Dear –, thanks", 3, None], "b": {"name": "–"}}


def test_people_live_together_and_leave_again(sqlite_engine: sa.Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with write(shop.engine) as session:
        made = join_household(session, shop.ann, twin, "Chan family", OPENED, "sue@shop.example")
        assert (made.name, made.members) == ("Chan family", (shop.ann, twin))
        found = household_of(session, twin)
        assert found is not None and (found.name, set(found.members)) == (made.name, set(made.members))
        with pytest.raises(Conflict, match="household already"):
            join_household(session, shop.ann, twin, "", OPENED, None)
        with pytest.raises(UnknownMember):
            join_household(session, shop.ann, "mem_nobody", "", OPENED, None)
        leave_household(session, twin, OPENED, None)
        assert household_of(session, shop.ann) is None  # of one there is none
        with pytest.raises(Conflict, match="no household"):
            leave_household(session, twin, OPENED, None)


def test_a_sale_that_waited_in_an_outbox_says_nothing_of_an_erased_card(told: Shop) -> None:
    """The counter was offline when the person was erased; and nobody had the card yet when another one was made."""
    late = RecordPurchase("s2", "till-1", 2, OPENED, token=Token("card_uid", CARD), amount=Decimal("50"))
    unread = {"type": "move_purchase", "id": "m1", "counter": "till-1", "seq": 3, "sale": to_json(late)}
    with write(told.engine) as session:
        trouble = staff_work.Trouble("unmatched_sale", "Nobody's.", OPENED, "s0", token=late.token, body=to_json(late))
        staff_work.note(Cursor(session), trouble, OPENED)
    erased(told)
    assert answer(told.engine, "till-1", to_json(late), OPENED, told.conventions).outcome.status == "unmatched"
    assert answer(told.engine, "till-1", unread, OPENED, told.conventions).outcome.status == "refused"
    assert CARD not in whole_database(told)
    with read(told.engine) as session:
        found = sorted((row.kind, row.token) for row in staff_work.open_work(session))  # all of one moment
        assert found == [("refused_sale", None), ("unmatched_sale", None), ("unmatched_sale", None)]


def test_what_was_sold_after_the_answers_were_looked_for_is_blotted_out_too(told: Shop) -> None:
    with read(told.engine) as session:
        answers = answers_naming(session, told.ann)
    sale = RecordPurchase("s2", "till-1", 2, OPENED, token=Token("card_uid", CARD), amount=Decimal("50"))
    assert answer(told.engine, "till-1", to_json(sale), OPENED, told.conventions).outcome.status == "booked"
    with write(told.engine) as session:
        erase_member(session, told.ann, "sue@shop.example", "asked", told.clock(), answers)
    assert "陳大文" not in whole_database(told)
