"""Path patterns: globs over full paths, as regular expressions for DuckDB (RE2).

``*`` and ``?`` stay within a name, ``**`` spans directories, ``[…]`` is a set of characters, and a
pattern that ends in ``/`` means all that is below. A pattern always speaks of the whole path:
``*.md`` is only what stands at the root, ``**/*.md`` is everywhere.
"""

from __future__ import annotations

import re
from typing import Final

MAX_PATTERN_CHARS: Final = 500
_SET: Final = re.compile(r"\[(!?)((?:[^\\\]/\[]){1,100})\]")
_PIECE: Final = re.compile(r"\*\*/|\*\*|\*|\?|\[|.", re.DOTALL)


def check_pattern(pattern: str) -> str:
    """Return a pattern that can be used.

    Raises:
        ValueError: it is empty, too long, absolute, climbs, or has an open set of characters.
    """
    if not pattern or len(pattern) > MAX_PATTERN_CHARS or not pattern.isprintable():
        raise ValueError(f"a path pattern has 1 to {MAX_PATTERN_CHARS} visible characters")
    if pattern.startswith("/") or any(p in ("", ".", "..") for p in pattern.split("/")[:-1]):
        raise ValueError("a path pattern begins at the root of the repository, without / or ..")
    glob_regex(pattern)
    return pattern


def glob_regex(pattern: str) -> str:
    """Return the regular expression that whole paths are matched against.

    Raises:
        ValueError: a set of characters is not closed, or spans a directory.
    """
    text = pattern + "**" if pattern.endswith("/") else pattern
    parts: list[str] = []
    place = 0
    while place < len(text):
        match = _PIECE.match(text, place)
        piece = match.group() if match else ""
        if piece == "[":
            found = _SET.match(text, place)
            if found is None:
                raise ValueError("a set of characters in a path pattern is not closed")
            parts.append(_character_set(found))
            place = found.end()
            continue
        is_start = place == 0 or text[place - 1] == "/"
        parts.append(_translate(piece, is_start=is_start))
        place += len(piece)
    return "(?s)" + "".join(parts)


def matches(pattern: str, path_text: str) -> bool:
    """Tell whether a pattern matches a path, given as the dossier spells it (`path_text`)."""
    return re.fullmatch(glob_regex(pattern), path_text) is not None


def _translate(piece: str, *, is_start: bool) -> str:
    if piece == "**/" and is_start:
        return "(?:[^/]+/)*"
    if piece == "**/":
        return ".*/"
    if piece == "**":
        return ".+" if is_start else ".*"
    if piece == "*":
        return "[^/]*"
    return "[^/]" if piece == "?" else re.escape(piece)


def _character_set(found: re.Match[str]) -> str:
    members = found.group(2).replace("^", r"\^").replace("&", r"\&")
    return f"[^/{members}]" if found.group(1) else f"[{members}]"
