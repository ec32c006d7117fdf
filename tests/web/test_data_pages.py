"""Imports, exports, backups and jobs on their pages: the whole way, other roles, hostile files."""

import io
import re

import pytest

from loyalty.db.session import read
from loyalty.members.tables import Member
from loyalty.ops import jobs_backup, jobs_files
from loyalty.ops.jobs import latest
from loyalty.ops.jobs_worker import Worker
from tests.ops.test_import_files import bomb
from tests.web.harbour import CONVENTIONS
from tests.web.test_member import words

FILE = "Customer,Tel no,E-mail\nAda Lovelace,9123 4567,ada@club.example\nNo Phone,abc,\n=2+2,6123 4567,\n"


@pytest.fixture
def worker(shop):
    works = {**jobs_files.WORKS, **jobs_backup.WORKS}
    return Worker(shop.engine, shop.clock, works, shop.app.extensions["loyalty"].config.data_dir, CONVENTIONS)


def sent(person, data=FILE, kind="members", name="members.csv"):
    person.get("/imports")
    raw = data if isinstance(data, bytes) else data.encode()
    fields = {"csrf_token": person.token, "kind": kind, "file": (io.BytesIO(raw), name)}
    return person.client.post("/imports", data=fields, content_type="multipart/form-data")


def looked(person, worker, **columns):
    upload = sent(person).location
    assert person.get(upload).status_code == 200
    answer = person.post(upload, **columns)
    assert answer.status_code == 303, words(answer.text)
    worker.work_off()
    return upload, answer.location


COLUMNS = {"column-0": "name", "column-1": "phone", "column-2": "email"}


def members(shop):
    with read(shop.engine) as session:
        return session.query(Member).count()


def test_a_file_is_looked_at_brought_in_and_taken_back(admin, shop, worker):
    before = members(shop)
    upload, look = looked(admin, worker, **COLUMNS)
    seen = words(admin.get(look).text)
    assert "Nothing was changed so far." in seen and "Rows left out" in seen and members(shop) == before
    errors = admin.get(f"{look}/file")
    assert errors.mimetype == "text/csv" and "No Phone" in errors.text and "error" in errors.text
    booked = admin.post(f"{upload}/book")
    assert admin.part(booked.location).text.count("about to start") == 1
    worker.work_off()
    assert admin.part(booked.location).headers["HX-Refresh"] == "true"
    assert "What was done" in words(admin.get(booked.location).text) and members(shop) == before + 2
    page = admin.get("/imports").text
    undo = re.search(r'action="(/imports/undo/[^"]+)"', page)
    assert undo is not None
    back = admin.post(undo.group(1))
    worker.work_off()
    assert "2 rows taken back, 0 stay." in words(admin.get(back.location).text)
    assert "taken back" in words(admin.get("/imports").text)


def test_what_the_columns_mean_is_remembered(admin, worker):
    looked(admin, worker, **COLUMNS)
    page = admin.get(sent(admin).location).text
    assert re.findall(r'<option value="(\w+)" selected>', page) == ["name", "phone", "email"]


def test_columns_that_do_not_do_come_back_with_a_reason(admin):
    upload = sent(admin).location
    admin.get(upload)
    twice = admin.post(upload, **{**COLUMNS, "column-1": "name"})
    assert twice.status_code == 422 and "Two columns are Name" in words(twice.text)
    none = admin.post(upload, **dict.fromkeys(COLUMNS, "-"))
    assert none.status_code == 422 and "No column of the file is name" in words(none.text)


def test_what_is_no_table_is_refused_and_leaves_nothing(admin, shop):
    for data in (b"", b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 broken", bomb()):
        answer = sent(admin, data)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    folder = shop.app.extensions["loyalty"].config.data_dir / "jobs"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_large_file_is_taken_from_those_who_may_import_only(shop, staff, admin):
    large = FILE + "x" * 5_000_000
    assert len(large) > shop.app.config["MAX_CONTENT_LENGTH"]
    assert sent(staff("cashier"), large).status_code in (403, 413)
    assert "The file is no CSV" in words(sent(admin, large).text)


def test_an_export_is_written_and_fetched(staff, worker, shop):
    person = staff("supervisor")
    person.get("/exports")
    job = person.post("/exports", kind="members", form="csv", first="", last="").location
    worker.work_off()
    assert "30 rows are written." in words(person.get(job).text)
    fetched = person.get(f"{job}/file")
    assert "陳大文" in fetched.text and "attachment" in fetched.headers["Content-Disposition"]
    assert person.post("/exports", kind="members", form="pdf", first="", last="").status_code == 422
    assert person.post("/exports", kind="sales", form="csv", first="2026-02-02", last="2026-02-01").status_code == 422
    assert "Export" in words(staff("administrator").get("/audit").text)


def test_names_are_not_for_analysts_and_jobs_not_for_others(staff, worker):
    analyst, chief = staff("analyst"), staff("administrator")
    assert 'value="members"' not in analyst.get("/exports").text
    assert analyst.post("/exports", kind="members", form="csv", first="", last="").status_code == 422
    chief.get("/exports")
    job = chief.post("/exports", kind="members", form="csv", first="", last="").location
    worker.work_off()
    assert analyst.get(job).status_code == 404 and analyst.get(f"{job}/file").status_code == 404
    assert analyst.get("/imports").status_code == 403 and analyst.get("/backup").status_code == 403


def test_a_backup_is_made_fetched_and_tried(admin, worker, shop):
    assert "Nothing was saved yet." in words(admin.get("/backup").text)
    made = admin.post("/backup").location
    worker.work_off()
    assert "Saved:" in words(admin.get(made).text)
    page = admin.get("/backup").text
    name = re.search(r'href="(/backup/file/[^"]+)"', page)
    assert name is not None and admin.client.get(name.group(1)).data.startswith(b"SQLite format 3")
    tried = admin.post(name.group(1).replace("file", "drill", 1)).location
    worker.work_off()
    assert "can be restored" in words(admin.get(tried).text)
    assert admin.get("/backup/file/..%2Fsecret.key").status_code == 404


def test_the_nightly_backup_is_set_and_a_wrong_hour_is_not(admin, shop):
    admin.get("/backup")
    assert admin.post("/backup/schedule", backup_hour="25", backup_keep="7").status_code == 422
    assert admin.post("/backup/schedule", backup_hour="3", backup_keep="7").status_code == 303
    assert 'value="3"' in admin.get("/backup").text
    assert jobs_backup.nightly(shop.engine, shop.clock()) is not None
    with read(shop.engine) as session:
        assert latest(session, ["backup.make"])[0].staff == jobs_backup.NIGHTLY
