"""Steps of a barcode scanner: quiet by itself, one code for each pull of the trigger, whole, ended as agreed."""

from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.interfaces import Seen
from loyalty.errors import Garbled

QUIET_S = 0.4
CODE, OTHER, LONG = "4006381333931", "LOYALTY-CHECK-2", "L" * 40 + "0123456789" * 2
_TRIGGER = "Hold the code 10 to 20 cm before the window and pull the trigger."
_CABLE = "Check plug and cable; a loose one makes such noise."
_HOST = "If it beeps and nothing arrives, it is set to another connection: scan the setting for serial or USB-COM."
_SET_UP = (
    "Prefix, suffix or identifiers are set otherwise than the profile says: scan the scanner's factory setting, then "
    "those of the profile."
)
_ENDS = {b"\r\n": "CRLF", b"\r": "CR", b"\n": "LF", b"\t": "TAB", b"\x03": "ETX", b"": "none"}


def quiet(desk: Desk) -> str:
    """Nobody pulls the trigger."""
    before = len(desk.from_device)
    reading = desk.next_reading(Seen, QUIET_S)
    if reading or len(desk.from_device) > before:
        advice = f"{_CABLE} Or it lies before a code: turn it away."
        raise NotHeld(f"{len(desk.from_device) - before} bytes came by themselves", advice, "garbled")
    return "nothing came by itself"


def scanned(desk: Desk) -> str:
    desk.notes["code"] = code = _scan(desk, CODE, "EAN-13", f"Scan any barcode. {_TRIGGER}")
    return f"{len(code)} characters"


def ending(desk: Desk) -> str:
    """Without its ending each code waits for a silence, and two quick ones become one."""
    suffix = desk.fact("suffix")
    if suffix is None or "code" not in desk.notes:
        raise LeftOut("this kind of scanner frames its codes" if suffix is None else "no code was read")
    raw = bytes(desk.from_device)
    found = next(name for end, name in _ENDS.items() if raw.endswith(end))
    if found != suffix:
        raise NotHeld(
            f"codes end with {found}",
            f"Scan the setting for the suffix {suffix} in its manual, or set the profile's `suffix` to {found}.",
            "suffix",
        )
    return f"codes end with {found}"


def once(desk: Desk) -> str:
    if "code" not in desk.notes:
        raise LeftOut("no code was read")
    if desk.next_reading(Seen, QUIET_S):
        raise NotHeld("the code came twice", "Set the scanner to trigger mode, without continuous reading.", "repeated")
    return "one code for one scan"


def second(desk: Desk) -> str:
    code = _scan(desk, OTHER, "CODE128", f"Scan another barcode. {_TRIGGER}")
    if code == desk.notes.get("code"):
        raise NotHeld("it is the same code as before", "Scan another one, to see that none sticks.", "repeated")
    return f"{len(code)} characters, another code"


def long_code(desk: Desk) -> str:
    code = _scan(desk, LONG, "QR", "Scan a QR code, or the longest barcode at hand.")
    return f"{len(code)} characters"


STEPS = (
    Step("quiet", "it says nothing unasked", "silence", quiet),
    Step("scanned", "a code arrives whole", "the code's own characters", scanned),
    Step("ending", "codes end as the profile says", "the profile's suffix", ending),
    Step("once", "one scan is one code", "nothing more", once),
    Step("second", "another code follows", "another code", second),
    Step("long", "a long code arrives whole", "every character", long_code),
)


def _scan(desk: Desk, data: str, symbology: str, words: str) -> str:
    held = desk.hands.scan(data, symbology, words)
    try:
        reading = desk.next_reading(Seen)
    except Garbled as error:
        raise NotHeld(str(error), f"{error.advice} {_CABLE}", error.code) from error
    if reading is None:
        raise NotHeld(f"no code came within {desk.wait_s:g} s", f"{_TRIGGER} {_HOST}", "no_answer")
    code = str(reading.token.value)
    if held is not None and code != held:
        raise NotHeld(f"{code!r} came instead of {held!r}", _SET_UP, "garbled")
    return code
