"""The server's Flask application: created from settings, with nothing done at import."""

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from loyalty.clock import Clock, system_clock
from loyalty.config import Config
from loyalty.db.session import open_engine
from loyalty.web import api, assets
from loyalty.web.access import KEYED_BLUEPRINTS, guard
from loyalty.web.backoffice import register_pages
from loyalty.web.database import close_after_requests
from loyalty.web.faults import explain_failures
from loyalty.web.headers import guard_answers
from loyalty.web.i18n import speak
from loyalty.web.logs import log_requests
from loyalty.web.numbers import install_numbers
from loyalty.web.portal.install import install_portal
from loyalty.web.secret import secret_key
from loyalty.web.services import Services
from loyalty.web.signin import install_signin
from loyalty.web.tally import count_requests

LARGEST_BODY = 4 * 1024 * 1024


def create_app(
    config: Config,
    *,
    engine: Engine | None = None,
    clock: Clock = system_clock,
    testing: bool = False,
) -> Flask:
    """Back office and API over the database that `config` names (or over `engine`, opened by the caller).

    The database must be up to date: `loyalty db upgrade` and `loyalty serve` see to that, not this function.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key(config.data_dir),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        TESTING=testing,
        TEMPLATES_AUTO_RELOAD=False,
    )
    engine = engine or open_engine(config.database_url)
    app.extensions["loyalty"] = Services(engine, clock, config)
    guard_answers(app, config.https)
    log_requests(app)
    count_requests(app)
    explain_failures(app)
    csrf = CSRFProtect(app)
    speak(app)
    close_after_requests(app)
    install_numbers(app)
    install_signin(app, engine, config.https)
    app.before_request(guard)
    app.register_blueprint(assets.blueprint)
    register_pages(app)
    install_portal(app)
    api.register(app, config.api_per_minute)
    for name in KEYED_BLUEPRINTS & app.blueprints.keys():
        csrf.exempt(app.blueprints[name])
    return app
