"""Which git commands, options and configuration keys may run at all: a list of what is allowed.

A deny list must know every option that can start a program; this list must only know ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ID = r"(?:[0-9a-f]{40}|[0-9a-f]{64})"
_REF = r"refs/[^\x00-\x20\x7f~^:?*\[\\]+"
_REFSPEC = rf"\+(?:refs/\*:refs/\*|HEAD:refs/shardgate/HEAD|{_REF}:{_REF})|\^refs/shardgate/\*"
_URL = r"(?:https|ssh|file)://[^\x00-\x1f\x7f]+"
_PATH = r"/[^\x00-\x1f\x7f]*"


LOG_OPTIONS: Final = (
    "--all",
    "--raw",
    "-c",
    "-z",
    "--root",
    "--no-renames",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-notes",
    "--date-order",
    "--reverse",
    "--format=tformat:%x01%H %P%x02%ct",
)
"""What a commit changed, parents before children; a merge shows what it took from no parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one subcommand may be given."""

    options: frozenset[str] = frozenset()
    """Whole options, value included."""
    operands: str = r"(?!)"
    """Pattern that each operand matches in full; the default matches nothing."""
    marker: str = "--end-of-options"
    """What ends the options; ``clone`` of old releases knows only ``--``."""


def _shape(options: str = "", operands: str = r"(?!)", marker: str = "--end-of-options") -> Shape:
    return Shape(options=frozenset(options.split()), operands=operands, marker=marker)


SHAPES: Final = {
    "version": _shape(),
    "init": _shape(
        "--bare --template= --quiet --object-format=sha1 --object-format=sha256", _PATH, "--"
    ),
    "clone": _shape("--mirror --template= --no-local --quiet", rf"{_URL}|{_PATH}", "--"),
    "fetch": _shape(
        "--no-tags --prune --no-write-fetch-head --no-recurse-submodules --no-auto-maintenance "
        "--quiet --stdin --depth=1 --filter=blob:limit=262144 --filter=blob:none",
        rf"{_URL}|{_REFSPEC}",
    ),
    "ls-remote": _shape("--symref --quiet", _URL),
    "for-each-ref": Shape(options=frozenset({"--format=%(objectname) %(objecttype) %(refname)"})),
    "symbolic-ref": _shape(operands=rf"HEAD|{_REF}"),
    "update-ref": _shape("--no-deref --stdin -z"),
    "cat-file": Shape(
        options=frozenset(
            {
                "--batch",
                "--batch-check=%(objectname) %(objecttype) %(objectsize)",
                "--batch-check=%(objectname)",
                "-z",
                "--batch-all-objects",
                "--unordered",
            }
        )
    ),
    "rev-list": _shape(
        "--objects --all --filter=object:type=blob --filter-provided-objects --quiet"
    ),
    "log": Shape(
        options=frozenset(
            {
                *LOG_OPTIONS,
                *("--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "-z"),
                *("--reverse", "--max-count=20000"),
                "--format=%H%x00%P%x00%ae%x00%(trailers:key=git-subtree-dir,valueonly)",
            }
        ),
        operands=_ID,
    ),
    "fsck": _shape("--full --no-dangling --no-progress --no-reflogs"),
    "repack": _shape("-d -q --geometric=2"),
}
"""Subcommands by name; whatever is not here does not run."""

CONFIG_KEYS: Final = frozenset(
    {"http.curloptResolve", "http.sslCAInfo", "credential.helper", "protocol.file.allow"}
)
"""Configuration that one call may add to the fixed list."""

_OBJECT_ID = re.compile(_ID)
REF_NAME: Final = re.compile(_REF.encode())
"""Ref names that may be asked for one by one."""


def build_arguments(
    subcommand: str, options: tuple[str, ...], operands: tuple[str, ...]
) -> list[str]:
    """Return the arguments after ``git``, with options and operands kept apart by a marker.

    Raises:
        ValueError: the subcommand, an option or an operand is not on the list.
    """
    shape = SHAPES.get(subcommand)
    if shape is None:
        raise ValueError("git subcommand is not on the list of allowed ones")
    if not shape.options.issuperset(options):
        raise ValueError(f"an option of git {subcommand} is not on the list of allowed ones")
    if not all(re.fullmatch(shape.operands, operand) for operand in operands):
        raise ValueError(f"an operand of git {subcommand} is not of the allowed form")
    marker = [shape.marker] if operands else []
    return [subcommand, *options, *marker, *operands]


def is_object_id(text: str) -> bool:
    """Tell whether the text is a full object id."""
    return _OBJECT_ID.fullmatch(text) is not None
