"""The PassKit web service: phones say that they hold a pass, ask which ones changed, and fetch them.

Source: PassKit Web Service Reference (developer.apple.com). Who calls proves with the pass's own token that they hold
it; the list of changes needs none, by that reference, because a device's name is a secret of its own.
"""

import hmac
import re
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.http import http_date, parse_date

from loyalty.db.session import write
from loyalty.errors import ConfigError
from loyalty.passes import book
from loyalty.passes.apple import MIME, pkpass
from loyalty.passes.book import Held
from loyalty.passes.certificates import Signer, signer_of
from loyalty.passes.content import PassContent
from loyalty.printing.wallet_pictures import mark_png
from loyalty.web.database import reading
from loyalty.web.logs import log_said
from loyalty.web.secret import secret_key
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.wallet_content import content_of

blueprint = Blueprint("wallet", __name__, url_prefix="/wallet")
_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,200}\Z")
_PUSH_TOKEN = re.compile(r"[0-9A-Za-z]{1,200}\Z")
LOGO_SIDE = 660
MOST_LINES, LONGEST_LINE = 20, 300


@blueprint.post("/v1/devices/<device>/registrations/<pass_type>/<serial>")
def register(device: str, pass_type: str, serial: str) -> tuple[str, int]:
    held = _proved(pass_type, serial)
    told = request.get_json(silent=True)
    push_token = told.get("pushToken") if isinstance(told, dict) else None
    if not isinstance(push_token, str) or not _PUSH_TOKEN.match(push_token) or not _DEVICE.match(device):
        abort(400)
    with write(services().engine) as session:
        new = book.register(session, held.serial, device, push_token, services().now())
    return "", 201 if new else 200


@blueprint.delete("/v1/devices/<device>/registrations/<pass_type>/<serial>")
def unregister(device: str, pass_type: str, serial: str) -> tuple[str, int]:
    held = _proved(pass_type, serial)
    with write(services().engine) as session:
        book.unregister(session, held.serial, device)
    return "", 200


@blueprint.get("/v1/devices/<device>/registrations/<pass_type>")
def changed(device: str, pass_type: str) -> Response | tuple[str, int]:
    """Serials of the phone's passes that say something else than at the tag it was given, and the next tag."""
    _of_type(pass_type)
    tag = request.args.get("passesUpdatedSince", "")
    since = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 16 else -1
    found = [now for each in book.on_phone(reading(), device) if (now := _as_it_is(each)[0])]
    fresh = [each for each in found if _tag(each.changed_at) > since]
    if not fresh:
        return "", 204
    last = max(_tag(each.changed_at) for each in fresh)
    return jsonify(serialNumbers=[each.serial for each in fresh], lastUpdated=str(last))


@blueprint.get("/v1/passes/<pass_type>/<serial>")
def latest(pass_type: str, serial: str) -> Response:
    held, content = _as_it_is(_proved(pass_type, serial))
    known = parse_date(request.headers.get("If-Modified-Since"))
    if known is not None and held.changed_at.replace(microsecond=0) <= known:
        return Response(status=304)
    return answer_pass(held, content)


@blueprint.post("/v1/log")
def log() -> tuple[str, int]:
    """What wallets complain about, in the server's own log."""
    told = request.get_json(silent=True)
    lines = told.get("logs") if isinstance(told, dict) else None
    for line in lines[:MOST_LINES] if isinstance(lines, list) else ():
        log_said("wallet", str(line)[:LONGEST_LINE])
    return "", 200


@blueprint.get("/logo.png")
def logo() -> Response:
    """The shop's mark at a public address: Google fetches it there."""
    _shown = _site() or abort(404)
    return Response(mark_png(shop().name, LOGO_SIDE), mimetype="image/png")


def answer_pass(held: Held, content: PassContent) -> Response:
    """The file for Apple Wallet."""
    lent = services()
    token = book.token_of(held.serial, secret_key(lent.config.data_dir))
    service = f"{_site()}/wallet" if _site().startswith("https://") else ""  # phones ask nobody without TLS
    answer = Response(pkpass(content, held.serial, token if service else "", service, _signer()), mimetype=MIME)
    answer.headers["Content-Disposition"] = 'attachment; filename="card.pkpass"'
    answer.headers["Last-Modified"] = http_date(held.changed_at)
    return answer


def _as_it_is(held: Held) -> tuple[Held, PassContent]:
    """The pass compared with the ledger at this moment; 404 when nobody stands behind it."""
    lent = services()
    member, now = book.holder(reading(), held), lent.now()
    content = content_of(reading(), member, now) if member else None
    if content is None:
        abort(404)
    if content.digest == held.digest:
        return held, content
    with write(lent.engine) as session:
        return book.note_content(session, held, content, now), content


def _proved(pass_type: str, serial: str) -> Held:
    """The pass that the request names and holds; 401 for all others alike."""
    _of_type(pass_type)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    right = book.token_of(serial, secret_key(services().config.data_dir))
    proved = scheme == "ApplePass" and hmac.compare_digest(token.encode(), right.encode())
    held = book.held_by_serial(reading(), serial) if proved else None
    if held is None or held.kind != book.APPLE:
        abort(401)
    return held


def _of_type(pass_type: str) -> None:
    if pass_type != _signer().pass_type:
        abort(404)


def _signer() -> Signer:
    """404 where the shop has no certificate, or one that does not fit: `loyalty doctor` says which."""
    try:
        found = signer_of(services().config.passes)
    except ConfigError:
        found = None
    return found or abort(404)


def _site() -> str:
    return services().config.public_url.rstrip("/")


def _tag(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.astimezone(UTC).timestamp() * 1000)
