"""The mail that carries a one-time code. It answers a request, so it needs no consent and knows no quiet hours."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask, current_app

from loyalty.members.enrolment import LANGUAGES
from loyalty.messages.gateways import Gateway
from loyalty.messages.mail import Parcel
from loyalty.messages.mail_server import ShopMail
from loyalty.web.i18n import select_language, tag
from loyalty.web.portal.guard import secret
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

FOLDER = "portal-mail"
"""Below the data directory: where mails lie while no mail server is set."""
_AT_ONCE = 2


def install_mail(app: Flask) -> None:
    """Mails leave beside the request: its answer takes as long for a stranger's address as for a member's."""
    app.extensions["loyalty_portal_mail"] = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="portal-mail")


def send_code(id: str, address: str, code: str) -> None:
    """Hands the code over in a thread; a mail that does not arrive is asked for again by the person."""
    language = tag(select_language())
    parcel = Parcel(
        id=id,
        address=address,
        name="",
        language=language if language in LANGUAGES else "en",
        subject=_("%(code)s is your code for %(shop)s", code=code, shop=shop().name),
        body=_("Your code: %(code)s", code=code)
        + "\n\n"
        + _("It is good for ten minutes and for one use. If you did not ask for it, there is nothing to do."),
        shop=shop().name,
    )
    current_app.extensions["loyalty_portal_mail"].submit(gateway().hand_over, parcel)


def gateway() -> Gateway:
    """The way out that the shop has set; files until then."""
    lent = services()
    return ShopMail(lent.engine, lent.config, secret(), lent.clock, mail_folder(lent.config.data_dir))


def mail_folder(data_dir: Path) -> Path:
    return data_dir / FOLDER
