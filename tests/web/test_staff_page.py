"""Staff: added with a password shown once, roles changed, switched off, helped; and never without an administrator."""

import re
from collections.abc import Callable

from loyalty.db.audit import Entry, entries
from loyalty.db.session import read, write
from loyalty.web.accounts import User
from tests.web.conftest import Shop, Visitor
from tests.web.harbour import PASSWORD, staff_address

ONCE = re.compile(r'class="shown-once mono">([^<]+)<')


def who(shop: Shop, email: str) -> User:
    with read(shop.engine) as session:
        return session.query(User).filter_by(email=email).one()


def told(shop: Shop) -> list[Entry]:
    with read(shop.engine) as session:
        return entries(session, action="staff.")


def test_somebody_new_logs_in_with_the_password_shown_once(shop: Shop, admin: Visitor, visitor: Visitor) -> None:
    admin.get("/staff")
    page = admin.post("/staff", email="Eve@harbour.example", role="analyst")
    (password,) = ONCE.findall(page.text)
    assert password not in admin.get("/staff").text
    assert visitor.log_in("eve@harbour.example", password).status_code == 302
    (entry,) = told(shop)
    assert (entry.action, entry.subject, entry.after) == (
        "staff.create", "staff:eve@harbour.example", {"roles": ["analyst"]}
    )  # fmt: skip
    assert password not in str(entry)


def test_a_wrong_address_is_named_and_what_was_typed_stays(shop: Shop, admin: Visitor) -> None:
    admin.get("/staff")
    page = admin.post("/staff", email="nobody", role="analyst")
    assert page.status_code == 422 and "no e-mail address" in page.text and 'value="nobody"' in page.text
    taken = admin.post("/staff", email=staff_address("cashier"), role="analyst")
    assert taken.status_code == 422 and "already" in taken.text
    assert told(shop) == []


def test_roles_are_changed_at_once(shop: Shop, admin: Visitor, staff: Callable[[str], Visitor]) -> None:
    cashier, person = staff("cashier"), who(shop, staff_address("cashier"))
    assert cashier.get("/work").status_code == 403
    admin.get("/staff")
    fields = {"csrf_token": admin.token, "roles": ["cashier", "supervisor"]}
    assert admin.client.post(f"/staff/{person.id}/roles", data=fields).status_code == 303
    assert cashier.get("/work").status_code == 200
    (entry,) = told(shop)
    assert (entry.before, entry.after) == ({"roles": ["cashier"]}, {"roles": ["cashier", "supervisor"]})
    assert "Choose at least one role" in admin.post(f"/staff/{person.id}/roles").text


def test_whoever_is_switched_off_is_out_at_once_and_back_with_undo(
    shop: Shop, admin: Visitor, staff: Callable[[str], Visitor], visitor: Visitor
) -> None:
    analyst, person = staff("analyst"), who(shop, staff_address("analyst"))
    assert analyst.get("/home").status_code == 200
    admin.get("/staff")
    admin.post(f"/staff/{person.id}/door/deactivate")
    assert analyst.get("/home").status_code == 302
    assert "do not belong together" in visitor.log_in(person.email).text
    assert f'action="/staff/{person.id}/door/activate"' in admin.get("/staff").text
    admin.post(f"/staff/{person.id}/door/activate")
    assert visitor.log_in(person.email).status_code == 302


def test_the_last_administrator_stays(shop: Shop, admin: Visitor) -> None:
    chief = who(shop, staff_address("administrator"))
    admin.get("/staff")
    for path, fields in (("door/deactivate", {}), ("roles", {"roles": "cashier"})):
        answer = admin.post(f"/staff/{chief.id}/{path}", **fields)
        assert answer.status_code == 422 and "Nobody else could log in as administrator" in answer.text
    assert who(shop, chief.email).active and told(shop) == []


def test_a_new_password_ends_the_old_one_and_what_is_open(
    shop: Shop, admin: Visitor, staff: Callable[[str], Visitor], visitor: Visitor
) -> None:
    technician, person = staff("technician"), who(shop, staff_address("technician"))
    admin.get("/staff")
    (password,) = ONCE.findall(admin.post(f"/staff/{person.id}/password").text)
    assert technician.get("/home").status_code == 302
    assert "do not belong together" in visitor.log_in(person.email, PASSWORD).text
    assert visitor.log_in(person.email, password).status_code == 302


def test_who_lost_telephone_and_codes_is_let_in_by_password_again(shop: Shop, admin: Visitor, visitor: Visitor) -> None:
    person = who(shop, staff_address("marketing"))
    with write(shop.engine) as session:
        row = session.get_one(User, person.id)
        row.tf_primary_method, row.tf_totp_secret = "authenticator", "lost"
    assert visitor.log_in(person.email).location.startswith("/tf-validate")
    assert visitor.get("/home").status_code == 302
    admin.get("/staff")
    admin.post(f"/staff/{person.id}/second-step")
    assert visitor.log_in(person.email).location == "/"
    assert told(shop)[0].action == "staff.second_step_off"


def test_a_screen_left_alone_is_asked_for_the_password_again(shop: Shop, admin: Visitor) -> None:
    with admin.client.session_transaction() as kept:
        kept["fs_paa"] = kept["fs_paa"] - 2 * 3600
        kept.pop("fs_gexp", None)
    asked = admin.get("/staff")
    assert (asked.status_code, asked.location) == (303, "/verify?next=/staff")
    assert admin.post("/staff", email="eve@harbour.example", role="analyst").location == "/verify?next=/staff"
    page = admin.get("/verify?next=/staff")
    assert "Your password again" in page.text
    assert admin.post("/verify?next=/staff", password="wrong one!").status_code == 200
    assert admin.post("/verify?next=/staff", password=PASSWORD).location == "/staff"
    assert admin.get("/staff").status_code == 200


def test_keys_are_made_with_their_scopes_shown_once_and_stopped(shop: Shop, admin: Visitor) -> None:
    admin.get("/keys")
    assert "Choose at least one" in admin.post("/keys", name="till 1").text
    page = admin.client.post("/keys", data={"csrf_token": admin.token, "name": "till 1", "scopes": ["read"]})
    (key,) = ONCE.findall(page.text)
    listed = admin.get("/keys").text
    assert key not in listed and key[-4:] in listed
    client, sent = shop.app.test_client(), {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/tiers", headers=sent).status_code == 200
    assert client.post("/api/v1/members", json={"name": "x"}, headers=sent).status_code == 403
    stop = listed.split('action="/keys/key_', 1)[1].split('"', 1)[0]
    admin.post(f"/keys/key_{stop}")
    assert client.get("/api/v1/tiers", headers=sent).status_code == 401
    assert admin.post(f"/keys/key_{stop}").status_code == 404
    with read(shop.engine) as session:
        assert [entry.action for entry in entries(session, action="key.")] == ["key.revoke", "key.create"]
