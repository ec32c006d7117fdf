"""From the page of the card into the phone's own wallet."""

from datetime import datetime

from flask import Response, abort, redirect
from werkzeug.wrappers import Response as Answer

from loyalty.db import audit
from loyalty.db.session import write
from loyalty.passes import book
from loyalty.passes.book import Held
from loyalty.passes.content import PassContent
from loyalty.passes.google import account_of, save_link
from loyalty.passes.state import states_of
from loyalty.web.database import reading
from loyalty.web.portal.blueprint import blueprint
from loyalty.web.portal.guard import phone
from loyalty.web.services import services
from loyalty.web.wallet import answer_pass
from loyalty.web.wallet_content import content_of


def wallets_ready(now: datetime) -> tuple[str, ...]:
    """Kinds of wallets that the shop can fill at `now`: apple, google, both or none."""
    return tuple(each.kind for each in states_of(services().config, now) if each.ready)


@blueprint.get("/wallet/card.pkpass")
def apple_pass() -> Response:
    """The member's pass for Apple Wallet, as it is now."""
    held, content = _pass(book.APPLE)
    return answer_pass(held, content)


@blueprint.get("/wallet/google")
def google_pass() -> Answer:
    """Over to Google, with the member's card in the address."""
    held, content = _pass(book.GOOGLE)
    lent = services()
    account = account_of(lent.config.passes) or abort(404)
    return redirect(save_link(content, held.serial, account, lent.config.public_url.rstrip("/"), lent.now()), code=303)


def _pass(kind: str) -> tuple[Held, PassContent]:
    lent, member = services(), phone().member
    now = lent.now()
    content = content_of(reading(), member, now) if kind in wallets_ready(now) else None
    if content is None:
        abort(404)
    with write(lent.engine) as session:
        held = book.pass_for(session, member.id, kind, content, now)
        audit.note(session, f"member:{member.id}", "portal.wallet", f"member:{member.id}", now, after={"wallet": kind})
    return held, content
