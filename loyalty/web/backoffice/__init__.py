"""Pages for the shop's staff: one blueprint per subject, each with a view-model file that only reads."""

from flask import Flask

from loyalty.web.backoffice import frame, home

BLUEPRINTS = (home.blueprint,)


def register_pages(app: Flask) -> None:
    """Adds the frame and every page to `app`."""
    frame.install_frame(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
