"""Imported sales that say what they were made of."""

import sqlalchemy as sa

from loyalty.db.session import read
from loyalty.points.tables_sale import purchase_lines
from tests.ops.test_imports import brought, counts
from tests.shop import Shop, shop

__all__ = ["shop"]


def test_lines_of_a_sale_are_kept_and_must_add_up(shop: Shop) -> None:
    lines = (
        "id,member,amount,date,lines\n"
        "L1,61234567,20.50,2026-05-03,tea=12.50; Dried  fruit=5; =3.00\n"
        "L2,61234567,0,2026-05-03,tea=0\n"
        "L3,61234567,20,2026-05-03,tea=12.50\n"
        "L4,61234567,20,2026-05-03,tea 20\n"
    )
    with_lines = brought(shop, "purchases", lines)
    assert counts(with_lines) == (2, 0, 0, 2)
    assert [problem.sentence.split(";")[0] for problem in with_lines.problems] == [
        "lines: they add up to 12.50 and not to the amount 20",
        "lines: 'tea 20' is no line",
    ]
    with read(shop.engine) as session:
        found = session.execute(sa.select(purchase_lines.c.category, purchase_lines.c.amount).where(
            purchase_lines.c.purchase == "L1").order_by(purchase_lines.c.position)).all()  # fmt: skip
    assert [tuple(row) for row in found] == [("tea", 1250), ("Dried fruit", 500), (None, 300)]
    assert shop.balance() == 20
