"""What a track can hold, by the profile. Asked before anything is sent."""

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.stripe import SetTrack7Bit, SetTrackDefault
from loyalty.errors import Rejected


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
