"""Findings on their page: the rules are set, somebody looks, says what it was, and takes that back."""

import re

from tests.web.test_member import words

ROW = re.compile(r'class="row-link" href="(/odd/odd_\w+)">([^<]+)<')
LIMITS = {"own_card.sales": "0", "often_hour.sales": "9", "often_day.sales": "1", "two_stores.minutes": "0",
          "late.hours": "99", "receipts.receipts": "9", "by_hand.points": "9999", "returns.sales": "9"}  # fmt: skip


def test_what_looks_odd_is_found_settled_with_a_note_and_put_back(admin, shop, staff):
    assert "Nothing looks odd" in admin.get("/odd").text
    admin.get("/odd-rules")
    wrong = admin.post("/odd-rules", **LIMITS | {"late.hours": "soon"})
    assert wrong.status_code == 422 and "Write a whole number" in wrong.text
    assert admin.post("/odd-rules", **LIMITS, **{"often_day.on": "on"}, near="Central, Mong Kok").status_code == 303
    assert admin.get("/odd-rules").text.count(" checked") == 1
    answer = admin.get(admin.post("/odd/look").location).text
    assert re.search(r"Looked at the last 92 days: [1-9]\d* new\.", answer)
    central, everywhere = admin.get("/odd?store=Central").text, admin.get("/odd").text
    assert "findings look odd" in admin.get("/home").text
    in_central, elsewhere = ROW.findall(central), "<td>Tsim Sha Tsui</td>"
    assert in_central and elsewhere in everywhere and elsewhere not in central
    assert ROW.findall(admin.get("/odd?store=Nowhere").text) == []
    address, rule = in_central[0]
    assert rule == "Many sales on one day"
    page = admin.get(address).text
    assert "usual are 1 at most." in words(page) and "Why these points" in page
    assert admin.get(re.findall(r'"(/members/mem_\w+/points/\d+)"', page)[0]).status_code == 200
    assert admin.post(f"{address}/task").status_code == 303
    assert "Many sales on one day" in admin.get("/care").text
    settled = admin.get(admin.post(f"{address}/done", note="Birthday of the house").location).text
    assert address not in [found for found, _ in ROW.findall(settled)]
    assert "Birthday of the house" in admin.get("/odd?show=settled").text
    assert address in admin.get(admin.post(f"{address}/undone").location).text
    assert "Birthday of the house" in admin.get(address).text
    analyst = staff("analyst")
    assert "Look now" not in analyst.get("/odd?rule=often_day").text
    assert analyst.post(f"{address}/done").status_code == 403
    assert staff("supervisor").get("/odd-rules").status_code == 403
    assert [admin.get(there).status_code for there in ("/odd/odd_none", "/odd?rule=x", "/odd?show=x")] == [404] * 3


def test_cards_of_staff_are_named_and_taken_away(admin, shop):
    admin.get("/odd-rules")
    wrong = admin.post("/odd-rules/staff", staff="", number="none")
    assert wrong.status_code == 422 and "no member with this number" in wrong.text
    with shop.engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT number FROM members WHERE status = 'active'").scalar()
    assert admin.post("/odd-rules/staff", staff="Kim", number=number).status_code == 303
    page = admin.get("/odd-rules").text
    assert "Kim" in page and number in page
    assert admin.post("/odd-rules/staff/drop", staff="Kim").status_code == 303
    assert ">Kim<" not in admin.get("/odd-rules").text
