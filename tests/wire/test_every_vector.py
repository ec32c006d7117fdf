"""No message of any language is without a golden vector, no vector without its source, no room is forgotten."""

import json
from pathlib import Path

import pytest

from loyalty.devices.wire.escpos import Command, Decoder, Demultiplexer, RealTime
from loyalty.devices.wire.escpos.star_line import STAR_LINE
from tests.fuzz.walking import modules
from tests.wire.vectors import FAMILIES, WITHOUT, family, table

ESCPOS = json.loads((Path(__file__).parent / "golden" / "escpos.json").read_text("utf-8"))


@pytest.mark.parametrize("room", FAMILIES)
def test_every_message_has_a_golden_vector_with_its_source(room):
    found = family(room)
    assert found.kinds - {kind for kind, _ in found.rows} == set()
    assert all(source.strip() for _, source in found.rows)


def test_no_room_of_the_wire_is_forgotten():
    rooms = {module.__name__.split(".")[3] for module in modules()}
    assert rooms == {*FAMILIES, *WITHOUT}
    assert table()[-1].startswith("all")


@pytest.mark.parametrize("table", ["escpos", "star", "now"])
def test_receipt_commands_are_whole_at_their_last_byte(table):
    kind = RealTime if table == "now" else Command
    for row in (row for row in ESCPOS if row["table"] == table):
        raw, decoder = bytes.fromhex(row["hex"]), Decoder(STAR_LINE) if table == "star" else Decoder()
        assert [message for byte in raw[:-1] for message in decoder.feed(bytes([byte]))] == [], row
        (message,) = decoder.feed(raw[-1:])
        assert isinstance(message, kind) and message.name == row["name"], row


def test_receipt_answers_are_told_apart():
    for row in (row for row in ESCPOS if row["table"] == "answer"):
        assert [type(answer).__name__ for answer in Demultiplexer().feed(bytes.fromhex(row["hex"]))] == [row["name"]]
