"""Paths as reports may show them: what a path itself gives away stands as its placeholder.

A path that was not scanned is not known to be clean, so it is not shown at all. Two files may be
shown alike; a report that has to tell them apart does it by their contents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import Category
from policies.database import open_database
from policies.placeholders import PLACEHOLDERS

NOT_SCANNED: Final = b"<PATH_NOT_SCANNED>"
UNKNOWN: Final = "<PATTERN>"
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_SUFFIX_PATTERN: Final = re.compile(r"[*?]{1,2}(\.[A-Za-z0-9]{1,8})")
_CONTINUATION_MASK, _CONTINUATION = 0xC0, 0x80
_PLACES: Final = pa.schema(
    [
        pa.field("n", pa.int64()),
        pa.field("repo_id", pa.string()),
        pa.field("path", pa.binary()),
    ]
)
# Several rows may speak of one path, of different times: what any of them found is masked.
_QUERY: Final = """
    SELECT any_value(p.path) AS path,
        flatten(list(list_transform(t.path_findings,
            lambda f: {'first': f."start", 'last': f."end", 'category': f.category}))
            FILTER (t.path_findings IS NOT NULL)) AS spans
    FROM places p
    LEFT JOIN trees t ON (t.repo_id = p.repo_id AND t.path = p.path)
    GROUP BY p.n ORDER BY p.n
"""


def show_paths(places: Iterable[tuple[str, bytes]], trees: pa.Table) -> list[bytes]:
    """Return each path of some (repository id, path) as it may be shown, in their order.

    `trees` has the columns `repo_id`, `path` and `path_findings` of `TREE_FACTS`, and may have
    several rows about one path.
    """
    listed = list(places)
    if not listed:
        return []
    repos, raw = [repo for repo, _ in listed], [path for _, path in listed]
    columns: list[Iterable[object]] = [range(len(listed)), repos, raw]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _PLACES, strict=True)]
    with open_database() as connection:
        connection.register("places", pa.Table.from_arrays(arrays, schema=_PLACES))
        connection.register("trees", trees.select(["repo_id", "path", "path_findings"]))
        rows = connection.sql(_QUERY).to_arrow_table()
    paths, spans = rows["path"].to_pylist(), rows["spans"].to_pylist()
    return [_show(path, found) for path, found in zip(paths, spans, strict=True)]


def show_pattern(pattern: str, clean: Collection[str]) -> str:
    """Return a path pattern as it may be shown: its beginning as far as clean paths begin so.

    What no clean path shows is not known to be clean, so its names stand as `UNKNOWN`; only
    wildcards of their own, and suffixes that clean paths have, are kept.

    Args:
        pattern: as `policies.review.paths` describes it.
        clean: paths of the same repository that were scanned and give nothing away, as text.
    """
    suffixes = {ending for path in clean for ending in _SUFFIX.findall(path)}
    if not pattern:
        return ""
    parts, shown, is_known = pattern.split("/"), list[str](), True
    for index, part in enumerate(parts):
        begun, is_last = "/".join(parts[: index + 1]), index == len(parts) - 1
        is_known = is_known and any(p == begun or p.startswith(f"{begun}/") for p in clean)
        told = _SUFFIX_PATTERN.fullmatch(part)
        is_plain = not part.strip("*?") or (told is not None and told[1] in suffixes)
        shown.append(part if (is_known and part) or is_plain or (is_last and not part) else UNKNOWN)
    return "/".join(shown)


def clean_paths(trees: pa.Table, repo_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the paths of some repositories that were scanned and give nothing away, as text.

    `trees` as for `show_paths`; a path in which any row found something is not clean.
    """
    near = trees.filter(pc.is_in(trees["repo_id"], pa.array(sorted(repo_ids), pa.string())))
    found: dict[str, dict[bytes, bool]] = {}
    for row in near.select(["repo_id", "path", "path_findings"]).to_pylist():
        paths = found.setdefault(row["repo_id"], {})
        paths[row["path"]] = paths.get(row["path"], True) and row["path_findings"] == []
    return {
        repo: {path.decode(errors="replace") for path, is_clean in paths.items() if is_clean}
        for repo, paths in found.items()
    }


def mask_path(path: bytes, findings: Iterable[tuple[int, int, str]]) -> bytes:
    """Return a path with the placeholder of its category in the place of each finding.

    A value goes wherever it stands in the path, and whole characters go. Of findings that overlap
    the first names the placeholder.
    """
    found = [
        (*_whole(path, *place), category)
        for start, end, category in findings
        for place in [(start, end), *_others(path, path[start:end])]
    ]
    parts: list[bytes] = []
    place = 0
    for start, end, category in sorted(found):
        if start >= place:
            parts += [path[place:start], PLACEHOLDERS[Category(category)]]
        place = max(place, end)
    return b"".join([*parts, path[place:]])


def _show(path: bytes, found: Sequence[Mapping[str, Any]] | None) -> bytes:
    if found is None:
        return NOT_SCANNED
    return mask_path(path, [(f["first"], f["last"], f["category"]) for f in found])


def _others(path: bytes, value: bytes) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(re.escape(value), path))


def _whole(path: bytes, start: int, end: int) -> tuple[int, int]:
    while start > 0 and _is_continuation(path, start):
        start -= 1
    while end < len(path) and _is_continuation(path, end):
        end += 1
    return start, end


def _is_continuation(path: bytes, offset: int) -> bool:
    return offset < len(path) and path[offset] & _CONTINUATION_MASK == _CONTINUATION
