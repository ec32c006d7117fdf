"""Keys of tills and programs: made with just the scopes they need, shown once, stopped one by one."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.web.access import allows
from loyalty.web.api.keys import SCOPES, create_key, revoke_key
from loyalty.web.api.tables import api_keys
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import N_, _
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("keys", __name__, url_prefix="/keys")

SCOPE_WORDS: dict[str, str] = {
    "counter": N_("a till or counter: everything a sale needs"),
    "read": N_("read members, balances and figures"),
    "book": N_("book sales and points"),
    "members": N_("enrol and change members and cards"),
    "programme": N_("put a new programme"),
    "import": N_("bring in members and sales from elsewhere"),
    "webhooks": N_("say which programs are told what happens"),
    "all": N_("everything"),
}


@blueprint.get("")
@allows("keys.manage", fresh=True)
def index() -> str:
    return _page()


@blueprint.post("")
@allows("keys.manage", fresh=True)
def make() -> str | tuple[str, int]:
    name, scopes = request.form.get("name", "").strip()[:120], request.form.getlist("scopes")
    test = request.form.get("test") == "on"
    try:
        with write(services().engine) as session:
            made = create_key(session, scopes, services().now(), name=name, test=test)
            tell(session, "key.create", f"key:{made.id}", after={"name": name, "scopes": sorted(scopes), "test": test})
    except LoyaltyError:
        wrong_at({"scopes": _("Choose at least one thing that the key may do.")})
        return _page(typed=name), 422
    return _page(once=made.key)


@blueprint.post("/<id>/revoke")
@allows("keys.manage", fresh=True)
def revoke(id: str) -> Response:
    """Stops a key at once, for good: a new one takes its place."""
    with write(services().engine) as session:
        name = session.scalar(sa.select(api_keys.c.name).where(api_keys.c.id == id, api_keys.c.revoked_at.is_(None)))
        if name is None:
            raise NotFound("There is no such key, or it was stopped already.")
        revoke_key(session, id, services().now())
        tell(session, "key.revoke", f"key:{id}", before={"name": name})
    say(_("The key no longer works."))
    return redirect(url_for("keys.index"), code=303)


def _page(wrong: str = "", typed: str = "", once: str = "") -> str:
    order = sa.select(api_keys).order_by(api_keys.c.revoked_at.is_not(None), api_keys.c.created_at.desc())
    found = reading().execute(order).mappings().all()
    words = {name: _(word) for name, word in SCOPE_WORDS.items() if name in SCOPES}
    return render_template("keys.html", keys=found, scopes=words, wrong=wrong, typed=typed, once=once)
