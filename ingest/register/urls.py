"""Reads a repository's URL as a person writes it, and refuses what git must never be given.

One canonical spelling is stored and fetched from; an identity, coarser than the spelling, tells
when two spellings mean one repository. Nothing is expanded: ``$NAME``, ``~`` and ``%NAME%`` stay
the characters they are.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from ingest.errors import RegistrationRefused

DEFAULT_PORTS: Final = {"https": 443, "ssh": 22}
_MAX_CHARS: Final = 2048
_MAX_PORT: Final = 65_535
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HELPER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")
_SCP: Final = re.compile(r"(?P<user>[^@/:\s]+)@(?P<host>\[[^\]]*\]|[^:/\s]+):(?P<path>.*)")
_BARE_SCP: Final = re.compile(r"[^@/:\s]+\.[^@/:\s]+:(?!//).+")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_USER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_ESCAPED_SPECIAL: Final = frozenset("/\\.%@:")
_LOOKS_LIKE_SECRET = "The URL holds a password or token, which would be stored and logged."  # noqa: S105 - a message
_USE_REFERENCE = "Leave it out and name the credential as env:NAME or file:PATH."


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalUrl:
    """A checked URL in its one spelling."""

    url: str
    """What is stored and fetched from."""
    scheme: str
    """``https``, ``ssh`` or ``file``."""
    host: str
    """Lower case; empty for a local path."""
    port: int
    """Explicit or the scheme's own; 0 for a local path."""
    path: str
    """Decoded, with a leading slash."""
    name: str
    """Last part of the path without ``.git``."""

    @property
    def identity(self) -> str:
        """What two spellings of one repository have in common.

        Left out are scheme, user, a default port, a trailing slash and ``.git``.
        """
        path = _without_git(self.path)
        if self.scheme == "file":
            return f"file:{path}"
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.host}{port}{path}"


def repository_id(identity: str) -> str:
    """Return the opaque, stable id of an identity: ``repo_`` and 20 hex characters (SHA-256)."""
    return "repo_" + hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def canonicalise(url: str, *, allow_local: bool) -> CanonicalUrl:
    """Return the canonical form of https, ssh and ``git@host:path``, and of local paths if allowed.

    ``git@host:path`` is taken as ``ssh://git@host/path``, as hosting systems do.

    Raises:
        RegistrationRefused: the URL is of another form, or holds what could leak or mislead.
    """
    _refuse_characters(url)
    scheme = _SCHEME.match(url)
    if scheme:
        return _from_scheme(scheme[1].lower(), url, allow_local=allow_local)
    scp = _SCP.fullmatch(url)
    if scp:
        path = scp["path"].lstrip("/")
        return _remote("ssh", f"ssh://{scp['user']}@{scp['host']}/{path}")
    if _BARE_SCP.fullmatch(url):
        raise RegistrationRefused(
            "The address has no user name.", hint="Write git@host:path or ssh://git@host/path."
        )
    if url.startswith("file:"):
        return _local(unquote(url.removeprefix("file:")), allow_local=allow_local)
    return _local(url, allow_local=allow_local)


def _refuse_characters(url: str) -> None:
    if not url or len(url) > _MAX_CHARS:
        raise RegistrationRefused(f"A URL has 1 to {_MAX_CHARS} characters.")
    if url.startswith("-"):
        raise RegistrationRefused(
            "The URL starts with a dash, which git could take for an option.",
            hint="Write ./ before a local path.",
        )
    if not all(character.isprintable() for character in url) or url != url.strip():
        raise RegistrationRefused("The URL holds spaces around it or characters nobody can see.")
    if _HELPER.match(url):
        raise RegistrationRefused(
            "The URL names a remote helper (name::address), which would run a program.",
            hint="Use https://, ssh:// or git@host:path.",
        )


def _from_scheme(scheme: str, url: str, *, allow_local: bool) -> CanonicalUrl:
    if scheme in DEFAULT_PORTS:
        return _remote(scheme, url)
    if scheme == "file":
        parts = urlsplit(url)
        if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment:
            raise RegistrationRefused(
                "A file: URL names a path of this machine.", hint="Write file:///path."
            )
        _refuse_escapes(parts.path)
        return _local(unquote(parts.path), allow_local=allow_local)
    hint = "Plain http shows code and credential to the network; use https." * (scheme == "http")
    raise RegistrationRefused(
        f"Repositories of the scheme {scheme} are not taken.",
        hint=hint or "Use https://, ssh:// or git@host:path.",
    )


