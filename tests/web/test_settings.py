"""The shop's own settings: a name and a language, saved together, told to the audit log, refused in one sentence."""

from loyalty.checkout.offline_policy import offline_policy
from loyalty.config import Config
from loyalty.contract.offline import OfflinePolicy
from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.web.app import create_app
from tests.web.conftest import Shop, Visitor


def test_name_and_language_are_changed_and_told(shop: Shop, admin: Visitor) -> None:
    admin.get("/settings")
    assert admin.post("/settings", shop_name="  海港  Shop ", language="zh_Hant").status_code == 303
    client = shop.app.test_client()
    door = client.get("/login", headers={"Accept-Language": "fr"})
    assert "海港 Shop" in door.text and 'lang="zh-Hant"' in door.text
    assert 'lang="zh-Hans"' in client.get("/login", headers={"Accept-Language": "zh-CN"}).text
    admin.post("/settings", shop_name="海港 Shop", language="zh_Hant")
    with read(shop.engine) as session:
        (entry,) = entries(session, action="settings.")
        assert offline_policy(session) == OfflinePolicy()
    assert entry.after == {"shop_name": "海港 Shop", "language": "zh_Hant"}
    admin.post("/settings", shop_name="海港 Shop", language="zh_Hant", offline_redeem_points="150", offline_days="7")
    with read(shop.engine) as session:
        assert offline_policy(session) == OfflinePolicy(150, 7)
        assert next(iter(entries(session, action="settings."))).after["offline_days"] == 7
    assert 'value="150"' in admin.get("/settings").text


def test_a_wrong_setting_changes_nothing_and_keeps_what_was_typed(shop: Shop, admin: Visitor) -> None:
    admin.get("/settings")
    long = admin.post("/settings", shop_name="長" * 81, language="zh_Hant")
    assert long.status_code == 422 and "at most 80 characters" in long.text and "長" * 81 in long.text
    assert admin.post("/settings", shop_name="x", language="klingon").status_code == 422
    assert admin.post("/settings", shop_name="a\x00b", language="").status_code == 422
    many = admin.post("/settings", shop_name="x", language="", offline_days="366", offline_redeem_points="-1")
    assert many.status_code == 422 and "from 0 to 365" in many.text and "from 0 to 1,000,000,000" in many.text
    assert "Harbour Club" in shop.app.test_client().get("/login").text
    with read(shop.engine) as session:
        assert entries(session, action="settings.") == []


def test_behind_tls_the_session_never_travels_without_it(shop: Shop) -> None:
    config = Config(data_dir=shop.app.extensions["loyalty"].config.data_dir, https=True)
    visitor = Visitor(create_app(config, engine=shop.engine, clock=shop.clock, testing=True).test_client())
    cookie = visitor.get("/login").headers["Set-Cookie"]
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
