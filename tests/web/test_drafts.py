"""A draft from its beginning to a version in force: sections, buttons, steps back, two people, and who would move."""

import re

import pytest

from loyalty.db.session import read, write
from loyalty.db.shop_settings import put as put_setting
from loyalty.ops.programme_approval import SETTING
from loyalty.points.yaml_core import load
from loyalty.web.backoffice.editor.moving import SoFar, so_far_of
from loyalty.web.backoffice.editor.sections import SECTIONS
from loyalty.web.backoffice.programme_moves import some_moves, who_moves
from tests.web.draft_forms import Desk
from tests.web.harbour import NOW
from tests.web.programme_forms import SCENARIO, TEXT, put, version
from tests.web.test_member import words


def test_every_section_and_every_form_opens_and_saving_it_untouched_is_no_step(admin):
    desk = Desk.begun(admin)
    before = desk.text
    for section, number in (("tiers", 0), ("tiers", 3), ("earn", 3), ("rewards", 2), ("wallets", 0), ("wallets", 1)):
        assert desk.save(section, number).status_code == 303
    for section in SECTIONS:
        assert desk.person.get(f"{desk.address}/{section.key}").status_code == 200
    assert desk.text == before and 'name="do" value="undo" disabled' in desk.page()


def test_a_pattern_is_added_changed_moved_switched_off_and_every_step_taken_back(admin):
    desk = Desk.begun(admin)
    start = desk.text
    assert desk.press("earn", 0, "add:double").status_code == 303
    assert desk.save("earn", 6, **{"when-weekday": ["tue", "wed"], "name": "market days"}).status_code == 303
    rule = load(desk.text).value["earn"][5]
    assert rule == {"name": "market days", "multiply": 2, "when": {"weekday": ["tue", "wed"]}}
    assert "points doubled, every Tuesday, Wednesday" in words(desk.page("earn"))
    for do in ("up", "off", "copy"):
        assert desk.press("earn", 6 if do == "up" else 5, do).status_code == 303
    names = [rule["name"] for rule in load(desk.text).value["earn"]]
    assert names[4:] == ["market days", "market days 2", "coffee stamp"] and "enabled: false" in desk.text
    for _ in range(5):
        admin.post(f"{desk.address}/steps", do="undo", place="earn")
    assert desk.text == start
    for _ in range(5):
        admin.post(f"{desk.address}/steps", do="redo", place="earn")
    assert "market days 2" in desk.text


def test_faults_stand_at_the_field_and_what_was_typed_is_kept(admin):
    desk = Desk.begun(admin)
    answer = desk.save("tiers", 3, **{"from": "many", "name": "  "})
    page = words(answer.text)
    assert answer.status_code == 422 and "Reached from : A number is wanted here." in page
    assert 'value="many"' in answer.text and re.search(r'id="v-from"[^>]*aria-invalid="true"', answer.text)
    page = words(desk.save("tiers", 3, name="Silver").text)
    assert "Its name : The name Silver is used twice. Take another one." in page
    page = words(desk.save("tiers", 3, discount_percent="120").text)
    assert "Off every purchase : A percentage from 0 to 100 is wanted here." in page
    assert load(desk.text).value == load(TEXT).value


def test_a_level_is_renamed_where_it_is_named_and_not_removed_while_it_is(admin):
    text = TEXT.replace("{name: five off, cost: 50,", "{name: five off, tiers: [Gold], cost: 50,")
    put(admin, text)
    desk = Desk.begun(admin)
    answer = desk.press("tiers", 3, "remove")
    assert answer.status_code == 422 and "there is no level" not in answer.text and "Gold" in desk.text
    assert desk.save("tiers", 3, name="Jade").status_code == 303
    assert "tiers: [Jade]" in desk.text and "Gold" not in desk.text


