"""Who stands at the till: staff sign in by PIN or by a card of theirs, without the server, without losing the sale.

PINs are kept as scrypt hashes in the settings, cards by their digest. After five wrong PINs nobody can try for half a
minute. While a screen asks for a supervisor, a card of staff is the answer to that and signs nobody in: it brings a
ticket, good once and for a minute, which stands in the PIN's place.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.clock import Clock
from loyalty.contract.card_report import hot_name
from loyalty.contract.token import Token
from loyalty.errors import Invalid, LoyaltyError

CARD_AWAITED, TICKET_GOOD = timedelta(minutes=2), timedelta(minutes=1)
MOST_TRIES, REST = 5, timedelta(seconds=30)
_COST, _BLOCK, _LANES = 2**12, 8, 1
"""About 10 ms a try: a till knows few people, and all of them are tried."""


@dataclass(frozen=True)
class StaffMember:
    """`pin_hash` as `hash_pin` makes it; `card` as `loyalty.contract.card_report.hot_name` does, empty for none.

    A supervisor may allow what a limit forbids.
    """

    id: str
    name: str
    pin_hash: str
    supervisor: bool = False
    card: str = ""


class WrongPin(LoyaltyError):
    """Nobody has this PIN, or not now."""

    code = "wrong_pin"


def hash_pin(pin: str, salt: bytes | None = None) -> str:
    """`scrypt$salt$hash`, both in hex. Invalid unless the PIN is 4 to 8 digits."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise Invalid("A PIN is 4 to 8 digits.", pointer="/pin")
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=24)
    return f"scrypt${salt.hex()}${digest.hex()}"


def _fits(pin: str, kept: str) -> bool:
    try:
        return secrets.compare_digest(hash_pin(pin, bytes.fromhex(kept.split("$")[1])), kept)
    except (IndexError, ValueError, Invalid):
        return False  # the settings hold something else than a hash: nobody's PIN


class StaffDesk:
    """Thread-safe. `changed` hears who stands here now, None for nobody; `answered` whose card was shown where a
    supervisor is asked for, and the ticket, None of anybody else.
    """

    def __init__(
        self, known: Sequence[StaffMember], clock: Clock, changed: Callable[[StaffMember | None], None]
    ) -> None:
        self._known, self._clock, self._changed = tuple(known), clock, changed
        self._lock = threading.Lock()
        self._wrong, self._rest_until = 0, datetime.min.replace(tzinfo=clock().tzinfo)
        self._card_until, self._tickets = self._rest_until, dict[str, tuple[StaffMember, datetime]]()
        self.here: StaffMember | None = None
        self.answered: Callable[[StaffMember, str | None], None] = lambda staff, ticket: None

    @property
    def cards(self) -> bool:
        """Somebody can show a card."""
        return any(each.card for each in self._known)

    @property
    def known(self) -> bool:
        """Somebody can sign in at all."""
        return bool(self._known)

    @property
    def name(self) -> str | None:
        """The id that goes with sales."""
        return self.here.id if self.here else None

    def sign_in(self, pin: str) -> StaffMember:
        """Whoever has this PIN stands here from now on."""
        self.here = self._whose(pin)
        self._changed(self.here)
        return self.here

    def shows_card(self, token: Token) -> bool:
        """Was it the card of somebody who works here? Then they stand at the till, or allow what is asked for."""
        name = hot_name(token.kind, token.value)
        found = next((each for each in self._known if each.card and secrets.compare_digest(each.card, name)), None)
        if found is not None and self._clock() < self._card_until:
            self.answered(found, self._ticket(found) if found.supervisor else None)
        elif found is not None and found != self.here:
            self.here = found
            self._changed(found)
        return found is not None

    def sign_in_by_code(self, token: Token) -> None:
        """A badge that was scanned or typed where a PIN is asked for. WrongPin when it is nobody's, which is a try."""
        self._check_rest()
        if self.shows_card(token):
            return
        self._tried(wrong=True)
        raise WrongPin("Nobody at this counter has this card; type your PIN.", code="wrong_badge")

    def await_card(self, asking: bool) -> None:
        """A screen asks for a supervisor, by PIN or by card; or it asks no longer."""
        self._card_until = self._clock() + CARD_AWAITED if asking else self._clock()

    def _ticket(self, staff: StaffMember) -> str:
        now, ticket = self._clock(), secrets.token_urlsafe(12)
        with self._lock:
            self._tickets = {ticket: (staff, now + TICKET_GOOD)}
        self.await_card(False)
        return ticket

    def sign_out(self) -> None:
        self.here = None
        self._changed(None)

    def supervisor(self, pin: str | None) -> StaffMember | None:
        """The supervisor with this PIN or ticket, who allows one thing; None without. WrongPin for anybody else's."""
        if pin is None:
            return None
        with self._lock:
            holder, until = self._tickets.pop(pin, (None, self._clock()))
        if holder is not None and self._clock() < until:
            return holder
        if not pin.isdigit():  # a ticket of before is no guess at a PIN
            raise WrongPin("The card was shown too long ago; show it once more.")
        found = self._whose(pin)
        if not found.supervisor:
            raise WrongPin(f"{found.name} is no supervisor; ask one for the PIN.")
        return found

    def _whose(self, pin: str) -> StaffMember:
        with self._lock:
            self._check_rest()
            found = next((each for each in self._known if _fits(pin, each.pin_hash)), None)
            self._tried(wrong=found is None)
        if found is None:
            raise WrongPin("Nobody at this counter has this PIN; try again.")
        return found

    def _check_rest(self) -> None:
        if self._clock() < self._rest_until:
            raise WrongPin("Too many wrong PINs; wait half a minute.")

    def _tried(self, wrong: bool) -> None:
        """One guess more, or the row of them is over."""
        self._wrong = self._wrong + 1 if wrong else 0
        if self._wrong >= MOST_TRIES:
            self._wrong, self._rest_until = 0, self._clock() + REST
