"""Fuzzing guided by coverage, for whoever has atheris; no dependency of ours, and no test asks for it.

    python3.11 -m venv /tmp/guided && /tmp/guided/bin/pip install atheris
    PYTHONPATH=.:.venv/lib/python3.11/site-packages /tmp/guided/bin/python -m tests.fuzz.guided star_tcp \
        -max_total_time=60

The first argument is a part of decoders' names, the rest goes to libFuzzer. A finding ends the run with the bytes. Put
them into a test of the decoder before you mend it.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["loyalty.devices.wire"]):
    from tests.fuzz.noise import vectors
    from tests.fuzz.subjects import Stream, Subject, subjects
    from tests.fuzz.trying import survives


def once(subject: Subject, data: bytes) -> None:
    """In two pieces where the decoder takes pieces: the first byte says where it is split."""
    at = data[0] % len(data) if data else 0
    survives(subject, [data[:at], data[at:]] if isinstance(subject, Stream) else [data])


def main() -> None:
    part, options = sys.argv[1], sys.argv[2:]
    chosen = [subject for subject in subjects() if part in subject.name]
    if not chosen:
        sys.exit(f"No decoder has {part!r} in its name.")
    seeds = Path(tempfile.mkdtemp(prefix="seeds-"))
    for subject in chosen:
        for number, vector in enumerate([*vectors(subject.name.partition(".")[0]), *subject.more]):
            (seeds / f"{number}").write_bytes(vector)

    def every(data: bytes) -> None:
        for subject in chosen:
            once(subject, data)

    atheris.Setup([sys.argv[0], *options, str(seeds)], every)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
