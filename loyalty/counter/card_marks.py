"""The mark on each chip that is laid on a reader: read, judged, moved on by one. A copy is refused before it is served.

A card whose number is lower than this counter saw before is a copy or an old state brought back; one that lost its
mark, or carries one of another shop, is bent. Where the reader has no `card_mark` in the settings, nothing of this is
done.
"""

import sqlite3
from collections.abc import Callable
from datetime import tzinfo
from hashlib import sha256
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.card_report import PRINTED, READ, WRITTEN, CardReport
from loyalty.contract.outcomes import FaceData
from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.counter.card_memory import SENTENCES, CardMemory
from loyalty.counter.least_wear import CardInside
from loyalty.counter.mark_places import MarkPlace
from loyalty.devices.drivers.pcsc.marks import Marked
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.apdu.mark import HIGHEST, Mark, Verdict, judge
from loyalty.errors import CodeRefused, WrongCard
from loyalty.ids import new_id
from loyalty.printing.design import read_design
from loyalty.printing.design_face import render_card


class CardSuspected(WrongCard):
    """The card is not what it should be."""

    code = "card_suspected"
    advice = ""


class CardMarks:
    """`hurry` is called when the server should hear of something at once."""

    def __init__(self, memory: CardMemory, clock: Clock, hurry: Callable[[], None]) -> None:
        self._memory, self._clock, self._hurry = memory, clock, hurry

    def examine(self, place: MarkPlace, driver: Any, token: Token) -> None:
        """Reads the card's mark and moves it on; CardSuspected when the card may not be served.

        DeviceError when the card left too early: then it is not served either, it is laid down again.
        """
        if token.kind != "card_uid":
            return
        marked = place.on(driver, token)
        mark = self._read(marked)
        verdict = judge(mark, self._memory.sequence(token))
        if verdict is not Verdict.CURRENT:
            self._tell(READ, token, mark.sequence if mark else None)
        if verdict in (Verdict.BEHIND, Verdict.MISSING):
            why = "copied" if verdict is Verdict.BEHIND else "bent"
            self._memory.suspect(token, why)
            self._hurry()
            raise CardSuspected(SENTENCES[why])
        if mark is not None and mark.moves_itself:
            sequence = mark.sequence
        else:
            sequence = min((mark.sequence if mark else 0) + 1, HIGHEST)
            marked.write_mark(sequence)
        self._tell(WRITTEN, token, sequence)

    def drawn(self, data: FaceData, dots: tuple[int, int], zone: tzinfo | None) -> Raster:
        """The face by the shop's own design, as far as this counter has heard of it. Errors as render_card."""
        document = self._memory.face()[1]
        return render_card(read_design(document) if document else None, data, dots, zone=zone)

    def printed(
        self, profile: str, card: CardInside, data: FaceData, face: Raster
    ) -> Callable[[sqlite3.Connection], None]:
        """A face is on a card: what writes that down, so that the server counts it and knows what the card shows."""
        now = self._clock()
        known = card.stripe is not None and f"magstripe:{card.stripe}" in card.cards
        stripe = Token("magstripe", card.stripe or "") if known else None
        facts = read_profile(profile).facts
        limit = int(facts["rewrite_warn_at"].value[-1]) if "rewrite_warn_at" in facts else None
        report = CardReport(
            new_id("crd", now),
            PRINTED,
            now,
            stripe,
            card.member,
            face_as_of=data.as_of,
            face_design=self._memory.face()[0],
            face_digest=sha256(face.rows).hexdigest(),
            rewrite_limit=limit,
        )

        def write(disk: sqlite3.Connection) -> None:
            self._memory.write(disk, report)
            self._hurry()  # whoever hears it waits for this transaction

        return write

    def _read(self, marked: Marked) -> Mark | None:
        try:
            return marked.read_mark()
        except (CodeRefused, WrongCard):  # a card that does not know our keys carries no mark of ours
            return None

    def _tell(self, kind: str, token: Token, sequence: int | None) -> None:
        now = self._clock()
        plain = Token(token.kind, token.value)
        self._memory.report(CardReport(new_id("crd", now), kind, now, plain, sequence=sequence))
