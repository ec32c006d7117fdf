"""The editor of programmes as a person without scripts uses it: forms as they stand in the page, buttons by name."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


class Forms(HTMLParser):
    """The fields of the form that has the id `entry-form`, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select, self._first = "", True

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self._inside = at.get("id") == "entry-form"
        if not self._inside:
            return
        name = at.get("name", "")
        if tag == "input" and (at.get("type") != "checkbox" or "checked" in at):
            self.fields.setdefault(name, []).append(at.get("value", "on"))
        if tag == "select":
            self._select, self._first = name, True
        if tag == "option" and self._select and (self._first or "selected" in at):
            self.fields[self._select] = [at["value"]]
            self._first = False

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""


@dataclass
class Desk:
    """A draft on somebody's screen."""

    person: object
    address: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def begun(cls, person, **how):
        person.get("/programme/drafts")
        answer = person.post("/programme/drafts", **how)
        assert answer.status_code == 303
        return cls(person, answer.location)

    def page(self, place="tiers"):
        return self.person.get(f"{self.address}/{place}").text

    def open(self, place, number):
        forms = Forms()
        forms.feed(self.page(f"{place}?item={number}"))
        self.fields = forms.fields
        return self

    def save(self, place, number, **typed):
        """The open form with some fields typed anew (`earn_multiplier` for v-benefits-earn_multiplier)."""
        self.open(place, number)
        for key, text in typed.items():
            name = next(name for name in [*self.fields, f"v-{key}"] if name.endswith(f"-{key}"))
            self.fields[name] = text if isinstance(text, list) else [text]
        return self.person.post(f"{self.address}/{place}/{number}", **{**self.fields, "do": "save"})

    def press(self, place, number, do):
        step = re.search(r'name="step" value="(\d+)"', self.page(place)).group(1)
        return self.person.post(f"{self.address}/{place}/{number}", do=do, step=step)

    @property
    def text(self):
        found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', self.page(), re.DOTALL)
        return html.unescape(found.group(1))
