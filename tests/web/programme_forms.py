"""The programme editor as a person fills it in: for the tests of its pages."""

import re

from loyalty.db.session import read
from loyalty.points.sql_facts import SqlFacts
from tests.web.harbour import PROGRAMME

TEXT = PROGRAMME.strip() + "\n"
BETTER = TEXT.replace("on: birthday, fixed: 50}", "on: birthday, fixed: 80}  # as asked for")
BROKEN = (
    TEXT.replace("currency: HKD", "currency: hkd")
    .replace("per: 10}", "pre: 10}")
    .replace("months: 3", "weeks: 3")
    .replace("wallet: stamps, cost", "wallet: stamp, cost")
)
SCENARIO = """- scenario: a birthday
  members: {ada: {birthday: "1990-05-04"}}
  steps:
    - at: 2026-05-03T09:00
    - at: 2026-05-05T09:00
      expect: {balance: 80}
"""


def form(person, **fields):
    """The editor's form as it stands after a check of these fields."""
    page = person.get("/programme/edit").text
    latest = re.search(r'name="latest" value="(\d+)"', page).group(1)
    return {"text": TEXT, "scenarios": "", "with_draft": "on", "latest": latest, **fields}


def checked(person, do="check", **fields):
    """The page after a check, and the form that goes live with what was checked."""
    sent = form(person, **fields)
    answer = person.post("/programme/edit", do=do, **sent)
    digest = re.search(r'name="checked" value="(\w+)"', answer.text)
    return answer, {**sent, "checked": digest.group(1) if digest else ""}


def version(shop):
    with read(shop.engine) as session:
        return SqlFacts(session).latest()


def put(person, text=BETTER, **fields):
    _, sent = checked(person, text=text)
    return person.post("/programme/edit/live", **{**sent, **fields})