def _remote(scheme: str, url: str) -> CanonicalUrl:
    try:
        parts = urlsplit(url)
        user, password, port = parts.username, parts.password, parts.port
    except ValueError:
        raise RegistrationRefused("The host or port of the URL cannot be read.") from None
    if password is not None or (scheme == "https" and "@" in parts.netloc):
        raise RegistrationRefused(_LOOKS_LIKE_SECRET, hint=_USE_REFERENCE)
    if user is not None and not _USER.fullmatch(user):
        raise RegistrationRefused("The ssh user is no plain login name.", hint="It is often git.")
    if "?" in url or "#" in url:
        raise RegistrationRefused("The URL has a query or fragment, which no repository has.")
    if port is not None and not 0 < port <= _MAX_PORT:
        raise RegistrationRefused("The port is not between 1 and 65535.")
    host = _check_host(parts.hostname or "")
    path = _check_path(parts.path)
    shown = f"[{host}]" if ":" in host else host
    at = f"{user}@" if user else ""
    port = port or DEFAULT_PORTS[scheme]
    suffix = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
    return CanonicalUrl(
        url=f"{scheme}://{at}{shown}{suffix}{quote(path, safe=_SAFE)}",
        scheme=scheme,
        host=host,
        port=port,
        path=path,
        name=_name_of(path),
    )


_SAFE: Final = "/~$!&'()*+,;=:@"
"""Characters that stay as written in a path."""


def _check_host(host: str) -> str:
    """Return a host in lower case: an ASCII name, or an address in its usual form."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        labels = host.lower().removesuffix(".").split(".")
        # 0x7f.1 or 2130706433 are addresses to a resolver and names to a reader
        if not all(map(_LABEL.fullmatch, labels)) or _NUMBER.fullmatch(labels[-1]):
            raise RegistrationRefused(
                "The host is no plain name and no plain address.",
                hint="Write names in ASCII (xn--…) and addresses in their usual form.",
            ) from None
        return ".".join(labels)
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        raise RegistrationRefused("The address has a zone, which only this machine understands.")
    return str(address)


def _check_path(raw: str) -> str:
    """Return the decoded path without empty parts; refuse what two readers read differently."""
    _refuse_escapes(raw)
    if "\\" in raw:
        raise RegistrationRefused("The path has a backslash.", hint="Separate its parts by /.")
    parts = [part for part in unquote(raw).split("/") if part]
    if not parts or _without_git("/" + "/".join(parts)) in {"", "/"}:
        raise RegistrationRefused("The URL names a host and no repository.")
    if {".", ".."} & set(parts) or parts[0].startswith("-"):
        raise RegistrationRefused("The path has a part that is '.', '..' or starts like an option.")
    return "/" + "/".join(parts)


def _refuse_escapes(raw: str) -> None:
    for match in _ESCAPE.finditer(raw):
        if match[1] is None:
            raise RegistrationRefused("The path has a % that starts no escape.", hint="Write %25.")
        character = chr(int(match[1], 16))
        if character < " " or character == "\x7f" or character in _ESCAPED_SPECIAL - {"%"}:
            raise RegistrationRefused(
                f"The path hides a special character in the escape {match[0]}."
            )


def _local(raw: str, *, allow_local: bool) -> CanonicalUrl:
    if not allow_local:
        raise RegistrationRefused(
            "This is a local path, and local repositories are not allowed here.",
            hint="Use https://, ssh:// or git@host:path, or set SHARDGATE_ALLOW_LOCAL=true.",
        )
    if not raw or not all(character.isprintable() for character in raw):
        raise RegistrationRefused("The local path is empty or holds characters nobody can see.")
    if raw.startswith("~"):
        raise RegistrationRefused("~ is not expanded.", hint="Write the whole path.")
    path = "/" + os.path.abspath(raw).lstrip("/")  # noqa: PTH100 - lexical, nothing is resolved
    if _without_git(path) in {"", "/"}:
        raise RegistrationRefused("The path names no repository.")
    return CanonicalUrl(
        url="file://" + quote(path, safe=_SAFE, errors="surrogateescape"),
        scheme="file",
        host="",
        port=0,
        path=path,
        name=_name_of(path),
    )


def _without_git(path: str) -> str:
    """Drop what does not tell repositories apart: ``.git`` as suffix or as the last folder."""
    return path.rstrip("/").removesuffix(".git").rstrip("/")


def _name_of(path: str) -> str:
    return _without_git(path).rsplit("/", 1)[-1]
