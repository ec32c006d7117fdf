"""The vendor's library as judge, where somebody has installed it: in an environment of its own, never in ours.

    python3 -m venv judges && judges/bin/pip install Evolis-SDK Pillow
    JUDGES=judges .venv/bin/python -m pytest tests/simulators/test_evolis_library.py
"""

import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.evolis.planes import planes_for
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.evolis.job import RewriteJob, encoded, rewrite_stream
from simulators.__main__ import start

PYTHON = Path(os.environ.get("JUDGES", "/nowhere")).absolute() / "bin" / "python"
JUDGE = Path(__file__).with_name("evolis_judge.py")
TIME = datetime.fromtimestamp(0, UTC)

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="JUDGES names no environment with the vendor's library")


def raster(path: Path) -> Raster:
    picture = Image.open(path).convert("L").point(lambda light: 255 if light < 128 else 0).convert("1")
    return Raster(picture.width, picture.height, picture.tobytes())


def ours(face: Raster, present: Raster | None) -> bytes:
    planes = planes_for(face, present, read_profile("evolis-primacy2"))
    return encoded(rewrite_stream(RewriteJob(planes.write, planes.erase, int(TIME.timestamp()))))


def test_the_library_works_with_the_simulator_and_writes_what_we_write(tmp_path):
    unit, ready, server = start("evolis-primacy", tcp="127.0.0.1:0")
    port = ready["port"].rsplit(":", 1)[1]
    done = subprocess.run(
        [str(PYTHON), str(JUDGE), port, ready["control"], str(tmp_path)], capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "open": True, "model": "Evolis Primacy 2", "tray": True, "insert": True,
        "written": "OK", "read": "MAG_EBLANK", "tracks": ["ANNA LEE", "0412=7", "ERROR BLANK TRACK"],
        "print": "OK", "watching": True, "insert_again": True, "print_watched": "OK",
    }  # fmt: skip
    face, areas = raster(tmp_path / "face.bmp"), raster(tmp_path / "areas.bmp")
    shown = unit.shown.printed.convert("1")
    assert Raster(shown.width, shown.height, shown.tobytes()) == face
    both = int.from_bytes(face.rows) | int.from_bytes(areas.rows)
    gone = int.from_bytes(areas.rows) & ~int.from_bytes(face.rows)
    assert gone == int.from_bytes(areas.rows)  # the areas lie beside the new face, so both ways say the same
    before = Raster(face.width, face.height, both.to_bytes(len(face.rows)))
    for name, stream in (
        ("full", ours(face, None)), ("mask", ours(face, before)), ("white", ours(Raster.blank(1016, 648), None)),
    ):  # fmt: skip
        theirs = re.sub(rb"Ppws;\d+", b"Ppws;0", (tmp_path / f"{name}.prn").read_bytes())
        assert stream == theirs, name
    server.close()
