"""Make the rows of a release: of a folder, or of a server by way of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ingest.errors import InputError
from policies.decision import Tier
from release.domain.rows import rows_schema
from release.files import locked
from release.pull import Address, Wanted, keep_current, open_hub, pull_from_hub
from release.pull.recalls import Reader
from shardgate_client.place import rank_of_process
from shardgate_client.rows import Choice, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where releases come from, and as whom they are asked for."""

    url: str
    token: str = field(repr=False)
    ca_file: Path | None = None
    streams: int = 4
    """Files that are read at once."""


def load(  # noqa: PLR0913 - all but the first by keyword, and most may be left out
    release: str | Path,
    *,
    public_key: str | Path,
    tier: str | Tier = Tier.RELEASABLE,
    columns: Sequence[str] | None = None,
    seed: int | None = None,
    rank: int | None = None,
    world_size: int | None = None,
    server: Server | None = None,
    folder: str | Path | None = None,
    strict: bool = False,
) -> Rows:
    """Return the rows of a release, checked against a public key.

    Args:
        release: folder of a pulled release; with a server the id of one, or ``main``.
        public_key: PEM file of the key that signs releases.
        tier: what is asked for; another one is refused.
        columns: names of columns to read; none given: all.
        seed: of the order of shards in each epoch; none given: the order of the manifest.
        rank: number of this process in the training run; none given: what torch or torchrun says.
        world_size: how many there are.
        server: where to pull from first; of several processes on a machine one does it.
        folder: where copies are kept, with a server.
        strict: refuse a release with recalled rows instead of leaving them out.

    With torch installed the result is an ``IterableDataset``, and its state can be saved and
    loaded by ``torchdata.stateful_dataloader``.

    Raises:
        ReleaseRefused: unsigned, tampered with, of another tier, recalled as a whole, or the feed
            of recalls is past its end.
        PullRefused: nobody granted the pull.
        InputError: an argument is none.
        TransientError: the server does not answer.
    """
    reader = Reader(public_key=Path(public_key), tier=Tier(tier))
    own_rank, ranks = rank_of_process(rank, world_size)
    choice = Choice(
        columns=tuple(columns or rows_schema(reader.tier).names),
        seed=seed,
        rank=own_rank,
        world_size=ranks,
        is_strict=strict,
    )
    copy = Path(release)
    if server is not None:
        if folder is None:
            raise InputError("Name a folder for what comes from the server.")
        wanted = Wanted(
            release=str(release),
            tier=reader.tier,
            drop_recalled=not strict,
            streams=server.streams,
        )
        copy = _fetch(server, wanted, Path(folder), reader)
    return _kind()(copy, reader, choice)


def _fetch(server: Server, wanted: Wanted, folder: Path, reader: Reader) -> Path:
    address = Address(url=server.url, token=server.token, ca_file=server.ca_file)
    with locked(folder / ".pulling"), open_hub(address, wanted) as source:
        if (folder / wanted.release / "data").is_dir():
            # What stands there was verified when it came; each shard is again when it is read.
            return keep_current(source, folder, reader).release.directory
        done = pull_from_hub(source, folder, reader, drop_recalled=wanted.drop_recalled)
        return done.release.directory


def _kind() -> type[Rows]:
    if find_spec("torch") is None:
        return Rows
    kind: type[Rows] = import_module("shardgate_client.torch_rows").TorchRows
    return kind
