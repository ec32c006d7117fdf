"""Pages for the shop's staff: one blueprint per subject, each with a view-model file that only reads."""

from flask import Flask

from loyalty.web.backoffice import (
    audit,
    cards,
    enrol,
    figures,
    frame,
    help,
    home,
    member,
    member_edit,
    members,
    programme,
    programme_edit,
    work,
)

BLUEPRINTS = (
    home.blueprint,
    figures.blueprint,
    enrol.blueprint,  # before `member`: its addresses look like a member called "new"
    members.blueprint,
    member.blueprint,
    member_edit.blueprint,
    cards.blueprint,
    work.blueprint,
    programme.blueprint,
    programme_edit.blueprint,
    audit.blueprint,
    help.blueprint,
)


def register_pages(app: Flask) -> None:
    """Adds the frame and every page to `app`."""
    frame.install_frame(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
