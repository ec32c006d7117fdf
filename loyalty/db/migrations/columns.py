"""Types of columns as the steps write them. Steps never import tables: these change, a step does not."""

import sqlalchemy as sa

from loyalty.db.base import Document, Moment, plain_text

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A numeric key; SQLite keeps the table in its order."""

__all__ = ["NUMBER", "Document", "Moment", "plain_text"]
