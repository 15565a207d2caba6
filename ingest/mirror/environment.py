"""The fixed environment and configuration of every git process, and the accepted versions.

Each line closes a door that a hostile repository, server or URL could use; nothing of the
caller's own environment or configuration reaches git.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.domain.secret import Secret
from ingest.errors import ConfigurationError

SEARCH_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
"""Where git and ssh are looked for; the caller's PATH is not read."""

ENVIRONMENT: Final[Mapping[str, str]] = {
    "PATH": SEARCH_PATH,
    # absent on purpose: a folder that does not exist holds no .gitconfig and no .netrc
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/dev/null",
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "/bin/false",
}

_OLD_HISTORY = ("badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode")
"""Faults of early git that honest old histories carry; GitLab ignores the same three."""

CONFIG: Final[tuple[tuple[str, str], ...]] = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.symlinks", "false"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.attributesFile", "/dev/null"),
    ("core.excludesFile", "/dev/null"),
    ("core.askPass", "/bin/false"),
    ("core.alternateRefsCommand", "exit 0 #"),
    ("core.useReplaceRefs", "false"),
    ("core.bigFileThreshold", "50m"),
    ("core.logAllRefUpdates", "false"),
    ("core.fsync", "objects,derived-metadata,reference"),
    ("core.fsyncMethod", "fsync"),
    ("credential.helper", ""),
    ("gpg.program", "/bin/false"),
    ("log.showSignature", "false"),
    ("diff.external", ""),
    ("protocol.allow", "never"),
    ("protocol.https.allow", "always"),
    ("protocol.ssh.allow", "always"),
    ("protocol.ext.allow", "never"),
    ("protocol.fd.allow", "never"),
    ("protocol.version", "2"),
    ("safe.bareRepository", "explicit"),
    ("transfer.fsckObjects", "true"),
    ("fetch.fsckObjects", "true"),
    *((f"fetch.fsck.{fault}", "ignore") for fault in _OLD_HISTORY),
    *((f"fsck.{fault}", "ignore") for fault in _OLD_HISTORY),
    ("transfer.bundleURI", "false"),
    ("transfer.credentialsInUrl", "die"),
    ("fetch.recurseSubmodules", "no"),
    ("submodule.recurse", "false"),
    ("fetch.unpackLimit", "1"),
    ("fetch.writeCommitGraph", "false"),
    ("http.followRedirects", "false"),
    ("http.sslVerify", "true"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("uploadpack.packObjectsHook", ""),
    ("init.templateDir", ""),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("pack.threads", "1"),
    ("pack.windowMemory", "100m"),
    ("index.threads", "1"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How one remote is reached: its one protocol, its pinned address, its credential."""

    url: str
    scheme: str
    """``https``, ``ssh`` or ``file``; no other protocol is allowed in a call."""
    config: tuple[tuple[str, str], ...] = ()
    ssh_command: str = ""
    credential: Secret | None = None
    """Lines of git's credential protocol; handed over by a pipe, once per call."""
    host: str = ""
    """Lower case, without port; empty for a local path."""
    reference: str = ""
    """Name of the credential for messages, such as ``env:NAME``; not the credential."""


def build_environment(transport: Transport | None) -> dict[str, str]:
    """Return the whole environment of one git process."""
    environment = dict(ENVIRONMENT)
    # an empty value would mean "no restriction" to git, so a local call names no protocol at all
    environment["GIT_ALLOW_PROTOCOL"] = transport.scheme if transport else "none"
    environment["GIT_SSH_COMMAND"] = "/bin/false"
    if transport and transport.ssh_command:
        environment["GIT_SSH_COMMAND"] = transport.ssh_command
    return environment


def build_ssh_command(
    *, address: str, alias: str, known_hosts: Path | None, key: Path | None
) -> str:
    """Return the ssh command line: pinned address, pinned host keys, one key, no prompts.

    `alias` is the name under which the host key is looked up in `known_hosts`; without such a
    file every host is refused.

    Raises:
        ConfigurationError: a path has characters that ssh would expand.
    """
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": _quote_path(known_hosts) if known_hosts else "/dev/null",
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": alias,
        "HostName": address,
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "ConnectTimeout": "30",
        "ServerAliveInterval": "30",
        "ServerAliveCountMax": "4",
        "ProxyCommand": "none",
        "PermitLocalCommand": "no",
        "ForwardAgent": "no",
        "ClearAllForwardings": "yes",
        "IdentityFile": _quote_path(key) if key else "none",
    }
    return shlex.join(["ssh", "-F", "/dev/null", *(f"-o{k}={v}" for k, v in options.items())])


def _quote_path(path: Path) -> str:
    """Return a path as ssh reads it: quoted, as it splits at spaces; without what it expands."""
    if not _PLAIN_PATH.fullmatch(str(path)):
        raise ConfigurationError(
            "The path of an ssh file has characters that ssh would expand.",
            hint="Use letters, digits, spaces and ./_+@:,=- only.",
        )
    return f'"{path}"'


_PLAIN_PATH: Final = re.compile(r"/[\w ./+@:,=-]*")
_VERSION = re.compile(r"git version (\d+)\.(\d+)(?:\.(\d+))?")
_PATCHED: Final = {39: 5, 43: 7, 44: 4, 45: 4, 46: 4, 47: 3, 48: 2, 49: 1, 50: 1}
"""Lowest safe patch by minor version of git 2: July 2025 fixes (CVE-2025-48384, -48385).

2.39.5 is Debian 12's, which carries those fixes under the old number.
"""
_FIRST_SAFE_MINOR = 51


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Return the numbers of ``git version …``, None where the text says nothing of the kind."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def is_safe_version(version: tuple[int, int, int]) -> bool:
    """Tell whether a git of this version has the fixes that the wrapper relies on."""
    major, minor, patch = version
    if major != 2:  # noqa: PLR2004 - git 2; a git 1 is too old, a git 3 is newer than any fix
        return major > 2  # noqa: PLR2004 - same
    return minor >= _FIRST_SAFE_MINOR or patch >= _PATCHED.get(minor, 1 << 30)
