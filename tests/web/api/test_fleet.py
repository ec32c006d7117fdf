"""Counters tell of their devices: kept once, gone when not named any more, and answered with what is asked of them."""

from base64 import b64encode
from datetime import timedelta

import pytest
import sqlalchemy as sa

from loyalty.clock import rfc3339
from loyalty.db.fleet_tables import counter_reports, device_errands, device_events, device_wear, fleet_devices
from loyalty.db.session import read, write
from loyalty.errors import Conflict
from loyalty.web.api import errands
from loyalty.web.api.enrolments import enrol, make_code
from loyalty.web.api.fleet_book import KEPT_EVENTS


def device(api, id="cards", **other):
    told = {"id": id, "role": "card_printer", "profile": "star-tcp300ii", "vendor": "Star", "model": "TCP300II",
            "firmware": "1.0", "health": "ready", "cause": "", "advice": "", "since": rfc3339(api.clock()),
            "simulated": True, "figures": {"prints": 7}}  # fmt: skip
    return told | other


def report(api, *devices, counter="till-1", waiting=0, changes=(), key=None):
    body = {"version": "1.0", "waiting": waiting, "devices": list(devices), "changes": list(changes)}
    return api("POST", f"/counters/{counter}/report", body, key=key)


def rows(api, table):
    with read(api.engine) as session:
        return session.execute(sa.select(table)).all()


def test_a_report_is_kept_and_a_device_that_is_named_no_more_is_gone(api):
    assert report(api, device(api), device(api, "reader", role="card_reader")).json == {"errands": []}
    assert [row.device for row in rows(api, fleet_devices)] == ["cards", "reader"]
    report(api, device(api, health="fault", cause="card_jam", advice="Open the cover."), waiting=3)
    (printer,) = rows(api, fleet_devices)
    assert (printer.device, printer.cause, printer.figures) == ("cards", "card_jam", {"prints": 7})
    assert [row.waiting for row in rows(api, counter_reports)] == [3]


def test_the_same_again_is_noted_once_a_minute(api):
    first = device(api)
    report(api, first)
    began = api.clock()
    api.clock.set(began + timedelta(seconds=59))
    report(api, first)
    assert rows(api, counter_reports)[0].heard_at == began
    api.clock.set(began + timedelta(seconds=60))
    report(api, first)
    assert rows(api, counter_reports)[0].heard_at == api.clock()


def test_what_a_device_counts_is_kept_by_the_day_it_counted_on(api):
    began = api.clock()
    for days, prints in ((0, 7), (0, 9), (1, 9), (3, 12)):
        api.clock.set(began + timedelta(days=days))
        report(api, device(api, figures={"prints": prints}), device(api, "reader", figures={}))
    kept = [(row.device, row.day, row.figures) for row in rows(api, device_wear)]
    days = [(began + timedelta(days=back)).date() for back in (0, 3)]
    assert kept == [("cards", days[0], {"prints": 9}), ("cards", days[1], {"prints": 12})]


def test_states_are_kept_once_however_often_they_are_told_and_not_for_ever(api):
    began = api.clock()
    states = [{"device": "cards", "at": rfc3339(began + timedelta(seconds=place)), "health": "fault"}
              for place in range(KEPT_EVENTS + 20)]  # fmt: skip
    for part in (states[:200], states[:200], states[200:]):
        assert report(api, device(api), changes=part).status_code == 200
    kept = sorted(row.at for row in rows(api, device_events))
    assert len(kept) == KEPT_EVENTS
    assert kept[-1] == began + timedelta(seconds=KEPT_EVENTS + 19)


def test_an_errand_goes_out_with_the_answer_and_comes_back_step_by_step(api):
    report(api, device(api))
    with write(api.engine) as session:
        id = errands.ask(session, "till-1", "cards", "check", "tech@shop.example", api.clock())
        with pytest.raises(Conflict):
            errands.ask(session, "till-1", "cards", "check", "tech@shop.example", api.clock())
    assert report(api, device(api)).json == {"errands": [{"id": id, "device": "cards", "verb": "check"}]}
    assert report(api, device(api), counter="till-2").json == {"errands": []}
    step = {"title": "The device answers", "result": "held"}
    assert api("POST", f"/counters/till-2/errands/{id}", {"status": "taken"}).status_code == 404
    for status in ("taken", "done", "failed"):
        body = {"status": status, "steps": [step], "held": status == "done" or None}
        answer = api("POST", f"/counters/till-1/errands/{id}", body)
        assert answer.json == {"status": "taken" if status == "taken" else "done"}
    (row,) = rows(api, device_errands)
    assert (row.status, row.progress["held"], row.progress["steps"][0]["title"]) == ("done", True, "The device answers")
    assert report(api, device(api)).json == {"errands": []}


def test_an_errand_that_nobody_takes_is_not_done_the_next_morning(api):
    report(api, device(api))
    with write(api.engine) as session:
        errands.ask(session, "till-1", "cards", "check", "tech@shop.example", api.clock())
    api.clock.forward(timedelta(minutes=16))
    assert report(api, device(api)).json == {"errands": []}
    with write(api.engine) as session:
        errands.ask(session, "till-1", "cards", "check", "tech@shop.example", api.clock())  # the old one is over
    assert sorted(row.status for row in rows(api, device_errands)) == ["late", "waiting"]


def test_a_bundle_is_kept_as_it_came_and_the_oldest_make_room(api):
    report(api, device(api))
    ids = []
    for place in range(errands.KEPT_FILES + 1):
        with write(api.engine) as session:
            ids.append(errands.ask(session, "till-1", "cards", "bundle", "tech@shop.example", api.clock()))
        body = {"status": "done", "file": b64encode(b"PK\x03\x04" + bytes([place])).decode()}
        assert api("POST", f"/counters/till-1/errands/{ids[-1]}", body).status_code == 200
        api.clock.forward(timedelta(seconds=1))
    with read(api.engine) as session:
        assert errands.bundle_of(session, ids[-1]) == ("cards", b"PK\x03\x04" + bytes([errands.KEPT_FILES]))
    without = [row.id for row in rows(api, device_errands) if row.file is None]
    assert without == ids[:1]


def test_a_counters_own_key_speaks_for_it_alone(api):
    with write(api.engine) as session:
        made = enrol(session, make_code(session, "till-1", "console", api.clock()).code, api.clock())
    assert report(api, device(api), key=made.key).status_code == 200
    assert report(api, device(api), counter="till-2", key=made.key).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {}, {"version": "1", "waiting": -1, "devices": []}, {"version": "1" * 41, "waiting": 0, "devices": []},
        {"version": "1\x00", "waiting": 0, "devices": []}, {"version": "1", "waiting": 0, "devices": [{"id": "x"}]},
        {"version": "1", "waiting": 0, "devices": [], "changes": [{"device": "", "at": "now", "health": "ready"}]},
    ],
)  # fmt: skip
def test_what_is_no_report_changes_nothing(api, body):
    assert api("POST", "/counters/till-1/report", body).status_code == 422
    assert rows(api, counter_reports) == []


@pytest.mark.parametrize("file", ["AAAA", "A"])
def test_what_is_no_bundle_is_refused(api, file):
    report(api, device(api))
    with write(api.engine) as session:
        id = errands.ask(session, "till-1", "cards", "bundle", "tech@shop.example", api.clock())
    assert api("POST", f"/counters/till-1/errands/{id}", {"status": "done", "file": file}).status_code == 422
    assert [row.status for row in rows(api, device_errands)] == ["waiting"]
