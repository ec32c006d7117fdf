"""Jobs: done once, cancelled, failed in a sentence, begun again after the server was killed; backups and drills."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from loyalty.clock import SetClock
from loyalty.db.session import open_engine, read, write
from loyalty.db.shop_settings import put
from loyalty.db.upgrade import upgrade
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.conventions import Conventions
from loyalty.ops import jobs, jobs_backup
from loyalty.ops.jobs_worker import Worker
from tests.made_once import made_once

NOW = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path, shared):
    def build(folder):
        fresh = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}")
        upgrade(fresh)
        fresh.dispose()

    made = made_once(shared / "empty-for-jobs", build)
    (tmp_path / "loyalty.sqlite").write_bytes((made / "loyalty.sqlite").read_bytes())
    opened = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture
def worker(engine, tmp_path):
    def with_works(**works):
        return Worker(engine, SetClock(NOW), works or jobs_backup.WORKS, tmp_path, Conventions())

    return with_works


def made(engine, kind="count", now=NOW, **details):
    with write(engine) as session:
        return jobs.make(session, kind, details, "staff:ada", now)


def seen(engine, id):
    with read(engine) as session:
        return jobs.job_of(session, id)


def test_a_job_is_done_once_and_says_how_far_it_came(engine, worker):
    id = made(engine, to=3)

    def count(bench, job):
        bench.progress(job.details["to"], job.details["to"])
        return {"counted": job.details["to"]}

    worked = worker(count=count)
    assert (worked.work_off(), worked.work_off()) == (1, 0)
    job = seen(engine, id)
    assert (job.state, job.result, job.done, job.total) == ("done", {"counted": 3}, 3, 3)


def test_what_a_job_cannot_do_is_said_in_its_own_sentence(engine, worker):
    ids = [made(engine), made(engine, now=NOW + timedelta(seconds=1))]
    faults = iter((Invalid("The file is gone."), RuntimeError("secret detail")))

    def fail(bench, job):
        raise next(faults)

    assert worker(count=fail).work_off() == 2
    assert seen(engine, ids[0]).fault == "The file is gone."
    assert "secret" not in seen(engine, ids[1]).fault and seen(engine, ids[1]).state == "failed"


def test_one_that_waits_is_cancelled_at_once_and_one_that_runs_at_its_next_step(engine, worker):
    first, second = made(engine), made(engine, now=NOW + timedelta(seconds=1))
    with write(engine) as session:
        jobs.wish_stop(session, jobs.job_of(session, first), NOW)

    def stopped_by_a_page(bench, job):
        with write(engine) as session:
            jobs.wish_stop(session, job, NOW)
        bench.progress(1, 2)
        return {}

    assert worker(count=stopped_by_a_page).work_off() == 1
    assert (seen(engine, first).state, seen(engine, second).state) == ("cancelled", "cancelled")
    with pytest.raises(Conflict), write(engine) as session:
        jobs.begin_again(session, jobs.job_of(session, made_running(session)), {})


def made_running(session):
    id = jobs.make(session, "count", {}, "staff:ada", NOW)
    session.execute(sa.update(jobs.jobs).where(jobs.jobs.c.id == id).values(state="running"))
    return id


def test_what_a_killed_server_left_is_begun_again(engine, worker):
    with write(engine) as session:
        id = made_running(session)
    worked = worker(count=lambda bench, job: {"again": True})
    assert worked.work_off() == 0
    assert worked.recover(all_of_them=True) == 1 and worked.work_off() == 1
    assert seen(engine, id).result == {"again": True}


def test_old_jobs_go_with_their_files(engine, worker, tmp_path):
    old, fresh = made(engine, now=NOW - timedelta(days=31)), made(engine)
    worked = worker(count=lambda bench, job: (bench.folder / "x").write_text("x") and {})
    worked.work_off()
    worked.recover(all_of_them=False)
    assert not (tmp_path / "jobs" / old).exists() and (tmp_path / "jobs" / fresh / "x").exists()
    with pytest.raises(NotFound):
        seen(engine, old)


def test_a_backup_is_made_and_the_drill_adds_it_up(engine, worker, tmp_path):
    worked, id = worker(), made(engine, "backup.make")
    assert worked.work_off() == 1
    name = seen(engine, id).result["backup"]
    assert [each.name for each in jobs_backup.kept(tmp_path)] == [name]
    drilled = made(engine, "backup.drill", backup=name)
    worked.work_off()
    result = seen(engine, drilled).result
    assert result["ok"] is True and result["problems"] == []
    assert list((tmp_path / "jobs" / drilled).iterdir()) == []
    (tmp_path / "backups" / name).write_bytes(b"no database")
    spoilt = made(engine, "backup.drill", backup=name)
    worked.work_off()
    assert "is no database" in seen(engine, spoilt).fault


def test_the_drill_takes_no_file_from_elsewhere(engine, worker):
    id = made(engine, "backup.drill", backup="../loyalty.sqlite")
    worker().work_off()
    assert seen(engine, id).fault == "There is no such backup any more."


def test_the_nightly_backup_comes_once_a_night_and_the_oldest_go(engine, worker, tmp_path):
    assert jobs_backup.nightly(engine, NOW) is None  # nobody asked for it
    with write(engine) as session:
        put(session, "backup_hour", 3, NOW)
        put(session, "backup_keep", 2, NOW)
    worked = worker()
    night = NOW.replace(hour=3, minute=0)
    assert jobs_backup.nightly(engine, night - timedelta(minutes=1)) is None
    for day in range(3):
        assert jobs_backup.nightly(engine, night + timedelta(days=day)) is not None
        assert jobs_backup.nightly(engine, night + timedelta(days=day)) is None  # it waits
        worked.work_off()
        assert jobs_backup.nightly(engine, night + timedelta(days=day, hours=5)) is None  # it is done
    assert len(jobs_backup.kept(tmp_path)) == 2


def test_a_wrong_schedule_is_refused():
    for hour, keep in (("24", "7"), ("x", "7"), ("3", "0"), ("3", "many")):
        with pytest.raises(Invalid):
            jobs_backup.set_schedule(hour, keep)
    assert jobs_backup.set_schedule("", "7") == {"backup_hour": None, "backup_keep": 7}
