"""What a simulated DESFire says about its hardware, software and production."""

from loyalty.devices.wire.apdu.card_version import CardVersion

_HARDWARE = {"EV1": "04010101001A05", "EV2": "04010112001A05"}
_SOFTWARE = {"EV1": "04010101041A05", "EV2": "04010102011A05"}
_BATCH, _WEEK, _YEAR = bytes.fromhex("BA54C01234"), 35, 14


def version_of(generation: str, uid: bytes) -> bytes:
    """The answer to Get Version, its three parts in a row. uid: zeros where the card does not show its own."""
    parts = bytes.fromhex(_HARDWARE[generation]), bytes.fromhex(_SOFTWARE[generation])
    return b"".join(CardVersion(*parts, uid, _BATCH, _WEEK, _YEAR).frames())
