"""What a button takes away comes back by Undo: each destructive action and the way back from it."""

import re

import pytest

from tests.web.conftest import Shop, Visitor
from tests.web.furnished import furnish
from tests.web.test_member import words

DROPS = (
    # where it stands, the button's address, what is gone from the page afterwards
    ("/segments/{seg}", "/segments", r"/segments/seg_\w+/drop", "Coffee friends"),
    ("/messages/templates/{tpl}", "/messages/templates", r"/messages/templates/tpl_\w+/retire", "News"),
    ("/members", "/members", r"/members/views/view_\w+/drop", "Golden ones"),
    ("/reports", "/reports", r"/reports/kept/rvw_\w+/drop", "Every week"),
    ("/challenges", "/challenges", r"/challenges/chl_\w+/close", None),
    ("/care?show=open", "/care", r"/care/tasks/task_\w+/done", "Call back"),
    ("/work", "/work", r"/work/work_\w+/done", None),
)


def first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, pattern
    return found.group()


@pytest.mark.slow
def test_whatever_is_taken_away_comes_back(shop: Shop, admin: Visitor) -> None:
    furnish(shop, admin)
    admin.post("/members/views", name="Golden ones", level="Gold", sort="visit")
    admin.post("/reports/sales/keep", name="Every week", every="week", **{"from": "2026-11-01", "to": "2026-11-07"})
    admin.post("/challenges", name="Five", fact="purchases", number="5", points="10", badge="award")
    admin.post("/care/tasks", what="Call back", due_on="2026-12-01", case="")
    for place, index, button, name in DROPS:
        kinds = {"seg": "/segments", "tpl": "/messages/templates"}
        ids = {key: first(rf"{key}_\w{{20,}}", admin.get(page).text) for key, page in kinds.items() if key in place}
        page = admin.get(place.format(**ids)).text
        address = first(button, page if "work" not in place else admin.get(first(r"/work/work_\w+", page)).text)
        assert admin.post(address).status_code == 303, address
        after = admin.get(index).text
        undo = re.search(r'class="notice ok".*?action="([^"]+)"', after, re.DOTALL)
        assert undo is not None, f"{address} has no way back"
        if name:
            assert name not in words(after.split('class="notice ok"')[1].split("</div>", 1)[1]), address
        answer = admin.post(undo.group(1).replace("&amp;", "&"))
        assert answer.status_code == 303, undo.group(1)
        assert name is None or name in words(admin.get(answer.location).text), address
