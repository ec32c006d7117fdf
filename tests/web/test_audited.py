"""What a person changes on a page stands in the audit log, with who it was."""

from collections.abc import Callable

from loyalty.db.audit import Entry, check, entries
from loyalty.db.session import read, write
from loyalty.web.accounts import User
from loyalty.web.api.audited import ACTIONS, TOLD_SCOPES, action_of
from loyalty.web.api.calls import CALLS
from loyalty.web.api.keys import create_key
from tests.web.conftest import Shop, Visitor
from tests.web.harbour import staff_address


def told(shop: Shop) -> list[Entry]:
    with read(shop.engine) as session:
        assert list(check(session)) == []
        return [entry for entry in entries(session) if not entry.action.startswith("session.")]


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


def sessions(shop: Shop) -> list[tuple[str, str, object]]:
    with read(shop.engine) as session:
        found = entries(session, action="session.")
    return [(entry.action, entry.actor, entry.after.get("by")) for entry in reversed(found)]


def test_coming_leaving_and_being_turned_away_are_told(shop: Shop, visitor: Visitor) -> None:
    email = staff_address("analyst")
    visitor.log_in(email, "not this one")
    visitor.log_in("nobody@harbour.example", "not this one")
    visitor.log_in(email)
    visitor.get("/help")
    visitor.post("/logout")
    who = f"staff:{email}"
    assert sessions(shop) == [
        ("session.refused", who, "password"),
        ("session.login", who, "password"),
        ("session.logout", who, None),
    ]
    with read(shop.engine) as session:
        assert session.query(User).filter_by(email=email).one().last_login_at == shop.clock()


def test_what_a_program_changes_is_told_with_its_key(shop: Shop) -> None:
    with write(shop.engine) as session:
        key = create_key(session, ["members"], shop.clock())
    member = shop.harbour.members["陳大文"]
    client = shop.app.test_client()
    sent = {"Authorization": f"Bearer {key.key}"}
    answer = client.patch(f"/api/v1/members/{member}", json={"language": "en", "phone": "+85291234567"}, headers=sent)
    assert answer.status_code == 200, answer.text
    assert client.patch(f"/api/v1/members/{member}", json={"phone": "1"}, headers=sent).status_code == 422
    (entry,) = told(shop)
    assert (entry.actor, entry.action, entry.subject) == (f"key:{key.id}", "member.edit", f"member:{member}")
    assert (entry.before["language"], entry.after["language"]) == ("zh-Hant", "en")
    assert entry.after["phone"] == "…67"


def test_every_call_that_changes_people_cards_or_rules_has_a_name_in_the_log() -> None:
    for one in CALLS:
        if one.changes and one.scope in TOLD_SCOPES:
            assert action_of(one.method, one.path).count(".") == 1
    known = {f"{one.method} {one.path}" for one in CALLS}
    assert set(ACTIONS) <= known
