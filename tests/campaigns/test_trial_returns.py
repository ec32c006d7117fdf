"""What came back counts as never sold, for both programmes; what was imported is sold at its own moment."""

from datetime import timedelta
from decimal import Decimal

from loyalty.campaigns.trial import run_trial
from loyalty.db.session import read, write
from loyalty.points.sql_engine import Ledger
from loyalty.points.yaml_core import load
from tests.shop import OPENED, PROGRAMME, Shop, open_shop

VISITS = load(PROGRAMME.replace("per: 1}}]", "per: 1}}, {name: visit, fixed: 7}]")).value


def sold(shop: Shop, id: str, *amounts: int) -> None:
    lines = [{"sku": f"sku{place}", "amount": amount} for place, amount in enumerate(amounts)]
    shop.perform("purchase", id=id, member=shop.ann, lines=lines)


def earned(shop: Shop) -> tuple[int, int, int]:
    with read(shop.engine) as session:
        result = run_trial(session, VISITS, OPENED + timedelta(days=9))
    assert result is not None
    present, candidate = result.present, result.candidate
    return candidate.sales, present.wallets["points"].earned, candidate.wallets["points"].earned


def test_what_came_back_counts_as_never_sold(sqlite_engine):
    shop = open_shop(sqlite_engine)
    sold(shop, "A", 100, 50)
    sold(shop, "B", 30)
    sold(shop, "C", 9, 21)
    assert earned(shop) == (3, 210, 231)
    shop.perform("return", id="A:1", of="A", lines=[{"sku": "sku1"}])
    assert earned(shop) == (3, 160, 181)
    shop.perform("return", id="C:1", of="C", amount=Decimal("15"))  # half of each line
    assert earned(shop) == (3, 145, 166)
    shop.perform("cancel", id="B:1", of="B")
    assert earned(shop) == (2, 115, 129)
    assert shop.balance() == 115


def test_what_people_did_by_hand_is_named_as_left_out(sqlite_engine):
    shop = open_shop(sqlite_engine)
    sold(shop, "A", 100)
    shop.perform("credit", id="gift", member=shop.ann, points=40)
    with read(shop.engine) as session:
        result = run_trial(session, VISITS, OPENED + timedelta(days=9))
    assert result is not None
    assert result.left_out == {"credit": 1}
    assert result.present.wallets["points"].outstanding == 100


def test_a_past_that_was_imported_is_tried_in_its_own_days(sqlite_engine):
    """Sales of the years before the shop had this system, brought in on its first day, the last one first."""
    shop = open_shop(sqlite_engine)
    with write(shop.engine) as session:
        for place in (2, 1, 0):
            at = OPENED - timedelta(days=900 - 200 * place)
            body = {"id": f"old{place}", "member": shop.ann, "amount": 600}
            Ledger(session).perform("purchase", body, OPENED + timedelta(minutes=1), at)
    with read(shop.engine) as session:
        result = run_trial(session, VISITS, OPENED + timedelta(days=9))
        part = run_trial(session, VISITS, OPENED + timedelta(days=9), last=(OPENED - timedelta(days=600)).date())
    assert result is not None and part is not None
    assert (result.first, result.last) == ((OPENED - timedelta(days=900)).date(), (OPENED - timedelta(days=500)).date())
    now, then = result.present, result.candidate
    assert (now.sales, now.wallets["points"].earned, then.wallets["points"].earned) == (3, 1800, 1821)
    assert now.wallets["points"].expired == 600, "the first after a year, while the last two are still there"
    assert (part.present.sales, now.risen) == (2, 1), "Gold with the second"
