"""A shop in which every kind of thing stands once, and all forms of its pages, found by following links."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.web.conftest import Shop, Visitor
from tests.web.telling_till import JAM, Till
from tests.web.test_campaigns_pages import PLAN
from tests.web.test_care_pages import COLD

FIELDS = ("input", "textarea", "select", "button")
TYPED = ("text", "search", "email", "tel", "url", "hidden", "date", "time", "month", "number", "datetime-local", "")
ANY_THING = re.compile(r"/(\w+_[0-9a-z]{20,}|\d+|[0-9]{4}-[0-9]{2}(-[0-9]{2})?)(?=/|$)")
"""A part of an address that names one of many."""


@dataclass
class Form:
    """A form of a page: method, address, and its fields with what stands in them."""

    page: str
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        address = urlsplit(self.action)
        return self.method, ANY_THING.sub("/*", address.path), tuple(sorted(self.fields))


class _Reader(HTMLParser):
    def __init__(self, address: str, page: str) -> None:
        super().__init__()
        self.address, self.links = address, list[str]()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._area: tuple[Form, str] | None = None
        self._select: tuple[Form, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a" and named.get("href", "").startswith("/"):
            self.links.append(unescape(named["href"]))
        if tag == "form":
            where = unescape(named.get("action", "")) or self.address
            self._open = Form(self.address, named.get("method", "get").lower(), where)
            self.forms.append(self._open)
            self._by_id[named.get("id", "")] = self._open
        form = self._by_id.get(named["form"]) if named.get("form") else self._open
        if form is None:
            return
        if tag == "option" and self._select and (self._select[1] not in form.fields or "selected" in named):
            form.fields[self._select[1]] = named.get("value", "")
        if tag in FIELDS and named.get("name"):
            self._field(form, tag, named)

    def _field(self, form: Form, tag: str, named: dict[str, str]) -> None:
        name, kind = named["name"], named.get("type", "") if tag == "input" else tag
        if kind in ("checkbox", "radio"):
            if "checked" in named:
                form.fields[name] = named.get("value", "on")
        elif tag == "textarea":
            self._area = form, name
            form.fields[name] = ""
        elif tag == "select":
            self._select = form, name
        elif tag == "button":
            return
        else:
            form.fields.setdefault(name, named.get("value", ""))
        form.kinds[name] = kind

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[0].fields[self._area[1]] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


def forms_in(address: str, page: str) -> list[Form]:
    return _Reader(address, page).forms


def furnish(shop: Shop, admin: Visitor) -> None:
    """One of each: segment, campaign, template, survey, visit form, case, draft, upload, batch, key, device."""
    till = Till(shop.engine, shop.clock)
    till.tells(till.device(**JAM))
    member = shop.harbour.members["陳大文"]
    rules = {"name": "Coffee friends", "rows": "1", "fact-0": "category", "word-0": "is", "value-0": "coffee"}
    segment = admin.post("/segments/new", **rules).location.rsplit("/", 1)[1]
    for address, typed in (
        ("/campaigns/new", {**PLAN, "segment": segment}),
        ("/messages/templates/new", {"name": "News", "channel": "email", "purpose": "offer", "look": "plain",
                                     "subject-en": "News", "body-en": "Hello {name}"}),
        ("/care/new", {**COLD, "member": member, "store": "Central"}),
        ("/care/visits", {"name": "Service", "questions": "Greeted? | 2\nClean?"}),
        ("/programme/drafts", {}),
        ("/keys", {"name": "till", "scopes": "members"}),
        ("/staff", {"email": "new@harbour.example", "role": "cashier"}),
    ):  # fmt: skip
        answer = admin.post(address, **typed)
        assert answer.status_code in (200, 303), (address, answer.status_code)
    fields = {"csrf_token": admin.token, "kind": "members", "file": (io.BytesIO(b"number,name\nZ1,Zoe\n"), "a.csv")}
    assert admin.client.post("/imports", data=fields, content_type="multipart/form-data").status_code == 303


def crawled(admin: Visitor, start: str = "/home", most: int = 400) -> Iterator[tuple[str, str]]:
    """(address, page) of every kind of page that links lead to, each kind once or twice."""
    ahead, seen, kinds = [start], {start}, dict[str, int]()
    while ahead and most:
        address = ahead.pop(0)
        answer = admin.get(address)
        if answer.status_code != 200 or "html" not in answer.content_type:
            assert answer.status_code < 400 or address.startswith("/static"), (address, answer.status_code)
            continue
        most -= 1
        yield address, answer.text
        for link in _Reader(address, answer.text).links:
            link = link.split("#")[0]
            where = urlsplit(link)
            kind = ANY_THING.sub("/*", where.path) + "?" + "&".join(re.findall(r"(\w+)=", where.query))
            if link not in seen and kinds.get(kind, 0) < 1 and not where.path.startswith(("/static", "/logout")):
                kinds[kind] = kinds.get(kind, 0) + 1
                seen.add(link)
                ahead.append(link)
