"""Reading and writing the stripe: which commands, and what a track can hold."""

import contextlib
from collections.abc import Iterator

from loyalty.devices.drivers.evolis.unit import CLEAR, Unit
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.messages import Command
from loyalty.devices.wire.evolis.replies import Reply
from loyalty.devices.wire.evolis.stripe import FORMATS
from loyalty.errors import Rejected, StripeUnreadable

BLANK = "ERROR BLANK TRACK"


def check(profile: Profile, tracks: dict[int, str]) -> None:
    """Rejected when this unit or a track cannot hold what is to be written. Asked before anything is sent."""
    for track, text in tracks.items():
        if track not in profile["tracks"]:
            known = ", ".join(str(number) for number in profile["tracks"]) or "none"
            raise Rejected(f"This printer has no head for track {track}; it has {known}.", advice="Use another track.")
        if fault := FORMATS[track].fault_of(text):
            sentence = f"Track {track} ({FORMATS[track].name}) {fault}."
            raise Rejected(sentence, advice="Shorten the text, or use only characters that this track takes.")


def formats(profile: Profile) -> Iterator[Command]:
    """Each track in the format that ISO 7811 gives it."""
    for track in profile["tracks"]:
        yield Command("Pmt", (str(track), str(track)))


def writing(profile: Profile, tracks: dict[int, str]) -> Iterator[Command]:
    """What comes before Smw."""
    yield Command("Ss")
    yield Command("Pmc", (profile["coercivity"],))
    yield from formats(profile)
    for track, text in sorted(tracks.items()):
        yield Command("Dm", (str(track), text))


def read(unit: Unit, profile: Profile, track: int) -> str | None:
    """The card passes the head once, which reads all tracks; what this one carries, None when it carries nothing."""
    unit.move(Command("Ss"))
    for command in formats(profile):
        unit.do(command)
    with contextlib.suppress(StripeUnreadable):  # perhaps another track; the question for this one tells
        unit.move(Command("Smr"))
    question = Command("Rmb", (str(track),))
    reply = unit.link.ask(question)
    if isinstance(reply, Reply) and not reply.refused:
        return reply.text or None
    error = unit.refusal(question, reply)
    unit.do(CLEAR)
    if isinstance(reply, Reply) and reply.text == BLANK:
        return None
    raise StripeUnreadable(str(error)) if isinstance(error, Rejected) else error
