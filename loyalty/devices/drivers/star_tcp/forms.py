"""Commands in the form that a firmware takes, and refusal of what it cannot take, before anything is sent."""

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.face import Discharge, EraseAndPrint, EraseOnly
from loyalty.devices.wire.star_tcp.stripe import SetTrack7Bit, SetTrackDefault
from loyalty.errors import Rejected, StripeUnreadable


def data_for(profile: Profile, track: int, text: str) -> SetTrack7Bit | SetTrackDefault:
    """The command that hands over `text`; Rejected when the track cannot hold it."""
    if track not in profile["tracks"]:
        known = ", ".join(str(number) for number in profile["tracks"])
        raise Rejected(f"This unit has no head for track {track}, only for {known}.", advice="Use another track.")
    longest, lowest = profile["stripe_length"], profile["stripe_lowest"]
    if len(text) > longest:
        raise Rejected(f"Track {track} takes {longest} characters, {len(text)} were given.", advice="Shorten the text.")
    bad = [sign for sign in text if not lowest <= ord(sign) <= 0x7E or sign in "\x02\x03"]
    if bad:
        raise Rejected(f"Track {track} cannot hold {bad[0]!r}.", advice="Use letters without accents, and digits.")
    kind = SetTrack7Bit if profile["stripe_format"] == "7bit" else SetTrackDefault
    return kind(track, text.encode("ascii"))


def print_command(profile: Profile, *, keep: bool = False) -> EraseAndPrint:
    """Erase, print, push out (or keep inside). The firmware of 2003 erases whatever it prints over; a later one is told
    every time."""
    after = Discharge.HOLD if keep else Discharge.FRONT
    if profile["erase_print_form"] == "discharge":
        return EraseAndPrint(after)
    return EraseAndPrint(after, erase=True, print=True)


def erase_command(profile: Profile) -> EraseAndPrint | EraseOnly:
    """Erase and push out."""
    if profile["erase_print_form"] == "discharge":
        return EraseOnly(Discharge.FRONT)
    return EraseAndPrint(Discharge.FRONT, erase=True, print=False)


def stripe_text(data: bytes, track: int) -> str | None:
    """What a track carries, None when it carries nothing; StripeUnreadable for characters that no stripe has."""
    try:
        return data.decode("ascii") or None
    except UnicodeDecodeError as error:
        raise StripeUnreadable(f"Track {track} holds characters that no stripe has.") from error
