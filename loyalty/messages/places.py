"""What fills the places of a text for a member: {points}, {level} and {shop}; name and number come by themselves."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.messages.postman import shop_name
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import accounts, standings


def known_of(session: Session, ids: Sequence[str], now: datetime) -> Iterator[tuple[Member, dict[str, str]]]:
    """Each member of `ids` (some hundreds at most) with their words, as they stand now."""
    version, held, at = SqlFacts(session).version(now), accounts.c, standings.c
    wallet = version.programme.wallet(version.programme.first_wallet) if version else None
    first = wallet.name if wallet else ""
    mine = sa.select(held.member, held.active).where(held.member.in_(ids), held.wallet == first)
    points = {member: active for member, active in session.execute(mine)}
    reached = sa.select(at.member, at.tier).where(at.member.in_(ids))
    levels = {member: tier for member, tier in session.execute(reached)}
    shop = shop_name(session, lambda: now)
    for member in session.scalars(sa.select(Member).where(Member.id.in_(ids)).order_by(Member.id)):
        decimals = wallet.decimals if wallet else 0
        number = f"{(points.get(member.id) or 0) / 10**decimals:,.{decimals}f}"
        yield member, {"shop": shop, "points": number, "level": str(levels.get(member.id) or "")}
