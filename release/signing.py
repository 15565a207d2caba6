"""DSSE envelopes (secure-systems-lab/dsse v1.0.2) with Ed25519 keys in PEM files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from ingest.errors import ConfigurationError, ReleaseRefused

PAYLOAD_TYPE: Final = "application/vnd.shardgate.manifest+json"
RECALL_TYPE: Final = "application/vnd.shardgate.recall+json"
FEED_TYPE: Final = "application/vnd.shardgate.recall-feed+json"
"""A type of its own for each kind of document: what is signed as one never passes for another."""

_KINDS: Final = {
    PAYLOAD_TYPE: "manifest of a release",
    RECALL_TYPE: "recall",
    FEED_TYPE: "feed of recalls",
}


def generate_keys(private_path: Path, public_path: Path) -> None:
    """Make a key pair, or restore the public file of an existing private key.

    The private file is created with mode 0600 and never overwritten; of two processes that start
    at once, one key wins and both see it.

    Raises:
        ConfigurationError: the existing private file is no Ed25519 key.
    """
    if not private_path.exists():
        _create_private(private_path, CryptoSigner.generate_ed25519().private_bytes)
    public = _load_private(private_path).public_key()
    temporary = public_path.with_name(f".{public_path.name}.{os.getpid()}")
    temporary.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    temporary.replace(public_path)


def _create_private(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def sign(payload: bytes, private_path: Path, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the JSON envelope around a payload, by default a manifest.

    Raises:
        ConfigurationError: the key cannot be read.
    """
    envelope = Envelope(payload, payload_type, {})
    envelope.sign(CryptoSigner(_load_private(private_path)))
    return json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":")).encode()


def verify(envelope: bytes, public_path: Path, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the payload of an envelope that the trusted key signed.

    Raises:
        ReleaseRefused: malformed, of another payload type, or not signed by this key.
        ConfigurationError: the public key cannot be read.
    """
    key = _load_public(public_path)
    try:
        parsed = Envelope.from_dict(json.loads(envelope))
        if parsed.payload_type != payload_type:
            raise ReleaseRefused(
                f"The signed document is no {_KINDS.get(payload_type, payload_type)}."
            )
        parsed.verify([key], threshold=1)
    except VerificationError:
        raise ReleaseRefused(
            "The release is not signed by the trusted key.",
            hint="Check which public key you were given, and pull again.",
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, FormatError, RecursionError):
        raise ReleaseRefused("The signature envelope is malformed.") from None
    payload: bytes = parsed.payload
    return payload


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySigner:
    """A `release.ports.Signer` over a private key file, read at each use."""

    private: Path

    def sign(self, payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
        """Return the envelope; see `sign`."""
        return sign(payload, self.private, payload_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVerifier:
    """A `release.ports.Verifier` over a public key file."""

    public: Path

    def verify(self, envelope: bytes) -> bytes:
        """Return the payload; see `verify`."""
        return verify(envelope, self.public)


def _load_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        raise ConfigurationError(f"{path} is no readable private key.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} is no Ed25519 key.")
    return key


def _load_public(path: Path) -> SSlibKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, TypeError):
        raise ConfigurationError(f"{path} is no readable public key.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path} is no Ed25519 public key.")
    return SSlibKey.from_crypto(key)
