"""Rows as torch's loaders want them; imported only where torch is installed."""

from __future__ import annotations

from torch.utils.data import IterableDataset

from shardgate_client.rows import Rows


class TorchRows(Rows, IterableDataset):  # type: ignore[misc] # torch need not be here for mypy
    """`Rows` that is a ``torch.utils.data.IterableDataset``."""
