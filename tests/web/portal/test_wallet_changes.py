"""What changes on a pass reaches the phones that hold it, and Google, by services that speak as theirs do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from loyalty.checkout.erase_member import answers_naming, erase_member
from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.token import Token
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.tables import Member
from loyalty.members.wallet_tables import wallet_passes
from loyalty.passes import book
from loyalty.passes.push import PushService
from loyalty.passes.tell import Ways, tell_changes
from loyalty.web.wallet_content import content_of
from tests.passes.authority import FAR, PASS_TYPE, authority, google_files
from tests.passes.google_server import GoogleServer, google_server
from tests.passes.push_server import PushServer, push_server
from tests.web.conftest import Shop
from tests.web.portal.test_wallets import rename

_chosen = wallet_passes.c


@dataclass
class Outside:
    """Apple and Google as this shop reaches them, and its passes there, by kind."""

    shop: Shop
    ways: Ways
    apple: PushServer
    google: GoogleServer
    serials: dict[str, str]

    def turn(self, ways: Ways | None = None) -> int:
        """One of the courier's, five minutes later."""
        self.shop.clock.forward(timedelta(minutes=5))
        return tell_changes(self.shop.engine, ways or self.ways, self.shop.clock())

    def said(self) -> list[str]:
        with read(self.shop.engine) as session:
            return list(session.scalars(sa.select(_chosen.said).order_by(_chosen.kind)))


@pytest.fixture
def outside(portal: Shop, tmp_path: Path) -> Iterator[Outside]:
    above = authority(tmp_path)
    shown = above.files(ends=FAR)
    with push_server(above.door(), shown.apple_intermediate) as apple, google_server() as google:
        files = google_files(tmp_path, f"{google.address}token").model_dump(include={"google_account", "google_issuer"})
        files = shown.model_copy(update={**files, "apple_push": True, "google_updates": True})
        service = PushService("localhost", apple.port, files.apple_intermediate)
        ways = Ways(files, content_of, service, f"{google.address}cards/")
        yield Outside(portal, ways, apple, google, passes_of(portal))


def passes_of(shop: Shop) -> dict[str, str]:
    """One of each kind for a member, Apple's on two phones."""
    with write(shop.engine) as session:
        member, now = session.get(Member, shop.harbour.members["陳大文"]), shop.clock()
        content = content_of(session, member, now)
        serials = {kind: book.pass_for(session, member.id, kind, content, now).serial for kind in ("apple", "google")}
        for device in ("old", "new"):
            book.register(session, serials["apple"], device, f"token{device}", now)
    return serials


def test_wallets_are_told_of_changes_and_of_nothing_else(outside: Outside) -> None:
    shop, apple, google = outside.shop, outside.apple, outside.google
    assert outside.turn() == 0 and apple.heard == []
    token = Token("card_uid", shop.harbour.chips["陳大文"])
    sale = RecordPurchase("till-9:1", "till-9", 1, shop.clock(), token=token, amount=Decimal("128.50"))
    with write(shop.engine) as session:
        record_purchase(session, sale, shop.clock(), Conventions())
    apple.gone.add("tokenold")
    google.unknown = True
    assert outside.turn() == 2
    assert sorted(apple.heard) == [(f"/3/device/token{name}", PASS_TYPE, b"{}") for name in ("new", "old")]
    with read(shop.engine) as session:
        assert list(book.phones_of(session, outside.serials["apple"])) == ["new"]
    assert outside.said() == ["Unregistered", "404 Not Found"] and google.cards == {}

    google.unknown = False
    rename(shop, "陳大明")
    assert outside.turn() == 2 and len(apple.heard) == 3 and outside.said() == ["", ""]
    (id,), (card,) = google.cards.keys(), google.cards.values()
    assert (id, card["accountName"]) == (f"3388000000012345678.{outside.serials['google']}", "陳大明")
    shop.clock.forward(timedelta(days=1))
    assert outside.turn() == 0 and len(google.asked) == 2  # looked at again, and nothing is new

    unknown = authority(outside.ways.files.google_account.parent).files("stranger").apple_intermediate
    rename(shop, "陳大文")
    misled = replace(outside.ways, apple=replace(outside.ways.apple, authority=unknown))
    assert outside.turn(misled) == 1  # Google's only
    assert outside.turn() == 1 and len(apple.heard) == 4

    with write(shop.engine) as session:
        answers = answers_naming(session, member := shop.harbour.members["陳大文"])
        erase_member(session, member, "ada", "asked for it", shop.clock(), answers)
    assert outside.turn() == 1 and len(apple.heard) == 4  # Google's; of the phones nothing is known any more
    assert (google.cards[id]["state"], google.cards[id]["accountName"]) == ("INACTIVE", "–")
