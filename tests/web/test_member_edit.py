"""Editing a member: saved and told, each fault at its field, and two people at once never overwrite each other."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.members.described import fields_of, tags_of
from loyalty.members.enrolment import get_member
from loyalty.members.tables import Member
from tests.web.conftest import Shop, Visitor

Person = Callable[[str], Visitor]


@pytest.fixture
def chan(shop: Shop) -> str:
    return shop.harbour.members["陳大文"]


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back untouched."""
    form = page[page.index('<form class="enrol"') :]
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea id="(\w+)"[^>]*>\n?([^<]*)</textarea>', form))
    found["language"] = re.search(r'<option value="([^"]+)"[^>]* selected', form).group(1)  # type: ignore[union-attr]
    found.pop("csrf_token")
    return {name: unescape(value) for name, value in found.items()}


def record(shop: Shop, id: str) -> Member:
    with read(shop.engine) as session:
        member = get_member(session, id)
        session.expunge(member)
        return member


def test_an_edit_is_saved_shown_and_told(shop: Shop, admin: Visitor, chan: str) -> None:
    form = form_of(admin.get(f"/members/{chan}/edit").text)
    form |= {"email": "New@Example.com", "tags": "wholesale, wine lover，wholesale"}
    form |= {"details": "shoe size: 42\nsofa：blue"}
    answer = admin.post(f"/members/{chan}/edit", **form)
    assert answer.status_code == 303, answer.text
    with read(shop.engine) as session:
        assert tags_of(session, chan) == ("wholesale", "wine lover")
        assert fields_of(session, chan) == {"shoe size": "42", "sofa": "blue"}
        (entry,) = entries(session, action="member.edit")
    assert record(shop, chan).email == "new@example.com"
    assert entry.subject == f"member:{chan}" and entry.after["tags"] == ["wholesale", "wine lover"]
    assert entry.after["email"] == "…om" and entry.after["details"]["shoe size"] == "…"
    page = admin.get(answer.location).text
    assert "The changes are saved." in page and "wine lover" in page and "shoe size" in page


def test_nothing_changed_is_nothing_told(shop: Shop, admin: Visitor, chan: str) -> None:
    before = record(shop, chan).version
    form = form_of(admin.get(f"/members/{chan}/edit").text)
    assert admin.post(f"/members/{chan}/edit", **form).status_code == 303
    assert record(shop, chan).version == before
    with read(shop.engine) as session:
        assert entries(session, action="member.edit") == []


def test_every_wrong_field_is_named_at_once_and_what_was_typed_stays(shop: Shop, admin: Visitor, chan: str) -> None:
    form = form_of(admin.get(f"/members/{chan}/edit").text)
    form |= {"phone": "12", "email": "nowhere", "birthday": "2999-01-01", "tags": "x" * 41, "details": "no colon here"}
    answer = admin.post(f"/members/{chan}/edit", **form)
    assert answer.status_code == 422
    for name in ("phone", "email", "birthday", "tags", "details"):
        assert f'<a href="#{name}">' in answer.text and f'id="{name}-wrong"' in answer.text, name
    kept = form_of(answer.text)
    assert (kept["phone"], kept["email"], kept["details"]) == ("12", "nowhere", "no colon here")
    assert record(shop, chan).version == int(form["version"])


def test_two_people_at_once_see_both_states_side_by_side(shop: Shop, admin: Visitor, staff: Person, chan: str) -> None:
    other = staff("supervisor")
    mine, theirs = (form_of(one.get(f"/members/{chan}/edit").text) for one in (admin, other))
    theirs |= {"notes": "Theirs", "email": "x@y.example"}
    assert other.post(f"/members/{chan}/edit", **theirs).status_code == 303
    answer = admin.post(f"/members/{chan}/edit", **mine | {"notes": "Mine", "family_name": "陳"})
    assert answer.status_code == 412
    assert "<td>Theirs</td><td>Mine</td>" in answer.text
    assert "x@y.example</td>" not in answer.text  # only the other person changed it: taken over
    again = form_of(answer.text)
    assert (again["notes"], again["email"], again["family_name"]) == ("Mine", "x@y.example", "陳")
    assert record(shop, chan).notes == "Theirs"
    assert admin.post(f"/members/{chan}/edit", **again).status_code == 303
    after = record(shop, chan)
    assert (after.notes, after.email, after.family_name) == ("Mine", "x@y.example", "陳")


HOSTILE = (
    "x" * 5_000,
    "مرحبا بالعالم",
    "👩‍👩‍👧 🎉",
    "a\x00b",
    "'; DROP TABLE members; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "\u202eevil",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field_does_no_harm(shop: Shop, admin: Visitor, chan: str, text: str) -> None:
    form = form_of(admin.get(f"/members/{chan}/edit").text)
    typed = {name: text for name in form if name not in ("version", "was")}
    answer = admin.post(f"/members/{chan}/edit", **form | typed)
    assert answer.status_code == 422 and "<script>alert(1)" not in answer.text
    assert record(shop, chan).name == "陳大文"
    plain = form | {name: text for name in ("given_name", "notes")} | {"details": f"it: {text}"}
    answer = admin.post(f"/members/{chan}/edit", **plain)
    assert answer.status_code in (303, 422)
    page = admin.get(f"/members/{chan}")
    assert page.status_code == 200 and "<script>alert(1)" not in page.text
    assert "49" not in re.findall(r"<dd>(.*?)</dd>", page.text)


def test_whoever_may_not_edit_sees_no_button(staff: Person, chan: str) -> None:
    cashier = staff("cashier")
    assert f"/members/{chan}/edit" not in cashier.get(f"/members/{chan}").text
    assert cashier.get(f"/members/{chan}/edit").status_code == 403
