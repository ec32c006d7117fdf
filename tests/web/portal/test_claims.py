"""The code on a receipt, opened on a phone: seen by whoever has the paper, taken once by a member."""

from datetime import timedelta
from decimal import Decimal

from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.claim import new_code, token_of
from loyalty.contract.commands import RecordPurchase
from loyalty.db.audit import entries
from loyalty.db.session import read, write
from loyalty.db.shop_settings import put
from loyalty.members.conventions import Conventions
from loyalty.web.portal.switch import claims_offered
from tests.web.conftest import Shop, Visitor
from tests.web.portal.conftest import ADDRESS, mails

CODE = "7K3M-9QX2-H4TD-0WRB"


def sell(shop: Shop, code: str = CODE) -> None:
    at = shop.clock() - timedelta(hours=1)
    sale = RecordPurchase(f"till-1:{code}", "till-9", 1, at, token=token_of(code), amount=Decimal("128.50"))
    with write(shop.engine) as session:
        record_purchase(session, sale, shop.clock(), Conventions())


def test_from_the_code_on_the_receipt_through_the_door_to_the_points(portal: Shop, phone: Visitor) -> None:
    sell(portal)
    assert phone.get("/claim/" + CODE.lower()).location == f"/me/claim?code={CODE.lower()}"
    seen = phone.get(f"/me/claim?code={CODE.lower()}")
    assert "128.50" in seen.text and "/me/join" in seen.text and "Collect" not in seen.text
    phone.get("/me/sign-in")
    phone.post("/me/sign-in", email=ADDRESS)
    phone.get("/me/code")
    assert phone.post("/me/code", code=mails(portal, 1)[0]).location == f"/me/claim?code={CODE}"
    phone.get(f"/me/claim?code={CODE}")
    assert phone.post("/me/claim", code=CODE).location == "/me/history"
    history = phone.get("/me/history").text
    assert "128.50" in history
    assert phone.post("/me/claim", code=CODE).location == "/me"  # pressed twice: theirs already
    assert phone.get(f"/me/claim?code={CODE}").text.count('role="alert"') == 1
    with read(portal.engine) as session:
        (entry,) = entries(session, action="portal.claim")
        assert entry.after == {"purchase": f"till-1:{CODE}"}
    admin_sees = portal.engine.connect().exec_driver_sql("SELECT member FROM staff_work WHERE token_kind = 'claim'")
    assert admin_sees.scalar_one() == portal.harbour.members["陳大文"]


def test_wrong_late_and_early_codes(portal: Shop, signed_in: Visitor) -> None:
    assert signed_in.get("/me/claim?code=1234").status_code == 422
    assert signed_in.get("/me/claim").status_code == 200
    early = new_code()
    signed_in.get(f"/me/claim?code={early}")
    assert signed_in.post("/me/claim", code=early).location == "/me"
    sell(portal, early)
    assert "128.50" in signed_in.get("/me/history").text
    sell(portal)
    portal.clock.forward(timedelta(days=8))
    assert signed_in.post("/me/claim", code=CODE).status_code == 409
    assert signed_in.post("/me/claim", code="'; DROP TABLE members --\x00").status_code == 422


def test_counters_hear_of_the_offer_as_it_was_set(portal: Shop, admin: Visitor) -> None:
    def offer() -> tuple[str, int]:
        with read(portal.engine) as session:
            found = claims_offered(session, "https://elsewhere.example")
        return found.address, found.days

    assert offer() == ("https://elsewhere.example/claim/", 7)
    admin.get("/settings")
    form = {"shop_name": "", "language": "", "portal": "on", "portal_address": "https://club.example/"}
    assert admin.post("/settings", **form, claim_days="14").status_code == 303
    assert offer() == ("https://club.example/claim/", 14)
    assert admin.post("/settings", **{**form, "portal_address": "club.example/x"}, claim_days="91").status_code == 422
    assert admin.post("/settings", **form, claim_days="0").status_code == 303
    assert offer() == ("", 0)
    with write(portal.engine) as session:
        put(session, "portal", False, portal.clock())
    assert offer()[0] == ""
