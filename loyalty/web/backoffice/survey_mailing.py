"""A survey sent to the members of a segment: each gets a link of their own, through the one door of all messages."""

from itertools import islice

from flask import Blueprint, current_app, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.surveys import get_survey, link
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.messages.post import send
from loyalty.messages.templates import Template, template
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import messages_view as view
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import whole
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("survey_mailing", __name__)
AT_ONCE = 100
PLACE = "{survey}"


def usable(words: Template) -> bool:
    """Whether each of its texts has a place for the link."""
    return words.channel != "hint" and all(PLACE in text.get("body", "") for text in words.texts.values())


@blueprint.post("/care/surveys/<id>/send")
@allows("message.send")
def post(id: str) -> Response:
    """Puts a message with a link that is answered once into the outbox of each member; twice reaches nobody twice."""
    back = redirect(url_for("surveys.page", id=id), code=303)
    try:
        words, ids = _asked(id)
    except LoyaltyError as fault:
        say(str(fault))
        return back
    counts, rest = {"waiting": 0, "withheld": 0}, iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        with write(services().engine) as session:
            for member, context in view.contexts(session, shop(), some):
                own = {**context, "survey": _address(id, member.id)}
                fate = send(session, member, f"survey:{id}", words, own, services().now(), by=current_user.email)
                counts["withheld" if fate.status == "withheld" else "waiting"] += 1
    with write(services().engine) as session:
        tell(session, "survey.send", f"survey:{id}", after={"template": words.name, **counts})
    say(_("%(sent)s messages are on their way, %(held)s are withheld.",
          sent=whole(counts["waiting"]), held=whole(counts["withheld"])))  # fmt: skip
    return back


def _asked(id: str) -> tuple[Template, list[str]]:
    """The template and whom it is for; LoyaltyError in one sentence when it cannot be sent."""
    survey, words = get_survey(reading(), id), template(reading(), request.form.get("template", "")[:40])
    if survey.state != "open":
        raise Conflict("This survey is closed; open it again first.")
    if words.retired or not usable(words):
        raise Invalid(f"This template has no place {PLACE} for the link in each of its texts; write it there.")
    segment = request.form.get("segment", "").replace("\x00", "")[:40]
    statement = view.audience(reading(), shop(), "" if segment == "all" else segment, "")
    ids = list(reading().scalars(statement.limit(view.MOST + 1)))
    if len(ids) > view.MOST:
        raise Invalid(f"These are more than {view.MOST} members; choose a smaller segment.")
    return words, ids


def _address(survey: str, member: str) -> str:
    token = link(survey, member, str(current_app.config["SECRET_KEY"]))
    base = services().config.public_url.rstrip("/")
    if base:
        return base + url_for("surveys.answer_page", token=token)
    return url_for("surveys.answer_page", token=token, _external=True)
