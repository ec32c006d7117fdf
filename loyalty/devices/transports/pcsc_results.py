"""Result codes of PC/SC -> our errors. The numbers are those of winscard.h on Windows and of pcsc-lite 1.9 and 2.x."""

from loyalty.errors import DeviceError, Garbled, InUse, LinkLost, NoAnswer, NoCard, WrongCard

OK = 0x00000000
INVALID_HANDLE, TIMEOUT, SHARING_VIOLATION = 0x80100003, 0x8010000A, 0x8010000B
PROTOCOL_MISMATCH, NO_READERS = 0x8010000F, 0x8010002E
RESET_CARD = 0x80100068
_SERVICE_GONE = {
    0x00000006,  # Windows: the handle is invalid
    0x0000006D,  # Windows: the pipe to the service broke
    0x80100001,  # internal error
    0x80100002,  # cancelled
    INVALID_HANDLE,
    0x80100006,  # no memory in the service
    0x80100007,  # waited too long inside the service
    0x80100012,  # the system is shutting it down
    0x80100013,  # the conversation with the service broke
    0x80100014,  # unknown error
    0x80100018,  # shutdown
    0x8010001D,  # no service
    0x8010001E,  # service stopped
    0x80100031,  # server too busy
}
_READER_GONE = {0x80100009, 0x80100017, NO_READERS}
_CARD_GONE = {0x8010000C, 0x80100016, 0x80100067, 0x80100069}
_CARD_UNFIT = {0x8010000D, PROTOCOL_MISMATCH, 0x80100015, 0x80100065, 0x80100066}
"""Unknown card, protocol that does not fit, impossible ATR, unsupported card, unresponsive card."""

START_SERVICE = "Start the computer's smart-card service (on Linux: apt install pcscd, systemctl start pcscd)."
PLUG_READER = "Check the reader's USB plug."
LAY_CARD = "Put the card back and leave it there until it is done."
TURN_CARD = "Take the card out, wipe it and put it in the other way round; if that does not help, use another card."


def is_lost(result: int) -> bool:
    """Nothing works any more with this context; a new one is needed."""
    return result in _SERVICE_GONE or result in _READER_GONE


def error_of(result: int, port: str) -> DeviceError:
    """What a call that ended with `result` means. 0 stands for success without an answer: the card was torn away."""
    code = f"(PC/SC {result:08X})"
    if result in _SERVICE_GONE:
        return LinkLost(f"The smart-card service behind {port} does not run {code}.", advice=START_SERVICE)
    if result in _READER_GONE:
        return LinkLost(f"The reader {port} is no longer connected {code}.", advice=PLUG_READER)
    if result in _CARD_GONE or result == OK:
        return NoCard(f"The card in {port} is gone or went in the middle of a command {code}.", advice=LAY_CARD)
    if result in _CARD_UNFIT:
        return WrongCard(f"The card in {port} does not answer as cards do {code}.", advice=TURN_CARD)
    if result == SHARING_VIOLATION:
        return InUse(f"Another program holds the reader {port} for itself {code}.")
    if result == RESET_CARD:
        return NoAnswer(f"Another program reset the card in {port} {code}.", advice=LAY_CARD)
    if result == TIMEOUT:
        return NoAnswer(f"The reader {port} did not answer in time {code}.", advice=PLUG_READER)
    return Garbled(f"The reader {port} answered in a way that makes no sense {code}.", advice=PLUG_READER)
