"""A certificate authority of the tests' own: what stands in for Apple's, its pass certificate and its key, as files."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from loyalty.config import PassFiles

PASS_TYPE, TEAM, PASSWORD = "pass.example.harbour", "AB12CD34EF", "open sesame"
ENDS = datetime(2027, 3, 31, 12, tzinfo=UTC)
FAR = datetime(2120, 1, 1, tzinfo=UTC)
"""For what programs look at by the real clock."""


@dataclass(frozen=True)
class Authority:
    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def files(self, name: str = "pass", pass_type: str = PASS_TYPE, ends: datetime = ENDS) -> PassFiles:
        """A pass certificate, its key under a password, and the authority's own certificate, written to the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name, (NameOID.USER_ID, pass_type), (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM))
        certificate = _certificate(subject, key, self.certificate.subject, self.key, ends, authority=False)
        paths = [self.folder / f"{name}.{end}" for end in ("cer", "key", "above.pem")]
        paths[0].write_bytes(certificate.public_bytes(Encoding.DER))
        locked = BestAvailableEncryption(PASSWORD.encode())
        paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
        paths[2].write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return PassFiles(
            apple_certificate=paths[0], apple_key=paths[1], apple_intermediate=paths[2], apple_key_password=PASSWORD
        )

    def door(self, name: str = "localhost") -> Path:
        """Certificate and key of a server on this machine, in one file."""
        key, path = ec.generate_private_key(ec.SECP256R1()), self.folder / "door.pem"
        mine = _certificate(_name(name), key, self.certificate.subject, self.key, FAR, authority=False, host=name)
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(plain + mine.public_bytes(Encoding.PEM))
        return path


def authority(folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Test Relations")
    return Authority(folder, _certificate(name, key, name, key, FAR, authority=True), key)


def _name(common: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    pairs = [(NameOID.COMMON_NAME, common), *more]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, by: ec.EllipticCurvePrivateKey,
    ends: datetime, *, authority: bool, host: str = "",
) -> x509.Certificate:  # fmt: skip
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return builder.sign(by, hashes.SHA256())


@cache
def _google_key() -> rsa.RSAPrivateKey:
    """Made once: it takes a while."""
    return rsa.generate_private_key(65537, 2048)


def google_files(folder: Path, tokens: str = "https://oauth2.googleapis.com/token") -> PassFiles:
    """The key of a service account as Google hands it out, made here. `tokens`: where it asks for leave."""
    text = _google_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = folder / "google.json"
    account = {"private_key": text, "private_key_id": "k1", "client_email": "club@project.iam.example"}
    path.write_text(json.dumps({**account, "token_uri": tokens}))
    return PassFiles(google_account=path, google_issuer="3388000000012345678")
