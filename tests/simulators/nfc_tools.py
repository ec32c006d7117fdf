"""Debian's NFC tools on a simulated reader, unmodified: libnfc and libfreefare by the PN532's serial line."""

import json
import os
import subprocess
import sys
import urllib.request

from tests.waits import first_line


class Bench:
    """A simulated PN532 on a pseudo terminal, in a process of its own, and programs that know nothing of us."""

    def __init__(self):
        command = [sys.executable, "-m", "simulators", "pn532", "--pty", "--speed", "fast"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(first_line(self._process))
        self.device = f"pn532_uart:{self.ready['port']}:115200"

    def end(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()

    def lay(self, kind, uid="04A1B2C3D4E5F6", **memory):
        body = json.dumps({"card": {"kind": kind, "uid": uid, "memory": memory}}).encode()
        request = urllib.request.Request(self.ready["control"] + "/card", body, method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def run(self, *command):
        """What the program printed; it must end well."""
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env={**os.environ, "LIBNFC_DEVICE": self.device, "LIBNFC_LOG_LEVEL": "0"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
