"""What may keep a repository from being visited, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Problem(StrEnum):
    """Why a visit is not what it should be. Kept with the visit; words stand in `WORDS`."""

    AUTH_FAILED = "auth_failed"
    CREDENTIAL_MISSING = "credential_missing"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    HOST_KEY_CHANGED = "host_key_changed"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    TLS = "tls"
    HOST_UNKNOWN = "host_unknown"
    ADDRESS_REFUSED = "address_refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    DISK_FULL = "disk_full"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    BROKEN_SOURCE = "broken_source"
    BROKEN_MIRROR = "broken_mirror"
    BLOCKED = "blocked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Words:
    """One problem as a person reads it."""

    says: str
    do: str


WORDS: Final[Mapping[Problem, Words]] = {
    Problem.AUTH_FAILED: Words(
        "The host refuses our credential, or wants one.",
        "Check that the token or key is current and may read this repository, then sync again.",
    ),
    Problem.CREDENTIAL_MISSING: Words(
        "The credential that the repository names does not exist where mirrors are made.",
        "Set the variable or mount the file for the process that mirrors.",
    ),
    Problem.NOT_FOUND: Words(
        "The host answers, but knows no such repository: deleted, renamed, or hidden from us.",
        "Check the address, and whether the credential may see it; register a new address anew.",
    ),
    Problem.MOVED: Words(
        "The host redirects to another address, and redirects are not followed.",
        "Register the address that it redirects to.",
    ),
    Problem.HOST_KEY_CHANGED: Words(
        "The host shows another ssh key than the one that is known.",
        "Ask its administrators whether the key was replaced; only then replace it in the known "
        "hosts file.",
    ),
    Problem.HOST_KEY_UNKNOWN: Words(
        "The ssh key of the host is not among the known ones.",
        "Add it to the known hosts file (SHARDGATE_KNOWN_HOSTS) after checking it.",
    ),
    Problem.TLS: Words(
        "The TLS certificate of the host could not be verified.",
        "Check its chain, or name the company's certificate file (SHARDGATE_CA_FILE).",
    ),
    Problem.HOST_UNKNOWN: Words(
        "The name of the host cannot be resolved.",
        "Check the spelling, and the name server of the machine that mirrors.",
    ),
    Problem.ADDRESS_REFUSED: Words(
        "The host resolves to an address inside a private network, which is not allowed.",
        "Name the host in SHARDGATE_ALLOW_HOSTS if it is yours.",
    ),
    Problem.UNREACHABLE: Words(
        "The host does not answer, or broke off.",
        "Check the network; the next poll tries again by itself.",
    ),
    Problem.TIMEOUT: Words(
        "The transfer was too slow and was stopped.",
        "Raise SHARDGATE_GIT_TIMEOUT_SECONDS if the repository is that large.",
    ),
    Problem.THROTTLED: Words(
        "The host says that we ask too often or open too many connections.",
        "Nothing: fetches of this host wait and slow down. Lower SHARDGATE_HOST_FETCHES if it "
        "happens again.",
    ),
    Problem.DISK_FULL: Words("Our own disk is full.", "Free space, then sync again."),
    Problem.OUT_OF_MEMORY: Words(
        "git ran out of memory on our side.", "Give the mirroring process more memory."
    ),
    Problem.TOO_LARGE: Words(
        "The repository is larger than one transfer may be.",
        "Ask its owner to split or clean it, or raise the limit.",
    ),
    Problem.EMPTY: Words(
        "The repository has no commit yet.", "Nothing: the next push brings something."
    ),
    Problem.BROKEN_SOURCE: Words(
        "The repository holds objects that are missing or malformed.",
        "Let its owner run git fsck.",
    ),
    Problem.BROKEN_MIRROR: Words(
        "Our own copy is damaged.",
        "Nothing at first: it is cloned anew. If that happens again, check the disk.",
    ),
    Problem.BLOCKED: Words(
        "A guard of ours refused what the source wanted.",
        "Read the last lines of the command record.",
    ),
    Problem.OTHER: Words("git failed.", "Read the last lines of the command record."),
}


def problem_of(code: str) -> Problem:
    """Return the problem of an error's code; `OTHER` where the code names none."""
    try:
        return Problem(code)
    except ValueError:
        return Problem.OTHER
