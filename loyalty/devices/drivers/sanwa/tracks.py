"""Reading, writing and comparing the stripe: which commands, and what a track can hold."""

from loyalty.devices.drivers.sanwa.unit import Unit
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.stripe import TRACK_BYTES, Bits, ReadTracks, WriteTracks
from loyalty.errors import Garbled, Rejected, StripeUnreadable, StripeWriteFailed

LOWEST, HIGHEST = 0x20, 0x7E
"""Characters that we write: those of 7 bits that can be seen."""


def writing(profile: Profile, contents: dict[int, str]) -> WriteTracks:
    """The command that writes these tracks; Rejected when a track cannot hold its text. Nothing is sent."""
    content = b""
    for track, text in sorted(contents.items()):
        content += padded(profile, track, text)
    return WriteTracks(tuple(sorted(contents)), bits=_bits(profile), content=content)


def read(unit: Unit, profile: Profile, track: int) -> str | None:
    """What the track carries, None when it carries nothing."""
    try:
        data = unit.work(ReadTracks((track,), bits=_bits(profile))).data
    except StripeUnreadable:
        if profile["stripe_blank"] == "none":
            return None
        raise
    return text_of(data, track)


def text_of(data: bytes, track: int) -> str | None:
    """The text of a track's bytes, without what fills it up; None when that is all there is."""
    if len(data) != TRACK_BYTES:
        raise Garbled(f"Track {track} came with {len(data)} characters, {TRACK_BYTES} were asked for.")
    text = data.rstrip(b"\x00 ")
    if any(not LOWEST <= byte <= HIGHEST for byte in text):
        raise StripeUnreadable(f"Track {track} holds characters that no stripe of ours has.")
    return text.decode("ascii") or None


def compare(unit: Unit, profile: Profile, contents: dict[int, str]) -> None:
    """Read back; StripeWriteFailed when it is not what was to be written."""
    for track, text in contents.items():
        try:
            found = read(unit, profile, track)
        except StripeUnreadable as error:
            raise StripeWriteFailed(f"Track {track} cannot be read back.") from error
        if (found or "") != text.rstrip(" "):
            raise StripeWriteFailed(f"Track {track} does not read back as it was written.")


def _bits(profile: Profile) -> Bits:
    return Bits.SEVEN_AND_PARITY if profile["stripe_bits"] == 7 else Bits.EIGHT


def padded(profile: Profile, track: int, text: str) -> bytes:
    """The bytes of a track; Rejected when it cannot hold the text, or the unit has no head for it."""
    if track not in profile["tracks"]:
        known = ", ".join(str(number) for number in profile["tracks"])
        raise Rejected(f"This unit has no head for track {track}, only for {known}.", advice="Use another track.")
    longest = int(profile["stripe_length"])
    if len(text) > longest:
        raise Rejected(f"Track {track} takes {longest} characters, {len(text)} were given.", advice="Shorten the text.")
    if bad := [sign for sign in text if not LOWEST <= ord(sign) <= HIGHEST]:
        raise Rejected(f"Track {track} cannot hold {bad[0]!r}.", advice="Use letters without accents, and digits.")
    return text.encode("ascii").ljust(longest, bytes([profile["stripe_pad"]]))
