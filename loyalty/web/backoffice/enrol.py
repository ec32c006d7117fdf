"""Enrolling a new member: a form that keeps what was typed, names each wrong field, and hints at twins while typing."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.enrol import enrol
from loyalty.db.session import write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.bringer import bringer_of
from loyalty.web.backoffice.enrol_view import FIELDS, Typed, field_of, new_member, twins, typed
from loyalty.web.backoffice.finding import conventions
from loyalty.web.backoffice.tokens import token_name
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES, select_language, tag
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("enrol", __name__, url_prefix="/members/new")

CARD_KINDS = ("card_uid", "barcode", "magstripe")
_STAND_INS = {"name": "?"}
"""What stands in for a wrong field while the others are tried; all else may be left out."""


class _OnlyTrying(Exception):
    """Ends the transaction of an attempt that serves only to find further faults."""


@blueprint.get("")
@allows("member.create")
def page() -> str:
    name = request.args.get("name", "").strip()
    asked = {"name": name if not any(c.isdigit() or c == "@" for c in name) else "", "language": tag(select_language())}
    return _form(Typed(asked))


@blueprint.post("")
@allows("member.create")
def create() -> Response | tuple[str, int]:
    form = typed(request.form)
    member, wrong = _try_all(form)
    if member is None:
        return _form(Typed(form.values, wrong)), 422
    say(_("%(name)s is a member now.", name=form["name"]))
    return redirect(url_for("member.page", id=member), code=303)


@blueprint.get("/twins")
@allows("member.create")
def alike() -> str:
    """Who has the same phone, e-mail or name; a part of the form."""
    form = typed(request.args)
    return render_template("_twins.html", twins=twins(reading(), form, conventions().phone_region))


def _try_all(form: Typed) -> tuple[str | None, Mapping[str, str]]:
    """The new member's id, or one sentence for every wrong field: each fault is taken out and the rest tried again."""
    values, wrong = dict(form.values), dict[str, str]()
    for _attempt in FIELDS:
        try:
            with write(services().engine) as session:
                member = enrol(
                    session,
                    new_member(Typed(values)),
                    services().now(),
                    conventions(),
                    cards=[(values["card_kind"], values["card"])] if values["card"] else [],
                    staff=current_user.email,
                    brought_by=bringer_of(session, values["referred_by"][:120]),
                )
                if wrong:
                    raise _OnlyTrying
                tell(session, "member.create", f"member:{member.id}", after={"number": member.number})
                return member.id, {}
        except _OnlyTrying:
            break
        except LoyaltyError as fault:
            name = field_of(fault)
            wrong.setdefault(name, fault_words(name, fault))
            if name == "form" or values.get(name) == _STAND_INS.get(name, ""):
                break
            values[name] = _STAND_INS.get(name, "")
    return None, {name: wrong[name] for name in (*FIELDS, "form") if name in wrong}


def fault_words(name: str, fault: LoyaltyError) -> str:
    """The refusal in the page's language; the use case's own sentence where there is no better one."""
    taken = isinstance(fault, Conflict)
    if taken:
        words = {
            "phone": _("Another member has this telephone number. Serve that member, or type another number."),
            "email": _("Another member has this e-mail address. Serve that member, or type another address."),
            "card": _("This card belongs to somebody else. Retire it there first, or take another card."),
        }
    else:
        words = {
            "name": _("Type the member's name: 1 to 120 characters."),
            "phone": _("This is no telephone number; write it as +852 6123 4567."),
            "email": _("This is no e-mail address; write it as name@example.com."),
            "birthday": _("This cannot be the birthday; it lies after 1900 and before today."),
            "card": _("This is no card of that kind; read or type it again."),
            "referred_by": _("No single other member fits this; type the number of the member who brought them."),
            "notes": _("The notes are longer than 10,000 characters; shorten them."),
            "family_name": _("This part of the name is longer than 60 characters; shorten it."),
            "given_name": _("This part of the name is longer than 60 characters; shorten it."),
            "tags": _("At most 20 tags of at most 40 characters each, with commas between them."),
            "details": _("Write one detail on each line, as “shoe size: 42”."),
        }
    return words.get(name, str(fault))


def _form(form: Typed) -> str:
    return render_template(
        "enrol.html",
        form=form,
        twins=twins(reading(), form, conventions().phone_region),
        card_kinds=CARD_KINDS,
        token_name=token_name,
        member_languages={tag(code): name for code, name in LANGUAGES.items()},
        words=_labels(),
    )


def _labels() -> Mapping[str, str]:
    return {
        "name": _("Name"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "birthday": _("Birthday"),
        "language": _("Language"),
        "card": _("Card"),
        "referred_by": _("Brought by"),
        "notes": _("Notes"),
        "form": _("Form"),
    }
