"""What a build needs of the world, as small protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ingest.ports import BlobSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from ingest.domain.finding import Finding

__all__ = [
    "BlobSource",
    "ExitScanner",
    "OpenShard",
    "Progress",
    "ShardWriter",
    "Signer",
    "Verifier",
    "ignore_progress",
]


class ExitScanner(Protocol):
    """Looks at what is about to be shipped, with every detector that could object."""

    def scan(self, text: bytes, suffix: str, wanted: frozenset[str]) -> list[Finding]:
        """Return the findings in a UTF-8 text, spans in its bytes; no I/O.

        All findings of the `wanted` categories are among them; others may be.
        """
        ...

    def scan_all(
        self, texts: Sequence[tuple[bytes, str]], wanted: frozenset[str]
    ) -> list[list[Finding]]:
        """Return what `scan` returns of each (text, suffix), in their order."""
        ...

    def scan_known(self, texts: Sequence[bytes]) -> list[list[Finding]]:
        """Return where each text holds a value that another text showed to be a secret; no I/O."""
        ...


class Signer(Protocol):
    """Signs with a key it alone holds."""

    def sign(self, payload: bytes, payload_type: str = ...) -> bytes:
        """Return a DSSE envelope (JSON) around the payload, by default a manifest's."""
        ...


class Verifier(Protocol):
    """Checks signatures against one trusted key."""

    def verify(self, envelope: bytes) -> bytes:
        """Return the payload of an envelope.

        Raises:
            ReleaseRefused: the envelope is malformed or not signed by the trusted key.
        """
        ...


class Progress(Protocol):
    """Told how far the work is."""

    def __call__(self, done: int, total: int) -> None:
        """Report units done of units in all."""
        ...


def ignore_progress(done: int, total: int) -> None:
    """Take progress and tell nobody."""


class OpenShard(Protocol):
    """A shard file that is being written."""

    def write(self, rows: pa.Table) -> None:
        """Append rows as one group."""
        ...

    def close(self) -> None:
        """Finish the file; it is complete on disk afterwards."""
        ...


class ShardWriter(Protocol):
    """A shard format. The same rows in the same groups give the same bytes."""

    @property
    def name(self) -> str:
        """Format as the manifest names it, which is also the file's suffix."""
        ...

    def open(self, path: Path, schema: pa.Schema) -> OpenShard:
        """Start a new file."""
        ...
