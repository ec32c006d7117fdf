"""The second step of a log-in: codes of an app, recovery codes, passkeys. The keys for them come from `secret.key`."""

import base64
from hashlib import sha256
from typing import Any

from flask import Flask, request
from flask_security import UserMixin
from flask_security.totp import Totp
from flask_security.webauthn_util import WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


def settings_of(secret: str) -> dict[str, object]:
    """Flask-Security's settings; what is stored of codes is encrypted with keys derived from `secret`."""
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "signin_code.html",
        "SECURITY_TOTP_SECRETS": {"1": _derived(secret, "codes")},
        "SECURITY_TOTP_ISSUER": "loyalty",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(secret, "recovery").encode()],
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "signin_recovery.html",
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "loyalty",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # nobody learns from outside who has a passkey
        "SECURITY_WAN_NAME_ALLOWED_CHARS": None,
        "SECURITY_WAN_REGISTER_TEMPLATE": "passkey.html",
        "SECURITY_WAN_SIGNIN_TEMPLATE": "passkey.html",
        "SECURITY_WAN_VERIFY_TEMPLATE": "passkey.html",
    }


def _derived(secret: str, purpose: str) -> str:
    """32 bytes in base64, as Fernet wants them; others for each purpose."""
    return base64.urlsafe_b64encode(sha256(f"{purpose}:{secret}".encode()).digest()).decode()


class Codes(Totp):
    """Codes that open once: whoever looks over a shoulder comes too late. Kept in the process's memory."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._used: dict[str, int] = {}

    def get_last_counter(self, user: UserMixin) -> int | None:
        return self._used.get(user.fs_uniquifier)

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        self._used[user.fs_uniquifier] = tmatch.counter


class Passkeys(WebauthnUtil):
    """Any phone, computer or stick that checks its owner: so a passkey alone is as good as password and code."""

    def __init__(self, app: Flask) -> None:
        self.https = bool(app.config.get("SESSION_COOKIE_SECURE"))
        super().__init__(app)

    def origin(self) -> str:
        """As the browser sees it: behind a proxy with TLS the server itself sees http."""
        return f"https://{request.host}" if self.https else request.host_url.rstrip("/")

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED
