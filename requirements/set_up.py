"""Makes `.venv` in the checkout fit the pinned requirements: `set_up.py check|install run|test`.

`check` is the fast way of every later start: exit 0 when nothing is to be done. `install` does what is
missing, one start at a time. `.venv/stamp.json` records what stands; an entry is taken out before pip
touches its group and put back when pip is done, so a start that died half-way is mended by the next one.
Standard library only. Messages go to standard error: standard output belongs to the program started next.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import parts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
STAMP = VENV / "stamp.json"
LOG = VENV / "set-up.log"

GROUPS = {"run": ("build", "base", "cjk"), "test": ("build", "base", "cjk", "dev", "postgres")}
OWN = "own"
"""The checkout itself, installed so that edits count at once."""
OWN_FILES = (ROOT / "pyproject.toml", ROOT / "loyalty" / "__init__.py")
PCSC = "pcsc"
"""The one group that compiles; the tests go on without it."""
FROM_SOURCE = "flask-principal,pyscard"
"""All else comes as wheels. These are built with the tools of the group `build`, not with newer ones."""
MEND_OWNER = "Start as the owner of this folder, or from a copy of your own."


def main(arguments: list[str]) -> None:
    deed, program = arguments
    if deed == "check":
        sys.exit(1 if to_do(program) else 0)
    try:
        with one_at_a_time():
            install(program)
    except KeyboardInterrupt:
        stop("Set-up was interrupted; start again and it goes on.")
    except OSError as fault:
        stop(f"Set-up cannot write {fault.filename}: {fault.strerror}. {MEND_OWNER}")


def to_do(program: str) -> list[str]:
    """Steps still to be done, in order; empty when `.venv` fits."""
    stamp = read_stamp()
    fits = (stamp["python"], stamp["root"]) == (python_version(), str(ROOT))
    if not (fits and os.access(VENV / "bin" / "python", os.X_OK)):
        return ["venv", *GROUPS[program], OWN]
    steps = [group for group in (*GROUPS[program], OWN) if stamp["groups"].get(group) != fingerprint(group)]
    if program == "test" and os.geteuid() == 0 and apt() and any(part.missing() for part in needed(stamp)):
        steps.append("packages")
    if program == "test" and stamp["groups"].get(PCSC) != fingerprint(PCSC) and not parts.no_compiler():
        steps.append(PCSC)
    return steps


def install(program: str) -> None:
    """Everything `to_do` names; says on one line what it is about and at the end what was left out."""
    steps = to_do(program)  # again, now that no other start is at work
    if not steps:
        return
    tell(f"Setting up {VENV} (about a minute, once) ...")
    if "venv" in steps:
        create_venv()
    for group in steps:
        if group in GROUPS[program]:
            install_group(group)
    if OWN in steps:
        install_own()
    if program == "test":
        install_packages()
        install_pcsc()
    tell_left_out(program)


def create_venv() -> None:
    STAMP.unlink(missing_ok=True)
    base = getattr(sys, "_base_executable", sys.executable)  # this may be the very Python that goes away
    command = [base, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"Python could not make {VENV}: {last_line(done.stdout + done.stderr)}. {MEND_OWNER}")
    write_stamp({"python": python_version(), "root": str(ROOT), "groups": {}})


def install_group(group: str) -> None:
    wheels = ["--only-binary", ":all:", "--no-binary", FROM_SOURCE, "--no-build-isolation"]
    options = ["--require-hashes", "--no-deps", *wheels, "-r", str(HERE / f"{group}.txt")]
    pip(group, options, f"Could not install the libraries of requirements/{group}.txt")


def install_own() -> None:
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    pip(OWN, options, "Could not install the checkout itself")


def install_pcsc() -> None:
    stamp = read_stamp()
    if stamp["groups"].get(PCSC) == fingerprint(PCSC) or parts.no_compiler():
        return
    try:
        install_group(PCSC)
    except SystemExit:
        tell("Going on without pyscard: the tests with PC/SC readers are skipped.")


def install_packages() -> None:
    """Debian packages of missing parts, each on its own so that one failure spares the others."""
    lacking = [part for part in needed(read_stamp()) if part.missing()]
    if not lacking or os.geteuid() != 0 or not apt():
        return
    run_apt("update")
    for part in lacking:
        if not run_apt("install", "--yes", "--no-install-recommends", *part.packages):
            tell(f"apt could not install {' '.join(part.packages)}; what needs it is skipped (see {LOG}).")


def needed(stamp: dict[str, Any]) -> list[parts.Part]:
    """Parts worth having; no compiler once pyscard is built."""
    built = stamp["groups"].get(PCSC) == fingerprint(PCSC)
    return [part for part in parts.PARTS if not (built and part is parts.COMPILER)]


def tell_left_out(program: str) -> None:
    wanted = [part for part in needed(read_stamp()) if part.marker or (program == "test" and part is parts.COMPILER)]
    lacking = [part for part in wanted if part.missing()]
    if not lacking:
        return
    names = ", ".join(part.name for part in lacking)
    packages = [package for part in lacking for package in part.packages]
    use = "the demo needs none of it" if program == "run" else "their tests are skipped"
    tell(f"Left out: {names}; {use}. To add: {parts.how_to_add(packages)}, then ./test")


def apt() -> bool:
    return Path("/usr/bin/apt-get").exists()


def run_apt(*words: str) -> bool:
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *words]
    done = run_quietly(command, DEBIAN_FRONTEND="noninteractive")
    return done.returncode == 0


def pip(group: str, options: list[str], failure: str) -> None:
    stamp = read_stamp()
    stamp["groups"].pop(group, None)
    write_stamp(stamp)
    done = run_quietly(
        [str(VENV / "bin" / "python"), "-E", "-s", "-m", "pip", "--no-input", "install", "--quiet", *options],
        PIP_USER="0",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
    )
    if done.returncode:
        stop(f"{failure}: {last_line(done.stderr)} Check the network and start again (all of it: {LOG}).")
    write_stamp({**stamp, "groups": {**stamp["groups"], group: fingerprint(group)}})


def run_quietly(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program with nobody to ask; what it says goes into the log."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done


def fingerprint(group: str) -> str:
    files = OWN_FILES if group == OWN else (HERE / f"{group}.txt",)
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def read_stamp() -> dict[str, Any]:
    """What stands in `.venv`; nothing when the file is missing or unreadable."""
    nothing: dict[str, Any] = {"python": "", "root": "", "groups": {}}
    try:
        return nothing | json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return nothing


def write_stamp(stamp: dict[str, Any]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1))
    fresh.replace(STAMP)


def python_version() -> str:
    return ".".join(map(str, sys.version_info[:2]))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Holds a lock on this very file: it ends with the process and leaves nothing behind."""
    with Path(__file__).open() as myself:
        try:
            fcntl.flock(myself, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another start is setting up this checkout; waiting for it ...")
            fcntl.flock(myself, fcntl.LOCK_EX)
        yield


def last_line(output: str) -> str:
    """pip's last ERROR line, else the last line of all."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason given."]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1]


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    tell(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
