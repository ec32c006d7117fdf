"""Who is never written to: every single reason, and random people, consents and campaigns against a plain oracle."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from loyalty.clock import SetClock
from loyalty.db.session import write
from loyalty.db.shop_settings import put
from loyalty.members.tables import Member
from loyalty.messages.post import forecast, send
from loyalty.messages.rules import SETTING, Rules
from loyalty.messages.sender import deliver
from loyalty.messages.templates import all_templates
from tests.databases import new_sqlite
from tests.messages.post_office import (
    BIRTHDAY_OF_A_CHILD,
    NOW,
    Kept,
    a_member,
    a_template,
    fates,
    post_of,
    says,
)

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


@pytest.mark.parametrize(
    ("details", "consents", "purpose", "reason"),
    [
        ({"email": "a@shop.example"}, [("email", True)], "offer", ""),
        ({"email": "a@shop.example"}, [], "offer", "no_consent"),
        ({"email": "a@shop.example"}, [("messages", True)], "offer", "no_consent"),
        ({"email": "a@shop.example"}, [("email", True), ("email", False)], "offer", "refused"),
        ({"email": "a@shop.example"}, [("email", False), ("email", True)], "offer", ""),
        ({"email": "a@shop.example"}, [], "service", ""),
        ({"email": "a@shop.example"}, [("email", False)], "service", "refused"),
        ({"phone": "+85291234567"}, [("email", True)], "offer", "no_address"),
        ({"email": "a@shop.example", "birthday": BIRTHDAY_OF_A_CHILD}, [("email", True)], "offer", "under_age"),
        ({"email": "a@shop.example", "birthday": BIRTHDAY_OF_A_CHILD}, [], "service", "under_age"),
        (
            {"email": "a@shop.example", "birthday": BIRTHDAY_OF_A_CHILD},
            [("guardian", True), ("email", True)],
            "offer",
            "",
        ),
        ({"email": "a@shop.example", "birthday": date(2008, 11, 18)}, [("email", True)], "offer", ""),
        ({"email": "a@shop.example", "birthday": date(2008, 11, 19)}, [("email", True)], "offer", "under_age"),
    ],
)
def test_each_reason(sqlite_engine: Engine, details, consents, purpose, reason):
    with write(sqlite_engine) as session:
        member, words = a_member(session, **details), a_template(session, purpose=purpose)
        for place, (what, given_) in enumerate(consents):
            says(session, member, what, given_, NOW - timedelta(hours=9 - place))
        assert forecast(session, [member], words, NOW) == {reason: 1}
        assert send(session, member, "autumn", words, {}, NOW, by="me").reason == reason


@pytest.mark.parametrize("status", ["erased", "closed", "merged"])
def test_who_is_no_member_any_more_is_not_written_to(sqlite_engine: Engine, status):
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="a@shop.example"), a_template(session, purpose="service")
        member.status = status
        assert send(session, member, "autumn", words, {}, NOW, by="me").reason == status


def test_the_fourth_offer_of_a_week_is_withheld_and_a_service_message_is_not(sqlite_engine: Engine):
    with write(sqlite_engine) as session:
        member = a_member(session, email="a@shop.example")
        says(session, member, "email", True, NOW)
        offer, service = a_template(session), a_template(session, "Points expire", purpose="service")
        sent = [send(session, member, "c", offer, {}, NOW + timedelta(days=day), by="me", key=str(day))
                for day in (0, 1, 2, 3, 8)]  # fmt: skip
        assert [each.reason for each in sent] == ["", "", "", "too_often", ""]
        assert send(session, member, "c", service, {}, NOW, by="me").reason == ""


def test_the_shop_says_how_often(sqlite_engine: Engine):
    with write(sqlite_engine) as session:
        put(session, SETTING, {"most_offers": 1, "per_days": 2}, NOW)
        member, words = a_member(session, email="a@shop.example"), a_template(session)
        says(session, member, "email", True, NOW)
        reasons = [send(session, member, "c", words, {}, NOW, by="me", key=key).reason for key in "ab"]
        assert reasons == ["", "too_often"]


def test_asked_twice_it_is_sent_once(sqlite_engine: Engine):
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="a@shop.example"), a_template(session, purpose="service")
        first, second = (send(session, member, "c", words, {}, NOW, by="me") for _ in range(2))
        assert first == second and len({first.id, second.id}) == 1


@pytest.mark.parametrize(
    ("local", "leaves"),
    [("20:59", "20:59"), ("21:00", "09:00+1"), ("23:30", "09:00+1"), ("03:00", "09:00"), ("09:00", "09:00")],
)
def test_quiet_hours_are_those_of_the_shop(local, leaves):
    day = datetime(2026, 11, 18, tzinfo=HONG_KONG)
    hour, minute = map(int, local.split(":"))
    left = Rules().after_quiet(day.replace(hour=hour, minute=minute).astimezone(UTC)).astimezone(HONG_KONG)
    clock, _plus, days = leaves.partition("+")
    assert (left.strftime("%H:%M"), left.day) == (clock, 18 + int(days or 0))


def test_quiet_hours_may_lie_within_a_day_or_be_none():
    noon = datetime(2026, 11, 18, 12, tzinfo=HONG_KONG)
    assert Rules(quiet_from=12, quiet_until=14).after_quiet(noon).hour == 14
    assert Rules(quiet_from=9, quiet_until=9).after_quiet(noon) == noon


def test_who_says_no_while_the_message_waits_gets_nothing(sqlite_engine: Engine):
    clock, email = SetClock(NOW), Kept("email")
    with write(sqlite_engine) as session:
        member = a_member(session, email="a@shop.example")
        says(session, member, "email", True, NOW)
        send(session, member, "c", a_template(session), {}, NOW, by="me")
        says(session, member, "email", False, NOW + timedelta(minutes=1))
    clock.forward(timedelta(minutes=2))
    assert deliver(sqlite_engine, post_of(clock, email)) == {"withheld": 1}
    assert email.parcels == [] and fates(sqlite_engine) == [("withheld", "refused")]


def test_what_is_asked_for_at_night_leaves_in_the_morning(sqlite_engine: Engine):
    midnight = NOW + timedelta(hours=12)
    clock, email = SetClock(midnight), Kept("email")
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="a@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, midnight, by="me")
    assert deliver(sqlite_engine, post_of(clock, email)) == {}
    clock.forward(timedelta(hours=9))
    assert deliver(sqlite_engine, post_of(clock, email)) == {"sent": 1}


# random people, consents and campaigns

CHANNEL_CONSENT = {"email": "email", "sms": "messages"}
words_said = st.none() | st.tuples(
    st.just("say"), st.sampled_from(["email", "email", "messages", "guardian"]), st.booleans()
)
days = st.tuples(
    words_said,
    st.tuples(st.just("send"), st.sampled_from(["email", "email", "sms"]), st.sampled_from(["offer", "service"])),
    words_said,
    st.none() | st.tuples(st.just("become"), st.sampled_from(["erased", "closed", "active"]), st.just("")),
    st.tuples(st.just("pass"), st.sampled_from([0, 1, 9, 10, 12, 30]), st.just("")),
    st.tuples(st.just("deliver"), st.just(""), st.just("")),
)
"""Something is said, something is asked for, minds and lives change, hours pass, and what may leave leaves."""
lives = st.lists(days, min_size=2, max_size=5).map(
    lambda all_: [("say", "email", True), *(step for day in all_ for step in day if step)]
)


@settings(
    max_examples=max(20, settings().max_examples // 3), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(life=lives, age_years=st.sampled_from([None, 40, 18, 17, 10]), reachable=st.sampled_from([True, True, False]))
def test_nobody_gets_what_they_must_not(shared: Path, tmp_path: Path, life, age_years, reachable):
    """Whatever happens in whatever order: what leaves was allowed at the moment it left, by a model of ten lines."""
    engine = _ENGINES.get(tmp_path) or _open(shared, tmp_path)
    clock, left = SetClock(NOW), []
    email, sms = Kept("email", left), Kept("sms", left)
    said: dict[str, bool] = {}
    status = "active"
    with write(engine) as session:
        session.execute(sa.update(Member).values(email=None, phone=None, status="closed"))
        birthday = date(NOW.year - age_years, 11, 18) if age_years else None
        reach = {"email": "a@shop.example", "phone": "+85291234567"} if reachable else {}
        id = a_member(session, birthday=birthday, **reach).id
        words = {(channel, purpose): _template(session, channel, purpose)
                 for channel in CHANNEL_CONSENT for purpose in ("offer", "service")}  # fmt: skip
    for number, (verb, what, how) in enumerate([*life, ("deliver", "", "")]):
        clock.forward(timedelta(seconds=1))
        now, before = clock(), len(left)
        with write(engine) as session:
            member = session.get_one(Member, id)
            if verb == "say":
                says(session, member, what, how, now)
                said[what] = how
            elif verb == "send":
                send(session, member, f"life{number}", words[what, how], {}, now, by="me")
            elif verb == "become":
                member.status = status = what
        if verb == "pass":
            clock.forward(timedelta(hours=what))
        elif verb == "deliver":
            deliver(engine, post_of(clock, email, sms))
        for parcel in left[before:]:
            channel, purpose = parcel.subject.split()
            no = said.get(CHANNEL_CONSENT[channel])
            local = now.astimezone(HONG_KONG)
            assert verb == "deliver" and status == "active" and reachable
            assert no is not False and (no is True or purpose == "service")
            assert age_years is None or age_years >= 18 or said.get("guardian") is True
            assert 9 <= local.hour < 21
    _at_most_three_a_week(engine, id)


_ENGINES: dict[Path, Engine] = {}


def _open(shared: Path, folder: Path) -> Engine:
    _ENGINES[folder] = made = new_sqlite(shared, folder)
    return made


def _template(session, channel, purpose):
    name = f"{channel} {purpose}"
    found = next((each for each in all_templates(session) if each.name == name), None)
    return found or a_template(session, name, channel, purpose, {"en": {"subject": name, "body": "Hello {name}"}})


def _at_most_three_a_week(engine: Engine, member: str) -> None:
    with engine.connect() as connection:
        made = [row.made_at for row in connection.execute(sa.text(
            "SELECT made_at FROM messages WHERE member_id = :m AND purpose = 'offer' AND status = 'sent'"
            " ORDER BY made_at"), {"m": member})]  # fmt: skip
    moments = [datetime.fromisoformat(str(each)) for each in made]
    for first, fourth in zip(moments, moments[3:], strict=False):
        assert fourth - first >= timedelta(days=7)
