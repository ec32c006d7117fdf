"""A pass on a member's phone, as a counter's scanner read it."""

from flask import current_app

from loyalty.errors import UnknownMember
from loyalty.web.api.keys import ApiKey
from loyalty.web.database import reading
from loyalty.web.portal.passes import read_pass
from loyalty.web.portal.switch import is_on
from loyalty.web.services import services


def member_of_pass(text: str, key: ApiKey) -> str:
    """The member's id. UnknownMember in one sentence when the pass cannot be taken; a test key uses none up."""
    if not is_on(reading()):
        raise UnknownMember("Passes on phones are switched off in the settings; search by name or number.")
    lent, secret = services(), str(current_app.config["SECRET_KEY"])
    return read_pass(lent.engine, text, key.id, lent.now(), secret, keep=not key.test)
