"""``shardgate pull --from URL``: take a release over from a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cli.console import byte_progress, out
from ingest.errors import InputError
from release.domain.receipt import Receipt
from release.pull import Address, Wanted, open_hub, pull_from_hub
from release.pull.recalls import Reader
from workers.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which server, and what proves that its releases are genuine."""

    url: str
    token_file: Path | None = None
    public_key: Path | None = None
    plain_http: bool = False


def pull_remote(settings: Settings, place: Place, wanted: Wanted, dest: Path) -> None:
    """Copy a release from a server, verify it and say where it is.

    Raises:
        InputError: no key is named: what vouches for a release must not come from who sends it.
        PullRefused, ReleaseRefused, TransientError: see `release.pull.pull_from_hub`.
    """
    if place.public_key is None:
        raise InputError(
            "A release from a server is checked with a key that you have: name it with --key.",
            hint="Whoever runs the server has it as keys/release.public.pem.",
        )
    address = Address(
        url=place.url,
        token=_token(settings, place.token_file),
        ca_file=settings.ca_file,
        plain_http=place.plain_http,
    )
    reader = Reader(public_key=place.public_key, tier=wanted.tier)
    with open_hub(address, wanted) as source, byte_progress("pulling") as progress:
        done = pull_from_hub(
            source, dest, reader, progress=progress, drop_recalled=wanted.drop_recalled
        )
    out.print(f"pulled and verified: {done.release.directory}")
    show_receipt(done.receipt, done.receipt_file)


def show_receipt(receipt: Receipt | None, file: Path | None) -> None:
    """Say by whose word rows were handed over."""
    if receipt is None:
        out.print("no release of this installation: no grant was asked for, no receipt was written")
        return
    out.print(f"for {receipt.purpose}, by {receipt.grant_id}")
    out.print(f"receipt: {file}", soft_wrap=True)
    out.print(f"training run {receipt.run_id}", soft_wrap=True)


def _token(settings: Settings, file: Path | None) -> str:
    if file is None:
        return settings.token.get_secret_value()
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise InputError(f"{file} cannot be read as a token.") from None
