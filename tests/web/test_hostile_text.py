"""Whatever is typed into any field of any form of a member's pages does no harm: no failure, nothing run or lost."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
from sqlalchemy import text

from loyalty.db.session import read
from loyalty.ops.verify import verify
from tests.web.conftest import Shop, Visitor

HOSTILE = {
    "long": "長" * 5_000,
    "right to left": "שלום \u202eevil\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 \ufffd",
    "null bytes": "a\x00b\x00",
    "sql": "'; DROP TABLE members; -- \" OR 1=1",
    "html": '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7*7 }}',
}
SOME = ("html",)
TRIED = [*SOME, *(pytest.param(kind, marks=pytest.mark.slow) for kind in HOSTILE if kind not in SOME)]
FIELDS = ("input", "textarea", "select", "button")
TYPED = ("text", "search", "email", "tel", "hidden", "date", "number", "")


class Forms(HTMLParser):
    """Every form of a page: method, address, and its fields with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((named.get("method", "get").lower(), named.get("action", ""), {}))
        elif tag in FIELDS and named.get("name") and self.found and (tag != "input" or named.get("type", "") in TYPED):
            self.found[-1][2].setdefault(named["name"], named.get("value", ""))


def pages(shop: Shop) -> list[str]:
    id, other = shop.harbour.members["Tom Baker"], shop.harbour.members["Bo Li"]
    own = ("", "/edit", "/adjust", "/merge", f"/merge?other={other}", "/household", "/personal-data", "/sales/{}")
    return ["/members", "/members/new", *(f"/members/{id}{one}" for one in own)]


def forms(shop: Shop, person: Visitor) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each form once: of all members' pages, without those of the frame around them."""
    with read(shop.engine) as session:
        one = "SELECT number FROM purchases WHERE member = :id ORDER BY number LIMIT 1"
        sale = session.execute(text(one), {"id": shop.harbour.members["Tom Baker"]}).scalar_one()
    seen = set()
    for address in pages(shop):
        answer = person.get(address.format(sale))
        assert answer.status_code == 200, address
        for method, action, fields in Forms(answer.text).found:
            key = method, re.sub(r"(mem|card|view)_\w+", "", action), tuple(sorted(fields))
            if key not in seen and action.startswith("/members"):
                seen.add(key)
                yield method, unescape(action), fields


@pytest.mark.parametrize("kind", TRIED)
def test_no_field_of_any_form_is_harmed(shop: Shop, admin: Visitor, kind: str) -> None:
    word, tried = HOSTILE[kind], 0
    for method, action, fields in list(forms(shop, admin)):
        typed = {name: word for name in fields if name not in ("csrf_token", "version")}
        send = (
            admin.post if method == "post" else lambda address, **query: admin.client.get(address, query_string=query)
        )
        answer = send(action, **fields | typed | {"csrf_token": admin.token})
        assert answer.status_code < 500, (action, answer.text[:300])
        assert "<script>alert(1)" not in answer.text and "<img src=x" not in answer.text, action
        tried += 1
    assert tried >= 12
    id = shop.harbour.members["Tom Baker"]
    for address in ("/members", f"/members/{id}", f"/members/found?q={id}"):
        page = admin.get(address)
        assert page.status_code == 200 and "<script>alert(1)" not in page.text
    with read(shop.engine) as session:
        assert session.execute(text("SELECT count(*) FROM members")).scalar_one() >= len(shop.harbour.members)
        assert verify(session).ok


@pytest.mark.parametrize("kind", TRIED)
def test_a_name_of_any_letters_comes_back_as_it_was_typed(shop: Shop, admin: Visitor, kind: str) -> None:
    id = shop.harbour.members["Tom Baker"]
    page = admin.get(f"/members/{id}/edit").text
    fields = next(fields for method, action, fields in Forms(page).found if action.endswith("/edit"))
    fields["language"] = "en"
    answer = admin.post(f"/members/{id}/edit", **fields | {"name": HOSTILE[kind], "notes": HOSTILE[kind]})
    with read(shop.engine) as session:
        kept = session.execute(text("SELECT name FROM members WHERE id = :id"), {"id": id}).scalar_one()
    if kind == "long":
        assert answer.status_code == 422 and kept == "Tom Baker" and "長長長" in answer.text  # what was typed stays
        return
    assert answer.status_code == 303, answer.text
    assert kept == kept.strip() and "\x00" not in kept and "\u202e" not in kept
    assert admin.get(f"/members/{id}").status_code == 200
