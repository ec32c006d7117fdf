"""Which language a page speaks: by the person's choice, else by what the browser asks for, script by script.

Stock negotiation answers zh-HK with simplified characters or English. Here the script decides: Hong Kong, Taiwan and
Macau read Hant, the mainland and Singapore Hans, and nobody is ever given the other script: English is the way out.
"""

from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_timezone
from flask_security import current_user
from werkzeug.datastructures import LanguageAccept

from loyalty.db.shop_settings import all_set
from loyalty.web.database import reading

LANGUAGES: dict[str, str] = {"en": "English", "zh_Hant": "繁體中文", "zh_Hans": "简体中文"}
"""Catalogues by Babel's name, each with its own name in its own script."""

_CHINESE = {"zh": "Hans", "cmn": "Hans", "yue": "Hant"}
"""Languages written in these scripts, with the script meant when neither script nor region is named."""
DEFAULT = "en"
CATALOGUES = Path(__file__).parent / "translations"


def tag(language: str) -> str:
    """`zh_Hant` as it stands in HTML: `zh-Hant`."""
    return language.replace("_", "-")


def catalogue_for(asked: str) -> str | None:
    """The catalogue that a reader of `asked` (zh-HK, zh-Hans-TW, en-GB …) can read, or None."""
    try:
        locale = Locale.parse(asked, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    if locale.language in _CHINESE:
        named = next((part.title() for part in asked.split("-") if part.lower() in ("hant", "hans")), None)
        found = f"zh_{named or locale.script or _CHINESE[locale.language]}"  # Babel makes zh-Hant-CN Hans
        return found if found in LANGUAGES else None
    return locale.language if locale.language in LANGUAGES else None


def negotiate(asked: Iterable[str], default: str = DEFAULT) -> str:
    """The first catalogue in the reader's own order; `default` when there is none."""
    return next((found for wish in asked if (found := catalogue_for(wish))), default)


def _by_quality(header: LanguageAccept) -> list[str]:
    return [wish for wish, quality in header if quality > 0]


def select_language() -> str:
    """Of this request: what was chosen in the page, what the account says, what the browser asks for."""
    if not has_request_context():
        return DEFAULT
    if (chosen := session.get("language")) in LANGUAGES:
        return str(chosen)
    account = getattr(current_user, "language", None) if current_user else None
    if account in LANGUAGES:
        return str(account)
    return negotiate(_by_quality(request.accept_languages), _shops_own())


def _shops_own() -> str:
    """The language of the shop's settings."""
    if "shop_language" not in g:
        g.shop_language = all_set(reading()).get("language") or DEFAULT
    return str(g.shop_language)


def select_time_zone() -> str | None:
    """The shop's time zone, once a page has asked for the programme; else the default of the settings."""
    return g.get("time_zone") if has_request_context() else None


def speak(app: Flask) -> Babel:
    """Installs the choice of language and time zone."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    app.config.setdefault("SECURITY_I18N_DIRNAME", str(CATALOGUES))  # the log-in looks in its own package otherwise
    return Babel(app, locale_selector=select_language, timezone_selector=select_time_zone)


__all__ = ["LANGUAGES", "catalogue_for", "get_timezone", "negotiate", "select_language", "speak", "tag"]
