"""The programme editor before anything goes live: every fault, scenarios on the draft, and who would move."""

import io
import re

import pytest
import sqlalchemy as sa

from loyalty.db.session import read, write
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables import standings
from loyalty.web.backoffice.programme_faults import read_draft
from loyalty.web.backoffice.programme_lines import typed_lines
from tests.web.harbour import NOW
from tests.web.programme_forms import BETTER, BROKEN, SCENARIO, TEXT, checked, form, version
from tests.web.test_member import words


def test_every_fault_has_its_line_and_the_text_is_kept(admin):
    answer, _ = checked(admin, text=BROKEN)
    assert answer.status_code == 422
    page = words(answer.text)
    lines = (
        "Line 2 currency",
        "Line 5 wallets.points.expiry.after.weeks",
        "Line 8 earn[0]",
        "Line 26 rewards[2].wallet",
    )
    for said in ("4 faults in the text", *lines):
        assert said in page, said
    assert 'id="line-5" class="wrong"' in answer.text and 'id="line-6" class="wrong"' not in answer.text
    kept = re.search(r"<textarea id=\"text\"[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL).group(1)
    assert kept == BROKEN.replace("'", "&#39;")
    assert "Put it in force" not in page


def test_faults_of_shared_parts_do_not_breed_others():
    found = read_draft(TEXT.replace("name: Silver, from: 2000", "name: Silver, from: many"), None).faults
    assert [(fault.line, fault.place) for fault in found] == [(17, "tiers.levels[1].from")]
    found = read_draft("wallets: {points: {}}\nearn: [{fixed: 1}, 7]\nrewards: 3\n", None).faults
    assert [fault.line for fault in found] == [2, 2, 3]
    assert read_draft("a: [", None).faults[0].line is not None
    assert read_draft("", None).faults and read_draft("x" * 500_000, None).faults


def test_what_is_booked_keeps_its_scale(admin):
    answer, _ = checked(admin, text=TEXT.replace("stamps: {kind: count}", "stamps: {kind: count, decimals: 2}"))
    assert answer.status_code == 422 and "the decimals of a wallet cannot change" in answer.text


@pytest.mark.parametrize("text", [TEXT, BROKEN, "a: 'x # y' # z\n- -5\n\t\"\\\n", "key: http://a:b #c", "{" * 1500])
def test_coloured_lines_are_the_typed_ones(text):
    assert ["".join(piece.text for piece in line) for line in typed_lines(text)] == text.splitlines()


def test_scenarios_run_on_the_draft(admin):
    answer, _ = checked(admin, do="run", text=BETTER, scenarios=SCENARIO)
    assert "1 scenario holds" in words(answer.text)
    answer, _ = checked(admin, do="run", text=TEXT, scenarios=SCENARIO)
    page = words(answer.text)
    assert "1 scenario does not hold" in page and "step 2 · balance" in page and "expected 80 came 50" in page


def test_a_scenario_with_its_own_programme_keeps_it_when_asked(admin):
    own = SCENARIO + "  programme: {wallets: {points: {}}, earn: [{name: b, on: birthday, fixed: 80}]}\n"
    sent = form(admin, scenarios=own)
    del sent["with_draft"]
    assert "1 scenario holds" in words(admin.post("/programme/edit", do="run", **sent).text)
    assert "does not hold" in admin.post("/programme/edit", do="run", **sent, with_draft="on").text


def test_no_file_of_the_server_is_read_for_a_scenario(admin):
    text = "scenario: spy\nprogramme_file: /etc/hostname\nsteps: []\n"
    sent = form(admin, scenarios=text)
    del sent["with_draft"]
    page = admin.post("/programme/edit", do="run", **sent).text
    assert "The scenarios cannot be read" in page and "there are no files here" in page


def test_uploaded_scenarios_join_the_typed_ones(admin):
    fields = form(admin, text=BETTER, scenarios=SCENARIO, do="run")
    files = [(io.BytesIO(SCENARIO.replace("a birthday", "另一個").encode()), "more.yaml")]
    page = admin.client.post("/programme/edit", data={"csrf_token": admin.token, **fields, "files": files}).text
    assert "All 2 scenarios hold" in words(page) and "# more.yaml" in page
    files = [(io.BytesIO(b"\xff\xfe\x00"), "photo.jpg")]
    answer = admin.client.post("/programme/edit", data={"csrf_token": admin.token, **fields, "files": files})
    assert answer.status_code == 422 and "photo.jpg" in answer.text


def test_those_named_are_those_who_really_move(admin, shop):
    text = TEXT.replace("from: 5000", "from: 4000").replace("name: Silver", "name: Sterling")
    answer, sent = checked(admin, text=text)
    page = words(answer.text)
    before = levels(shop)
    assert version(shop).number == 1
    assert admin.post("/programme/edit/live", **sent).status_code == 303
    with write(shop.engine) as session:
        Ledger(session).advance(NOW)
    after = levels(shop)
    moved = [(before[id], after[id]) for id in before if before[id] != after[id]]
    assert moved and f"Who would move {len(moved)} members" in page
    for kind in set(moved):
        assert f"{moved.count(kind)} {kind[0]} to {kind[1]}" in page
    assert [page.count(f"{old} → {new}") for old, new in sorted(set(moved))] == [
        moved.count(kind) for kind in sorted(set(moved))
    ]


def levels(shop):
    with read(shop.engine) as session:
        return dict(session.execute(sa.select(standings.c.member, standings.c.tier)).all())
