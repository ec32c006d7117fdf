"""What `loyalty doctor` says of passes for wallets of phones: nothing where the shop has none."""

from datetime import datetime

from loyalty.cli.checks_machine import Check
from loyalty.config import Config
from loyalty.passes.state import WalletState, states_of

_RENEW = "renew it under Certificates at developer.apple.com, put the new file in its place"


def passes(config: Config, now: datetime) -> list[Check]:
    """A line for each kind of wallet that the settings name."""
    return [_check(each, now) for each in states_of(config, now) if each.named]


def _check(state: WalletState, now: datetime) -> Check:
    name = f"{state.kind} passes"
    if state.fault:
        return Check(name, "bad", state.fault, "mend [passes] in loyalty.toml, see docs/wallet-passes.md")
    said = f"{state.about} can make passes"
    if state.ends is not None:
        said += f" until {state.ends:%Y-%m-%d}"
        if state.ends_soon(now):
            return Check(name, "note", f"{said}: that is soon.", _RENEW)
    if state.still:
        remedy = "set public_url to an https address" if state.kind == "apple" else "set google_updates = true"
        return Check(name, "note", f"{said}, but they hear of no change.", remedy)
    return Check(name, "ok", f"{said}.")
