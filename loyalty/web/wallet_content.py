"""What a member's pass in a phone's wallet says at this moment, read from record and ledger."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import member_view
from loyalty.contract.outcomes import RewardOffer
from loyalty.db.shop_settings import all_set
from loyalty.members.tables import Member
from loyalty.passes.content import MOST_REWARDS, PassContent
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.backoffice.levels import level_style


def content_of(session: Session, member: Member, now: datetime) -> PassContent | None:
    """None before the shop has a programme. Of somebody who is no member any more: a pass that is over."""
    facts = SqlFacts(session)
    version = facts.version(now)
    if version is None:
        return None
    programme = version.programme
    shop = all_set(session).get("shop_name") or programme.name or "loyalty"
    wallet = programme.wallet(programme.first_wallet)
    unit, currency = ("", programme.currency) if wallet.kind == "money" else (wallet.name, "")
    if member.status != "active":
        return PassContent(shop, member.number, "–", member.language, Decimal(0), unit, currency, ended=True)
    view = member_view(facts, member.id, now)
    box, level = view.wallets[wallet.name], view.tier.name if view.tier else ""
    soon = box.expiring[0] if box.expiring else None
    return PassContent(
        shop=shop, number=member.number, name=member.name, language=member.language, balance=box.available,
        unit=unit, currency=currency, level=level, style=level_style(level, programme),
        expiring=soon.amount if soon else None, expiring_on=soon.on if soon else None,
        rewards=tuple(_words(each) for each in view.rewards[:MOST_REWARDS]),
    )  # fmt: skip


def _words(reward: RewardOffer) -> str:
    return reward.name if reward.worth in ("", reward.name) else f"{reward.name}: {reward.worth}"
