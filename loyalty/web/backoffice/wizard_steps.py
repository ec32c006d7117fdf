"""What each step of the first run asks, what stands already, and what saving it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from flask import current_app
from flask_security import current_user
from sqlalchemy.orm import Session

from loyalty.db.session import write
from loyalty.db.shop_settings import all_set, put
from loyalty.errors import Invalid
from loyalty.ops import jobs_backup
from loyalty.ops.put_programme import put_programme
from loyalty.points.read_programme import read_text
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.yaml_core import load
from loyalty.web.api.enrolments import make_code
from loyalty.web.audit import tell
from loyalty.web.backoffice.document_view import flow_text
from loyalty.web.backoffice.editor.pages import section_or_404
from loyalty.web.backoffice.editor.presets import EMPTY, STARTS, added
from loyalty.web.backoffice.editor.splice import edited
from loyalty.web.first_run import CHECKS, NUMBER_CHECK
from loyalty.web.i18n import LANGUAGES
from loyalty.web.services import services
from loyalty.web.texts import N_, _

Values = dict[str, Any]
CURRENCY, ZONE = "setup_currency", "setup_timezone"
"""Kept until a programme is put, which then holds them."""


class Wrong(Invalid):
    """A field that needs another look, with a sentence in the page's language."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, pointer=field)
        self.field = field


@dataclass(frozen=True)
class Step:
    """`save` gives what is to be shown once, or nothing; Wrong or another LoyaltyError changes nothing."""

    name: str
    title: str
    fields: tuple[str, ...]
    read: Callable[[Session], Values]
    save: Callable[[Mapping[str, str]], Values]


def _read_shop(session: Session) -> Values:
    kept, version = all_set(session), SqlFacts(session).version(services().now())
    programme = version.programme if version else None
    return {
        "shop_name": kept.get("shop_name") or (programme.name if programme else ""),
        "language": kept.get("language") or "",
        "currency": programme.currency if programme else kept.get(CURRENCY) or "HKD",
        "timezone": programme.timezone if programme else kept.get(ZONE) or "Asia/Hong_Kong",
        "fixed": programme is not None,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone),
        "currencies": sorted(list_currencies()),
        "languages": LANGUAGES,
    }


def _save_shop(typed: Mapping[str, str]) -> Values:
    name = " ".join(typed["shop_name"].split())
    if not name or len(name) > 80 or not name.isprintable():
        raise Wrong("shop_name", _("A shop has a name of 1 to 80 characters that can be printed."))
    if typed["language"] not in ("", *LANGUAGES):
        raise Wrong("language", _("Choose one of the languages."))
    currency = typed["currency"].upper()
    with write(services().engine) as session:
        wish = {"shop_name": name, "language": typed["language"]}
        if SqlFacts(session).latest() is None:
            if currency not in list_currencies():
                raise Wrong("currency", _("This is no currency; write its three letters, such as HKD."))
            if typed["timezone"] not in available_timezones():
                raise Wrong("timezone", _("This is no time zone; write for example Asia/Hong_Kong."))
            wish |= {CURRENCY: currency, ZONE: typed["timezone"]}
        _keep(session, wish)
    return {}


def _read_programme(session: Session) -> Values:
    latest = SqlFacts(session).latest()
    return {"starts": STARTS, "start": "points", "standing": latest.programme.name if latest else ""}


def _save_programme(typed: Mapping[str, str]) -> Values:
    pattern = next((parts for key, _name, _what, parts in STARTS if key == typed["start"]), None)
    if pattern is None:
        raise Wrong("start", _("Choose one of the patterns."))
    with write(services().engine) as session:
        if SqlFacts(session).latest() is not None:
            return {}  # back and forth: the one that stands is changed under Programme
        shop = _read_shop(session)
        text = EMPTY.format(
            name=flow_text(shop["shop_name"] or _("Our shop")), currency=shop["currency"], timezone=shop["timezone"]
        )
        for key, preset in pattern:
            text = edited(text, added(section_or_404(key), preset, load(text).value))
        document = read_text(text)[1]
        made = put_programme(session, document, text, "", current_user.email, services().now(), after=0)
        tell(session, "programme.put", f"programme:{made.number}", after={"pattern": typed["start"]})
    return {}


def _read_numbers(_session: Session) -> Values:
    return {NUMBER_CHECK: services().config.number_check, "checks": CHECKS}


def _save_numbers(typed: Mapping[str, str]) -> Values:
    chosen = typed[NUMBER_CHECK]
    if chosen not in CHECKS:
        raise Wrong(NUMBER_CHECK, _("Choose one of them."))
    with write(services().engine) as session:
        _keep(session, {NUMBER_CHECK: chosen})
    config = services().config.model_copy(update={NUMBER_CHECK: chosen})
    current_app.extensions["loyalty"] = replace(services(), config=config)
    return {}


def _save_counter(typed: Mapping[str, str]) -> Values:
    with write(services().engine) as session:
        made = make_code(session, typed["counter"], current_user.email, services().now())
        tell(session, "counter.code", f"counter:{made.counter}")
    return {"counter": made.counter, "code": made.code, "until": made.expires_at}


def _read_backup(session: Session) -> Values:
    kept = all_set(session)
    hour = kept.get(jobs_backup.HOUR, 3)
    return {
        jobs_backup.HOUR: "" if hour is None else hour,
        jobs_backup.KEEP: kept.get(jobs_backup.KEEP) or jobs_backup.KEEP_STANDARD,
        "postgres": services().engine.dialect.name != "sqlite",
    }


def _save_backup(typed: Mapping[str, str]) -> Values:
    try:
        wish = jobs_backup.set_schedule(typed[jobs_backup.HOUR], typed[jobs_backup.KEEP])
    except Invalid as error:
        wrong = _("The hour is a number from 0 to 23, or nothing.")
        at_hour = error.pointer == jobs_backup.HOUR
        raise Wrong(str(error.pointer), wrong if at_hour else _("Keep 1 to 365 backups.")) from error
    with write(services().engine) as session:
        _keep(session, wish)
    return {}


def _keep(session: Session, wish: Mapping[str, Any]) -> None:
    old = all_set(session)
    before = {name: old.get(name) for name in wish}
    for name, value in wish.items():
        put(session, name, value, services().now())
    if before != dict(wish):
        tell(session, "settings.change", "settings:shop", before=before, after=dict(wish))


STEPS = (
    Step("shop", N_("The shop"), ("shop_name", "language", "currency", "timezone"), _read_shop, _save_shop),
    Step("programme", N_("The programme"), ("start",), _read_programme, _save_programme),
    Step("numbers", N_("Member numbers"), (NUMBER_CHECK,), _read_numbers, _save_numbers),
    Step("counter", N_("The first counter"), ("counter",), lambda _session: {"counter": "till-1"}, _save_counter),
    Step("backup", N_("Backups"), (jobs_backup.HOUR, jobs_backup.KEEP), _read_backup, _save_backup),
    Step("ready", N_("Ready"), (), lambda _session: {}, lambda _typed: {}),
)
