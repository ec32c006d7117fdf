"""The examples of docs/tills: the fenced blocks of a page by the name after their language."""

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "docs" / "tills"


def blocks(page: str) -> dict[str, list[str]]:
    """`counter`, `run`, `sent`, `typed`, or the name of a file."""
    found: dict[str, list[str]] = {}
    for name, text in re.findall(r"^```\w+ +(\S+)\n(.*?)^```$", (PAGES / page).read_text("utf-8"), re.M | re.S):
        found.setdefault(name, []).append(text)
    return found


def one(page: str, name: str) -> str:
    [text] = blocks(page)[name]
    return text
