"""The face of a member's card as it would be printed now, by the code that prints it."""

from base64 import b64encode
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.sale import face_data, shown
from loyalty.errors import LoyaltyError
from loyalty.members.tables import Member
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables_sale import purchases
from loyalty.printing.face import render_face
from loyalty.printing.picture import face_png
from loyalty.web.shop import Shop


@dataclass(frozen=True)
class Face:
    """Either the picture as a data address, or the sentence why no card of this member could be printed."""

    address: str = ""
    fault: str = ""


def face_of(session: Session, shop: Shop, member: Member) -> Face | None:
    """None before there is a programme. The visit on the card is the last purchase, else the day of joining."""
    if shop.programme is None:
        return None
    sale = purchases.c
    visited_at = session.scalar(
        sa.select(sale.occurred_at).where(sale.member == member.id).order_by(sale.occurred_at.desc()).limit(1)
    )
    data = face_data(shown(SqlFacts(session), member.id, shop.now), visited_at or member.joined_at)
    try:
        png = face_png(render_face(data, zone=shop.zone))
    except LoyaltyError as fault:  # no font on this machine, or a name with a character it does not have
        return Face(fault=str(fault))
    return Face(address=f"data:image/png;base64,{b64encode(png).decode('ascii')}")
