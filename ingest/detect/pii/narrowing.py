"""A second look at the match of a gate: what can be told there and then to be nobody's.

Hyperscan knows no lists, so the gates of names and mentions let through every ``@param``, every
sentence that begins behind a name and every word of Chinese. Each look here asks what the
recognizer and its acceptance would ask of that very place, and only what does not depend on the
rest of the text: it may keep too much, never too little.

The same words stand in every file of a repository, so the answers are remembered by the words
they were given for, which alone decide them; the memory is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.logins import MENTION
from ingest.detect.pii.names import JOINED, PARTICLE, WORD


class Look(StrEnum):
    """What is asked of a match."""

    NAME_BEFORE = "name_before"
    """The word before the match's end must be listed, as a first name or a surname."""
    LOGIN_AFTER = "login_after"
    """What follows the at sign must not be a tag or another word on the lists."""
    CASELESS_NAME = "caseless_name"
    """The run before the match's end must be listed, as surname and first name."""
    FIELD_VALUE = "field_value"
    """The value must be two words, or one that is listed."""


_WORD_BYTES: Final = bytes(
    byte if byte >= 0x80 or chr(byte).isalpha() or byte in b"'-" else 0x20  # noqa: PLR2004 - ASCII
    for byte in range(256)
)
"""What a name is made of stays, all else becomes a space."""
_WIDE_BYTES: Final = bytes(range(0x80, 0x100))
_MAX_REMEMBERED: Final = 1 << 14
_MAX_PARTICLES: Final = 4
_LOOK_BACK: Final = 72
_LOOK_AHEAD: Final = 128
_MENTION: Final = re.compile(MENTION.encode())
_MENTIONS: Final = re.compile(rb"@([A-Za-z][\w-]+)")
"""Every mention of a text, as far as the widest login could reach."""
_FIRST_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff'-]+")
_NEXT_WORD: Final = re.compile(
    rb"[.,]?(?:[ \t]{1,3}(?:%s)\.?)*[ \t]{1,3}[A-Z\x80-\xff]" % PARTICLE.pattern.encode()
)
_WORDS: Final = re.compile(r"\w+")


class Narrowing:
    """The looks, ready to be asked."""

    def __init__(self, gazetteer: Gazetteer, exclusions: Exclusions) -> None:
        """Take the lists of names, and the words that are no logins."""
        lists = exclusions.lists["username"]
        self._gazetteer = gazetteer
        self._caseless = gazetteer.caseless_first | gazetteer.caseless_last
        self._no_logins = lists["tag"] | lists["not_a_login"]
        remember = lru_cache(maxsize=_MAX_REMEMBERED)
        self._is_name = remember(self._judge_word)
        self._is_login = remember(self._judge_login)
        self._begins_login = remember(self._starts_login)
        self._is_caseless_name = remember(self._has_caseless_name)
        self._begins_name = remember(self._starts_listed)
        self._looks: Mapping[Look, Callable[[bytes, list[int]], list[int]]] = {
            Look.NAME_BEFORE: self._after_names,
            Look.LOGIN_AFTER: self._before_logins,
            Look.CASELESS_NAME: self._after_caseless_names,
            Look.FIELD_VALUE: self._in_values,
        }

    def kept(self, look: Look, data: bytes, ends: list[int]) -> list[int]:
        """Return the match ends where a finding is possible."""
        return self._looks[look](data, ends)

    def _after_names(self, data: bytes, ends: list[int]) -> list[int]:
        """Return the ends behind a listed name, a space and one byte.

        Particles between do not count: before ``Fuente`` in ``Micaela de la Fuente`` it is the
        first word.
        """
        kept = []
        for end in ends:
            before = data[max(0, end - _LOOK_BACK) : end - 2].translate(_WORD_BYTES)
            is_name = self._is_name(before.rpartition(b" ")[2])
            if is_name or (is_name is None and self._is_name_before_particles(data, end)):
                kept.append(end)
        return kept

    def _is_name_before_particles(self, data: bytes, end: int) -> bool:
        line = data[max(0, end - _LOOK_BACK) : end - 2].rpartition(b"\n")[2]
        words = line.translate(_WORD_BYTES).split(b" ")[-_MAX_PARTICLES:]
        verdicts = (self._is_name(word) for word in reversed(words))
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def _judge_word(self, word: bytes) -> bool | None:
        """Tell whether a word is a listed name; None if it is a particle of one."""
        name = word.decode("utf-8", "ignore").lstrip("'-")
        if name[:1].isupper():
            return self._gazetteer.is_name(name)
        is_part = PARTICLE.fullmatch(name) or re.fullmatch(JOINED, name)
        return None if is_part else False

    def _before_logins(self, data: bytes, ends: list[int]) -> list[int]:
        """Return the ends one byte behind which something shaped like a login began, and no tag."""
        starts = ((end, _MENTION.match(data, end - 1)) for end in ends)
        return [end for end, login in starts if login and self._is_login(login[0])]

    def login_ends(self, data: bytes) -> list[int]:
        """Return where the at signs end behind which a login could stand: most begin tags."""
        logins = set(filter(self._begins_login, set(_MENTIONS.findall(data))))
        if not logins:
            return []
        return [found.start(1) for found in _MENTIONS.finditer(data) if found[1] in logins]

    def _starts_login(self, run: bytes) -> bool:
        login = _MENTION.match(run)
        return login is not None and self._is_login(login[0])

    def _judge_login(self, login: bytes) -> bool:
        return login.decode().lower() not in self._no_logins

    def _after_caseless_names(self, data: bytes, ends: list[int]) -> list[int]:
        """Return the ends behind a listed name of a script without capitals and its mark."""
        kept = []
        for end in ends:
            before = data[max(0, end - _LOOK_BACK) : end]
            run_end = len(before) - (before[-1] < 0x80)  # noqa: PLR2004 - the mark is ASCII
            head = before[:run_end].rstrip(_WIDE_BYTES)
            earlier = head[:-1][len(head[:-1].rstrip(_WIDE_BYTES)) :] if head[-1:] == b" " else b""
            if self._is_caseless_name(earlier, before[len(head) : run_end]):
                kept.append(end)
        return kept

    def _has_caseless_name(self, earlier: bytes, run: bytes) -> bool:
        """Tell whether a run ends in a listed name, alone or with the run before its space."""
        words = _WORDS.findall(run.decode("utf-8", "ignore"))
        # whatever it is, its last word ends in a name
        if not words or not any(words[-1][at:] in self._caseless for at in range(len(words[-1]))):
            return False
        before = words[:-1] or _WORDS.findall(earlier.decode("utf-8", "ignore"))
        names = [words[-1], *(f"{word} {words[-1]}" for word in before[-1:])]
        return any(map(self._gazetteer.is_caseless_name, names))

    def _in_values(self, data: bytes, ends: list[int]) -> list[int]:
        """Return the ends one byte behind which two capitalised words begin, or a listed one."""
        kept = []
        for end in ends:
            word = _FIRST_WORD.match(data, end - 1, end + _LOOK_AHEAD)
            if word and (_NEXT_WORD.match(data, word.end()) or self._begins_name(word[0])):
                kept.append(end)
        return kept

    def _starts_listed(self, run: bytes) -> bool:
        """Tell whether letters begin with a listed name."""
        word = WORD.match(run.decode("utf-8", "ignore"))
        return word is not None and self._gazetteer.is_name(word.group().rstrip("."))