def test_a_form_that_was_opened_before_another_change_loses_nothing(admin):
    desk = Desk.begun(admin).open("earn", 1)
    late = dict(desk.fields)
    desk.press("earn", 2, "remove")
    answer = admin.post(f"{desk.address}/earn/1", **{**late, "v-name": "late", "do": "save"})
    assert answer.status_code == 422 and "another window" in answer.text and 'value="late"' in answer.text
    assert "late" not in desk.text


def test_the_text_is_taken_over_and_one_with_faults_comes_back_with_its_lines(admin):
    desk = Desk.begun(admin)
    better = desk.text.replace("per: 10}}", "per: 8}}  # dearer")
    sent = {"step": "0", "place": "earn", "text": better}
    assert admin.post(f"{desk.address}/text", **sent).status_code == 303
    assert "1 point for every HK$8" in words(desk.page("earn")) and "# dearer" in desk.text
    answer = admin.post(f"{desk.address}/text", **{**sent, "step": "1", "text": better.replace("per: 8", "pre: 8")})
    assert answer.status_code == 422 and "Line 10" in answer.text and "pre: 8" in answer.text
    assert "pre: 8" not in desk.text


def test_a_segment_is_made_named_used_by_a_rule_and_not_removed_under_it(admin):
    desk = Desk.begun(admin)
    assert desk.press("segments", 0, "add:regulars").status_code == 303
    assert "purchases: at least 10, days since the last purchase: at most 60" in words(desk.page("segments"))
    assert desk.save("earn", 2, **{"when-segment": ["regulars"]}).status_code == 303
    assert desk.save("segments", 1, name="friends", **{"criteria-1-spend-min": "900"}).status_code == 303
    document = load(desk.text).value
    assert document["segments"] == {"friends": [{"purchases": {"min": 10}, "last_days": {"max": 60}},
                                                {"spend": {"min": 900}}]}  # fmt: skip
    assert document["earn"][1]["when"]["segment"] == ["friends"]
    answer = desk.press("segments", 1, "remove")
    assert answer.status_code == 422 and "fresh double would then be for nobody" in words(answer.text)
    desk.press("segments", 0, "add:big")
    page = words(desk.save("segments", 2, name="friends").text)
    assert "Its name : The name friends is used twice" in page
    assert desk.save("topups", 0, max="100").status_code == 303 and "transfers: {max: 100}" in desk.text


SLOW_STARTS = [pytest.param(start, marks=pytest.mark.slow) for start in ("points", "levels")]


@pytest.mark.parametrize("start", ["empty", "stamps", *SLOW_STARTS])
def test_every_pattern_of_a_programme_can_be_put_in_force(shop, admin, start):
    desk = Desk.begun(admin, start=start)
    answer = admin.post(f"{desk.address}/finish", when="now", why="a new season")
    assert answer.status_code == 303 and answer.location == "/programme"
    assert version(shop).number == 2 and version(shop).programme.wallets


def test_each_look_is_a_part_that_stores_nothing(admin):
    desk = Desk.begun(admin).open("tiers", 2)
    sent = {**desk.fields, "v-from": ["1000"]}
    page = words(admin.post(f"{desk.address}/tiers/2/look", **sent).text)
    assert "spend HK$1,000 in the last year" in page and "All 30 members were looked at" in page
    assert "Member to Silver" in page
    assert "from: 1000" not in desk.text
    page = words(admin.post(f"{desk.address}/tiers/2/look", **{**sent, "v-from": ["x"]}).text)
    assert "It cannot be used like this: Reached from : A number is wanted here." in page


def test_slices_of_members_come_to_the_same_as_all_at_once(shop):
    document = load(TEXT.replace("from: 2000", "from: 900")).value
    with read(shop.engine) as session:
        whole = who_moves(session, document, NOW)
        found, last, over = [], "", False
        while not over:
            part = some_moves(session, document, NOW, last, 0)
            found, last, over = [*found, *part.found], part.last, part.over
            assert part.looked_at <= 1
    assert [member for member, _, _ in found] == [move.member for move in whole.first] and len(found) == whole.total > 0


