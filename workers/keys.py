"""The keys of an installation: made once, readable by the owner only, never in the lake."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ingest.domain.secret import MIN_KEY_BYTES, HmacKey
from ingest.errors import ConfigurationError

_HMAC_FILE = "identity.key"
_PRIVATE_FILE = "release.private.pem"
PUBLIC_FILE = "release.public.pem"
SIGNING = "signing"
"""Folder of a home in which the private key stands alone; see `load_keys`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where the keys are, and the loaded identity key."""

    hmac: HmacKey
    signing: Path
    """File of the private key, which a service that signs nothing is not given."""
    public: Path

    @property
    def private(self) -> Path:
        """The private key's file.

        Raises:
            ConfigurationError: it is not here.
        """
        if not self.signing.exists():
            raise ConfigurationError(
                "The signing key is not here: this service signs nothing, or the key was lost.",
                hint="Mount it, or restore it from your backup. No other key takes its place.",
            )
        return self.signing


def load_keys(keys_dir: Path) -> Keys:
    """Return the keys of an installation, making them where there are none yet.

    The private key stands in `SIGNING` beside the folder of the others where there is such a
    folder, so that it can be mounted for those alone who sign; else among the others. Where there
    is a public key, no private one is made: nothing that was signed could be verified any more.

    Raises:
        ConfigurationError: a key file is readable by others, or too short.
    """
    from release.signing import generate_keys  # noqa: PLC0415 - a scan signs nothing

    hmac = load_identity_key(keys_dir)
    signing, public = _signing_file(keys_dir), keys_dir / PUBLIC_FILE
    if not public.exists():
        generate_keys(signing, public)
    if signing.exists():
        _refuse_shared(signing)
    return Keys(hmac=hmac, signing=signing, public=public)


def set_signing_key_apart(keys_dir: Path) -> bool:
    """Move a private key that stands among the others into its own folder, where there is one.

    Return whether it was moved.
    """
    among, apart = keys_dir / _PRIVATE_FILE, keys_dir.with_name(SIGNING) / _PRIVATE_FILE
    if not among.exists() or apart.exists() or not apart.parent.is_dir():
        return False
    # Another file system as a rule: it is there in whole before it is here no more.
    _write_private(apart, among.read_bytes())
    among.unlink()
    return True


def _signing_file(keys_dir: Path) -> Path:
    among, apart = keys_dir / _PRIVATE_FILE, keys_dir.with_name(SIGNING) / _PRIVATE_FILE
    return apart if apart.parent.is_dir() and not among.exists() else among


def load_identity_key(keys_dir: Path) -> HmacKey:
    """Return the key of all identities, making it where there is none.

    Raises:
        ConfigurationError: its file is readable by others, or too short.
    """
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    hmac_file = keys_dir / _HMAC_FILE
    if not hmac_file.exists():
        _write_private(hmac_file, secrets.token_bytes(MIN_KEY_BYTES))
    _refuse_shared(hmac_file)
    material = hmac_file.read_bytes()
    if len(material) < MIN_KEY_BYTES:
        raise ConfigurationError(
            f"{hmac_file} is too short for a key.",
            hint="Restore it from your backup; a new key makes all stored identities useless.",
        )
    return HmacKey(key_id="local-1", material=material)


def is_installed(keys_dir: Path) -> bool:
    """Tell whether an installation has made its key here."""
    return (keys_dir / _HMAC_FILE).is_file()


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only the owner can read; a concurrent writer's file wins."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _refuse_shared(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"{path} can be read by other users.", hint=f"Run: chmod 600 {path}"
        )
