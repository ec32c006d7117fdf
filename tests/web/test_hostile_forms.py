"""Every field of every form of the back office, with what no field is made for: said at the field, or harmless."""

import re
from html import escape

import pytest

from tests.web.conftest import Shop, Visitor
from tests.web.furnished import Form, crawled, forms_in, furnish
from tests.web.test_hostile_text import HOSTILE

KINDS = HOSTILE | {"digits": "9" * 5_000}
REFUSED = (
    # page, a field, what it cannot take
    ("/segments/new", "name", "long"),
    ("/segments/new", "days-0", "html"),
    ("/messages/templates/new", "name", "long"),
    ("/care/visits", "name", "long"),
    ("/messages/rules", "quiet_from", "digits"),
    ("/settings", "portal_address", "html"),
    ("/settings/mail", "host", "sql"),
    ("/backup", "backup_hour", "html"),
    ("/staff", "email", "html"),
    ("/exports", "first", "html"),
    ("/cards/new", "first", "digits"),
)
LEFT_ALONE = ("/logout", "/account/password")


def sent(admin: Visitor, form: Form, typed: dict[str, str]):
    fields = {**form.fields, **typed, "csrf_token": admin.token}
    if any(name.startswith("v-") for name in fields):
        fields["do"] = "save"
    if form.method == "post":
        return admin.post(form.action, **fields)
    return admin.client.get(form.action.split("?")[0], query_string=fields)


def test_what_a_field_cannot_take_is_said_at_the_field_and_stays_typed(admin: Visitor) -> None:
    for page, field, kind in REFUSED:
        forms = forms_in(page, admin.get(page).text)
        form = next(one for one in forms if one.method == "post" and field in one.fields)
        answer = sent(admin, form, {field: KINDS[kind]})
        assert answer.status_code == 422, (page, field)
        assert f'href="#{field}"' in answer.text, (page, field)
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text), (page, field)
        shown = escape(KINDS[kind][:20]).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        assert shown in answer.text, (page, field)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_any_form_is_harmed_by_itself(shop: Shop, admin: Visitor, kind: str) -> None:
    furnish(shop, admin)
    found = {form.key: form for address, page in crawled(admin) for form in forms_in(address, page)}
    tried = 0
    for form in found.values():
        names = [name for name, what in form.kinds.items() if what not in ("file", "checkbox", "radio")]
        for name in names if form.action not in LEFT_ALONE else ():
            if name == "csrf_token":
                continue
            answer, tried = sent(admin, form, {name: KINDS[kind]}), tried + 1
            assert answer.status_code < 500, (form.action, name)
            assert "<script>alert(1)" not in answer.text and "<img src=x" not in answer.text, (form.action, name)
            assert answer.status_code != 422 or 'role="alert"' in answer.text, (form.action, name)
    assert tried > 200
