"""Pages for the shop's staff: one blueprint per subject, each with a view-model file that only reads."""

from flask import Flask

from loyalty.web.backoffice import (
    account,
    analyses,
    audit,
    backup,
    campaigns,
    campaigns_trial,
    card_designer,
    card_jobs,
    cards,
    enrol,
    exports,
    figures,
    frame,
    help,
    home,
    imports,
    jobs,
    keys,
    member,
    member_consents,
    member_edit,
    member_household,
    member_merge,
    member_personal,
    member_points,
    member_sale,
    members,
    members_saved,
    programme,
    programme_edit,
    reports,
    segments,
    settings,
    staff,
    values,
    work,
)
from loyalty.web.backoffice.editor import desk, entries, finish

BLUEPRINTS = (
    home.blueprint,
    figures.blueprint,
    enrol.blueprint,  # before `member`: its addresses look like a member called "new"
    members.blueprint,
    member.blueprint,
    member_edit.blueprint,
    member_household.blueprint,
    member_merge.blueprint,
    member_personal.blueprint,
    member_consents.blueprint,
    members_saved.blueprint,
    member_points.blueprint,
    member_sale.blueprint,
    card_designer.blueprint,
    card_jobs.blueprint,
    cards.blueprint,
    work.blueprint,
    programme.blueprint,
    programme_edit.blueprint,
    desk.blueprint,
    entries.blueprint,
    finish.blueprint,
    campaigns_trial.blueprint,
    campaigns.blueprint,
    analyses.blueprint,
    values.blueprint,
    reports.blueprint,
    segments.blueprint,
    imports.blueprint,
    exports.blueprint,
    backup.blueprint,
    jobs.blueprint,
    audit.blueprint,
    account.blueprint,
    staff.blueprint,
    keys.blueprint,
    settings.blueprint,
    help.blueprint,
)


def register_pages(app: Flask) -> None:
    """Adds the frame and every page to `app`."""
    frame.install_frame(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
