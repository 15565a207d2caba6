from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from ingest.errors import ConfigurationError, ReleaseRefused
from release.signing import KeySigner, KeyVerifier, generate_keys, sign, verify


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "a", tmp_path / "b"
    generate_keys(private, public)
    return private, public


def test_what_was_signed_is_returned(keys: tuple[Path, Path]) -> None:
    private, public = keys
    assert KeyVerifier(public=public).verify(KeySigner(private=private).sign(b"{}")) == b"{}"


def test_signing_twice_gives_the_same_bytes(keys: tuple[Path, Path]) -> None:
    assert sign(b"x", keys[0]) == sign(b"x", keys[0])


def test_only_the_owner_can_read_the_private_key(keys: tuple[Path, Path]) -> None:
    assert keys[0].stat().st_mode & 0o777 == 0o600


def test_an_existing_private_key_is_kept_and_its_public_half_restored(
    keys: tuple[Path, Path],
) -> None:
    private, public = keys
    before = private.read_bytes(), public.read_bytes()
    public.unlink()
    generate_keys(private, public)
    assert (private.read_bytes(), public.read_bytes()) == before
    assert sorted(p.name for p in private.parent.iterdir()) == ["a", "b"]


def test_a_signature_of_another_key_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    generate_keys(tmp_path / "c", tmp_path / "d")
    with pytest.raises(ReleaseRefused, match="trusted key"):
        verify(sign(b"{}", tmp_path / "c"), keys[1])


def test_a_changed_payload_is_refused(keys: tuple[Path, Path]) -> None:
    envelope = json.loads(sign(b"{}", keys[0]))
    envelope["payload"] = base64.b64encode(b"[]").decode()
    with pytest.raises(ReleaseRefused, match="trusted key"):
        verify(json.dumps(envelope).encode(), keys[1])


def test_a_stripped_signature_is_refused(keys: tuple[Path, Path]) -> None:
    envelope = json.loads(sign(b"{}", keys[0])) | {"signatures": []}
    with pytest.raises(ReleaseRefused, match="trusted key"):
        verify(json.dumps(envelope).encode(), keys[1])


@pytest.mark.parametrize(
    "envelope", [b"", b"{}", b"[]", b"null", b'{"payload":1,"payloadType":2,"signatures":3}']
)
def test_a_malformed_envelope_is_refused(keys: tuple[Path, Path], envelope: bytes) -> None:
    with pytest.raises(ReleaseRefused, match="malformed"):
        verify(envelope, keys[1])


def test_a_document_of_another_type_is_refused_though_signed(tmp_path: Path) -> None:
    signer = CryptoSigner.generate_ed25519()
    (tmp_path / "a").write_bytes(signer.private_bytes)
    generate_keys(tmp_path / "a", tmp_path / "b")
    envelope = Envelope(b"{}", "text/plain", {})
    envelope.sign(signer)
    with pytest.raises(ReleaseRefused, match="no manifest"):
        verify(json.dumps(envelope.to_dict()).encode(), tmp_path / "b")


def test_an_unreadable_key_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no key")
    with pytest.raises(ConfigurationError):
        sign(b"{}", tmp_path / "a")
    with pytest.raises(ConfigurationError):
        verify(b"{}", tmp_path / "missing")
