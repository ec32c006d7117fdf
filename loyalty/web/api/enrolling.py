"""Counters come in and are sent away: the one call that needs no key, and those of the server's own machine."""

from typing import Annotated, Any

from flask import Response, json, request
from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.db.audit import note
from loyalty.db.session import read, write
from loyalty.db.shop_settings import all_set
from loyalty.errors import LoyaltyError
from loyalty.web.api.calls import PREFIX, Asked, blueprint, call
from loyalty.web.api.enrolments import enrol, make_code, refuse_unknown, revoke
from loyalty.web.api.problems import malformed, refused
from loyalty.web.api.schemas import Strict
from loyalty.web.i18n import tag
from loyalty.web.services import services
from loyalty.web.shop import shop


class EnrolBody(Strict):
    code: Annotated[str, Field(min_length=1, max_length=40)]


@blueprint.post(f"{PREFIX}/counters:enrol")
def come_in() -> Response:
    """`{code}` -> `{counter, key, shop}`, once. The code is what proves who asks, so no key is needed."""
    lent = services()
    try:
        body = EnrolBody.model_validate_json(request.get_data())
        with read(lent.engine) as session:
            refuse_unknown(session, body.code, lent.now())  # who guesses never gets the turn of those who sell
        with write(lent.engine) as session:
            done = enrol(session, body.code, lent.now())
            note(session, f"counter:{done.counter}", "counter.enrol", f"counter:{done.counter}", lent.now())
    except LoyaltyError as error:
        return refused(error)
    except ValidationError as error:
        return malformed(error)
    answer = json.dumps({"counter": done.counter, "key": done.key, "shop": _of_the_shop()})
    return Response(answer, 201, content_type="application/json", headers={"Cache-Control": "no-store"})


def _of_the_shop() -> dict[str, str]:
    """What a counter's first settings hold besides its name, so that its screens and receipts are the shop's."""
    here = shop()
    with read(services().engine) as session:
        language = str(all_set(session).get("language") or "en")
    return {"shop": here.name, "currency": here.currency, "time_zone": str(here.zone), "language": tag(language)}


@call("POST", "/counters/<id>:code", scope="console", answer="`counter`, `code` (shown once) and `expires_at`.")
def code(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """A one-time code for a counter. Only for commands on the server's own machine."""
    made = make_code(session, asked.path["id"], "console", asked.now)
    return {"counter": made.counter, "code": made.code, "expires_at": rfc3339(made.expires_at)}


@call("POST", "/counters/<id>:revoke", scope="console", answer="The counter.")
def stop(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """The counter's key stops at once. Only for commands on the server's own machine."""
    revoke(session, asked.path["id"], asked.now)
    return {"counter": asked.path["id"]}
