"""The portal's blueprint: one for all its pages, so that one guard stands before them."""

from flask import Blueprint

from loyalty.web.portal.guard import PATH, guard

blueprint = Blueprint("portal", __name__, url_prefix=PATH)
blueprint.before_request(guard)
