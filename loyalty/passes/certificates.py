"""The operator's certificate for passes, its key, and Apple's certificate above it: read, checked, and used to sign."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509.oid import NameOID

from loyalty.config import PassFiles
from loyalty.errors import ConfigError

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Signer:
    """`pass_type` (`pass.com.example.club`) and `team` stand in the certificate itself, as user id and unit."""

    pass_type: str
    team: str
    ends: datetime
    certificate: x509.Certificate
    key: Key
    intermediate: x509.Certificate

    def sign(self, data: bytes) -> bytes:
        """A detached PKCS #7 signature of `data`, DER, with the moment of signing and both certificates."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
        return builder.add_certificate(self.intermediate).sign(Encoding.DER, options)

    def chain(self, password: str) -> bytes:
        """Key, locked with `password`, and both certificates, PEM."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode()))
        return key + b"".join(each.public_bytes(Encoding.PEM) for each in (self.certificate, self.intermediate))


def signer_of(files: PassFiles) -> Signer | None:
    """None when no file is named; ConfigError with one sentence when one is missing or does not fit the others."""
    named = (files.apple_certificate, files.apple_key, files.apple_intermediate)
    if not any(named):
        return None
    if not all(named):
        raise ConfigError(
            "Apple passes need apple_certificate, apple_key and apple_intermediate in [passes], all three."
        )
    stamps = tuple((str(path), _changed(path)) for path in named if path)
    return _signer(stamps, files.apple_key_password)


@lru_cache(4)
def _signer(stamps: tuple[tuple[str, float], ...], password: str) -> Signer:
    """Kept until one of the files is another: keys are read once, and a renewed certificate needs no restart."""
    certificate, above = _certificate(Path(stamps[0][0])), _certificate(Path(stamps[2][0]))
    key = _key(Path(stamps[1][0]), password)
    public = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*public) != key.public_key().public_bytes(*public):
        raise ConfigError(f"The key {stamps[1][0]} is not that of the certificate {stamps[0][0]}; name the pair.")
    try:
        certificate.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature) as fault:
        raise ConfigError(
            f"The certificate {stamps[0][0]} was not issued by {stamps[2][0]}; name the WWDR certificate of the"
            " generation that stands in it as issuer."
        ) from fault
    pass_type, team = _named(certificate, NameOID.USER_ID), _named(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if not pass_type.startswith("pass.") or not team:
        raise ConfigError(
            f"The certificate {stamps[0][0]} is none for passes: its user id does not begin with `pass.`."
        )
    return Signer(pass_type, team, certificate.not_valid_after_utc, certificate, key, above)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as fault:
        raise ConfigError(f"The file {path} of [passes] cannot be read: {fault.strerror}.") from fault


def _certificate(path: Path) -> x509.Certificate:
    data = read_file(path)
    try:
        return x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
    except ValueError as fault:
        raise ConfigError(f"The file {path} is no certificate, neither PEM nor DER.") from fault


def _key(path: Path, password: str) -> Key:
    data, secret = read_file(path), password.encode() or None
    try:
        key = load_pem_private_key(data, secret) if b"-----BEGIN" in data else load_der_private_key(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise ConfigError(f"The key {path} cannot be read; is apple_key_password right?") from fault
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigError(f"The key {path} is neither RSA nor of an elliptic curve.")
    return key


def read_file(path: Path) -> bytes:
    """ConfigError that names the file when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ConfigError(f"The file {path} of [passes] cannot be read: {fault.strerror}.") from fault


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
