"""Every address of the server is walked as every role: what the table allows works, all else is refused."""

import pytest
from werkzeug.routing import Rule

from loyalty.web import access

NOBODY = "anonymous"
REFUSED = ("cashier", "kiosk")
"""Each run opens all that an administrator may, and asks in the name of these for all that is not theirs."""


def page_rules(app):
    """Every rule that is not public, with an address that can be asked for."""
    return [rule for rule in app.url_map.iter_rules() if not access.is_public(app, rule.endpoint)]


def address(rule: Rule, shop) -> str:
    known = {"id": shop.harbour.members["陳大文"], "key": "sales", "card": "card_none", "step": "block", "number": 1}
    return str(rule.build({name: known.get(name, "none") for name in rule.arguments})[1])


def ask(client, rule, where):
    method = "POST" if "POST" in rule.methods and "GET" not in rule.methods else "GET"
    return client.open(where, method=method)


def test_every_page_says_which_action_it_is(shop):
    silent = [
        rule.endpoint
        for rule in page_rules(shop.app)
        if access.action_of(shop.app, rule.endpoint) is None and rule.endpoint != "security.logout"
    ]
    unused = ("two_factor_setup", "two_factor_setup_validate", "two_factor_rescue", "mf_recovery_codes", "tf_select")
    unused += ("wan_delete", "wan_verify", "wan_verify_response")
    assert set(silent) == {f"security.{name}" for name in unused}  # the library's: refused like all without a word


def test_what_is_open_to_anybody_is_a_short_list(shop):
    found = {rule.endpoint for rule in shop.app.url_map.iter_rules() if access.is_public(shop.app, rule.endpoint)}
    guarded = ("api.", "portal.", "wallet.")  # guards of their own
    pages = {endpoint for endpoint in found if not endpoint.startswith(guarded)}
    assert pages <= access.PUBLIC_ENDPOINTS
    assert not any(shop.app.view_functions[name].__module__.endswith(("member", "members")) for name in pages)


def test_nobody_gets_in_without_logging_in(shop):
    shop.app.config["WTF_CSRF_ENABLED"] = False
    client = shop.app.test_client()
    for rule in page_rules(shop.app):
        answer = ask(client, rule, address(rule, shop))
        assert answer.status_code == 302, rule.rule
        assert answer.location.startswith("/login"), rule.rule


@pytest.mark.parametrize(
    ("role", "whole"),
    [
        *((role, False) for role in REFUSED),
        ("administrator", True),
        *(pytest.param(role, True, marks=pytest.mark.slow) for role in access.ROLES if role != "administrator"),
    ],
)
def test_each_role_gets_what_the_table_says_and_nothing_else(shop, staff, role, whole):
    client = staff(role).client
    shop.app.config["WTF_CSRF_ENABLED"] = False
    for rule in page_rules(shop.app):
        if rule.endpoint == "security.logout":
            continue
        action = access.action_of(shop.app, rule.endpoint)
        allowed = action is not None and access.may([role], action)
        if allowed and not whole and rule.endpoint != "home.door":
            continue
        answer = ask(client, rule, address(rule, shop))
        if rule.endpoint == "home.door" and role == "kiosk":
            assert answer.status_code == 403
        elif allowed:
            assert answer.status_code in (200, 302, 303, 400, 404, 422), (role, rule.rule)  # 4xx: of an empty form
        else:
            assert answer.status_code == 403, (role, rule.rule)


def test_a_view_without_a_word_is_refused(shop, admin):
    shop.app.config["WTF_CSRF_ENABLED"] = False
    shop.app._got_first_request = False  # a route after the first request, for this test only
    shop.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert admin.get("/forgotten").status_code == 403


def test_an_unknown_action_cannot_be_written():
    with pytest.raises(KeyError):
        access.allows("member.peek")


def test_the_rail_shows_only_what_opens(staff):
    for role in access.ROLES:
        if role == "kiosk":
            continue
        person = staff(role)
        page = person.get("/help").text
        for place, action in (("/home", "home.view"), ("/members", "member.view"), ("/work", "work.view")):
            shown = f'class="place" href="{place}"' in page
            assert shown == access.may([role], action), (role, place)
            assert (person.get(place).status_code == 200) == shown
