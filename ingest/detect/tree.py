"""Facts of a whole tree: provenance of every occurrence, and what its path itself gives away.

A path can leak as well as a file (``customers/<name>/``), and paths are shipped. So the paths of
a snapshot are scanned like text, by the same detectors.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import pyarrow as pa

from ingest.detect.detector import BlobDetector, findings_of
from ingest.domain.artefacts import TREE_FACTS
from ingest.domain.finding import Finding
from ingest.domain.text import ScanText

_CHUNK_BYTES = 64 * 1024
_NO_BLOB = "0" * 40


def scan_paths(paths: Sequence[bytes], detectors: Sequence[BlobDetector]) -> list[list[Finding]]:
    """Return the findings in each path, spans in bytes of the path, line always 1.

    Paths are joined by line ends and scanned in chunks, so that cost grows with bytes and not
    with the number of paths. A path that is not UTF-8 is scanned with its odd bytes replaced.
    """
    found: list[list[Finding]] = [[] for _ in paths]
    for first, text, starts in _chunks(paths):
        for detector in detectors:
            view = ScanText(blob_id=_NO_BLOB, suffix="", data=text)
            for finding in findings_of(detector, view):
                index = bisect_right(starts, finding.start) - 1
                offset = starts[index]
                end = min(finding.end, offset + len(paths[first + index])) - offset
                found[first + index].append(
                    replace(finding, start=finding.start - offset, end=end, line=1)
                )
    return found


def _chunks(paths: Sequence[bytes]) -> Iterator[tuple[int, bytes, list[int]]]:
    """Yield (index of the first path, text, start of each path in the text)."""
    first, parts, starts, size = 0, [], [], 0
    for index, path in enumerate(paths):
        line = _as_line(path)
        parts.append(line)
        starts.append(size)
        size += len(line) + 1
        if size >= _CHUNK_BYTES:
            yield first, b"\n".join(parts), starts
            first, parts, starts, size = index + 1, [], [], 0
    if parts:
        yield first, b"\n".join(parts), starts


def _as_line(path: bytes) -> bytes:
    """Return UTF-8 text of the same length, without line ends."""
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        path = bytes(b if b < 0x80 else 0x3F for b in path)  # noqa: PLR2004 - ASCII
    return path.replace(b"\n", b" ").replace(b"\r", b" ")


def with_path_findings(trees: pa.Table, detectors: Sequence[BlobDetector]) -> pa.Table:
    """Return provenance facts with the `path_findings` column filled."""
    paths = trees["path"].to_pylist()
    findings = [[asdict(f) for f in found] for found in scan_paths(paths, detectors)]
    column = pa.array(findings, type=TREE_FACTS.field("path_findings").type)
    position = trees.schema.get_field_index("path_findings")
    return trees.set_column(position, TREE_FACTS.field("path_findings"), column).cast(TREE_FACTS)
