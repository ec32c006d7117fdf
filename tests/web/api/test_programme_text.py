"""A programme put by a program is kept as it was written, comments and all: the back office shows that text."""

from datetime import UTC, datetime

from loyalty.db.session import read, write
from loyalty.ops.put_programme import source_of
from loyalty.points.read_programme import read_text
from loyalty.web.api.programme import put_document
from tests.shop import PROGRAMME
from tests.web.api.conftest import Api


def test_what_was_put_is_kept_as_it_was_written(api: Api) -> None:
    with read(api.engine) as session:
        first = source_of(session, 1)
    assert first is not None
    assert (first.text, first.staff) == (PROGRAMME, "")
    api.ok("PATCH", "/programme", {"currency": "HKD"})
    with read(api.engine) as session:
        second = source_of(session, 2)
    assert second is not None
    assert second.text == ""  # nobody wrote that document: pages write it out


def test_the_command_gives_its_text_too(api: Api) -> None:
    """What `loyalty programme put` calls where no server runs."""
    later = datetime(2099, 1, 1, tzinfo=UTC)
    with write(api.engine) as session:
        made = put_document(session, read_text(PROGRAMME)[1], later, later, text=f"# ours\n{PROGRAMME}")
        kept = source_of(session, made["version"])
    assert kept is not None
    assert kept.text == f"# ours\n{PROGRAMME}"
