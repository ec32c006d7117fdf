"""A line can bring anything: each decoder takes a million nearly right and random bytes, each run some of them."""

import pytest

from tests.fuzz.noise import pieces, vectors
from tests.fuzz.subjects import NOT_TRIED, STREAMS, WHOLE, Stream, subjects
from tests.fuzz.trying import held, survives
from tests.fuzz.walking import decoders

SUBJECTS = list(subjects())
EAR = [subject for subject in SUBJECTS if isinstance(subject, Stream)]
FILLERS = (b"\0", b"1", b"A", b"\xff")


def room_of(subject):
    return subject.name.partition(".")[0]


def each(found):
    return pytest.mark.parametrize("subject", found, ids=lambda subject: subject.name)


def test_the_tables_name_nothing_that_is_gone():
    assert (set(WHOLE) | set(STREAMS) | set(NOT_TRIED)) <= decoders()
    assert {"star_tcp.codec.Decoder.feed", "apdu.acs.parse", "msr605.answers.AnswerDecoder.feed"} <= decoders()


@each(SUBJECTS)
def test_some_thousand_bytes(subject):
    survives(subject, pieces(room_of(subject), subject.name, 3_000, subject.more))


@pytest.mark.slow
@each(SUBJECTS)
def test_a_million_bytes(subject):
    survives(subject, pieces(room_of(subject), "at length " + subject.name, 1_000_000, subject.more))


@each(EAR)
def test_what_never_ends_is_not_waited_for(subject):
    """Every beginning of a golden vector may announce a length that never comes."""
    some = [*vectors(room_of(subject)), *subject.more]
    for at, vector in enumerate(some[:: max(1, len(some) // 6)]):
        fed_without_end(subject, vector[: len(vector) // 2 + 1], FILLERS[at % len(FILLERS)], 3 * 8192)


@pytest.mark.slow
@each(EAR)
def test_nothing_is_kept_without_end(subject):
    some = list({*vectors(room_of(subject)), *subject.more})
    for at, vector in enumerate(some[:: max(1, len(some) // 40, len(some) * subject.keeps // 4_000_000)]):
        for cut in {1, len(vector) // 2, len(vector) - 1, len(vector)}:
            fed_without_end(subject, vector[:cut], FILLERS[at % len(FILLERS)], subject.keeps * 5 // 4)


def fed_without_end(subject, beginning, filler, size):
    ear = subject.fresh()
    ear.feed(beginning)
    for _ in range(size // 1024):
        ear.feed(filler * 1024)
        assert held(ear) <= subject.keeps, f"{beginning.hex()}, then {filler.hex()} again and again"
