"""A pass for Google Wallet: a link with a signed token that holds the whole card; and the same card for its REST call.

Source: developers.google.com/wallet, loyalty cards: Jwt, LoyaltyClass, LoyaltyObject. Signatures are checked against
the key; that Google takes them is unverified.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from loyalty.config import PassFiles
from loyalty.errors import ConfigError
from loyalty.passes.certificates import read_file
from loyalty.passes.content import COLOURS, PassContent, grouped
from loyalty.passes.words import LANGUAGES, word

SAVE: Final = "https://pay.google.com/gp/v/save/"
SERVICE: Final = "https://walletobjects.googleapis.com/walletobjects/v1/loyaltyObject/"
TOKEN_SERVICE: Final = "https://oauth2.googleapis.com/token"
SCOPE: Final = "https://www.googleapis.com/auth/wallet_object.issuer"
CLASS: Final = "loyalty-card"


@dataclass(frozen=True)
class Account:
    """A service account that may issue passes for `issuer`. `tokens`: where it asks for leave to call the service."""

    issuer: str
    email: str
    key_id: str
    key: rsa.RSAPrivateKey
    tokens: str = TOKEN_SERVICE

    def jwt(self, claims: dict[str, Any]) -> str:
        """`claims` as a JSON Web Token, RS256 (RFC 7515, RFC 7518)."""
        head = {"alg": "RS256", "typ": "JWT", "kid": self.key_id}
        said = f"{_encoded(head)}.{_encoded(claims)}"
        signature = self.key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{said}.{_base64url(signature)}"


def account_of(files: PassFiles) -> Account | None:
    """None when nothing is named; ConfigError with one sentence when the file does not hold what is needed."""
    if files.google_account is None and not files.google_issuer:
        return None
    if files.google_account is None or not files.google_issuer:
        raise ConfigError("Google passes need google_account and google_issuer in [passes], both.")
    return _account(str(files.google_account), read_file(files.google_account), files.google_issuer)


@lru_cache(4)
def _account(path: str, data: bytes, issuer: str) -> Account:
    try:
        found = json.loads(data)
        key = load_pem_private_key(found["private_key"].encode(), None)
        email, key_id = str(found["client_email"]), str(found["private_key_id"])
        tokens = str(found.get("token_uri", TOKEN_SERVICE))
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm) as fault:
        raise ConfigError(f"The file {path} is no key of a Google service account; download it once more.") from fault
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigError(f"The file {path} holds a key that is not RSA; make one of the kind JSON.")
    return Account(issuer, email, key_id, key, tokens)


def save_link(content: PassContent, serial: str, account: Account, site: str, now: datetime) -> str:
    """The address behind the button. `site`: where members reach this server, `https://club.example`.

    Its words are in the member's own language only: Google asks for tokens of at most 1,800 characters.
    """
    labels = _Labels(content.language)
    card = {
        "loyaltyClasses": [_loyalty_class(content, account, site, labels)],
        "loyaltyObjects": [_loyalty_object(content, serial, account, labels)],
    }
    claims = {
        "iss": account.email, "aud": "google", "typ": "savetowallet", "iat": int(now.timestamp()),
        "origins": [site], "payload": card,
    }  # fmt: skip
    return SAVE + account.jwt(claims)


def loyalty_object(content: PassContent, serial: str, account: Account) -> dict[str, Any]:
    """One member's card as it is sent to the service, with words in three languages."""
    return _loyalty_object(content, serial, account, _Labels())


@dataclass(frozen=True)
class _Labels:
    """Words under the names that Google has for them: in one language, or in all when `language` is empty."""

    language: str = ""

    def named(self, name: str, key: str) -> dict[str, Any]:
        if self.language:
            return {name: word(key, self.language)}
        both = [{"language": language, "value": word(key, language)} for language in LANGUAGES]
        return {f"localized{name[0].upper()}{name[1:]}": {"defaultValue": both[0], "translatedValues": both[1:]}}


def _loyalty_class(content: PassContent, account: Account, site: str, labels: _Labels) -> dict[str, Any]:
    """What all passes of the shop have in common."""
    return {
        "id": f"{account.issuer}.{CLASS}",
        "issuerName": content.shop,
        "programName": content.shop,
        "programLogo": {"sourceUri": {"uri": f"{site}/wallet/logo.png"}},
        "hexBackgroundColor": COLOURS[0],
        "reviewStatus": "UNDER_REVIEW",
        **labels.named("accountNameLabel", "member"),
        **labels.named("accountIdLabel", "number"),
    }


def _loyalty_object(content: PassContent, serial: str, account: Account, labels: _Labels) -> dict[str, Any]:
    texts = []
    if content.level:
        texts.append(_text("level", {"body": content.level}, labels))
    if content.expiring is not None and content.expiring_on is not None:
        until = f"{grouped(content.expiring)} ({content.expiring_on.isoformat()})"
        texts.append(_text("expiring", {"body": until}, labels))
    rewards = {"body": "\n".join(content.rewards)} if content.rewards else labels.named("body", "no_rewards")
    texts.append(_text("rewards", rewards, labels))
    return {
        "id": object_id(serial, account),
        "classId": f"{account.issuer}.{CLASS}",
        "state": "INACTIVE" if content.ended else "ACTIVE",
        "accountName": content.name,
        "accountId": content.number,
        "barcode": {"type": "QR_CODE", "value": content.number, "alternateText": content.number},
        "loyaltyPoints": {**labels.named("label", "balance"), "balance": {"string": _balance(content)}},
        "textModulesData": texts,
    }


def object_id(serial: str, account: Account) -> str:
    return f"{account.issuer}.{serial}"


def _balance(content: PassContent) -> str:
    amount = grouped(content.balance)
    if content.currency:
        return f"{content.currency} {amount}"
    return amount if content.unit in ("", "points") else f"{amount} {content.unit}"


def _text(key: str, body: dict[str, Any], labels: _Labels) -> dict[str, Any]:
    return {"id": key, **labels.named("header", key), **body}


def _encoded(document: dict[str, Any]) -> str:
    return _base64url(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
