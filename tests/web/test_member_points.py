"""Points by hand: a reason, a limit for the day, a second person above it; and a sale moved to its right member."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.points.sql_facts import SqlFacts
from tests.web.conftest import Shop, Visitor

Person = Callable[[str], Visitor]


@pytest.fixture
def chan(shop: Shop) -> str:
    return shop.harbour.members["陳大文"]


def available(shop: Shop, id: str) -> int:
    with read(shop.engine) as session:
        return SqlFacts(session).account(id, "points").available


def ask(person: Visitor, id: str, points: str, **more: str) -> object:
    page = person.get(f"/members/{id}/adjust").text
    key = re.search(r'name="id" value="(ptr_\w+)"', page)
    fields = {"way": "add", "wallet": "points", "reason": "goodwill", "note": "", "points": points}
    return person.post(f"/members/{id}/adjust", **fields | {"id": key.group(1)} | more)  # type: ignore[union-attr]


def requests(person: Visitor) -> list[str]:
    return sorted(set(re.findall(r"/members/points-waiting/(ptr_\w+)/", person.get("/members/points-waiting").text)))


def test_within_the_limit_points_are_booked_at_once_and_once(shop: Shop, staff: Person, chan: str) -> None:
    supervisor, before = staff("supervisor"), available(shop, chan)
    page = supervisor.get(f"/members/{chan}/adjust").text
    fields = {"id": re.search(r"ptr_\w+", page).group(), "way": "add", "wallet": "points", "points": "1,000"}  # type: ignore[union-attr]
    for _twice in range(2):
        answer = supervisor.post(f"/members/{chan}/adjust", **fields, reason="goodwill", note="Waited long")
        assert answer.status_code == 303
    assert available(shop, chan) == before + 1000
    assert "1,000 points credited." in supervisor.get(answer.location).text
    with read(shop.engine) as session:
        entry = entries(session, action="points.adjust")[-1]
    assert entry.why == "Waited long" and entry.after["units"] == 1000


def test_many_small_ones_are_no_way_around_the_limit(shop: Shop, staff: Person, chan: str) -> None:
    supervisor, before = staff("supervisor"), available(shop, chan)
    for _time in range(3):
        ask(supervisor, chan, "400")
    assert available(shop, chan) == before + 800
    assert len(requests(supervisor)) == 1


def test_above_the_limit_a_second_person_agrees_and_nobody_their_own(
    shop: Shop, staff: Person, admin: Visitor, chan: str
) -> None:
    supervisor, before = staff("supervisor"), available(shop, chan)
    assert "wait for a second person" in supervisor.get(ask(supervisor, chan, "1001").location).text  # type: ignore[attr-defined]
    assert available(shop, chan) == before
    (one,) = requests(supervisor)
    assert f"/members/points-waiting/{one}/agree" not in supervisor.get("/members/points-waiting").text
    assert supervisor.post(f"/members/points-waiting/{one}/agree").status_code == 409
    assert available(shop, chan) == before
    assert admin.get("/members/points-waiting").status_code == 200
    assert admin.post(f"/members/points-waiting/{one}/agree").status_code == 303
    assert admin.post(f"/members/points-waiting/{one}/agree").status_code == 409
    assert available(shop, chan) == before + 1001
    with read(shop.engine) as session:
        assert [entry.action for entry in entries(session, action="points.")] == ["points.agree", "points.adjust"]


def test_a_refused_request_books_nothing(shop: Shop, staff: Person, admin: Visitor, chan: str) -> None:
    before = available(shop, chan)
    ask(staff("supervisor"), chan, "5000")
    (one,) = requests(admin)
    admin.post(f"/members/points-waiting/{one}/refuse")
    assert requests(admin) == [] and available(shop, chan) == before


BAD = (
    {"points": ""},
    {"points": "0"},
    {"points": "NaN"},
    {"points": "1.5"},
    {"points": "9" * 40},
    {"reason": "other"},
    {"reason": "because"},
    {"wallet": "gold"},
    {"way": "take", "points": "9999"},
    {"note": "x" * 500},
)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_form_that_cannot_be_is_kept_with_its_fault(
    shop: Shop, admin: Visitor, chan: str, bad: dict[str, str]
) -> None:
    before = available(shop, chan)
    answer = ask(admin, chan, **{"points": "10"} | bad)
    assert answer.status_code == 422 and 'id="faults"' in answer.text  # type: ignore[attr-defined]
    assert available(shop, chan) == before and requests(admin) == []


def test_points_can_be_taken_off(shop: Shop, admin: Visitor, chan: str) -> None:
    before = available(shop, chan)
    assert ask(admin, chan, "7", way="take", reason="correction").status_code == 303  # type: ignore[attr-defined]
    assert available(shop, chan) == before - 7
    assert "Correction of a mistake" in admin.get(f"/members/{chan}").text


def sale_of(shop: Shop, id: str) -> tuple[int, str, int]:
    """A sale without returns: number, id, total."""
    with read(shop.engine) as session:
        row = session.execute(
            text("SELECT number, id, total FROM purchases WHERE member = :id AND id NOT IN"
                 " (SELECT purchase FROM purchase_changes) ORDER BY number DESC LIMIT 1"), {"id": id}
        ).one()  # fmt: skip
    return row[0], row[1], row[2]


def spend(shop: Shop, id: str) -> int:
    with read(shop.engine) as session:
        return int(session.execute(text("SELECT spend FROM standings WHERE member = :id"), {"id": id}).scalar_one())


def test_a_sale_moves_to_its_right_member_with_its_money(shop: Shop, admin: Visitor, chan: str) -> None:
    tom = shop.harbour.members["Tom Baker"]
    number, sale, total = sale_of(shop, chan)
    address = f"/members/{chan}/sales/{number}"
    assert address in admin.get(f"/members/{chan}").text
    page = admin.get(f"{address}?q=Tom").text
    assert f'name="member" value="{tom}"' in page and f'value="{chan}"' not in page
    before = spend(shop, chan), spend(shop, tom)
    assert admin.post(f"{address}/move", member=tom, reason="").status_code == 422
    assert admin.post(f"{address}/move", member="mem_none", reason="Wrong card").status_code == 409
    answer = admin.post(f"{address}/move", member=tom, reason="Wrong card")
    assert answer.status_code == 303 and answer.location.endswith(tom)
    assert spend(shop, chan) == before[0] - total
    assert spend(shop, tom) == before[1] + total
    assert admin.post(f"{address}/move", member=tom, reason="Again").status_code == 409
    with read(shop.engine) as session:
        (entry,) = entries(session, action="sale.move")
    assert (entry.why, entry.before["sale"], entry.after["member"]) == ("Wrong card", sale, tom)


def test_a_sale_of_somebody_else_has_no_page_here(shop: Shop, admin: Visitor, chan: str) -> None:
    number = sale_of(shop, shop.harbour.members["Tom Baker"])[0]
    assert admin.get(f"/members/{chan}/sales/{number}").status_code == 404
