"""The audit log's page: the latest first, by person, kind, subject and day, with links, and nobody's business else."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from loyalty.db.audit import note
from loyalty.db.session import read, write
from loyalty.members.tables import Card
from tests.web.conftest import Shop, Visitor

ANN = "staff:ann@harbour.example"


def written(shop: Shop, count: int = 1) -> str:
    """Entries about Chan, the first of them yesterday; Chan's id."""
    chan = shop.harbour.members["陳大文"]
    with write(shop.engine) as session:
        for index in range(count):
            at = shop.clock() - timedelta(days=1) + timedelta(minutes=index)
            before, after = {"language": "en", "phone": "+85291234567"}, {"language": "zh-Hant", "phone": None}
            note(session, ANN, "member.edit", f"member:{chan}", at, before=before, after=after, why=f"asked {index}")
        note(session, "key:key_1", "programme.put", "programme:1", shop.clock(), after={"effective_at": "now"})
    return chan


def test_an_entry_says_who_what_to_whom_from_what_to_what(shop: Shop, admin: Visitor) -> None:
    chan = written(shop)
    page = admin.get("/audit").text
    for said in ("ann@harbour.example", "Member changed", "asked 0", "陳大文", "zh-Hant", "…67", "API key key_1"):
        assert said in page, said
    assert f'href="/members/{chan}"' in page and 'href="/programme/versions/1"' in page
    assert "91234567" not in page
    assert page.index("Programme put") < page.index("Member changed")


def test_each_filter_leaves_out_what_does_not_fit(shop: Shop, admin: Visitor) -> None:
    chan = written(shop)
    today, yesterday = (str((shop.clock() - timedelta(days=days)).date()) for days in (0, 1))
    for query, member, rules in (
        (f"actor={ANN}", True, False),
        ("family=programme", False, True),
        (f"subject=member:{chan}", True, False),
        (f"since={today}", False, True),
        (f"until={yesterday}", True, False),
        ("since=nonsense", True, True),
    ):
        page = admin.get(f"/audit?{query}").text
        assert ("<b>Member changed</b>" in page, "<b>Programme put</b>" in page) == (member, rules), query
    assert "No entry fits" in admin.get("/audit?actor=staff:nobody").text


def test_more_come_on_request_and_none_twice(shop: Shop, admin: Visitor) -> None:
    written(shop, 60)
    first = admin.get(f"/audit?actor={ANN}").text
    more = first.split('hx-get="/audit?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    rest = admin.part(f"/audit?{more}").text
    assert "<html" not in rest
    shown = [f"asked {index}<" in first for index in range(60)], [f"asked {index}<" in rest for index in range(60)]
    assert [one + other for one, other in zip(*shown, strict=True)] == [1] * 60


def test_a_members_page_shows_what_was_changed_of_them_and_their_cards(shop: Shop, admin: Visitor) -> None:
    chan = written(shop)
    with read(shop.engine) as session:
        card = session.scalar(sa.select(Card.id).where(Card.member_id == chan))
    with write(shop.engine) as session:
        note(session, ANN, "card.block", f"card:{card}", shop.clock(), after={"status": "blocked"}, why="in the bus")
    part = admin.part(f"/audit/members/{chan}").text
    assert "Member changed" in part and "in the bus" in part and "Programme put" not in part
    assert f"/audit/members/{chan}" in admin.get(f"/members/{chan}").text


def test_only_those_who_answer_for_others_read_it(shop: Shop, staff: Callable[[str], Visitor]) -> None:
    chan = written(shop)
    assert f"/audit/members/{chan}" not in staff("cashier").get(f"/members/{chan}").text
    assert staff("analyst").get("/audit").status_code == 403
    assert staff("supervisor").get("/audit").status_code == 200
