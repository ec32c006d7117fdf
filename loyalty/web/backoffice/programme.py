"""The programme in force, to read: levels, rewards and rules in plain words, and the document itself."""

from flask import Blueprint, render_template

from loyalty.points.sql_facts import SqlFacts
from loyalty.web.access import allows
from loyalty.web.backoffice import programme_words
from loyalty.web.backoffice.document_view import document_lines
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.programme_view import members_by_level, version_list
from loyalty.web.database import reading
from loyalty.web.shop import shop

blueprint = Blueprint("programme", __name__, url_prefix="/programme")


@blueprint.get("")
@allows("programme.view")
def page() -> str:
    version = SqlFacts(reading()).version(shop().now)
    return render_template(
        "programme.html",
        shop=shop(),
        version=version,
        lines=document_lines(version.document) if version else [],
        versions=version_list(reading()),
        by_level=members_by_level(reading()),
        words=programme_words,
        level_style=level_style,
    )
