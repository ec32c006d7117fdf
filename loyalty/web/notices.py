"""What was done, said once on the next page, with a way to undo it."""

from typing import TypedDict, cast

from flask import flash, get_flashed_messages


class Notice(TypedDict):
    """`undo` is the address that takes it back by POST; empty when nothing can."""

    text: str
    undo: str


def say(text: str, undo: str = "") -> None:
    """Kept in the session until the next page shows it."""
    flash(Notice(text=text, undo=undo))  # type: ignore[arg-type]  # the session keeps any JSON


def said() -> list[Notice]:
    """What is to be shown now; shown only once."""
    return cast(list[Notice], get_flashed_messages())
