"""The secrets that hosts sign webhooks with: one a kind of host, and the one before it.

They stand in a private file beside the installation's keys, never in the catalog; or in a file
that the settings name, as it is mounted from a store of secrets.
"""

from __future__ import annotations

import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path
from typing import Final

from ingest.domain.private import write_private
from ingest.errors import ConfigurationError, InputError
from workers.settings import Settings

_FILE: Final = "webhook.secrets"
_BYTES: Final = 32
_MIN_CHARS: Final = 16
_KEPT: Final = 2
"""The present one and the one before, so that hosts can be changed one after the other."""


class Provider(StrEnum):
    """Kinds of hosts that send webhooks."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    """Forgejo too."""


def load_secrets(settings: Settings, provider: Provider) -> list[bytes]:
    """Return the secrets that are valid for a kind of host, newest first; none: take no webhook.

    Raises:
        ConfigurationError: the file is readable by others, or a line of it is malformed.
    """
    return [value.encode() for kind, value in _read(_place(settings)) if kind is provider][:_KEPT]


def make_secret(settings: Settings, provider: Provider, *, rotate: bool) -> tuple[str, bool]:
    """Return the secret of a kind of host, and whether it is new.

    The first call makes it. With `rotate` a new one comes before the present one, which stays
    valid until the next rotation.

    Raises:
        InputError: the settings name a file, which is not ours to write.
        ConfigurationError: see `load_secrets`.
    """
    place = _place(settings)
    known = _read(place)
    mine = [value for kind, value in known if kind is provider]
    if mine and not rotate:
        return mine[0], False
    if settings.webhook_secrets is not None:
        raise InputError(
            f"Webhook secrets are read from {place}, which is kept elsewhere.",
            hint=f"Add the line '{provider} SECRET' there, above an older one.",
        )
    fresh = [secrets.token_urlsafe(_BYTES), *mine][:_KEPT]
    others = [(kind, value) for kind, value in known if kind is not provider]
    lines = [f"{kind} {value}\n".encode() for kind, value in others]
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(place, [*lines, *(f"{provider} {value}\n".encode() for value in fresh)])
    return fresh[0], True


def _place(settings: Settings) -> Path:
    return settings.webhook_secrets or settings.keys_dir / _FILE


def _read(path: Path) -> list[tuple[Provider, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            lines = file.read(1 << 16).splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read.") from None
    if stat.S_ISREG(mode) and mode & 0o004:
        raise ConfigurationError(
            f"{path} can be read by every user.", hint=f"Run: chmod 600 {path}"
        )
    return [_parse(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]


def _parse(path: Path, number: int, line: str) -> tuple[Provider, str]:
    kind, _, value = line.strip().partition(" ")
    if kind not in set(Provider) or len(value.strip()) < _MIN_CHARS:
        # the line is not shown: it may be a secret
        raise ConfigurationError(
            f"Line {number} of {path} is no webhook secret.",
            hint=f"Write github, gitlab or gitea, a space, and at least {_MIN_CHARS} characters.",
        )
    return Provider(kind), value.strip()
