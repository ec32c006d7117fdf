"""The reader itself: its lights, its buzzer, its firmware, where its profile says how."""

from loyalty.devices.interfaces import CardLink
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.apdu import Malformed, Response, acs
from loyalty.errors import Garbled, Rejected

_BEEP_TENTHS, _BEEP_HUNDREDTHS = 1, 10


class ReaderItself:
    """Commands that no card hears. They go the system's way for that, and past the card where there is none."""

    def __init__(self, link: CardLink, profile: Profile) -> None:
        self._link, self._profile = link, profile
        self._timeout_s = float(profile["answer_timeout_s"])

    def firmware(self) -> str:
        """What the reader calls itself; empty where it cannot be asked. Garbled for an answer that is none."""
        way = self._profile["firmware_question"]
        if way == "acr122":
            return _text(self._ask(acs.Firmware122().command().encoded()))
        if way == "acr1252":
            return _text(self._escape(acs.Escape(acs.Escape.FIRMWARE)))
        return ""

    def show(self, red: bool, green: bool, beeps: int = 0) -> None:
        """Lights on or off, and so many short beeps. Rejected for a reader without."""
        way = self._profile["lights"]
        if way == "acr122":
            self._show_122(red, green, beeps)
        elif way == "acr1252":
            self._escape(acs.Escape(acs.Escape.LIGHTS, bytes([red | green << 1])))
            if beeps:
                length = min(beeps * _BEEP_HUNDREDTHS, 255)
                self._escape(acs.Escape(acs.Escape.BUZZER, bytes([length])))
        else:
            raise Rejected(f"{self._profile.model} has no lights that could be set.")

    def _show_122(self, red: bool, green: bool, beeps: int) -> None:
        update_both = acs.Lights122.RED << 2 | acs.Lights122.GREEN << 2
        states = update_both | red * acs.Lights122.RED | green * acs.Lights122.GREEN
        beeping = (_BEEP_TENTHS, _BEEP_TENTHS, min(beeps, 255), 1) if beeps else (0, 0, 0, 0)
        raw = self._ask(acs.Lights122(states, *beeping).command().encoded())
        try:
            answer = Response.parse(raw)
        except Malformed as error:
            raise Garbled(f"The reader answered nonsense about its lights: {error}.") from error
        # 90 xx is success: xx is how the lights are now, and 90 00 only says that both are off.
        if answer.sw >> 8 != 0x90:
            raise Rejected(f"The reader does not set its lights ({answer.sw:04X}).")

    def _ask(self, command: bytes) -> bytes:
        try:
            return self._link.control(command, self._timeout_s)
        except Rejected:
            return self._link.exchange(command, self._timeout_s)  # an ACR122 takes them as commands to a card too

    def _escape(self, escape: acs.Escape) -> bytes:
        try:
            return acs.parse_escape_answer(self._link.control(escape.encoded(), self._timeout_s))
        except Malformed as error:
            raise Garbled(f"The reader answered nonsense: {error}.") from error


def _text(raw: bytes) -> str:
    if not raw.isascii() or not raw:
        raise Garbled(f"The reader's firmware is no text: {raw.hex(' ')}.")
    return raw.decode("ascii").rstrip("\0 ")
