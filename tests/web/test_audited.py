"""What a person changes on a page stands in the audit log, with who it was."""

from collections.abc import Callable

from loyalty.db.audit import Entry, check, entries
from loyalty.db.session import read
from tests.web.conftest import Shop, Visitor


def told(shop: Shop) -> list[Entry]:
    with read(shop.engine) as session:
        assert list(check(session)) == []
        return entries(session)


def test_blocking_a_card_is_told_with_what_it_was_before(shop: Shop, admin: Visitor) -> None:
    member = shop.harbour.members["陳大文"]
    page = admin.get(f"/members/{member}")
    step = page.text.split(f"/members/{member}/cards/", 1)[1].split('"', 1)[0]
    admin.post(f"/members/{member}/cards/{step}")
    (entry,) = told(shop)
    assert (entry.action, entry.subject) == ("card.block", f"card:{step.split('/')[0]}")
    assert (entry.before, entry.after) == ({"status": "active"}, {"status": "blocked"})
    assert entry.actor.startswith("staff:") and entry.at == shop.clock()


def test_what_was_refused_is_not_told(shop: Shop, admin: Visitor) -> None:
    assert admin.post("/members/mem_nobody/cards/crd_none/block").status_code == 404
    assert told(shop) == []


def test_an_undo_is_a_change_as_well(shop: Shop, staff: Callable[[str], Visitor]) -> None:
    member = shop.harbour.members["陳大文"]
    supervisor = staff("supervisor")
    page = supervisor.get(f"/members/{member}")
    step = page.text.split(f"/members/{member}/cards/", 1)[1].split('"', 1)[0]
    supervisor.post(f"/members/{member}/cards/{step}")
    supervisor.post(f"/members/{member}/cards/{step.replace('block', 'activate')}")
    assert [entry.action for entry in told(shop)] == ["card.activate", "card.block"]
    assert {entry.actor for entry in told(shop)} == {told(shop)[0].actor}
