"""Readers of logins: in notes, logs, directory names and account files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.gazetteer import Gazetteer, fold
from ingest.domain.finding import Category

_NOTE: Final = re.compile(r"[ \t:]@?([a-z][a-z0-9_.-]{1,30}):$")
_LOG: Final = re.compile(r" ([A-Za-z][\w.@\\-]{1,38}) \[\d{2}/[A-Z][a-z]{2}/\d{4}$")
_LOGGED: Final = re.compile(
    r"([A-Za-z_][A-Za-z0-9_.-]{1,38})(?: from [\da-f]|\(uid=\d|[ \t]*(?:$|\n| by ))"
)
_FILLED: Final = re.compile(
    r"([a-z](?:[a-z0-9_]|[.-](?=[a-z0-9])){2,30})"
    r"(?:[\"'`,;\])}&]|[ \t]*(?:$|\r|\n)| (?!\()[a-z]|@[a-z])"
)
FIELD: Final = (
    r"(?:(?:^|[^A-Za-z0-9-])(?i:user_?name|user_?id|login|user|owner|github"
    r"|gitlab|handle|nick|uid|account|assignee|author)"
    r"[\"']?\]?[ \t]{0,2}(?:[:=]|=>)[ \t]{0,2}[\"'`]"
    r"|\b(?:user|login|username|uid|owner)=|\b(?:ssh|scp|sftp|rsync)[^\n@]{0,40} )[a-z]"
)
"""What `in_field` reads from, for Hyperscan."""
BRACKETED: Final = r" [A-Z\xc3-\xd5][a-z\x80-\xff'-]{2,20} \([a-z][a-z0-9._-]{3,20}\)"
"""What `behind_name` reads from, for Hyperscan."""
_BRACKETED: Final = re.compile(
    r"([^\W\d_a-z][\w'-]+ [^\W\d_a-z][\w'-]+) \(([a-z][a-z0-9._-]{3,20})\)$"
)
_NAME_WORD: Final = re.compile(r"(?<!\w)[^\W\d_a-z][^\W\d_A-Z]{3,20}(?!\w)")
_NEAR: Final = 120
_DN: Final = re.compile(r"=([A-Za-z][A-Za-z0-9._-]{1,38}),[A-Za-z]{2}$")
_PASSWD: Final = re.compile(r"(?:^|\n)([a-z_][a-z0-9_.-]{1,31}):[x*!]?:(\d{4,6}):\d{1,6}$")
_HUMAN: Final = range(1000, 60_000)
"""User ids that distributions give to people (login.defs)."""
_HANDLE: Final = re.compile(
    rb"(?<![\w@/.-])@([A-Za-z](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9])){1,38})(?![\w/.@-])"
)
_MIN_SURNAME: Final = 4


def is_persons_login(login: str, known: Gazetteer) -> bool:
    """Tell whether a login is made of a name: ``jquux``, ``jane.quux``, ``janeq``, ``jane``."""
    parts = [part for part in re.split(r"[._-]", login.rstrip("0123456789")) if part]
    if len(parts) > 1:
        return any(len(p) > 2 and known.is_name(p) and not known.is_ordinary(p) for p in parts)  # noqa: PLR2004 - initials
    word = parts[0] if parts else ""
    if known.is_ordinary(word) or len(word) < _MIN_SURNAME:
        return False
    if known.is_first(word):
        return True
    tail = word[1:]
    return len(tail) >= _MIN_SURNAME and known.is_last(tail) and not known.is_ordinary(tail)


def after_note(reading: Reading) -> Iterator[Hit]:
    """Read ``FIXME jquux: text``; most words there are topics."""
    note = _NOTE.search(reading.line_behind)
    if note and is_persons_login(note.group(1), reading.judge.gazetteer):
        yield _found(reading, note)


def before_log_time(reading: Reading) -> Iterator[Hit]:
    """Read the user of the Common Log Format; Apache HTTP Server, "Log Files"."""
    user = _LOG.search(reading.line_behind)
    if user:
        yield _found(reading, user)


def in_field(reading: Reading) -> Iterator[Hit]:
    """Read ``username: "jquux"``, ``login=jquux`` and ``ssh jquux@host`` if made of a name."""
    login = _FILLED.match(reading.ahead)
    # the words of a command are separated by blanks: an account stands before its host
    if login is None or (reading.behind.endswith(" ") and not login[0].startswith(f"{login[1]}@")):
        return
    lists = reading.judge.exclusions.lists
    if login[1] in lists["username"]["not_a_login"] | lists["email"]["placeholder_user"]:
        return
    is_named = is_persons_login(login[1], reading.judge.gazetteer)
    if is_named or _is_bearer_near(login[1], reading.around(_NEAR, _NEAR)):
        yield reading.hit("username.record", login.span(1), Category.USERNAME)


def behind_name(reading: Reading) -> Iterator[Hit]:
    """Read ``Jane Quux (jquux)``: a login that is made of the name before it."""
    login = _BRACKETED.search(reading.line_behind + reading.ahead[:1])
    if login is None or login[2] in reading.judge.exclusions.lists["username"]["not_a_login"]:
        return
    if _is_bearer_near(login[2], login[1]):
        base = len(reading.behind) - len(reading.line_behind)
        start, end = login.span(2)
        yield reading.hit_behind("username.record", (base + start, base + end), Category.USERNAME)


def _is_bearer_near(login: str, text: str) -> bool:
    """Tell whether a login is made of a name in a text: ``janeq`` and ``jquux`` of Jane Quux."""
    letters = re.sub(r"[\W\d_]", "", login)
    if len(letters) <= _MIN_SURNAME:
        return False
    words = (fold(word.lower()) for word in _NAME_WORD.findall(text))
    return any(
        letters != word and (letters.startswith(word) or word.startswith(letters[1:]))
        for word in words
    )


def in_log(reading: Reading) -> Iterator[Hit]:
    """Read the login that begins here: ``Accepted publickey for jquux from``; OpenSSH and PAM."""
    login = _LOGGED.match(reading.ahead)
    if login:
        yield reading.hit("username.record", login.span(1), Category.USERNAME)


def in_dn(reading: Reading) -> Iterator[Hit]:
    """Read ``uid=jquux,ou=…``; RFC 4514."""
    login = _DN.search(reading.line_behind)
    is_example = re.match(r"[^\n ]{0,60}dc=example", reading.ahead, re.IGNORECASE)
    if login and not is_example:
        yield _found(reading, login)


def in_passwd(reading: Reading) -> Iterator[Hit]:
    """Read the first field of passwd(5) where the user id is a person's."""
    account = _PASSWD.search(reading.behind)
    if account and int(account.group(2)) in _HUMAN:
        start, end = account.span(1)
        yield reading.hit_behind("username.record", (start, end), Category.USERNAME)


def _found(reading: Reading, match: re.Match[str]) -> Hit:
    at = len(reading.behind) - len(reading.line_behind)
    return reading.hit_behind(
        "username.record", (at + match.start(1), at + match.end(1)), Category.USERNAME
    )


def owner_hits(data: bytes, suffix: str) -> Iterator[Hit]:
    """Yield the people of a ``CODEOWNERS`` file; ``@org/team`` is none."""
    if suffix == "codeowners":
        for line in re.finditer(rb"^[^#\n]+", data, re.MULTILINE):
            for handle in _HANDLE.finditer(data, line.start(), line.end()):
                yield Hit(Category.USERNAME, "username.record", *handle.span(1))
