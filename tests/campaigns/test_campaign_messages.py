"""A campaign that sends a message: to its groups, never to those held out, only with consent, counted in its result."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_result import result_of
from loyalty.campaigns.campaign_run import run_campaigns, stop
from loyalty.cli.campaign_post import tell_campaigns
from loyalty.clock import SetClock
from loyalty.db.session import open_engine, read, write
from loyalty.errors import Invalid
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.gateways import SmtpGateway
from loyalty.messages.sender import deliver
from tests.campaigns.campaign_shop import DOUBLE, noon, planned
from tests.messages.conftest import mail_server
from tests.messages.post_office import MailServer, a_template, post_of, says
from tests.web.harbour import NOW, copied

__all__ = ["mail_server"]
YES = 12
"""Of the thirty members, in order of their numbers, those who agreed to e-mails; the next one said no again."""


@pytest.fixture
def shop(shared: Path, tmp_path: Path) -> Iterator[Engine]:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    with write(engine) as session:
        for place, member in enumerate(session.scalars(sa.select(Member).order_by(Member.number)).all()):
            member.email = f"m{place}@shop.example"
            if place <= YES:
                says(session, member, "email", True, NOW.replace(hour=1))
            if place == YES:
                says(session, member, "email", False, NOW.replace(hour=2))
    yield engine
    engine.dispose()


def test_the_groups_are_told_once_those_held_out_never(shop: Engine, mail_server: MailServer) -> None:
    with write(shop) as session:
        words = a_template(session)
    id = planned(shop, {**DOUBLE, "message": words.id}, {"kind": "message", "message": words.id}, holdout=40)
    assert tell_campaigns(shop, NOW) == 0, "it has not begun"
    run_campaigns(shop, noon(0))
    assert (tell_campaigns(shop, noon(0)), tell_campaigns(shop, noon(1))) == (18, 0)
    with read(shop) as session:
        groups = groups_of(session, id)
        agreed = set(session.scalars(sa.select(Member.id).order_by(Member.number).limit(YES)))
        reached = {row.member_id for row in session.execute(sa.select(messages).where(messages.c.status == "waiting"))}
        asked = set(session.scalars(sa.select(messages.c.member_id)))
        result = result_of(session, life.campaign(session, id), noon(1))
    assert asked == {member for member, arm in groups.items() if arm != "hold"}
    assert reached == {member for member, arm in groups.items() if arm != "hold"} & agreed and reached
    assert [arm.told for arm in result.groups] == [
        sum(groups[member] == arm for member in reached) for arm in ("a", "b", "hold")
    ]
    assert (result.told + result.withheld, result.held.told, result.cost) == (18, 0, 0)
    fates = deliver(shop, post_of(SetClock(noon(1)), SmtpGateway(mail_server.url, "c@shop.example", lambda: noon(1))))
    assert fates == {"sent": len(reached)} and len(mail_server.mails) == len(reached)


def test_what_has_not_left_when_it_is_stopped_stays(shop: Engine) -> None:
    with write(shop) as session:
        words = a_template(session)
    id = planned(shop, {"kind": "gift", "amount": "5", "message": words.id}, holdout=0)
    run_campaigns(shop, noon(0))
    tell_campaigns(shop, noon(0))
    with write(shop) as session:
        stop(session, id, noon(0))
    with read(shop) as session:
        assert set(session.scalars(sa.select(messages.c.reason))) == {"over", "no_consent", "refused"}
        assert set(session.scalars(sa.select(messages.c.status))) == {"withheld"}
    assert tell_campaigns(shop, noon(1)) == 0


def test_only_an_offer_that_is_in_use_can_be_its_message(shop: Engine) -> None:
    with write(shop) as session:
        service = a_template(session, "Points end", purpose="service")
    with pytest.raises(Invalid, match="needs a yes"):
        planned(shop, {"kind": "message", "message": service.id})
    with pytest.raises(Invalid, match="not there any more"):
        planned(shop, {"kind": "message", "message": "tpl_gone"})
    with pytest.raises(Invalid, match="Choose the message"):
        planned(shop, {"kind": "message"})
