"""NOTICE: the licenses inside a release, their texts, and whose files they cover.

What a license wants reproduced with a copy stands in the copy: a row of others' code keeps the
notice it came with, names included. This file adds what stands outside of rows (texts of licenses
that files only name) and a register of holders, as far as rows show them. In the releasable tier
rows show organisations, so natural persons are named where their license puts them, in the file,
and are not listed a second time.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from release.documents.draft import unnested
from release.documents.words import one_line, plural
from release.domain.rows import NO_LICENSE

NOTICE_FILE: Final = "NOTICE.txt"
TEXTS_FILE: Final = "license_texts.json"
"""SPDX id to the lines of the text as published. Without titles and copyright of single works."""

_RULE: Final = "=" * 78
_THIN: Final = "-" * 78
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:+-]*")
_OPERATORS: Final = frozenset({"AND", "OR", "WITH"})
_VARIANT: Final = re.compile(r"(?:-only|-or-later|\+)$")
"""One text stands behind the variants of a GNU license."""
_NOTICE_NAME: Final = (
    r"(?i)(^|/)(licen[cs]es?|copying|copyright|notice|authors|contributors|patents|unlicense)"
    r"([.-][^/]*)?$"
)
_INTRODUCTION: Final = """\
This file goes with every copy of the release, or of a part of it. It lists the licenses that the
files inside are under, with their texts, the copyright holders that the files name, and the
files of the release that are themselves licenses, notices or lists of authors.

Each file is a row. The license of a row stands in its column license_expression, the evidence for
it in license_evidence. A row of third-party code still holds the copyright and permission notices
it came with: keep them where content is shown or passed on. Read an expression as SPDX says:
OR is a choice, AND means all of them, WITH adds an exception.
"""


@cache
def license_texts() -> Mapping[str, str]:
    """Return the texts at hand by SPDX id."""
    data = resources.files(__package__).joinpath(TEXTS_FILE).read_text("utf-8")
    return {name: "\n".join(lines) for name, lines in json.loads(data).items()}


def write_notice(release_id: str, rows: pa.Table) -> bytes:
    """Return the bundle of a release."""
    names = pc.fill_null(rows["license_expression"], NO_LICENSE)
    holders = unnested(rows["copyright_holders"])
    is_notice = pc.match_substring_regex(rows["path"], _NOTICE_NAME)
    repositories = _counted({"repo_name": rows["repo_name"], "name": names})
    held = _counted({"name": names.take(holders["row"]), "holder": holders["item"]})
    notices = _counted({name: rows[name].filter(is_notice) for name in ("repo_name", "path")})
    expressions: Counter[str] = Counter()
    for row in repositories:
        expressions[row["name"]] += row["files"]
    lines = [
        f"NOTICE of {release_id}",
        "",
        *_INTRODUCTION.splitlines(),
        "",
        *_chapter("Files by repository and license"),
        *(f"{_shown(r['repo_name'])}: {_shown(r['name'])}, {_files(r)}" for r in repositories),
        "",
        *_chapter("Copyright holders by license"),
        *_holder_lines(expressions, held),
        *_chapter("License, notice and author files inside"),
        *(f"{_shown(n['repo_name'])}: {_shown(n['path'])}" for n in notices),
        "",
        *_text_lines(list(expressions)),
    ]
    return "\n".join(lines).encode()


def _counted(columns: Mapping[str, pa.ChunkedArray]) -> list[dict[str, Any]]:
    """Return the different rows of some columns, sorted, with how many ``files`` each is for."""
    groups = pa.table(columns).group_by(list(columns)).aggregate([([], "count_all")])
    lines = groups.rename_columns([*columns, "files"]).to_pylist()
    return sorted(lines, key=lambda line: tuple(line[name] for name in columns))


def license_ids(expressions: Sequence[str]) -> list[str]:
    """Return the ids of licenses and exceptions in SPDX expressions, sorted."""
    found = {i for expression in expressions for i in _ID.findall(expression)}
    return sorted(found - _OPERATORS - {NO_LICENSE, "NONE"})


def find_text(license_id: str) -> str | None:
    """Return the text behind an id, whatever variant of a license it names; None: not at hand."""
    texts = license_texts()
    return texts.get(license_id) or texts.get(_VARIANT.sub("", license_id))


def _chapter(title: str) -> list[str]:
    return [_RULE, title, _RULE, ""]


def _holder_lines(
    expressions: Mapping[str, int], holders: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    by_name: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for holder in holders:
        by_name[holder["name"]].append(holder)
    for name, files in sorted(expressions.items()):
        yield f"{_shown(name)} ({plural(files, 'file')})"
        yield from (f"  {_shown(h['holder'])} ({_files(h)})" for h in by_name[name])
        if not by_name[name]:
            yield "  no holder is shown by the rows"
        yield ""


def _text_lines(expressions: Sequence[str]) -> Iterator[str]:
    yield from _chapter("License texts")
    for license_id in license_ids(expressions):
        text = find_text(license_id)
        yield _THIN
        yield license_id
        yield _THIN
        yield ""
        if text is not None:
            yield text
        elif license_id.startswith("LicenseRef-"):
            yield "No published text belongs to this id: ask whoever gave you the release."
        else:
            yield "The text is not part of this bundle. It is published as"
            yield f"https://spdx.org/licenses/{license_id}.html"
        yield ""


def _files(row: Mapping[str, Any]) -> str:
    return plural(row["files"], "file")


def _shown(name: str) -> str:
    return one_line(name)
