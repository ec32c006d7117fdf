"""The key of the counter's store: found where it may lie, made once, never made anew while something is sealed with it.

Whoever has only the store reads nobody in it; whoever has the key file too reads all. So the key lies beside the
settings where that folder can be written, and `store_key_file` puts it on a medium of its own.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from loyalty.counter.sealing import KEY_BYTES, Seal
from loyalty.errors import ConfigError

KEY_FILE = "store.key"
_CHECKED = "loyalty counter store"


def find(files: Sequence[Path], mark: str) -> Seal:
    """The seal that left `mark` (see mark_of), in whichever file it lies. ConfigError when none of them holds its key;
    it says of a file that is there why it does not."""
    broken = []
    for file in files:
        try:
            if file.exists() and mark_of(seal := Seal(_read(file))) == mark:
                return seal
        except (ConfigError, OSError) as error:  # a half file, or a folder nobody may look into: another may hold it
            broken.append(str(error))
    why = f" ({' '.join(broken)})" if broken else ""
    raise ConfigError(
        f"The key of this counter's store is not in {' or '.join(str(file) for file in files)}{why}; put the file back,"
        " or set the store's folder aside to begin anew: what it has not sent is then lost."
    )


def find_or_make(files: Sequence[Path]) -> Seal:
    """For a store with nothing sealed in it: the first key there is, else a new one where it can be kept."""
    for file in files:
        if file.exists():
            return Seal(_read(file))
    for file in files:
        try:
            return Seal(_made(file))
        except OSError as error:
            failure = error
    raise ConfigError(f"The key of this counter's store cannot be kept in {files[-1]}: {failure.strerror}.")


def mark_of(seal: Seal) -> str:
    """By which a store knows its own key again."""
    return seal.name(_CHECKED)


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The key file {file} cannot be read ({error}); put the right one back.") from error
    if len(key) != KEY_BYTES:
        raise ConfigError(f"The key file {file} is not whole; put the right one back.")
    return key


def _made(file: Path) -> bytes:
    """Whole and on the disk before anything is sealed with it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    key, fresh = secrets.token_bytes(KEY_BYTES), file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key.hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    if os.name == "posix":  # the name too
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    return key
