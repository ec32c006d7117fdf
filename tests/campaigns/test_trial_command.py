"""`loyalty trial` as it is typed."""

import json
from datetime import timedelta

import pytest

from loyalty.cli.main import main
from tests.shop import PROGRAMME, open_shop


@pytest.fixture
def shop(sqlite_engine):
    shop = open_shop(sqlite_engine)
    for place in range(3):
        shop.clock.set(shop.clock() + timedelta(days=10))
        shop.perform("purchase", id=f"S{place}", member=shop.ann, amount=400)
    sqlite_engine.dispose()
    return shop


def typed(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    shown = capsys.readouterr()
    return int(left.value.code or 0), shown.out, shown.err


def test_it_says_what_differs_and_books_nothing(shop, tmp_path, capsys):
    club = tmp_path / "club.yaml"
    club.write_text(PROGRAMME.replace("from: 1000", "from: 2000").replace("per: 1}", "per: 2}"), encoding="utf-8")
    code, out, _ = typed(capsys, "trial", str(club), "--data-dir", str(tmp_path))
    assert code == 0
    assert "3 sales of 1 members, 2026-03-11 to 2026-03-31; nothing was booked." in out
    assert "0 stand higher, 1 lower." in out
    code, out, _ = typed(capsys, "trial", str(club), "--data-dir", str(tmp_path), "--from", "2026-03-15", "--json")
    document = json.loads(out)
    earned = [document[name]["wallets"]["points"]["earned"] for name in ("present", "candidate")]
    assert (code, document["from"], earned) == (0, "2026-03-15", [800, 400])
    assert document["levels"]["down"] == [{"member": shop.ann, "present": "Gold", "candidate": "Basic"}]
    assert shop.balance() == 1200


def test_a_faulty_programme_is_refused_with_its_place(shop, tmp_path, capsys):
    club = tmp_path / "club.yaml"
    club.write_text(PROGRAMME.replace("per_amount", "pre_amount"), encoding="utf-8")
    code, _, said = typed(capsys, "trial", str(club), "--data-dir", str(tmp_path))
    assert code != 0 and "pre_amount" in said


def test_several_programmes_are_tried_in_one_go_as_each_by_itself(shop, tmp_path, capsys):
    texts = {"steep": PROGRAMME.replace("from: 1000", "from: 2000"), "lean": PROGRAMME.replace("per: 1}", "per: 2}")}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    data = ("--data-dir", str(tmp_path), "--json")
    alone = [json.loads(typed(capsys, "trial", str(tmp_path / name), *data)[1]) for name in texts]
    code, out, _ = typed(capsys, "trial", *(str(tmp_path / name) for name in texts), *data)
    assert (code, json.loads(out)) == (0, {"trials": alone})
    assert alone[0]["candidate"] != alone[1]["candidate"]
