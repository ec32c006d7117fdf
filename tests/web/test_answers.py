"""What every answer carries, files of others, failures as pages, and what the log may not hold."""

import hashlib
import json

import pytest

from loyalty.web import assets
from loyalty.web.headers import POLICY

VENDOR = assets.FOLDER / "vendor"
WEB = assets.FOLDER.parent
SOURCES = "".join(p.read_text("utf-8") for p in [*WEB.rglob("*.py"), *WEB.glob("templates/*.html")])


def test_pages_forbid_frames_inline_scripts_and_copies_on_disk(admin, shop):
    for path in ("/home", "/members", f"/members/{shop.harbour.members['陳大文']}", "/login", "/nothing-here"):
        answer = admin.get(path)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]
        assert "<script>" not in answer.text and " style=" not in answer.text and " onclick=" not in answer.text
    assert "unsafe" not in POLICY and "frame-ancestors 'none'" in POLICY


def test_files_are_kept_for_a_year_under_an_address_that_changes_with_them(admin):
    page = admin.get("/home").text
    address = page.split('href="/static/')[1].split('"')[0]
    assert address.startswith(assets.version())
    assert "immutable" in admin.client.get(f"/static/{address}").headers["Cache-Control"]
    old = admin.client.get("/static/000000000000/css/base.css")
    assert old.status_code == 200 and "immutable" not in old.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "css/../../app.py", "/etc/passwd"])
def test_nothing_outside_the_folder_is_served(admin, path):
    answer = admin.client.get(f"/static/{assets.version()}/{path}", follow_redirects=True)
    assert answer.status_code == 404


def test_every_address_in_a_page_is_our_own(admin):
    for path in ("/home", "/members", "/programme", "/help", "/members/new"):
        page = admin.get(path).text
        assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_files_of_others_are_unchanged_copies_and_all_in_use():
    lines = (VENDOR / "checksums.sha256").read_text().splitlines()
    sums = {name.strip().removeprefix("./"): digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    files = {name: path for name, path in files.items() if name not in ("checksums.sha256", "VENDORED.md")}
    assert sums.keys() == files.keys()
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sums[name], name
    for name in files:
        stem = name.removeprefix("tabler-icons/").removesuffix(".svg")
        assert "/" in stem or not name.endswith(".svg") or f"'{stem}'" in SOURCES or f'"{stem}"' in SOURCES, name
    for licence in ("htmx.LICENSE", "tabler-icons/LICENSE"):
        assert licence in files


def test_a_page_that_is_not_there_says_so_in_the_frame(admin):
    answer = admin.get("/members/mem_unknown")
    assert answer.status_code == 404
    assert 'class="rail"' in answer.text and answer.headers["X-Request-Id"] in answer.text


def test_an_unexpected_failure_is_a_page_with_a_reference_and_a_line_in_the_log(shop, admin, capsys):
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE members RENAME TO members_gone")
    answer = admin.get("/members")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert "Traceback" not in answer.text and "members_gone" not in answer.text and "SELECT" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    failed = next(line for line in lines if line["event"] == "failed")
    assert failed["request_id"] == answer.headers["X-Request-Id"] and "OperationalError" in failed["exception"]


def test_the_log_names_patterns_and_numbers_never_people(shop, admin, capsys):
    capsys.readouterr()
    admin.get(f"/members/{shop.harbour.members['陳大文']}")
    admin.get("/members/found?q=陳大文")
    log = capsys.readouterr().err
    assert '"/members/<id>"' in log and '"staff"' in log
    for personal in ("陳", shop.harbour.members["陳大文"], "administrator@", "%E9%99%B3"):
        assert personal not in log


def test_a_request_that_fails_inside_a_page_answers_with_a_part(admin):
    part = admin.part("/members/mem_unknown/points/5")
    assert part.status_code == 404
    assert "<html" not in part.text and 'role="alert"' in part.text
