"""Whatever two people edit at the same time: nothing is overwritten, both texts stand side by side, then one saves."""

import re

import pytest

from tests.web.conftest import Shop, Visitor
from tests.web.furnished import Form, forms_in, furnish

FORMS = [
    # page, the form's action, field, what the other person writes, what is typed here
    ("/members/{member}/edit", "/edit", "family_name", "Chan", "Tsang"),
    ("/segments/{seg}", "/segments/", "name", "Coffee lovers", "Coffee people"),
    ("/segments/{seg}", "/segments/", "value-0", "bakery", "dairy"),
    ("/campaigns/{cmp}/edit", "/edit", "budget", "600", "700"),
    ("/messages/templates/{tpl}", "/templates/", "body-en", "Good day {name}", "Good evening {name}"),
    ("/care/visits/forms/{vform}/edit", "/edit", "questions", "Greeted? | 3", "Greeted? | 4"),
    ("/messages/rules", "/rules", "most_offers", "7", "8"),
    ("/settings", "/settings", "shop_name", "Harbour", "Peak"),
    ("/settings/mail", "/mail", "host", "smtp.one.example", "smtp.two.example"),
    ("/backup", "/schedule", "backup_hour", "3", "4"),
    ("/staff/{staff}", "/roles", "roles", "supervisor", "marketing"),
    ("/programme/drafts/{draft}/rewards?item=1", "/rewards/1", "v-name", "six off", "seven off"),
    ("/programme/drafts/{draft}/tiers?item=2", "/tiers/2", "v-from", "2100", "2200"),
]
OPENED = {"settings": "/settings/mail", "sender": "club@harbour.example"}


def things(admin: Visitor, shop: Shop) -> dict[str, str]:
    """The id of one thing of each kind, found in the lists."""
    furnish(shop, admin)
    lists = {"seg": "/segments", "cmp": "/campaigns", "tpl": "/messages/templates", "vform": "/care/visits",
             "draft": "/programme/drafts"}  # fmt: skip
    found = {name: re.search(rf"/({name[:3]}\w*_\w{{20,}})", admin.get(page).text) for name, page in lists.items()}
    ids = {name: one.group(1) for name, one in found.items() if one}
    return {**ids, "member": shop.harbour.members["陳大文"], "staff": "1"}


def opened(admin: Visitor, page: str, action: str) -> Form:
    answer = admin.get(page)
    return next(form for form in forms_in(page, answer.text) if action in form.action and len(form.fields) > 2)


def sent(admin: Visitor, form: Form, field: str, text: str):
    fields = {**form.fields, field: text, "csrf_token": admin.token}
    if "host" in form.fields:
        fields["sender"] = "club@harbour.example"
    if any(name.startswith("v-") for name in fields):
        fields["do"] = "save"
    return admin.post(form.action, **fields)


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_nobody_overwrites_what_somebody_else_saved_meanwhile(shop: Shop, admin: Visitor, every: int) -> None:
    ids = things(admin, shop)
    for page, action, field, theirs, mine in FORMS[::every]:
        page = page.format(**ids)
        form = opened(admin, page, action)
        assert sent(admin, form, field, theirs).status_code == 303, page
        answer = sent(admin, form, field, mine)
        assert answer.status_code in (412, 422), page
        assert mine in answer.text and (theirs in answer.text or "Coffee" in theirs), page
        again = opened(admin, page, action)
        assert again.fields.get(field) == theirs or field == "roles", page
        shown = next(one for one in forms_in(page, answer.text) if action in one.action and len(one.fields) > 2)
        assert shown.fields.get(field) == mine or field == "roles", page
        if "/drafts/" not in page:
            assert "Somebody else changed this" in answer.text and "Saved meanwhile" in answer.text, page
            assert sent(admin, shown, field, mine).status_code == 303, page
            assert opened(admin, page, action).fields.get(field) == mine or field == "roles", page


@pytest.mark.parametrize(
    "was", ["[" * 3_000, *(pytest.param(text, marks=pytest.mark.slow) for text in ("", "[]", "{", '{"shop_name": 3}'))]
)
def test_a_hidden_field_that_was_meddled_with_does_no_harm(admin: Visitor, was: str) -> None:
    form = opened(admin, "/settings", "/settings")
    form.fields["was"] = was
    assert sent(admin, form, "shop_name", "Peak").status_code in (303, 412)
