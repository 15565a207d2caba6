"""What git said when it failed, as an error that tells whose fault it is and what to do next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.domain.problem import Problem
from ingest.errors import (
    CredentialRefused,
    Quarantined,
    ResourceExhausted,
    ShardgateError,
    SourceNotFound,
    SourceUnreachable,
    TerminalError,
)

_MESSAGE_CHARS = 4096
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)
_USER_INFO = re.compile(r"[^\s'\"/@]+@(?=[\w.-]+[:/])")
_CAUSE_CHARS = 300


class SourceBroken(TerminalError):
    """The source sent objects that are missing, malformed or do not hash to their ids."""


class FetchBlocked(TerminalError):
    """A guard of ours refused: a redirect, a protocol, an unknown host key."""


def redact(message: bytes) -> str:
    """Return at most 4 KiB as printable text without URLs, which may carry user info.

    A server's text may hold terminal escapes; every character that is not printable goes.
    """
    text = message[:_MESSAGE_CHARS].decode("utf-8", "replace")
    text = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    return _USER_INFO.sub("", _URL.sub("<url>", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    pattern: re.Pattern[str]
    error: type[ShardgateError]
    says: str
    problem: Problem
    hint: str = ""


def _sign(
    pattern: str, error: type[ShardgateError], problem: Problem, says: str, hint: str = ""
) -> _Sign:
    compiled = re.compile(pattern, re.IGNORECASE)
    return _Sign(pattern=compiled, error=error, problem=problem, says=says, hint=hint)


_EXHAUSTED = "The repository needs more disk or memory than it may take."
_AWAY = "The server cannot be reached, is too slow or broke off."
_SIGNS: Sequence[_Sign] = (
    _sign(
        r"No space left|Disk quota",
        ResourceExhausted,
        Problem.DISK_FULL,
        _EXHAUSTED,
        "Free space.",
    ),
    _sign(
        r"File too large|signal 25",
        ResourceExhausted,
        Problem.TOO_LARGE,
        _EXHAUSTED,
        "Raise the limit.",
    ),
    _sign(
        r"Cannot allocate|out of memory",
        ResourceExhausted,
        Problem.OUT_OF_MEMORY,
        _EXHAUSTED,
        "Raise the limit.",
    ),
    # before what a refusal looks like: hosts answer 403 with such words too
    _sign(
        r"returned error: 429|too many (?:\w+ )?(?:requests|connections)|rate limit"
        r"|concurrency limit|maximum concurren",
        SourceUnreachable,
        Problem.THROTTLED,
        "The server says that we ask too often.",
        "Fetches of this host slow down by themselves.",
    ),
    _sign(
        r"returned error: 30\d|update url base from redirection",
        FetchBlocked,
        Problem.MOVED,
        "The server redirects, and redirects are not followed.",
        "Register the address it redirects to.",
    ),
    _sign(
        r"HOST IDENTIFICATION HAS CHANGED",
        FetchBlocked,
        Problem.HOST_KEY_CHANGED,
        "The server's ssh host key is another one than the one that is known.",
        "Ask its administrators whether it was replaced.",
    ),
    _sign(
        r"Host key verification failed|host key is known",
        FetchBlocked,
        Problem.HOST_KEY_UNKNOWN,
        "The server's ssh host key is not among the known ones.",
        "Add it to the known hosts file after checking it.",
    ),
    _sign(
        r"dubious ownership",
        FetchBlocked,
        Problem.BLOCKED,
        "The local repository belongs to another user.",
        "Sync as its owner.",
    ),
    _sign(
        r"transport '[^']*' not allowed|strange pathname|strange hostname",
        FetchBlocked,
        Problem.BLOCKED,
        "The address uses a protocol or a form that is not allowed.",
    ),
    _sign(
        r"Authentication failed|could not read (?:Username|Password)|returned error: 40[13]"
        r"|Permission denied \(|Access denied|invalid credentials",
        CredentialRefused,
        Problem.AUTH_FAILED,
        "The server refuses us.",
    ),
    _sign(
        r"repository '[^']*' not found|Repository not found|returned error: (?:404|410)"
        r"|does not appear to be a git repo|does not exist|could not be found"
        r"|not a git repository",
        SourceNotFound,
        Problem.NOT_FOUND,
        "The server answers, but knows no such repository.",
        "Check the address, and whether the credential may see it.",
    ),
    _sign(
        r"certificate|SSL|TLS",
        SourceUnreachable,
        Problem.TLS,
        "The server's TLS certificate could not be verified.",
        "Check its chain, or name the company's certificate file.",
    ),
    _sign(r"Could not resolve", SourceUnreachable, Problem.HOST_UNKNOWN, _AWAY),
    _sign(
        r"Connection timed out|Operation (?:too slow|timed out)",
        SourceUnreachable,
        Problem.TIMEOUT,
        _AWAY,
    ),
    _sign(
        r"Failed to connect|Couldn't connect|Connection (?:refused|reset)"
        r"|No route to host|Network is unreachable|Empty reply|returned error: 5\d\d"
        r"|Connection closed by|transfer closed|Recv failure|connect to host",
        SourceUnreachable,
        Problem.UNREACHABLE,
        _AWAY,
    ),
    _sign(
        r"bad object|missing|not our ref|unable to read|inflate|corrupt|bad pack|index-pack"
        r"|fsck error|did not send all necessary|unresolved deltas|sha1 mismatch|hash mismatch"
        r"|bad tree|pack has|early EOF|hung up|remote error|aborting due to possible repository"
        r"|invalid|garbage|could not parse|pack-objects died|error in object",
        SourceBroken,
        Problem.BROKEN_SOURCE,
        "The source holds objects that are missing or malformed.",
        "Let its owner run git fsck.",
    ),
)


def explain_failure(message: str, *, reference: str = "", returncode: int = 128) -> ShardgateError:
    """Return the error that fits git's redacted messages.

    `reference` names the credential that was used, so that a person knows which one to check.
    """
    for sign in _SIGNS:
        if sign.pattern.search(message):
            hint = _credential_hint(reference) if sign.error is CredentialRefused else sign.hint
            says = f"{sign.says} ({_last_line(message)})"
            return sign.error(says, hint=hint, code=sign.problem.value)
    if returncode < 0:
        return Quarantined(f"git was ended by signal {-returncode} on this repository.")
    return SourceUnreachable(f"git failed: {_last_line(message) or 'without a word'}.")


def _credential_hint(reference: str) -> str:
    if reference:
        return f"Check the credential {reference}: is it current, and may it read this repository?"
    return "Register a credential reference (env:NAME or file:PATH)."


def _last_line(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines or [""])[0][:_CAUSE_CHARS]
