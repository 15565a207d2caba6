"""Which part of a training run this process is, as torch or its launcher says."""

from __future__ import annotations

import os
import sys

from ingest.errors import InputError


def rank_of_process(rank: int | None, world_size: int | None) -> tuple[int, int]:
    """Return rank and number of ranks: as given, else as torch knows it, else as ``torchrun`` says.

    It is asked once, where rows are loaded: a process that reads for a loader knows no rank.

    Raises:
        InputError: only one of the two is given, or there is no such rank.
    """
    if (rank is None) != (world_size is None):
        raise InputError("Give both rank and world_size, or neither.")
    if rank is None or world_size is None:
        rank, world_size = _known_rank()
    if not 0 <= rank < world_size:
        raise InputError(f"There is no rank {rank} of {world_size}.")
    return rank, world_size


def worker_of_process() -> tuple[int, int]:
    """Return number and count of the worker processes of torch's loader; (0, 1) outside of one."""
    torch = sys.modules.get("torch")
    info = torch.utils.data.get_worker_info() if torch else None
    return (0, 1) if info is None else (info.id, info.num_workers)


def _known_rank() -> tuple[int, int]:
    torch = sys.modules.get("torch")
    if torch and torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    try:
        return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    except ValueError:
        raise InputError("RANK and WORLD_SIZE are numbers.") from None
