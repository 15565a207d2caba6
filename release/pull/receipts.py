"""Receipts and attestations: signed, and checked with nothing but a public key."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import ReleaseRefused
from release.domain.receipt import RECEIPT_TYPE, Receipt
from release.domain.statement import STATEMENT_MEDIA_TYPE, Statement
from release.files import sha256_of
from release.signing import sign, verify


def sign_receipt(receipt: Receipt, private_key: Path) -> bytes:
    """Return the envelope of a receipt; the same receipt and key give the same bytes."""
    return sign(receipt.to_json(), private_key, RECEIPT_TYPE)


def open_receipt(envelope: bytes, public_key: Path) -> Receipt:
    """Return the receipt in an envelope.

    Raises:
        ReleaseRefused: it is not signed by the key, or malformed.
    """
    return Receipt.from_json(_payload(envelope, public_key, RECEIPT_TYPE))


def sign_statement(statement: Statement, private_key: Path) -> bytes:
    """Return the envelope of a statement, one line of JSON."""
    return sign(statement.to_json(), private_key, STATEMENT_MEDIA_TYPE)


def open_statement(envelope: bytes, public_key: Path) -> Statement:
    """Return the statement in an envelope.

    Raises:
        ReleaseRefused: it is not signed by the key, malformed, or contradicts itself.
    """
    return Statement.from_json(_payload(envelope, public_key, STATEMENT_MEDIA_TYPE))


def check_copies(statement: Statement, folder: Path) -> int:
    """Compare pulled copies with a statement and return how many shards were compared.

    Each release of the statement is looked for at ``<folder>/<release>``; a file under its
    ``data`` that is no subject is refused like a missing or a changed one.

    Raises:
        ReleaseRefused: the files are not exactly the subjects.
    """
    listed = {subject.name: subject.digest.sha256 for subject in statement.subject}
    found = {
        path.relative_to(folder).as_posix()
        for release in statement.predicate.releases
        for path in (folder / release.id / "data").rglob("*")
        if not path.is_dir() or path.is_symlink()
    }
    if found != listed.keys():
        missing, extra = len(listed.keys() - found), len(found - listed.keys())
        raise ReleaseRefused(f"The copies differ: {missing} shards missing, {extra} not attested.")
    for name, digest in sorted(listed.items()):
        if (folder / name).is_symlink() or sha256_of(folder / name) != digest:
            raise ReleaseRefused(f"{name} has another digest than was attested.")
    return len(listed)


def _payload(envelope: bytes, public_key: Path, payload_type: str) -> bytes:
    try:
        return verify(envelope, public_key, payload_type)
    except ReleaseRefused:
        raise ReleaseRefused(
            "The document is malformed, of another kind, or not signed by the trusted key.",
            hint="Check which public key you were given.",
        ) from None
