"""The card designer: previews by the code that prints, faults with their place, versions that can be taken up again."""

import base64
import re

from loyalty.db.session import read
from loyalty.members.face_designs import current
from loyalty.printing.design import STANDARD, read_design
from loyalty.printing.design_face import render_card
from loyalty.printing.picture import face_png
from loyalty.web.backoffice.card_designer_view import FIELDS, design_of, face_of, printers, rows_of
from loyalty.web.shop import shop as the_shop
from tests.web.test_cards import words


def form(rows, **more) -> dict:
    return {name: [row[name] for row in rows] for name in FIELDS} | more


def post(person, address, rows, **more):
    person.get("/card-design")
    return person.post(address, **form(rows, **more))


def in_force(shop) -> tuple:
    with read(shop.engine) as session:
        return current(session)


def test_the_preview_is_the_very_picture_that_is_printed(admin, shop):
    page = post(admin, "/card-design/preview", rows_of(STANDARD), who="chinese", printer="star-tcp300ii").text
    shown = base64.b64decode(re.search(r"base64,([^\"]+)", page).group(1))
    with shop.app.test_request_context():
        with read(shop.engine) as session:
            data = face_of(session, the_shop(), "chinese")
        assert shown == face_png(render_card(STANDARD, data, printers()["star-tcp300ii"][1], zone=the_shop().zone))


def test_a_member_and_every_printer_can_be_looked_at(admin, shop):
    chan = shop.harbour.members["陳大文"]
    for printer, (_name, dots) in printers().items():
        page = post(admin, "/card-design/preview", rows_of(STANDARD), who=chan, printer=printer).text
        assert f'width="{dots[0]}" height="{dots[1]}"' in page


def test_remarks_say_what_to_mend(admin):
    rows = rows_of(STANDARD)
    rows[5]["w"], rows[3]["w"], rows[0]["text"] = "15", "12", "ก"
    said = words(post(admin, "/card-design/preview", rows).text)
    for part in ("too fine to be read", "does not fit and is cut", "no shape for ก"):
        assert part in said


def test_a_design_is_put_in_force_undone_and_taken_up_again(admin, shop):
    rows = rows_of(STANDARD)
    rows[0]["text"] = "Hello {name}"
    assert post(admin, "/card-design", rows, do="put", version="0", note="greeting").status_code == 303
    version, document = in_force(shop)
    assert version == 1 and read_design(document) == design_of(rows)
    page = admin.get("/card-design").text
    assert "Hello {name}" in page and "greeting" in page
    admin.post("/card-design/versions/0")
    assert in_force(shop) == (2, None)
    admin.post("/card-design/versions/1")
    assert in_force(shop) == (3, document)


def test_what_is_wrong_is_told_with_its_place_and_kept_as_typed(admin, shop):
    for name, text, said in (("x", "abc", "Write millimetres"), ("text", "{salary}", "no field {salary}"),
                             ("w", "59", "reaches beyond the card")):  # fmt: skip
        rows = rows_of(STANDARD)
        rows[3][name] = text
        answer = post(admin, "/card-design", rows, do="put", version="0")
        assert answer.status_code == 422
        assert said in words(answer.text) and 'href="#element-3"' in answer.text and f'value="{text}"' in answer.text
    assert in_force(shop) == (0, None)


def test_two_who_design_at_once_do_not_overwrite_each_other(admin, shop):
    rows = rows_of(STANDARD)
    assert post(admin, "/card-design", rows, do="put", version="0").status_code == 303
    late = post(admin, "/card-design", rows, do="put", version="0")
    assert late.status_code == 422 and "Somebody else" in late.text
    assert in_force(shop)[0] == 1


def test_elements_are_added_and_taken_out_without_scripts(admin):
    rows = rows_of(STANDARD)
    assert post(admin, "/card-design", rows, add="qr").text.count("data-element") == len(rows) + 1
    assert post(admin, "/card-design", rows, remove="0").text.count("data-element") == len(rows) - 1


def test_signs_of_other_languages_in_a_text_do_no_harm(admin, shop):
    rows = rows_of(STANDARD)
    rows[0]["text"] = '<script>alert(1)</script>"; DROP'
    page = post(admin, "/card-design", rows, do="look").text
    assert "<script>alert" not in page