@pytest.mark.parametrize("text", ["", "{}", "[1,2]", '[[],[],-5,"x","nan"]', '[[["a","b"]],[],1,"",0]'])
def test_a_hidden_field_that_was_meddled_with_begins_anew(text):
    assert so_far_of(text).looked_at >= 0
    assert so_far_of(SoFar(looked_at=3, last="m").as_text()).looked_at == 3


def test_scenarios_are_kept_and_run_on_the_draft(admin):
    desk = Desk.begun(admin)
    page = admin.post(f"{desk.address}/scenarios", step="0", scenarios=SCENARIO).text
    assert "1 scenario does not hold" in words(page)
    answer = admin.post(f"{desk.address}/finish", when="now")
    assert answer.status_code == 422 and "not all scenarios hold" in answer.text
    desk.save("earn", 4, **{"fixed-points": "80"})
    assert "1 scenario holds" in words(admin.post(f"{desk.address}/scenarios", step="2", scenarios=SCENARIO).text)
    assert admin.post(f"{desk.address}/finish", when="now").status_code == 303


def test_a_second_person_agrees_and_nobody_to_their_own(shop, admin, staff):
    with write(shop.engine) as session:
        put_setting(session, SETTING, True, NOW)
    ada, ben = staff("marketing"), admin
    desk = Desk.begun(ada)
    desk.save("tiers", 2, **{"from": "1800"})
    assert ada.post(f"{desk.address}/finish", when="now").status_code == 422  # no reason
    assert ada.post(f"{desk.address}/finish", when="now", why="more Silver").status_code == 303
    refused = ada.post(f"{desk.address}/decide", do="agree", step="1")
    assert refused.status_code == 422 and "Nobody agrees to their own programme" in refused.text
    assert desk.save("tiers", 2, **{"from": "1"}).status_code == 422 and version(shop).number == 1
    assert ben.post(f"{desk.address}/decide", do="send_back", step="1", answer="1900 is enough").status_code == 303
    assert "1900 is enough" in desk.page()
    desk.save("tiers", 2, **{"from": "1900"})
    ada.post(f"{desk.address}/finish", when="now", why="more Silver")
    assert ben.post(f"{desk.address}/decide", do="agree", step="1").status_code == 422  # seen before the change
    assert ben.post(f"{desk.address}/decide", do="agree", step="2").status_code == 303
    assert version(shop).programme.tiers.levels[1].threshold == 190000
    log = words(ben.get("/audit").text)
    assert "Programme agreed to" in log and "more Silver" in log


def test_with_approval_neither_the_text_nor_an_old_version_goes_live_alone(shop, admin):
    put(admin)
    with write(shop.engine) as session:
        put_setting(session, SETTING, True, NOW)
    for answer in (put(admin, TEXT), admin.post("/programme/versions/1/again")):
        assert answer.status_code == 303 and answer.location.endswith("/finish")
        assert "Ask a second person" in admin.get(answer.location).text
    assert version(shop).number == 2


def test_a_version_put_meanwhile_is_looked_at_first(shop, admin):
    desk = Desk.begun(admin)
    put(admin)
    assert admin.post(f"{desk.address}/finish", when="now").status_code == 422
    admin.post(f"{desk.address}/finish", do="rebase")
    assert admin.post(f"{desk.address}/finish", when="now").status_code == 303
    assert version(shop).number == 3


def test_somebody_else_looks_but_changes_nothing(admin, staff):
    desk = Desk.begun(admin)
    other = Desk(staff("marketing"), desk.address)
    assert "Take the text over" not in other.page("earn") and "Begin a draft of my own" in other.page("earn")
    assert other.person.post(f"{desk.address}/earn/1", do="remove", step="0").status_code == 422
    assert other.person.post(f"{desk.address}/drop").status_code == 303 and "Your draft." in desk.page()
    mine = Desk.begun(other.person, draft=desk.address.rsplit("/", 1)[1])
    assert mine.text == desk.text
