"""Whether passes can be made, and if not, what is missing: for `loyalty doctor`, the settings and the member's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.config import Config, PassFiles
from loyalty.errors import ConfigError
from loyalty.passes.book import APPLE, GOOGLE
from loyalty.passes.certificates import signer_of
from loyalty.passes.google import account_of

SOON = timedelta(days=30)
"""Before a certificate ends; a new one takes a day or two."""


@dataclass(frozen=True)
class WalletState:
    """One kind of wallet. `named`: something about it stands in the settings. `fault`: why no pass can be made.

    `about`: pass type, or the service account; `ends`: when the certificate does; `still`: passes hear of no change.
    """

    kind: str
    named: bool
    fault: str = ""
    about: str = ""
    ends: datetime | None = None
    still: bool = False

    @property
    def ready(self) -> bool:
        return self.named and not self.fault

    def ends_soon(self, now: datetime) -> bool:
        return self.ends is not None and self.ends - now < SOON


def states_of(config: Config, now: datetime) -> tuple[WalletState, WalletState]:
    """Apple's, then Google's."""
    return _stated(APPLE, _apple, config, now), _stated(GOOGLE, _google, config, now)


def _stated(
    kind: str, look: Callable[[PassFiles, str, datetime], WalletState | None], config: Config, now: datetime
) -> WalletState:
    try:
        return look(config.passes, config.public_url, now) or WalletState(kind, named=False)
    except ConfigError as fault:
        return WalletState(kind, named=True, fault=str(fault))


def _apple(files: PassFiles, public_url: str, now: datetime) -> WalletState | None:
    signer = signer_of(files)
    if signer is None:
        return None
    over = f"The certificate of {signer.pass_type} ended on {signer.ends:%Y-%m-%d}; ask Apple for a new one."
    still = not public_url.startswith("https://")
    return WalletState(APPLE, True, over if signer.ends <= now else "", signer.pass_type, signer.ends, still)


def _google(files: PassFiles, public_url: str, _now: datetime) -> WalletState | None:
    account = account_of(files)
    if account is None:
        return None
    homeless = "Google fetches the shop's logo: set public_url in loyalty.toml to where this server is reached."
    return WalletState(GOOGLE, True, "" if public_url else homeless, account.email, still=not files.google_updates)
