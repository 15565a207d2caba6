"""The real loaders of torch, where torch is installed; it is no part of our lock files."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from shardgate_client import load
from tests.shardgate_client.conftest import Copy

torch_data = pytest.importorskip("torch.utils.data", reason="torch is not installed")


def rows_of(whole: Copy, **more: Any) -> Any:
    return load(whole.folder, public_key=whole.public, columns=["id"], seed=5, **more)


@pytest.mark.parametrize("workers", [0, 2])
def test_ranks_and_workers_read_each_row_once(whole: Copy, workers: int) -> None:
    found = []
    for rank in range(2):
        rows = rows_of(whole, rank=rank, world_size=2)
        assert isinstance(rows, torch_data.IterableDataset)
        batches = torch_data.DataLoader(rows, batch_size=4, num_workers=workers, collate_fn=list)
        found += [row["id"] for batch in batches for row in batch]
    assert sorted(found) == sorted(whole.ids)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stateful_loader_goes_on_where_it_was(whole: Copy, workers: int) -> None:
    stateful = pytest.importorskip("torchdata.stateful_dataloader", reason="no torchdata")

    def loader() -> Any:
        return stateful.StatefulDataLoader(
            rows_of(whole), batch_size=2, num_workers=workers, collate_fn=list
        )

    expected = [row["id"] for batch in loader() for row in batch]
    first, second = loader(), loader()
    found = [row["id"] for batch in islice(first, 3) for row in batch]
    second.load_state_dict(first.state_dict())
    found += [row["id"] for batch in second for row in batch]
    assert found == expected
