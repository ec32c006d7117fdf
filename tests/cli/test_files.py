"""import, export, report and db move as typed."""

import json
from pathlib import Path

import pytest

from loyalty.db.single import InstanceLock
from tests.cli.typed import Command, command
from tests.shop import PROGRAMME

__all__ = ["command"]


@pytest.fixture
def shop_here(tmp_path: Path, command: Command) -> Command:
    (tmp_path / "club.yaml").write_text(PROGRAMME, encoding="utf-8")
    assert command("programme", "put", "club.yaml").returncode == 0
    (tmp_path / "m.csv").write_bytes("編號,姓名,Tel no\nA1,陳大文,61234567\nA2,李小明,12\n".encode("big5"))
    return command


def test_members_in_and_out_and_back(tmp_path: Path, shop_here: Command) -> None:
    looked = shop_here("import", "members", "m.csv", "--dry-run", "--json", "--column", "Tel no=phone")
    told = json.loads(looked.stdout)
    assert looked.returncode == 1
    assert (told["import"], told["dry_run"], told["encoding"]) == (None, True, "big5hkscs")
    assert (told["rows"], told["new"], told["errors"]) == (2, 1, 1)
    done = shop_here("import", "members", "m.csv", "--column", "Tel no=phone", "--errors", "wrong.csv")
    assert done.returncode == 1
    assert "1 new, 0 changed, 0 unchanged, 1 left out of 2 rows" in done.stdout
    assert "wrong length" in (tmp_path / "wrong.csv").read_text(encoding="utf-8-sig")
    again = json.loads(shop_here("import", "members", "m.csv", "--json").stdout)  # the column is remembered
    assert (again["new"], again["unchanged"]) == (0, 1)
    assert json.loads(shop_here("export", "members", "out.csv", "--json").stdout)["rows"] == 1
    assert shop_here("export", "members", "out.csv").returncode == 1
    assert "--force" in shop_here("export", "members", "out.csv").stderr
    first = json.loads(shop_here("import", "list", "--json").stdout)[-1]
    assert "1 rows taken back, 0 stay" in shop_here("import", "undo", first["id"]).stdout
    assert shop_here("import", "undo", "imp_x").returncode == 1
    verified = shop_here("db", "verify")
    assert verified.returncode == 0, verified.stdout


def test_reports_in_every_form(tmp_path: Path, shop_here: Command) -> None:
    told = json.loads(shop_here("report", "liability", "--json").stdout)
    assert set(told) == {"name", "question", "from", "to", "columns", "rows"}
    assert "What do we owe our members?" in shop_here("report", "liability").stdout
    assert shop_here("report", "sales", "--csv").stdout.startswith("\ufeffstore,sales,members,net")
    assert shop_here("report", "sales", "--png", "s.png").returncode == 0
    assert (tmp_path / "s.png").read_bytes().startswith(b"\x89PNG")
    refused = shop_here("report", "sales", "--from", "2026-03-02", "--to", "2026-03-01")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert shop_here("report", "profit").returncode == 2


def test_a_running_server_is_not_written_past(tmp_path: Path, shop_here: Command) -> None:
    with InstanceLock(tmp_path):  # as a server holds it; that two servers refuse each other, they are asked elsewhere
        for words in (("import", "members", "m.csv"), ("db", "move", "--to", "postgresql://x@127.0.0.1:1/x")):
            refused = shop_here(*words)
            assert refused.returncode == 2
            assert "is running" in refused.stderr
        assert "not in the audit log" in shop_here("export", "members", "now.xlsx").stdout
