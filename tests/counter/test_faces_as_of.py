"""A face tells the moment of its figures, also where they come from memory; what is newer is never overwritten."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from loyalty.clock import SetClock
from loyalty.contract.token import Token
from loyalty.counter.parts import put_together
from loyalty.counter.settings import CounterSettings, DeviceSettings
from tests.counter.samples import NOON, face, member
from tests.journeys.programs import free_port

CARD = Token("card_uid", "04A1B2C3D4E5F1")
PRINTER = DeviceSettings("cards", "card_printer", "star-tcp300ii", "loop:")


def test_a_card_printed_at_the_kiosk_without_the_server_says_how_old_it_is(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    clock = SetClock(NOON + timedelta(days=3))
    parts = put_together(CounterSettings(id="c1", data_dir=tmp_path, server=nobody, devices=(PRINTER,)), clock)

    def waiting() -> tuple[str, datetime]:
        job = parts.jobs.face_of("mem_1", clock())
        assert job and job.face
        return job.face.balance, job.face.as_of

    parts.snapshots.keep(member(points=100), NOON, CARD)
    parts.desk.present_token(CARD, ("kiosk",))
    parts.kiosk_member.print_card()
    assert waiting() == ("100", NOON)
    parts.jobs.add_face(member(), face("188", NOON + timedelta(days=1)), "p1", clock())  # a sale's own face
    clock.forward(timedelta(hours=1))
    parts.desk.present_token(replace(CARD, source="again"), ("kiosk",))
    parts.kiosk_member.print_card()
    assert waiting() == ("188", NOON + timedelta(days=1)), "the card never shows less than it did"
    parts.store.close()
