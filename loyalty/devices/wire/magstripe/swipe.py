"""What a swipe comes to, for every reader alike: refused, to be drawn again, or a credential."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loyalty.contract.bank_card import is_bank_card
from loyalty.contract.token import Token
from loyalty.errors import BankCardRefused, StripeUnreadable


@dataclass(frozen=True)
class Swipe:
    """tracks: number -> data without sentinels, blank ones left out. damaged: those that hold something unreadable."""

    tracks: Mapping[int, str] = field(default_factory=dict)
    damaged: tuple[int, ...] = ()


def refuse_bank_card(tracks: Mapping[int, str], own_numbers: Sequence[str]) -> None:
    """BankCardRefused, before anything of the card has gone anywhere. Its text holds no digit of it."""
    if is_bank_card(tracks, own_numbers):
        raise BankCardRefused


def no_bank_card(track: int, text: str | None, own_numbers: Sequence[str] = ()) -> str | None:
    """The track that a unit read inside itself, as it is; BankCardRefused when it is a bank card's."""
    if text:
        refuse_bank_card({track: text}, own_numbers)
    return text


def whole(swipe: Swipe, own_numbers: Sequence[str]) -> dict[int, str]:
    """Every track; StripeUnreadable when one is damaged or none holds anything. A bank card is refused first."""
    refuse_bank_card(swipe.tracks, own_numbers)
    if swipe.damaged:
        tracks = " and ".join(str(track) for track in swipe.damaged)
        raise StripeUnreadable(f"Track {tracks} of the stripe could not be read.")
    if not any(swipe.tracks.values()):
        raise StripeUnreadable("The stripe is empty, or the card was drawn through the wrong way round.")
    return dict(swipe.tracks)


def token_of(swipe: Swipe, order: Sequence[int], own_numbers: Sequence[str], source: str) -> Token:
    """The first track of `order` that holds anything. A damaged one is drawn again and never passed over.

    What stands on another track may name somebody else, so that the card as a whole has one credential or none.
    """
    refuse_bank_card(swipe.tracks, own_numbers)
    for track in order:
        if track in swipe.damaged:
            raise StripeUnreadable(f"Track {track} of the stripe could not be read.")
        if data := swipe.tracks.get(track, "").strip():
            return Token("magstripe", data, source)
    whole(swipe, own_numbers)
    raise StripeUnreadable("The stripe holds nothing on the tracks that this counter reads.")


def bare(track: str) -> str:
    """A track without its sentinels, as readers that send text deliver it."""
    inside = track[1:] if track[:1] in ("%", ";", "+", "!") else track
    return inside[:-1] if inside.endswith("?") else inside
