"""An import beside what people and the database do: edits since stay when it is taken back, a refused row is one."""

import pytest

from loyalty.db.session import write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import change_member
from loyalty.ops.imports.undo import take_back
from tests.ops.test_imports import brought, counts, members
from tests.shop import Shop, shop

__all__ = ["shop"]


@pytest.fixture
def engine_is_strict(shop: Shop) -> None:
    """A rule of the database that no check of ours knows of."""
    with shop.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER strict AFTER INSERT ON member_terms WHEN NEW.term LIKE '%forbidden%'"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )


def test_what_people_changed_since_stays_and_is_told(shop: Shop) -> None:
    data = "number,name,phone,notes\nE1,Ed,61110031,\nE2,Flo,61110032,\n,陳小文,61234567,a\n"
    report = brought(shop, "members", data)
    made = members(shop.engine)
    with write(shop.engine) as session:
        for id, changes in ((made["E2"].id, {"name": "Florence"}), (shop.ann, {"notes": "likes tea"})):
            change_member(session, id, changes, shop.clock(), Conventions(), None)
    undone = take_back(shop.engine, str(report.import_id), "staff:x", Conventions(), shop.clock)
    assert (undone.rows, [(each.row, each.sentence.split(";")[0]) for each in undone.problems]) == (
        2, [(4, "Somebody changed notes since"), (3, "Somebody changed the member since (name)")],
    )  # fmt: skip
    now = {member.id: member for member in members(shop.engine).values()}
    assert (now[made["E1"].id].status, now[made["E2"].id].name) == ("closed", "Florence")
    assert (now[shop.ann].name, now[shop.ann].notes) == ("陳大文", "likes tea")


def test_a_row_that_the_database_refuses_costs_no_other(shop: Shop, engine_is_strict: None) -> None:
    report = brought(shop, "members", "number,name\nG1,Gil\nG2,forbidden\nG3,Gus\n")
    assert counts(report) == (2, 0, 0, 1) and report.problems[0].row == 3
    assert {"G1", "G3"} <= set(members(shop.engine)) and shop.verify().ok
