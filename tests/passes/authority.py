"""A certificate authority of the tests' own: what stands in for Apple's, its pass certificate and its key, as files."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from loyalty.config import PassFiles

PASS_TYPE, TEAM, PASSWORD = "pass.example.harbour", "AB12CD34EF", "open sesame"
ENDS = datetime(2027, 3, 31, 12, tzinfo=UTC)


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


def authority(folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Test Relations")
    return Authority(folder, _certificate(name, key, name, key, ENDS, authority=True), key)


def _name(common: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    pairs = [(NameOID.COMMON_NAME, common), *more]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, by: ec.EllipticCurvePrivateKey,
    ends: datetime, *, authority: bool,
) -> x509.Certificate:  # fmt: skip
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    return builder.sign(by, hashes.SHA256())


def google_files(folder: Path, tokens: str = "https://oauth2.googleapis.com/token") -> PassFiles:
    """The key of a service account as Google hands it out, made here. `tokens`: where it asks for leave."""
    key = rsa.generate_private_key(65537, 2048)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = folder / "google.json"
    account = {"private_key": text, "private_key_id": "k1", "client_email": "club@project.iam.example"}
    path.write_text(json.dumps({**account, "token_uri": tokens}))
    return PassFiles(google_account=path, google_issuer="3388000000012345678")
