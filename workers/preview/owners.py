"""Whom a CODEOWNERS file names.

Format: GitHub "About code owners", GitLab "Code Owners": a pattern and its owners a line; GitLab
also has sections, whose owners stand behind ``[name]``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from workers.preview.model import FoundOwner

PLACES: Final = (b".github/CODEOWNERS", b".gitlab/CODEOWNERS", b"CODEOWNERS", b"docs/CODEOWNERS")
"""In the order in which a host takes the first that exists."""
_OWNER: Final = re.compile(r"@[A-Za-z0-9][\w./-]{0,99}")
_SECTION: Final = re.compile(r"\^?\[[^\]]*\](?:\[\d+\])?")
_MAX_OWNERS: Final = 20


def read_owners(text: bytes) -> list[FoundOwner]:
    """Return the teams and people that own most patterns, most first; mail addresses are left out.

    Who is named by a mail address stays unnamed: a preview is no place for personal data.
    """
    counts: Counter[str] = Counter()
    for line in text.decode("utf-8", "replace").splitlines():
        counts.update(set(_owners(line.split("#", 1)[0].strip())))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [FoundOwner(name=name, rules=rules) for name, rules in ranked[:_MAX_OWNERS]]


def _owners(line: str) -> Iterator[str]:
    section = _SECTION.match(line)
    words: Iterable[str] = line[section.end() :].split() if section else line.split()[1:]
    yield from (word for word in words if _OWNER.fullmatch(word))
