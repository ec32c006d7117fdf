"""Sends changed passes to Google: leave for an hour by the account's key (RFC 7523), then one PATCH for each card.

Source: developers.google.com/identity/protocols/oauth2/service-account and the Wallet REST reference. Unverified
against Google.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from loyalty.passes.content import PassContent
from loyalty.passes.google import SCOPE, SERVICE, Account, loyalty_object, object_id

TIMEOUT_S = 15.0
LEAVE_S = 3_600
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LONGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class GoogleLine:
    """`token`: leave to call the service at `service` until an hour after it was given."""

    account: Account
    token: str
    service: str = SERVICE

    def send(self, content: PassContent, serial: str) -> str:
        """ "" when Google took it, else what it answered. OSError when nobody answers."""
        url = self.service + quote(object_id(serial, self.account), safe="")
        body = json.dumps(loyalty_object(content, serial, self.account)).encode()
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            _answer(Request(url, body, head, method="PATCH"))
        except HTTPError as refused:
            return f"{refused.code} {refused.reason}"[:200]
        return ""


def google_line(account: Account, now: datetime, service: str = SERVICE) -> GoogleLine:
    """Asks for leave. OSError (HTTPError is one) when it is refused or nobody answers."""
    at = int(now.timestamp())
    claims = {"iss": account.email, "scope": SCOPE, "aud": account.tokens, "iat": at, "exp": at + LEAVE_S}
    form = urlencode({"grant_type": _GRANT, "assertion": account.jwt(claims)}).encode()
    told = _answer(Request(account.tokens, form))
    token = told.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise ConnectionError("Google's answer holds no token")
    return GoogleLine(account, token, service)


def _answer(request: Request) -> dict[str, Any]:
    if request.type not in ("https", "http"):
        raise ConnectionError(f"{request.type} is no way to Google")
    with urlopen(request, timeout=TIMEOUT_S) as answer:
        try:
            found = json.loads(answer.read(_LONGEST_ANSWER))
        except ValueError as fault:
            raise ConnectionError("Google's answer is no JSON") from fault
    return found if isinstance(found, dict) else {}
