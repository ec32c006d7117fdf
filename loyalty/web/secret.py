"""The key that signs sessions and form tokens: made once, kept beside the data, readable by its owner only."""

import os
import secrets
from pathlib import Path

NAME = "secret.key"


def secret_key(data_dir: Path) -> str:
    """The key of this installation, 64 hex digits; made with mode 0600 at the first call. OSError when unwritable."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
