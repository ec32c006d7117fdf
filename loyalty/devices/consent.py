"""Hardware is not driven with facts that nobody has checked unless somebody says so. Simulators are exempt."""

from loyalty.devices.profiles import Profile

NAMED = 6


def doubt(profile: Profile) -> str:
    """One sentence naming the unverified facts of a profile; empty when there are none."""
    facts = profile.unverified()
    if not facts and profile.verified != "unverified":
        return ""
    named = ", ".join(facts[:NAMED]) + (f" and {len(facts) - NAMED} more" if len(facts) > NAMED else "")
    return (
        f"Nobody has checked {named or 'this model at all'} of the profile {profile.name} on hardware or in a manual, "
        "so the device may do something else than expected."
    )
