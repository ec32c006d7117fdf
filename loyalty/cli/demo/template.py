"""The seeded database is kept as a template, so that only the first start pays for a year of history.

A template fits when the data, the programme, the product's version, its schema and the day are the same.
"""

import contextlib
import hashlib
import os
import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

from loyalty import __version__


def cache_folder() -> Path:
    """`LOYALTY_CACHE`, else the platform's folder for things that may be made again."""
    if given := os.environ.get("LOYALTY_CACHE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loyalty"


def template_path(today: date) -> Path:
    """Where the template for a history as it looks `today` lies, or would lie."""
    demo = files("loyalty.cli.demo")
    digest = hashlib.sha256(f"{__version__} {today}".encode())
    digest.update((demo / "data" / "purchases.csv.xz").read_bytes())
    for folder in ("cli/demo", "points", "points/steps", "members", "checkout", "db", "db/migrations/versions"):
        for source in sorted(Path(str(files("loyalty"))).joinpath(folder).glob("*.*")):
            if source.suffix in {".py", ".yaml"}:
                digest.update(source.read_bytes())
    return cache_folder() / f"demo-{digest.hexdigest()[:16]}.db"


def fetch(template: Path, target: Path) -> bool:
    """Copy the template to `target`; False when there is none."""
    if not template.is_file():
        return False
    target.touch(mode=0o600)
    shutil.copyfile(template, target)
    return True


def keep(seeded: Path, template: Path) -> None:
    """Keep a copy as the template, whole or not at all; older templates go. A full or read-only disk is no failure."""
    with contextlib.suppress(OSError):
        template.parent.mkdir(parents=True, exist_ok=True)
        part = template.with_suffix(f".part{os.getpid()}")
        shutil.copyfile(seeded, part)
        os.replace(part, template)
        for old in template.parent.glob("demo-*.db"):
            if old != template:
                old.unlink()
