from __future__ import annotations

import pytest

from ingest.errors import (
    CredentialRefused,
    Quarantined,
    ResourceExhausted,
    ShardgateError,
    SourceNotFound,
    SourceUnreachable,
)
from ingest.mirror.failures import FetchBlocked, SourceBroken, explain_failure, redact


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("fatal: Authentication failed for <url>", CredentialRefused),
        ("fatal: could not read Username for <url>: terminal prompts disabled", CredentialRefused),
        ("git@h: Permission denied (publickey).", CredentialRefused),
        ("fatal: unable to access <url>: The requested URL returned error: 403", CredentialRefused),
        ("fatal: repository '<url>' not found", SourceNotFound),
        ("ERROR: Repository not found.", SourceNotFound),
        ("fatal: '/x' does not appear to be a git repository", SourceNotFound),
        ("fatal: unable to access <url>: Could not resolve host: h", SourceUnreachable),
        ("ssh: connect to host h port 22: Connection refused", SourceUnreachable),
        ("fatal: unable to access <url>: SSL certificate problem: expired", SourceUnreachable),
        ("error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502",
         SourceUnreachable),
        ("fatal: something nobody has seen", SourceUnreachable),
        ("fatal: unable to update url base from redirection", FetchBlocked),
        ("Host key verification failed.", FetchBlocked),
        ("fatal: detected dubious ownership in repository at '/x'", FetchBlocked),
        ("fatal: transport 'ext' not allowed", FetchBlocked),
        ("fatal: write error: File too large", ResourceExhausted),
        ("fatal: write error: No space left on device", ResourceExhausted),
        ("remote: fatal: bad tree object\nfatal: early EOF", SourceBroken),
        ("error: object 12: treeNotSorted: not properly sorted\nfatal: fsck error in packed object",
         SourceBroken),
    ],
)  # fmt: skip
def test_git_s_words_become_an_error_that_says_whose_fault_it_is(
    message: str, error: type[ShardgateError]
) -> None:
    assert type(explain_failure(message)) is error


def test_a_signal_without_words_is_quarantine() -> None:
    assert type(explain_failure("", returncode=-11)) is Quarantined


def test_the_reference_is_named_when_a_credential_is_refused() -> None:
    error = explain_failure("fatal: Authentication failed", reference="env:NAME")
    assert "env:NAME" in error.hint


def test_urls_user_info_and_escapes_are_taken_out() -> None:
    message = b"at https://me:" + b"pw@h.example/a and git@h.example:b \x1b[31mred\x9b\xff"
    shown = redact(message)
    assert "pw" not in shown
    assert "git@" not in shown
    assert shown.isprintable()
    assert len(redact(b"x" * 10_000)) == 4096
