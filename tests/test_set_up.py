"""The first minute of a newcomer: ./run in a copy of the checkout, with real shells, Pythons and locks."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waits import limited

ROOT = Path(__file__).resolve().parent.parent
GROUPS = ("build", "base", "cjk")


class Checkout:
    """As much of a checkout as the set-up reads, in a folder whose name has a space."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "requirements").mkdir(parents=True)
        (root / "loyalty").mkdir()
        for name in ("run", "requirements/set_up.sh", "requirements/set_up.py", "requirements/parts.py"):
            shutil.copy(ROOT / name, root / name)
        for name in ("pyproject.toml", "loyalty/__init__.py", *(f"requirements/{group}.txt" for group in GROUPS)):
            (root / name).write_text("")

    def run(self, *options: str, path: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "run", *options],
            env=os.environ | environment | ({"PATH": f"{path}:/usr/bin:/bin"} if path else {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def set_up(self) -> None:
        """Everything stands; `loyalty` says what it was asked."""
        programs = self.root / ".venv" / "bin"
        programs.mkdir(parents=True)
        (programs / "python").symlink_to(sys.executable)
        executable(programs / "loyalty", 'echo "started: $*"')
        stamp = (
            "import set_up as s; s.write_stamp({'python': s.python_version(), 'root': str(s.ROOT), "
            "'groups': {group: s.fingerprint(group) for group in (*s.GROUPS['run'], s.OWN)}})"
        )
        subprocess.run([sys.executable, "-c", stamp], cwd=self.root / "requirements", check=True, timeout=60)

    @property
    def stamp(self) -> dict[str, object]:
        return dict(json.loads((self.root / ".venv" / "stamp.json").read_text()))


def executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path / "my shop")


@pytest.fixture
def other_pythons(tmp_path):
    """A folder, first on the path, whose Pythons are all too old; a test may put others there."""
    folder = tmp_path / "pythons"
    folder.mkdir()
    for name in ("python3.11", "python3.12", "python3.13"):
        executable(folder / name, "exit 127")
    executable(folder / "python3", "echo 3.9")
    return folder


def test_what_stands_is_started_with_the_options_given(checkout):
    checkout.set_up()
    done = checkout.run("--port", "8001", "--data-dir", "a b")
    assert (done.returncode, done.stdout, done.stderr) == (0, "started: demo --port 8001 --data-dir a b\n", "")


def test_too_old_a_python_is_named_with_the_cure(checkout, other_pythons):
    done = checkout.run(path=str(other_pythons))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11, 3.12 or 3.13, and found 3.9: apt install python3 python3-venv" in done.stderr
    assert not (checkout.root / ".venv").exists()


def test_a_python_without_venv_is_named_with_the_cure(checkout, other_pythons):
    executable(other_pythons / "python3.12", 'case "$*" in *ensurepip*) exit 1 ;; *) echo 3.12 ;; esac')
    done = checkout.run(path=str(other_pythons))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.12 cannot make virtual environments here: apt install python3-venv" in done.stderr


@pytest.mark.slow
def test_a_failing_pip_leaves_nothing_that_looks_finished(checkout):
    (checkout.root / "requirements" / "base.txt").write_text(f"no-such-library==1.0 --hash=sha256:{'0' * 64}\n")
    for _ in range(2):  # the second start tries again instead of trusting half a set-up
        done = checkout.run(PIP_NO_INDEX="1", PIP_FIND_LINKS="")
        assert done.returncode == 1
        assert "Could not install the libraries of requirements/base.txt" in done.stderr
        assert "no-such-library==1.0" in done.stderr
        assert "Traceback" not in done.stderr
        assert set(checkout.stamp["groups"]) == {"build"}


@pytest.mark.parametrize("change", ["requirements/base.txt", "pyproject.toml", ".venv/stamp.json"])
def test_a_change_is_noticed(checkout, change):
    checkout.set_up()
    assert checked(checkout) == 0
    (checkout.root / change).write_text("# newer\n")
    assert checked(checkout) == 1


def test_a_moved_checkout_is_noticed(checkout):
    checkout.set_up()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checked(checkout) == 1


def test_a_second_start_waits_for_the_first(checkout):
    checkout.set_up()
    command = [sys.executable, str(checkout.root / "requirements" / "set_up.py"), "install", "run"]
    with (checkout.root / "requirements" / "set_up.py").open() as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        with limited(second, "that the second start waits"):
            assert "waiting" in second.stderr.readline()
        assert second.poll() is None
    assert second.wait(10) == 0
    second.stderr.close()


def test_a_place_that_cannot_be_written_is_named(checkout):
    (checkout.root / ".venv").write_text("in the way")
    done = checkout.run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Set-up cannot write {checkout.root}/.venv/stamp.json: Not a dir")
    assert "from a copy of your own" in done.stderr


def checked(checkout: Checkout) -> int:
    command = [sys.executable, str(checkout.root / "requirements" / "set_up.py"), "check", "run"]
    return subprocess.run(command, check=False, timeout=60).returncode
