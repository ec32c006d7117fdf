"""Streams: order, catching up, a full house, clients that go."""

import itertools
import json
from collections.abc import Iterator

import pytest

from loyalty.counter.events import BEHIND, KEPT, Hub, TooManyClients

ALL = frozenset({"member", "link"})


def events(stream: Iterator[str], count: int) -> list[tuple[str, str, object]]:
    found = []
    for text in stream:
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line and line[0] != ":")
        if "event" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
        if len(found) == count:
            return found
    raise AssertionError(f"only {found}")


def test_a_new_screen_is_told_to_ask_for_everything_and_then_hears_what_happens() -> None:
    hub = Hub()
    stream = hub.stream(ALL, None)
    hub.tell("member", {"member": "陳＊文"})
    hub.tell("print", [])  # not asked for
    hub.tell("link", {"online": True})
    assert [event[1:] for event in events(stream, 3)] == [
        ("resync", {}), ("member", {"member": "陳＊文"}), ("link", {"online": True}),
    ]  # fmt: skip


def test_a_screen_that_comes_back_gets_what_it_missed() -> None:
    hub = Hub()
    first = hub.stream(ALL, None)
    for number in range(5):
        hub.tell("member", number)
    seen = events(first, 4)[-1]
    assert seen[2] == 2
    assert [event[2] for event in events(hub.stream(ALL, seen[0]), 2)] == [3, 4]


@pytest.mark.parametrize("last_id", ["9999999", "words", "abcdef-1"])
def test_a_screen_with_a_number_of_another_life_asks_for_everything(last_id: str) -> None:
    hub = Hub()
    hub.tell("member", 1)
    assert events(hub.stream(ALL, last_id), 1)[0][1] == "resync"


def test_what_is_no_longer_kept_is_asked_for_afresh() -> None:
    hub = Hub()
    life = events(hub.stream(ALL, None), 1)[0][0].partition("-")[0]
    for number in range(KEPT + 10):
        hub.tell("member", number)
    assert events(hub.stream(ALL, f"{life}-2"), 1)[0][1] == "resync"
    assert events(hub.stream(ALL, f"{life}-{KEPT}"), 1)[0][2] == KEPT


def test_only_so_many_screens_and_places_become_free_again() -> None:
    hub = Hub(most_clients=2)
    one, _two = hub.stream(ALL, None), hub.stream(ALL, None)
    with pytest.raises(TooManyClients):
        hub.stream(ALL, None)
    one.close()  # type: ignore[attr-defined]
    assert hub.clients() == 1
    hub.stream(ALL, None)


def test_a_sleeping_screen_holds_up_nobody() -> None:
    hub = Hub()
    asleep, awake = hub.stream(ALL, None), hub.stream(ALL, None)
    for number in range(BEHIND + 5):
        hub.tell("member", number)
        if number % 50 == 0:
            list(itertools.islice(awake, 1))
    assert hub.clients() < 2
    asleep.close()  # type: ignore[attr-defined]


def test_silence_is_broken_by_a_heartbeat_and_closing_ends_the_stream() -> None:
    hub = Hub()
    stream = hub.stream(ALL, None, heartbeat_s=0.01)
    events(stream, 1)
    assert next(stream).startswith(":")
    hub.close()
    assert all(text.startswith(":") for text in stream)
