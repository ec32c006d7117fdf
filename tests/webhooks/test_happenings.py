"""What happened is read in order, whole and once, from either database."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.session import read, write
from loyalty.points.sql_engine import Ledger
from loyalty.webhooks import endpoints
from loyalty.webhooks.deliver import Way, fan_out, send_due
from loyalty.webhooks.happenings import TYPES, Place, place_of, present, since
from loyalty.webhooks.tables import deliveries
from loyalty.webhooks.way_out import Answered
from tests.databases import engine, sqlite_engine
from tests.shop import open_shop

__all__ = ["engine", "sqlite_engine"]


def test_everything_is_told_once_in_whatever_pieces_it_is_read(engine: Engine) -> None:
    shop = open_shop(engine)
    for number in range(7):
        shop.perform("purchase", id=f"s{number}", member=shop.ann, amount=300)
    shop.perform("return", id="r1", of="s1", all=True)
    shop.clock.forward(timedelta(days=500))
    with write(engine) as session:
        Ledger(session).advance(shop.clock())
    with read(engine) as session:
        whole, end = since(session, Place(0, 0))
        pieces, place = [], Place(0, 0)
        while (step := since(session, place, limit=3))[1] != place:
            told, place = step
            pieces += told
        sales, _ = since(session, Place(0, 0), ["sale.recorded"])
        assert (pieces, place) == (whole, end) == (whole, present(session))
    assert [each.data["id"] for each in sales] == [f"s{number}" for number in range(7)]
    kinds = [each.type for each in whole]
    assert sum(each.data["points"] for each in whole if each.type == "points.expired") == 6 * 300
    assert kinds.count("sale.returned") == 1
    assert {"points.expired", "tier.changed"} < set(kinds) <= set(TYPES)
    assert len({each.id for each in whole}) == len(whole)


def test_two_servers_on_one_database_tell_everything_once(sqlite_engine: Engine) -> None:
    engine = sqlite_engine
    shop, sent = open_shop(engine), []
    with write(engine) as session:
        endpoints.add(session, "https://shop.example/", ["sale.recorded"], "", "k" * 64, False, shop.clock())
    shop.perform("purchase", id="s1", member=shop.ann, amount=300)

    def send(url: str, body: bytes, headers: dict[str, str], inside: bool) -> Answered:
        send_due(engine, other)  # the other server looks while this one is sending
        sent.append(body)
        return Answered(200, "")

    other = Way("k" * 64, False, shop.clock, lambda *_: sent.append(b"twice") or Answered(200, ""))  # type: ignore[func-returns-value]
    assert fan_out(engine, shop.clock()) == 1
    assert fan_out(engine, shop.clock()) == 0
    assert send_due(engine, Way("k" * 64, False, shop.clock, send)) == 1
    assert len(sent) == 1
    with read(engine) as session:
        assert session.execute(sa.select(deliveries.c.state, deliveries.c.attempts)).all() == [("arrived", 1)]


def test_a_place_is_what_the_stream_wrote() -> None:
    assert place_of("12-3") == Place(12, 3)
    assert [place_of(text) for text in ("", "12", "12-", "-3", "a-b", "1-2-3", "٣-1", "9" * 30 + "-1")] == [None] * 8
