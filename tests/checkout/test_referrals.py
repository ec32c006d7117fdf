"""Who brought whom: thanked once, at the first purchase, by the programme's own rules, and nobody thanks themselves."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from json import dumps

import pytest
from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.erase_member import answers_naming, erase_member
from loyalty.checkout.merge_members import merge_members
from loyalty.checkout.personal_data import personal_data
from loyalty.checkout.record_purchase import record_purchase
from loyalty.checkout.return_purchase import return_purchase
from loyalty.checkout.welcome_prospect import welcome_prospect
from loyalty.contract.commands import RecordPurchase, ReturnPurchase
from loyalty.db.session import read, write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, change_member
from loyalty.members.prospects import (
    NOT_NOW,
    ProspectDetails,
    change_prospect,
    erase_prospect,
    get_prospect,
    note_prospect,
)
from loyalty.members.prospects_list import counts, list_prospects, where_they_buy
from loyalty.members.referrals import (
    API,
    CODE_LENGTH,
    Referral,
    brought_by,
    code_of,
    member_of_code,
    note_referral,
    referral_of,
    who_is_meant,
)
from tests.shop import OPENED, PROGRAMME, Shop, open_shop

RULES = PROGRAMME.replace(
    "earn: [{name: base, per_amount: {points: 1, per: 1}}]",
    "earn: [{name: base, per_amount: {points: 1, per: 1}}, {name: thanks, on: referral, fixed: 50},"
    " {name: welcome, on: referral, fixed: 20, to: other}]",
)


def newcomer(shop: Shop, name: str, by: str | None, phone: str | None = None) -> str:
    with write(shop.engine) as session:
        new = NewMember(name, phone=phone)
        return enrol(session, new, shop.clock(), shop.conventions, brought_by=by, how=API).id


def buy(shop: Shop, member: str, id: str, amount: str = "30") -> Decimal:
    """The balance that the counter is told."""
    command = RecordPurchase(id, "till-1", 1, shop.clock(), member=member, amount=Decimal(amount))
    with write(shop.engine) as session:
        outcome = record_purchase(session, command, shop.clock(), shop.conventions)
    assert outcome.member
    return Decimal(outcome.member.wallets["points"].available)


def how(shop: Shop, member: str) -> Referral:
    with read(shop.engine) as session:
        found = referral_of(session, member)
    assert found
    return found


def test_both_get_their_points_at_the_first_purchase_and_never_again(engine: Engine) -> None:
    shop = open_shop(engine, RULES)
    ben = newcomer(shop, "Ben Ho", shop.ann)
    assert (how(shop, ben).status, shop.balance()) == ("waiting", 0)
    buy(shop, ben, "nothing", "0")  # a sale of nothing is none
    assert shop.balance() == 0
    assert buy(shop, ben, "first") == 50  # 30 of the sale, 20 of the welcome: the receipt knows
    assert (shop.balance(), how(shop, ben).status, how(shop, ben).purchase) == (50, "thanked", "first")
    buy(shop, ben, "first")  # the counter asks again
    buy(shop, ben, "second")
    assert (shop.balance(), shop.balance(ben)) == (50, 80)
    newcomer(shop, "Cat", None)
    with read(engine) as session:
        assert [each.member for each in brought_by(session, shop.ann)] == [ben]
    assert shop.verify().ok


def test_a_first_purchase_that_comes_back_takes_the_thanks_back(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine, RULES)
    ben = newcomer(shop, "Ben", shop.ann)
    for id in ("one", "two"):
        buy(shop, ben, id)
        assert (shop.balance(), shop.balance(ben), how(shop, ben).status) == (50, 50, "thanked")
        for part, left in (("10", 50), ("20", 0)):
            back = ReturnPurchase(f"{id}-{part}", "till-1", 1, shop.clock(), purchase=id, amount=Decimal(part))
            with write(sqlite_engine) as session:
                return_purchase(session, back, shop.clock())
            assert shop.balance() == left, part  # a part of it stands
        assert (shop.balance(ben), how(shop, ben).status) == (0, "waiting")
    assert shop.verify().ok


def test_nobody_brings_themselves_or_in_a_circle_or_a_telephone_twice(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine, RULES)
    ben = newcomer(shop, "Ben", shop.ann, "91234567")
    cat = newcomer(shop, "Cat", ben)
    with write(sqlite_engine) as session:
        with pytest.raises(Invalid, match="themselves"):
            note_referral(session, shop.ann, shop.ann, API, shop.clock())
        with pytest.raises(Conflict, match="circle"):
            note_referral(session, shop.ann, cat, API, shop.clock())
        with pytest.raises(Conflict, match="already"):
            note_referral(session, cat, shop.ann, API, shop.clock())
    buy(shop, ben, "b1")
    with write(sqlite_engine) as session:  # the telephone goes from one record to the next
        change_member(session, ben, {"phone": None}, shop.clock(), Conventions(), None)
    dan = newcomer(shop, "Dan", shop.ann, "91234567")
    buy(shop, dan, "d1")
    assert (how(shop, dan).status, how(shop, dan).why, shop.balance()) == ("refused", "phone", 50)
    eve = newcomer(shop, "Eve", shop.ann)
    with write(sqlite_engine) as session:  # it was the same person all the time
        merge_members(session, eve, shop.ann, "chief@shop.example", "the same", shop.clock())
    before = shop.balance(eve)
    buy(shop, eve, "e1")
    assert (how(shop, eve).why, shop.balance(eve)) == ("self", before + 30)


def test_a_link_names_its_member_and_nothing_else(shop: Shop) -> None:
    with write(shop.engine) as session:
        code = code_of(session, shop.ann, shop.clock())
        assert code_of(session, shop.ann, shop.clock() + timedelta(days=9)) == code and len(code) == CODE_LENGTH
        assert member_of_code(session, code.upper()) == shop.ann == who_is_meant(session, code)
        assert member_of_code(session, "2" * CODE_LENGTH) is None is member_of_code(session, "")
        with pytest.raises(Invalid, match="Nobody is known"):
            who_is_meant(session, "M-0")
    ben = newcomer(shop, "Ben", shop.ann)
    buy(shop, ben, "quiet")  # a programme without such a rule: told, and nothing given
    assert (how(shop, ben).status, shop.balance()) == ("thanked", 0)


def test_a_prospect_becomes_a_member_and_everything_is_kept(engine: Engine) -> None:
    shop = open_shop(engine, RULES)
    known = ProspectDetails(
        "Fay Au", "92345678", "Fay@example.com", "zh-Hant", "said yes at the fair", "Corner Café", shop.ann,
        OPENED.date(), "likes oolong",
    )  # fmt: skip
    with write(engine) as session:
        with pytest.raises(Invalid, match="agreed to be contacted"):
            note_prospect(session, replace(known, consent_how=" "), "s", OPENED, shop.conventions)
        with pytest.raises(Conflict, match="no prospect any more"):
            note_prospect(session, replace(known, phone="61234567"), "s", OPENED, shop.conventions)
        id = note_prospect(session, known, "s", OPENED, shop.conventions)
        with pytest.raises(Conflict, match="Another prospect"):
            note_prospect(session, replace(known, name="F"), "s", OPENED, shop.conventions)
        other = note_prospect(session, ProspectDetails("Gus", buys_at="Corner Café"), "s", OPENED, shop.conventions)
        change_prospect(session, other, ProspectDetails("Gus Ng"), NOT_NOW, OPENED, shop.conventions)
        assert counts(session, OPENED.date()) == {"open": 1, "due": 1, "not_now": 1, "joined": 0}
        assert where_they_buy(session) == [("Corner Café", 1)]
        assert [row.id for row in list_prospects(session, "due", OPENED.date(), text="CORNER")] == [id]
        assert not list_prospects(session, "open", OPENED.date(), text="100%")
        fay = welcome_prospect(session, id, OPENED, shop.conventions, "s")
        assert (fay.name, fay.phone, fay.email, fay.notes) == (
            "Fay Au", "+85292345678", "fay@example.com", "likes oolong",
        )  # fmt: skip
        with pytest.raises(Conflict, match="member already"):
            welcome_prospect(session, id, OPENED, shop.conventions, "s")
        row = get_prospect(session, id)
        assert (row.member_id, row.buys_at, row.phone, row.name) == (fay.id, "Corner Café", None, "–")
        erase_prospect(session, other, OPENED)
        with pytest.raises(NotFound):
            get_prospect(session, other)
    assert (how(shop, fay.id).brought_by, how(shop, fay.id).how) == (shop.ann, "prospect")


def test_who_comes_by_another_way_is_known_and_what_was_known_goes_with_the_person(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine, RULES)
    with write(sqlite_engine) as session:
        known = ProspectDetails("Gil", "93456789", None, "en", "said yes", "Corner Café", shop.ann)
        id = note_prospect(session, known, "s", OPENED, shop.conventions)
    gil = newcomer(shop, "Gil Au", None, "93456789")
    assert (how(shop, gil).brought_by, how(shop, gil).how) == (shop.ann, "prospect")
    with write(sqlite_engine) as session:
        code = code_of(session, gil, OPENED)
        assert '"Corner Café"' in dumps(personal_data(session, gil), ensure_ascii=False)
        assert [each["how"] for each in personal_data(session, shop.ann)["friends_brought"]] == ["prospect"]
        erase_member(session, gil, "s", "asked", OPENED, answers_naming(session, gil))
        gone = get_prospect(session, id)
        assert (gone.buys_at, gone.consent_how, member_of_code(session, code)) == ("", "", None)
