"""Receipts that other programs wrote (tests/data/escpos): which language each is in, and what its writer did wrong."""

from pathlib import Path

STREAMS = Path(__file__).parent / "data" / "escpos"
NAMES = sorted(path.stem for path in STREAMS.glob("*.bin"))
STAR = [name for name in NAMES if name.startswith(("rl_star", "rpe_star", "ntp_star"))]
"""In Star's languages; all others are in ESC/POS."""
FAULTS_OF_THE_WRITER = {
    "ntp_epson": [b"\x01"], "ntp_tanca": [b"\x01"],  # ESC p without its times: it takes the next code for them
    "ntp_star": [b"\x1d"],  # QR data without their command, bars without their sizes
    "song_gb18030": [b"\x1b5"] * 2,  # italics, which Epson's language does not have
}  # fmt: skip
"""Codes that no printer of that language knows: it skips them."""


def stream(name: str) -> bytes:
    return (STREAMS / f"{name}.bin").read_bytes()
