"""A text that one person may not put alone becomes a draft; whoever made it says why and asks."""

from datetime import datetime

from flask import redirect, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.ops.programme_drafts import begin, settle
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _


def ask_for(text: str, scenarios: str, latest: int, at: datetime | None, again: int | None = None) -> Response:
    """Keeps it as a draft and leads to where agreement is asked for. `again`: the version it is the text of."""
    now = services().now()
    with write(services().engine) as session:
        id = begin(session, current_user.email, latest, text, scenarios, now)
        settle(session, id, "open", now, start_at=at, why=_("Version %(number)s again", number=again) if again else "")
    say(_("A second person has to agree: say why, and ask."))
    return redirect(url_for("programme_finish.page", id=id), code=303)
