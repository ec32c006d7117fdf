"""What a Star TCP300 rejects (DLE) although its form is right: by model, firmware and what was set before."""

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.block import Command, Unknown
from loyalty.devices.wire.star_tcp.face import Discharge, EmbeddedImage, EraseAndPrint, EraseOnly, PrintOnly
from loyalty.devices.wire.star_tcp.stripe import (
    OfTrack,
    SetTrack7Bit,
    SetTrackDefault,
    WriteStripe,
    WriteStripeIfCard,
)
from simulators.star_tcp.buffers import Buffers

ISO1, ISO23 = (range(0x20, 0x5F), 76), (range(0x30, 0x3F), 104)
"""Characters and length of the ISO 7811/2 formats, by the codes in which the unit takes them."""


def refusal(command: Command, profile: Profile, buffers: Buffers) -> str | None:
    """Why the unit withdraws the command, or None."""
    if isinstance(command, Unknown) or command.code not in profile["commands"]:
        return None  # answered with status 41h
    tracks = profile["tracks"]
    if isinstance(command, OfTrack) and command.track not in tracks:
        return f"no head for track {command.track}"
    if isinstance(command, WriteStripe | WriteStripeIfCard):
        return _cannot_write(command.tracks, tracks, buffers)
    if isinstance(command, SetTrack7Bit) and any(byte < profile["stripe_lowest"] for byte in command.text):
        return "a character that this firmware does not take"
    if isinstance(command, SetTrackDefault):
        return _no_iso(command, tracks)
    if isinstance(command, EmbeddedImage):
        return "no picture of this number is in the flash ROM"
    if isinstance(command, EraseAndPrint | PrintOnly | EraseOnly):
        return _no_discharge(command, profile)
    return None


def _cannot_write(wanted: tuple[int, ...], tracks: list[int], buffers: Buffers) -> str | None:
    for track in wanted:
        if track not in tracks:
            return f"no head for track {track}"
        if track not in buffers.stripe:
            return f"no data was set for track {track}"
    return None


def _no_iso(command: SetTrackDefault, tracks: list[int]) -> str | None:
    """EEPROM defaults: the three-track model writes T1 in 6 bits, T2 and T3 in 4; the one-track model T2 in 6."""
    signs, longest = ISO1 if command.track == 1 or len(tracks) == 1 else ISO23
    if len(command.text) > longest or any(byte not in signs for byte in command.text):
        return "data that the preset format cannot carry"
    return None


def _no_discharge(command: EraseAndPrint | PrintOnly | EraseOnly, profile: Profile) -> str | None:
    if command.discharge is Discharge.REAR:
        return "the cased unit has no exit at the back"
    flags = isinstance(command, EraseAndPrint) and (command.erase is not None or command.print is not None)
    if flags and profile["erase_print_form"] == "discharge":
        return "this firmware takes one parameter"
    return None
