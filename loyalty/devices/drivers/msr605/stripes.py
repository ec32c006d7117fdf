"""Tracks on the stripe <-> what an MSR605 sends and takes for them."""

from collections.abc import Iterable, Mapping

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire import msr605 as msr
from loyalty.devices.wire.magstripe.swipe import Swipe, bare
from loyalty.devices.wire.msr605.commands import Command
from loyalty.errors import Rejected


def check(profile: Profile, tracks: Iterable[int]) -> None:
    """Rejected for a track that this unit has no head for, or for none at all."""
    known = profile["tracks"]
    if strange := [track for track in tracks if track not in known]:
        has = ", ".join(str(track) for track in known)
        raise Rejected(f"This unit has no head for track {strange[0]}; it has {has}.", advice="Use another track.")


def writing(profile: Profile, tracks: Mapping[int, str]) -> Command:
    """The command that writes these tracks; Rejected in one sentence for what a track cannot hold."""
    check(profile, tracks)
    if not tracks:
        raise Rejected("Nothing was given to write.", advice="Say which track is to hold what.")
    for track, text in tracks.items():
        if not text or (fault := ms.ISO[track].fault_of(text)):
            why = f"{fault}" if text else "cannot be written empty; erase it instead"
            raise Rejected(f"Track {track} {why}.", advice="Shorten the text, or use only characters of this track.")
    if profile["swipe_as"] == "iso":
        return msr.WriteIso(dict(tracks))
    return msr.WriteRaw({
        track: ms.packed(ms.bits_of(ms.ISO[track], text, 0, 0), profile["raw_writes_lowest_first"])
        for track, text in tracks.items()
    })  # fmt: skip


def read_raw(profile: Profile, tracks: Mapping[int, bytes]) -> Swipe:
    """Each track through its parity and its LRC."""
    found: dict[int, str] = {}
    damaged = []
    for track, data in tracks.items():
        try:
            text = ms.text_in(ms.ISO[track], ms.bits_in(data, profile["raw_reads_lowest_first"]))
        except ms.Damaged:
            damaged.append(track)
        else:
            found |= {} if text is None else {track: text}
    return Swipe(found, tuple(damaged))


def read_iso(tracks: Mapping[int, str]) -> Swipe:
    """The unit has looked at parity and LRC; here a track only has to be one of its kind."""
    found: dict[int, str] = {}
    damaged = []
    for track, text in tracks.items():
        form = ms.ISO[track]
        start, end = chr(form.start + form.base), chr(form.end + form.base)
        if len(text) > 1 and text[0] == start and text[-1] == end and form.fault_of(bare(text)) is None:
            found[track] = bare(text)
        else:
            damaged.append(track)
    return Swipe(found, tuple(damaged))
