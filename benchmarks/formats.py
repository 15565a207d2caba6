"""Read an export by the library it is meant for, which is in none of our lock files.

Usage: ``python -m benchmarks.formats FOLDER``, in an environment that has mosaicml-streaming
(its full set of dependencies is 110 packages, CUDA among them, so it is not locked here), where
FOLDER was written by ``shardgate release export … --format mds``. Every digest is checked by the
library; prints how many rows it read and how many ``export.json`` lists.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Read, count, and compare with what the export says of itself."""
    from streaming import StreamingDataset  # noqa: PLC0415 - not in our environment

    folder = Path(sys.argv[1])
    rows = StreamingDataset(local=str(folder), shuffle=False, batch_size=1, validate_hash="sha256")
    found = [row["id"] for row in rows]
    listed = json.loads((folder / "export.json").read_bytes())["files"]
    count = sum(file["rows"] for file in listed)
    print(f"{len(found)} rows read, {len(set(found))} different, {count} listed")
    first = rows[0]
    print({name: type(value).__name__ for name, value in first.items()})
    if len(set(found)) != count:
        raise SystemExit("the library reads other rows than were written")


if __name__ == "__main__":
    main()
