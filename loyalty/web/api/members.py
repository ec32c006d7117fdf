"""Members over the API: enrol, read, change, look up, search, balance and ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.enrol import enrol, note_birthday
from loyalty.checkout.lookup import lookup_member
from loyalty.contract.token import Token
from loyalty.errors import Invalid
from loyalty.members.enrolment import NewMember, change_member
from loyalty.members.referrals import API, who_is_meant
from loyalty.members.search import search
from loyalty.web.api.answers import MemberAnswer, MembersAnswer
from loyalty.web.api.bank_cards import refuse_bank_card
from loyalty.web.api.calls import Answer, Asked, call
from loyalty.web.api.documents import member_document
from loyalty.web.api.portal_pass import member_of_pass
from loyalty.web.api.schemas import LookupBody, MemberBody, MemberChange, SearchQuery


@call("POST", "/members", scope="members", body=MemberBody, status=201, gives=MemberAnswer, answer="The member.")
def create(session: Session, asked: Asked[MemberBody]) -> Answer:
    """Enrols a member, with cards if given."""
    body = asked.body
    new = NewMember(**body.model_dump(exclude={"cards", "referred_by"}))
    by = who_is_meant(session, body.referred_by) if body.referred_by is not None else None
    cards = [(card.kind, card.token) for card in body.cards]
    member = enrol(session, new, asked.now, asked.conventions, cards, brought_by=by, how=API)
    return _member(session, member.id, asked.now)


@call("GET", "/members", scope="read", body=SearchQuery, gives=MembersAnswer, answer="`members` and the cursor `next`.")
def find(session: Session, asked: Asked[SearchQuery]) -> dict[str, Any]:
    """Finds members by the beginning of number, name or e-mail, or by a phone's first or last digits."""
    page = search(session, asked.body.search, asked.body.limit, asked.body.cursor)
    return {"members": [_member(session, member.id, asked.now).body for member in page.members], "next": page.next}


@call("GET", "/members/<id>", scope="read", gives=MemberAnswer, answer="The member.")
def show(session: Session, asked: Asked[Any]) -> Answer:
    """One member with level, balances and cards."""
    return _member(session, asked.path["id"], asked.now)


@call("PATCH", "/members/<id>", scope="members", body=MemberChange, gives=MemberAnswer, answer="The member as changed.")
def change(session: Session, asked: Asked[MemberChange]) -> Answer:
    """Changes what is written in the body; send the ETag as If-Match so that nobody's change is lost."""
    changes = asked.body.model_dump(exclude_unset=True)
    member = change_member(session, asked.path["id"], changes, asked.now, asked.conventions, version=asked.if_match)
    note_birthday(session, member, asked.now)
    return _member(session, member.id, asked.now)


@call("POST", "/members:lookup", scope="read", body=LookupBody, changes=False, gives=MemberAnswer, answer="The member.")
def lookup(session: Session, asked: Asked[LookupBody]) -> Answer:
    """The member whom a card, a code, a phone, an e-mail or a number names."""
    tokens = _tokens(asked.body)
    shown = next((token for token in tokens if token.is_pass), None)
    if shown is None:
        member = lookup_member(session, tokens, asked.body.email, asked.conventions)
    else:
        member = member_of_pass(shown.value, asked.key)
    return _member(session, member, asked.now)


def _tokens(body: LookupBody) -> list[Token]:
    """What may be meant: one credential, or a token of unknown kind tried as each."""
    given = [name for name in ("token", "phone", "email", "number") if getattr(body, name)]
    if len(given) != 1:
        raise Invalid("Give exactly one of token, phone, email and number.", pointer=f"/{given[1] if given else ''}")
    if body.phone:
        return [Token("phone", body.phone)]
    if body.number:
        return [Token("number", body.number)]
    if body.token:
        refuse_bank_card(body.kind, body.token)
        kinds = [body.kind] if body.kind else ["barcode", "card_uid", "magstripe", "sun"]
        return [Token(kind, body.token) for kind in kinds]
    return []


def _member(session: Session, id: str, now: datetime) -> Answer:
    document = member_document(session, id, now)
    return Answer(document, headers={"ETag": f'"{document["version"]}"'})
