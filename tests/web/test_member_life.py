"""The pages on which a record is merged, parted, shown whole, erased, and put into a household."""

import json
import re

from loyalty.db.audit import entries
from loyalty.db.session import read, write
from loyalty.members.enrolment import get_member
from loyalty.ops.verify import verify
from loyalty.points.sql_engine import Ledger
from tests.web.conftest import Shop, Visitor


def holds(shop: Shop) -> bool:
    with read(shop.engine) as session:
        return verify(session).ok


def points(person: Visitor, id: str) -> int:
    page = person.get(f"/members/{id}").text
    return int(re.search(r'balance-number">([\d,]+)<', page).group(1).replace(",", ""))  # type: ignore[union-attr]


def test_two_records_are_compared_merged_and_parted(shop: Shop, admin: Visitor) -> None:
    keep, gone = shop.harbour.members["Tom Baker"], shop.harbour.members["Bo Li"]
    with write(shop.engine) as session:
        Ledger(session).advance(shop.clock())  # what is overdue expires first
    found = admin.part(f"/members/{keep}/merge?q=Bo").text
    assert f"/members/{keep}/merge?other={gone}" in found
    page = admin.get(f"/members/{keep}/merge?other={gone}").text
    assert "Side by side" in page and "Tom Baker" in page and "Bo Li" in page
    before = points(admin, keep), points(admin, gone)
    assert admin.post(f"/members/{keep}/merge", other=gone, reason="").status_code == 422
    assert admin.post(f"/members/{keep}/merge", other=keep, reason="x").status_code == 409
    answer = admin.post(f"/members/{keep}/merge", other=gone, reason="One <b>person</b>")
    assert answer.status_code == 303
    assert (points(admin, keep), points(admin, gone)) == (sum(before), 0)
    page = admin.get(f"/members/{keep}").text
    undo = re.search(r'action="(/members/\w+/merge/mrg_\w+/undo)"', page).group(1)  # type: ignore[union-attr]
    assert "Undo until" in page and "part of another one" in admin.get(f"/members/{gone}").text
    assert holds(shop)
    assert admin.post(undo).status_code == 303
    assert (points(admin, keep), points(admin, gone)) == before
    assert "undone already" in admin.get(admin.post(undo).location).text
    assert holds(shop)
    with read(shop.engine) as session:
        assert entries(session, action="member.merge")[0].why == "One <b>person</b>"
        assert entries(session, action="member.unmerge")


def test_all_that_is_kept_is_shown_taken_away_and_erased(shop: Shop, admin: Visitor) -> None:
    id = shop.harbour.members["Tom Baker"]
    page = admin.get(f"/members/{id}/personal-data").text
    assert "Movements of points" in page and "Tom Baker" in page
    theirs = admin.client.get(f"/members/{id}/personal-data", headers={"Accept-Language": "zh-HK"}).text
    assert ">occurred at<" in page and ">發生時間<" in theirs and ">occurred at<" not in theirs
    answer = admin.post(f"/members/{id}/personal-data/file")
    assert answer.mimetype == "application/json" and "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.text)["member"]["name"] == "Tom Baker"
    with read(shop.engine) as session:
        number = get_member(session, id).number
    assert admin.post(f"/members/{id}/personal-data/erase", number=number, reason="").status_code == 422
    assert admin.post(f"/members/{id}/personal-data/erase", number="12", reason="asked").status_code == 422
    assert "Tom Baker" in admin.get(f"/members/{id}").text
    assert admin.post(f"/members/{id}/personal-data/erase", number=number, reason="asked").status_code == 303
    page = admin.get(f"/members/{id}").text
    assert "Tom" not in page.replace("Tomorrow", "") and "erased" in page and number in page
    assert holds(shop)


def test_a_household_is_seen_together(shop: Shop, admin: Visitor, staff) -> None:
    tom, bo = shop.harbour.members["Tom Baker"], shop.harbour.members["Bo Li"]
    assert "Lives here too" in admin.part(f"/members/{tom}/household?q=Bo").text
    admin.get(f"/members/{tom}/household")
    assert admin.post(f"/members/{tom}/household", member=bo, name="<i>Pier 4</i>").status_code == 303
    page = admin.get(f"/members/{bo}/household").text
    assert "&lt;i&gt;Pier 4" in page and "Tom Baker" in page and "Together" in page
    assert "Lives with 1 other" in admin.get(f"/members/{tom}").text
    assert admin.post(f"/members/{tom}/household", member=bo).status_code == 409
    assert "Tom Baker" not in staff("cashier").get(f"/members/{bo}/household").text
    assert admin.post(f"/members/{tom}/household/leave", member=bo).status_code == 303
    assert "no household" in admin.get(f"/members/{tom}").text
