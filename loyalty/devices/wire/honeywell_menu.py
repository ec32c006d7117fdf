"""Settings of Honeywell scanners by menu commands: sent as text, answered with the same text and a status byte.

    16 4D 0D  tag, value or query  . or !        answer: what was sent, 06 ACK, 05 ENQ or 15 NAK, . or !

Sources: Honeywell N3680 guide, page 144, and 3310g manual, page 40 (menu commands, responses); python_hon_usbhid
(REVINF answered by a text and `REVINF` 06 `.`). `.` keeps a setting over a power cycle, `!` until then; queries are ?
(present), ^ (factory), * (range).
"""

import re
from dataclasses import dataclass
from enum import IntEnum

PREFIX = b"\x16M\r"
TRIGGER_ON, TRIGGER_OFF, BEEP = b"\x16T\r", b"\x16U\r", b"\x16\x07\r"
"""Without answer. That 16 55 0D lets the trigger go is unverified."""
STORED, UNTIL_POWER_OFF = ".", "!"
LONGEST = 1024
_COMMAND = re.compile(r"[A-Z0-9]{3}[A-Z0-9?^*]{3,80}\Z")
_ANSWER = re.compile(rb"([A-Z0-9]{6}[ -~]{0,200}?)([\x06\x05\x15])([.!])")


class Reply(IntEnum):
    ACK = 0x06
    ENQ = 0x05
    """The scanner does not know this tag."""
    NAK = 0x15
    """The value is not one of those that it takes."""


@dataclass(frozen=True)
class Command:
    """text: tag, sub-tag and value or query, such as CBRENA1 or REVINF. ends: STORED or UNTIL_POWER_OFF."""

    text: str
    ends: str = UNTIL_POWER_OFF


@dataclass(frozen=True)
class Answer:
    """text: what was sent, with the value where it was asked for. before: what the scanner said above it."""

    text: str
    reply: Reply
    before: bytes = b""


def encode(command: Command) -> bytes:
    """ValueError for what is no menu command."""
    if not _COMMAND.match(command.text) or command.ends not in (STORED, UNTIL_POWER_OFF):
        raise ValueError(f"{command.text!r} is no menu command; write tag, sub-tag and value, such as CBRENA1.")
    return PREFIX + command.text.encode("ascii") + command.ends.encode("ascii")


def encode_answer(answer: Answer, ends: str = UNTIL_POWER_OFF) -> bytes:
    return answer.before + answer.text.encode("ascii") + bytes([answer.reply]) + ends.encode("ascii")


def commands_in(buffer: bytearray) -> list[Command | bytes]:
    """What a scanner hears, taken off the buffer: menu commands, and the three orders as they are."""
    found: list[Command | bytes] = []
    while (at := buffer.find(b"\x16")) >= 0:
        del buffer[:at]
        order = bytes(buffer[:3])
        if order in (TRIGGER_ON, TRIGGER_OFF, BEEP):
            found.append(order)
            del buffer[:3]
        elif order == PREFIX:
            end = re.search(rb"[.!]", buffer)
            if end is None:
                break
            text = bytes(buffer[3 : end.start()]).decode("latin-1")
            found.append(Command(text, end.group().decode()))
            del buffer[: end.end()]
        elif len(order) < 3:
            break
        else:
            del buffer[:1]
    del buffer[:-LONGEST]
    return found


def answer_in(buffer: bytearray) -> Answer | None:
    """The first answer, taken off the buffer with all that stood before it; None while there is none."""
    found = _ANSWER.search(buffer)
    if found is None:
        del buffer[:-LONGEST]
        return None
    answer = Answer(found[1].decode("ascii"), Reply(found[2][0]), bytes(buffer[: found.start()]))
    del buffer[: found.end()]
    return answer
