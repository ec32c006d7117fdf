"""Members' PINs over the API: counters set and try them; nobody can read one."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from loyalty.db import audit
from loyalty.members.enrolment import get_member
from loyalty.members.pins import set_pin, try_pin
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas import Strict


class PinBody(Strict):
    pin: str


class PinAnswer(BaseModel):
    status: str
    left: int


@call("PUT", "/members/<id>/pin", scope="counter", body=PinBody, gives=PinAnswer, answer="`status` is `set`.")
def put(session: Session, asked: Asked[PinBody]) -> dict[str, Any]:
    """Sets the member's PIN, by which a kiosk shows what is private; also opens one closed by wrong tries."""
    member = get_member(session, asked.path["id"])
    set_pin(session, member.id, asked.body.pin, asked.now)
    audit.note(session, f"key:{asked.key.id}", "member.pin", f"member:{member.id}", asked.now, after={"pin": "set"})
    return {"status": "set", "left": 0}


@call("POST", "/members/<id>/pin:try", scope="counter", body=PinBody, gives=PinAnswer,
      answer="`ok`, `wrong` with the tries left, `closed`, or `none`.")  # fmt: skip
def attempt(session: Session, asked: Asked[PinBody]) -> dict[str, Any]:
    """Is this the member's PIN? Wrong ones are counted, so the answer is 200 whatever it says."""
    answer = try_pin(session, get_member(session, asked.path["id"]).id, asked.body.pin, asked.now)
    return {"status": answer.status, "left": answer.left}
