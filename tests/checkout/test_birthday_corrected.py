"""A birthday that was written down wrongly and is put right."""

from datetime import date, datetime

from sqlalchemy import Engine

from loyalty.checkout.edit_member import MemberEdit, edit_member
from loyalty.db.session import write
from loyalty.members.enrolment import get_member
from loyalty.points.sql_engine import Ledger
from tests.checkout.test_merge_members import CAKE
from tests.shop import PROGRAMME, open_shop


def test_a_corrected_birthday_is_kept_on_its_day_and_once_in_a_year(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine, PROGRAMME.replace("earn: [", f"earn: [{CAKE}, "))

    def corrected(birthday: date) -> None:
        with write(shop.engine) as session:
            version = get_member(session, shop.ann).version
            edit = MemberEdit({"birthday": birthday})
            edit_member(session, shop.ann, edit, shop.clock(), shop.conventions, version)

    def on(day: str) -> int:
        shop.clock.set(datetime.fromisoformat(f"{day}T12:00:00+08:00"))
        with write(shop.engine) as session:
            Ledger(session).advance(shop.clock())
        return shop.balance()

    corrected(date(1990, 6, 10))
    corrected(date(1990, 4, 20))  # earlier than was thought
    assert (on("2026-04-19"), on("2026-04-20"), on("2026-06-11")) == (0, 100, 100)
    corrected(date(1990, 7, 1))  # this year's was kept already
    assert (on("2026-07-02"), on("2027-04-20")) == (100, 100)
    assert on("2027-07-01") == 100  # the first one died at the end of April, and here is the next
    assert shop.verify().ok
