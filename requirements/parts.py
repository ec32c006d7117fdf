"""Parts of the tests that need more than Python: how to tell that one is missing, and what brings it.

Read by the set-up (which installs what it may) and by the tests (which skip what is not there, and say so).
Standard library only: the set-up runs before anything is installed.
"""

import os
import shutil
import sysconfig
from collections.abc import Callable, Iterable
from glob import glob
from pathlib import Path
from typing import NamedTuple

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell first: without windows around its pages it takes a third of the processor time."""
VIRTUAL_READER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so*"
CJK_FONTS = "/usr/share/fonts/**/NotoSansCJK-Regular.ttc"


class Part(NamedTuple):
    name: str
    marker: str
    """pytest marker of the tests that need it; empty where none does."""
    packages: tuple[str, ...]
    """Debian packages that bring it."""
    missing: Callable[[], str | None]
    """What is missing, in a few words, or None."""


def chromium() -> str | None:
    """Path of a Chromium: LOYALTY_TEST_CHROMIUM, or the first one on the path."""
    chosen = os.environ.get("LOYALTY_TEST_CHROMIUM")
    return next(filter(None, map(shutil.which, [chosen] if chosen else BROWSERS)), None)


def postgresql() -> str | None:
    """Folder with PostgreSQL's programs (initdb, postgres), the newest first."""
    found = sorted(glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: float(path.split("/")[4]))
    program = found[-1] if found else shutil.which("initdb")
    return str(Path(program).parent) if program else None


def _no_chromium() -> str | None:
    return None if chromium() else "Chromium is not installed"


def _no_postgresql() -> str | None:
    return None if postgresql() else "PostgreSQL's programs are not installed"


def _no_pcscd() -> str | None:
    if not Path("/usr/sbin/pcscd").exists():
        return "pcscd is not installed"
    return None if glob(VIRTUAL_READER) else "the virtual reader (vpcd) is not installed"


def _no_nfc_tools() -> str | None:
    tools = ("nfc-list", "mifare-desfire-info", "opensc-tool", "pcsc_scan")
    lacking = [tool for tool in tools if shutil.which(tool) is None]
    return f"{', '.join(lacking)} not installed" if lacking else None


def _no_cjk_font() -> str | None:
    return None if glob(CJK_FONTS, recursive=True) else "no system font with Chinese characters"


def no_compiler() -> str | None:
    """What pyscard, which comes as source only, lacks to be built here."""
    needs = {
        "a C compiler": shutil.which("gcc") or shutil.which("cc"),
        "swig": shutil.which("swig"),
        "the headers of PC/SC": Path("/usr/include/PCSC/winscard.h").exists(),
        "the headers of Python": Path(sysconfig.get_path("include"), "Python.h").exists(),
    }
    lacking = [name for name, there in needs.items() if not there]
    return f"{', '.join(lacking)} not installed" if lacking else None


BUILD_TOOLS = ("gcc", "libc6-dev", "swig", "libpcsclite-dev", "python3-dev")
COMPILER = Part("pyscard", "", BUILD_TOOLS, no_compiler)
PARTS = (
    Part("Chromium", "browser", ("chromium-headless-shell",), _no_chromium),
    Part("PC/SC readers", "pcsc", ("pcscd", "vsmartcard-vpcd"), _no_pcscd),
    Part("NFC tools", "nfc_tools", ("libnfc-bin", "libfreefare-bin", "opensc", "pcsc-tools"), _no_nfc_tools),
    COMPILER,
    Part("PostgreSQL", "postgres", ("postgresql",), _no_postgresql),
    Part("Chinese in screenshots", "", ("fonts-noto-cjk",), _no_cjk_font),
)


def how_to_add(packages: Iterable[str]) -> str:
    """The command that brings Debian packages; with sudo where this user needs it."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt install {' '.join(packages)}"
