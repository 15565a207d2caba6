"""Every error of Shardgate, as one drawn tree.

::

    ShardgateError
    ├── InputError          the caller's fault: mend the input, do not retry (exit code 2)
    │   ├── RegistrationRefused
    │   ├── ConfigurationError
    │   └── Conflict
    ├── TransientError      the world's fault: the same call may succeed later
    │   ├── SourceUnreachable
    │   ├── ResourceExhausted
    │   └── MustWait        no failure: something has to be waited for, and costs no attempt
    └── TerminalError       a fact that no retry changes
        ├── SourceNotFound
        ├── CredentialRefused
        ├── Quarantined
        ├── MirrorCorrupt
        ├── ArtefactCorrupt
        └── ReleaseRefused

An error that crosses a stage carries identifiers and a reason, never content of a blob:
raise it ``from None`` wherever the cause could hold matched bytes.
"""

from __future__ import annotations


class ShardgateError(Exception):
    """Base of all errors: a message of what happened and a hint of what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        """Keep the message, the hint and a machine-readable code apart."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).__name__

    def __str__(self) -> str:
        """Join message and hint as a person reads them."""
        return f"{self.message} {self.hint}".strip()


class InputError(ShardgateError):
    """The caller must change the input; nothing was written."""

    exit_code = 2


class RegistrationRefused(InputError):
    """A repository cannot be registered as given."""


class ConfigurationError(InputError):
    """A setting, policy or key is missing or wrong."""


class Conflict(InputError):
    """Somebody else was faster: what the caller saw is no longer so."""


class TransientError(ShardgateError):
    """The same call may succeed later; the stage retries with back-off."""


class SourceUnreachable(TransientError):
    """The host did not answer, answered too slowly or broke off."""


class ResourceExhausted(TransientError):
    """Disk, memory or time ran out on our side."""


class MustWait(TransientError):
    """Nothing failed: a person paused it, or others come first. The work is taken up later."""

    def __init__(self, message: str, *, seconds: float, hint: str = "", code: str = "") -> None:
        """Keep how long to wait before asking again."""
        super().__init__(message, hint=hint, code=code)
        self.seconds = seconds


class TerminalError(ShardgateError):
    """No retry changes the outcome."""


class SourceNotFound(TerminalError):
    """The host answers, the repository does not exist (or is hidden from us)."""


class CredentialRefused(TerminalError):
    """The host wants a credential, or refuses the one it was given."""


class Quarantined(TerminalError):
    """A cap was exceeded (paths, depth, entries, size); a person has to look."""


class MirrorCorrupt(TerminalError):
    """An object of the mirror is missing, truncated or does not hash to its id."""


class ArtefactCorrupt(TerminalError):
    """An artefact of the lake does not match its schema or digest."""


class ReleaseRefused(TerminalError):
    """A release is unsigned, tampered with, revoked or of the wrong tier."""
