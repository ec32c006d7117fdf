"""The texts of messages in up to three languages, and how a member's own words get into them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.message_tables import message_templates
from loyalty.messages.allowed import CHANNELS, PURPOSES

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
LOOKS = ("plain", "offer")
PLACES = ("name", "number", "shop", "points", "level", "survey")
"""What may stand in braces: {name}. {survey} is the link to a survey's question, and empty in other messages."""
LONGEST = {"subject": 200, "body": 8_000}
LONGEST_SHORT = 480
"""Characters of a text message or a hint."""
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True)
class Template:
    """`texts`: language -> {"subject": …, "body": …}; languages without a body are not in it."""

    id: str
    name: str
    channel: str
    purpose: str
    look: str
    texts: Mapping[str, Mapping[str, str]]
    version: int
    retired: bool = False

    def text(self, language: str) -> tuple[str, Mapping[str, str]]:
        """Language and words for somebody who reads `language`: never the other Chinese script, English is the way
        out.
        """
        wanted = next((each for each in LANGUAGES if language.startswith(each)), "en")
        for each in (wanted, "en", *LANGUAGES):
            if each in self.texts:
                return each, self.texts[each]
        raise Invalid(f"The template {self.name!r} has no text; write one.")


def template(session: Session, id: str) -> Template:
    row = session.execute(sa.select(message_templates).where(message_templates.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no message template {id[:60]!r}.")
    return _made(row)


def all_templates(session: Session, *, retired: bool = False) -> list[Template]:
    """By name; those taken out of use only when asked for."""
    statement = sa.select(message_templates).order_by(message_templates.c.name)
    if not retired:
        statement = statement.where(message_templates.c.retired.is_(False))
    return [_made(row) for row in session.execute(statement)]


def put_template(session: Session, wish: Template, staff: str, now: datetime) -> Template:
    """Keeps `wish`: a new one when its id is empty. Invalid for texts that cannot be filled in, Conflict when the name
    is taken or somebody else changed it since version `wish.version`.
    """
    checked(wish)
    at = message_templates.c
    if session.scalar(sa.select(at.id).where(at.name == wish.name, at.id != wish.id)):
        raise Conflict(f"There is a template called {wish.name!r} already; choose another name.", pointer="name")
    row: dict[str, Any] = {
        "name": wish.name, "channel": wish.channel, "purpose": wish.purpose, "look": wish.look, "texts": wish.texts,
        "made_by": staff, "changed_at": now, "retired": wish.retired, "version": wish.version + 1,
    }  # fmt: skip
    if not wish.id:
        row["id"] = new_id("tpl", now)
        session.execute(sa.insert(message_templates), [row])
        return template(session, row["id"])
    if template(session, wish.id).version != wish.version:
        raise Conflict(f"Somebody else changed the template {wish.name!r} meanwhile; look at it again.")
    session.execute(sa.update(message_templates).where(at.id == wish.id).values(**row))
    return template(session, wish.id)


def checked(wish: Template) -> None:
    """Invalid in one sentence for what cannot be sent."""
    if not wish.name.strip() or len(wish.name) > 60:
        raise Invalid("Give the template a name of at most 60 characters.", pointer="name")
    choices = {"channel": CHANNELS, "purpose": PURPOSES, "look": LOOKS}
    for name, known in choices.items():
        if getattr(wish, name) not in known:
            raise Invalid(f"The {name} must be one of {', '.join(known)}.", pointer=name)
    if not wish.texts:
        raise Invalid("Write the text in one language at least.", pointer="body-en")
    for language, words in wish.texts.items():
        _check_words(wish.channel, language, words)


def _check_words(channel: str, language: str, words: Mapping[str, str]) -> None:
    subject, body = words.get("subject", ""), words.get("body", "")
    if language not in LANGUAGES:
        raise Invalid(f"The language {language[:20]!r} is unknown; use {', '.join(LANGUAGES)}.")
    if channel in ("email", "letter") and not subject.strip():
        raise Invalid("An e-mail or letter needs a subject; write one.", pointer=f"subject-{language}")
    if not body.strip():
        raise Invalid("The text is empty; write it or leave the language out.", pointer=f"body-{language}")
    longest = LONGEST["body"] if channel in ("email", "letter") else LONGEST_SHORT
    if len(body) > longest:
        raise Invalid(f"The text is too long: at most {longest} characters.", pointer=f"body-{language}")
    if len(subject) > LONGEST["subject"] or not subject.isprintable():
        raise Invalid("The subject must be one line of at most 200 characters.", pointer=f"subject-{language}")
    for part, text in (("subject", subject), ("body", body)):
        for place in _PLACE.findall(text):
            if place not in PLACES:
                known = ", ".join(f"{{{each}}}" for each in PLACES)
                raise Invalid(f"{{{place}}} cannot be filled in; known are {known}.", pointer=f"{part}-{language}")


def fill(text: str, context: Mapping[str, str]) -> str:
    """`text` with the member's words in its places; a place of which nothing is known stays empty.

    What is put in is not looked at again: a member called `{points}` keeps that name.
    """
    return _PLACE.sub(lambda place: str(context.get(place[1], "")) if place[1] in PLACES else place[0], text)


def _made(row: Any) -> Template:
    return Template(row.id, row.name, row.channel, row.purpose, row.look, row.texts, row.version, row.retired)
