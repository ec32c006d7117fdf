"""A member's phone at the counter's scanner: over the scanner's own wire, through counter and server, once only."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from loyalty.config import Config
from loyalty.db.session import open_engine, write
from loyalty.db.shop_settings import put
from loyalty.web.portal.passes import new_pass
from loyalty.web.portal.sessions import open_session, phone_of
from loyalty.web.portal.switch import SETTING
from loyalty.web.secret import secret_key
from tests.journeys.programs import call, until
from tests.journeys.world import World


@pytest.fixture
def database(world: World) -> Iterator[Engine]:
    """The server's own, beside it: what the portal would write for a phone that signs in."""
    engine = open_engine(Config(data_dir=world.data_dir).database_url)
    yield engine
    engine.dispose()


def shown_by(world: World, database: Engine, member: str) -> str:
    """What stands on the member's phone now."""
    now = datetime.now(UTC)
    with write(database) as session:
        put(session, SETTING, True, now)
        phone = phone_of(session, open_session(session, member, now), now)
    assert phone is not None
    return new_pass(phone.handle, now, secret_key(world.data_dir))


def test_a_pass_serves_its_member_and_a_picture_of_it_nobody(world: World, database: Engine) -> None:
    chan, peter = world.people[:2]
    shown = shown_by(world, database, peter.id)
    world.gadgets["scanner"].scan(shown)
    assert world.member_here(20)["id"] == peter.id
    assert world.sell("88.00", "phone-1")[0] == 201
    assert world.balance(peter) == 88
    world.gadgets["scanner"].scan(chan.number)
    until("the next in the queue", 20, lambda: world.member_here(20)["id"] == chan.id)
    call("DELETE", world.url + "/member")
    world.gadgets["scanner"].scan(shown)
    until("the counter says that it was used", 20, lambda: "used already" in str(world.state()))
    assert not world.state()["member"]
    world.gadgets["scanner"].scan(chan.number)
    until("the next in the queue", 20, lambda: world.member_here(20)["id"] == chan.id)
    call("DELETE", world.url + "/member")
    world.gadgets["scanner"].scan(shown_by(world, database, peter.id))
    assert world.member_here(20)["id"] == peter.id
