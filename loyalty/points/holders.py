"""Holders of points who are no members: gift cards have accounts, lots and a history like anybody, and no record."""

import sqlalchemy as sa

BEARER = "gift_"
"""Begins the id of every holder of that kind, and of no member."""


def of_members(id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Only rows of members: for pages that count people."""
    return sa.not_(id.startswith(BEARER, autoescape=True))
