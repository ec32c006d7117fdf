"""Templates of messages: written in three languages, looked at, tried on oneself."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from loyalty.db.session import write
from loyalty.errors import Invalid, LoyaltyError, NotFound
from loyalty.ids import new_id
from loyalty.messages.mail_server import of_shop
from loyalty.messages.postman import post_of
from loyalty.messages.templates import LANGUAGES, LOOKS, PLACES, Template, all_templates, put_template, template
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import messages_view as view
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES as LANGUAGE_NAMES
from loyalty.web.notices import say
from loyalty.web.secret import secret_key
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import refused_at

blueprint = Blueprint("message_templates", __name__, url_prefix="/messages/templates")

Page = str | tuple[str, int] | AnyResponse
EMPTY = Template("", "", "email", "offer", "plain", {}, 0)


@blueprint.get("")
@allows("message.view")
def index() -> str:
    return render_template("message_templates.html", templates=all_templates(reading()), view=view)


@blueprint.get("/new")
@allows("message.edit")
def new() -> str:
    return _form(EMPTY)


@blueprint.post("/new")
@allows("message.edit")
def make() -> Page:
    return _keep(view.read_form(request.form, "", 0))


@blueprint.get("/<id>")
@allows("message.view")
def page(id: str) -> str:
    return _form(template(reading(), id))


@blueprint.post("/<id>")
@allows("message.edit")
def change(id: str) -> Page:
    found = template(reading(), id)
    wish = view.read_form(request.form, found.id, request.form.get("version", -1, type=int))
    both = crossed(request.form, view.flat(found), view.flat(wish))
    if both is not None:
        show_crossing(both, view.field_words())
        return _form(view.read_form(both.values, found.id, found.version), faulty=True), 412
    return _keep(wish)


@blueprint.post("/<id>/retire")
@allows("message.edit")
def retire(id: str) -> AnyResponse:
    """Takes it out of use; what was sent with it keeps its name."""
    with write(services().engine) as session:
        gone = put_template(session, replace(template(session, id), retired=True), current_user.email, services().now())
        tell(session, "message.retire", f"template:{id}", before={"template": gone.name})
    say(_("The template is out of use."), undo=url_for("message_templates.use_again", id=id))
    return redirect(url_for("message_templates.index"), code=303)


@blueprint.post("/<id>/use-again")
@allows("message.edit")
def use_again(id: str) -> AnyResponse:
    """The way back."""
    with write(services().engine) as session:
        wish = replace(template(session, id), retired=False)
        back = put_template(session, wish, current_user.email, services().now())
        tell(session, "message.use_again", f"template:{id}", after={"template": back.name})
    say(_("The template “%(name)s” is in use again.", name=back.name))
    return redirect(url_for("message_templates.page", id=id), code=303)


@blueprint.get("/<id>/<language>.html")
@allows("message.view")
def look(id: str, language: str) -> AnyResponse:
    """The mail by itself, as a mail program shows it."""
    words = template(reading(), id)
    found = next((each for each in view.previews(words, shop()) if each[0] == language and each[2]), None)
    if found is None:
        raise NotFound("There is no such text; look at the template.")
    # what staff wrote must not do anything here; the mail's own styles are inline
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    return Response(found[2], mimetype="text/html", headers={"Content-Security-Policy": policy})


@blueprint.post("/<id>/try")
@allows("message.edit")
def try_out(id: str) -> AnyResponse:
    """Sends it to the person themselves, in every language, to their own log-in address."""
    words, state = template(reading(), id), services()
    if words.channel != "email":
        raise Invalid("Only e-mails can be tried on oneself.")
    post = post_of(state.engine, state.config, secret_key(state.config.data_dir), state.clock)
    for language, _text, _html in view.previews(words, shop()):
        parcel = view.sample(words, language, shop(), current_user.email)
        parcel = replace(parcel, id=new_id("try", state.now()), unsubscribe="")
        handed = post.gateways["email"].hand_over(parcel)
        if handed.fate != "sent":
            raise LoyaltyError(f"The test mail was not sent: {handed.said}")
    with write(state.engine) as session:
        tell(session, "message.try", f"template:{id}", after={"template": words.name})
    if of_shop(reading()) or state.config.smtp:
        say(_("A test in every language is on its way to %(address)s.", address=current_user.email))
    else:
        say(_("No mail server is set, so the test lies as a file in the data directory."))
    return redirect(url_for("message_templates.page", id=id), code=303)


def _keep(wish: Template) -> Page:
    try:
        with write(services().engine) as session:
            before = template(session, wish.id) if wish.id else EMPTY
            kept = put_template(session, wish, current_user.email, services().now())
            tell(session, "message.template", f"template:{kept.id}", before=_told(before), after=_told(kept))
    except LoyaltyError as fault:
        refused_at(fault, {}, "name")
        return _form(wish, faulty=True), 422
    say(_("The template “%(name)s” is kept.", name=kept.name))
    return redirect(url_for("message_templates.page", id=kept.id), code=303)


def _told(words: Template) -> dict[str, object]:
    return {"template": words.name, "channel": words.channel, "purpose": words.purpose, "texts": words.texts}


def _form(words: Template, faulty: bool = False) -> str:
    """`faulty`: as it was typed, which cannot be shown as a message."""
    shown = view.previews(words, shop()) if words.id and not faulty else []
    kept = template(reading(), words.id) if words.id else words
    return render_template(
        "message_template.html", template=words, faulty=faulty, was=as_seen(view.flat(kept)),
        languages_of=LANGUAGES, looks=LOOKS,
        places_of=PLACES, view=view, previews=shown, language_names=LANGUAGE_NAMES,
    )  # fmt: skip
