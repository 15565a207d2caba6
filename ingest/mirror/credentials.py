"""Resolves credential references. The only module that reads a credential.

A reference is ``env:NAME`` or ``file:PATH``. Its value is ``user:password``, or a token alone
(the user name is then ``git``, which hosts that know tokens accept). For ssh the reference has to
be ``file:PATH`` of a private key, which ssh reads by itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from ingest.domain.problem import Problem
from ingest.domain.secret import Secret
from ingest.errors import ConfigurationError

DEFAULT_USER: Final = b"git"
_OWN_VARIABLES: Final = "SHARDGATE_"
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")
_MAX_BYTES = 16_384
"""More than any token, less than the smallest pipe that is sure to take it at once."""


def resolve_credential(reference: str, environment: Mapping[str, str] | None = None) -> Secret:
    """Return the lines of git's credential protocol (``git help credential``) for a reference.

    `environment` defaults to that of this process.

    Raises:
        ConfigurationError: the reference is malformed, names nothing, or its value is empty, too
            long, or holds a control character (which could forge a line of the protocol).
    """
    user, password = _resolve(reference, os.environ if environment is None else environment)
    return Secret(b"username=" + user + b"\npassword=" + password + b"\n")


def authorization(reference: str, scheme: str) -> str:
    """Return the value of an ``Authorization`` header that carries a token.

    Of ``user:password`` the password is the token. What is returned may be given to the HTTP
    client and to nobody else.

    Raises:
        ConfigurationError: as `resolve_credential`, or the token is no plain ASCII.
    """
    _, password = _resolve(reference, os.environ)
    if not password.isascii():
        raise ConfigurationError(f"The credential {reference} is no token of an API.")
    return f"{scheme} {password.decode('ascii')}"


def check_not_own(reference: str, own: Collection[Path]) -> None:
    """Refuse a reference to a secret of the installation itself, which no git host is for.

    `own` are its files and folders, without links.

    Raises:
        ConfigurationError: it is one of its variables, or lies in one of these.
    """
    kind, _, rest = reference.partition(":")
    # Settings are read whatever the case of their names.
    is_own = kind == "env" and rest.upper().startswith(_OWN_VARIABLES)
    if kind == "file":
        path = Path(rest).resolve()
        is_own = any(path.is_relative_to(place) for place in own)
    if is_own:
        raise ConfigurationError(
            f"The credential {reference} is a secret of this installation.",
            hint="Keep credentials for git hosts in variables and folders of their own.",
            code=Problem.CREDENTIAL_MISSING.value,
        )


def _resolve(reference: str, environment: Mapping[str, str]) -> tuple[bytes, bytes]:
    value = _read(reference, environment).strip(b"\r\n")
    user, colon, password = value.partition(b":")
    if not colon:
        user, password = DEFAULT_USER, value
    if not password or len(value) > _MAX_BYTES or _CONTROL.search(value):
        raise ConfigurationError(
            f"The credential {reference} is empty, too long or has control characters.",
            hint="It is one line: user:password, or a token.",
        )
    return user, password


def resolve_key_file(reference: str) -> Path:
    """Return the path of an ssh private key.

    Raises:
        ConfigurationError: the reference is not ``file:PATH`` of a file that exists.
    """
    kind, _, rest = reference.partition(":")
    if kind != "file" or not Path(rest).is_absolute():
        raise ConfigurationError(
            f"The credential {reference} does not fit ssh.",
            hint="Use file: and the absolute path of a private key.",
        )
    if not Path(rest).is_file():
        raise _missing(reference)
    return Path(rest)


def _read(reference: str, environment: Mapping[str, str]) -> bytes:
    kind, _, rest = reference.partition(":")
    if kind == "env":
        value = environment.get(rest)
        if value is None:
            raise _missing(reference)
        return os.fsencode(value)
    if kind == "file":
        try:
            with Path(rest).open("rb") as file:
                return file.read(_MAX_BYTES + 1)
        except OSError:
            raise _missing(reference) from None
    raise ConfigurationError("A credential reference is env:NAME or file:PATH.")


def _missing(reference: str) -> ConfigurationError:
    return ConfigurationError(
        f"The credential {reference} does not exist here.",
        hint="Set the variable or mount the file for the process that mirrors.",
        code=Problem.CREDENTIAL_MISSING.value,
    )
