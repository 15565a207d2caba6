"""Readers of names in credits: in change logs, beside profiles, and as signatures of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameRun, read_name

_LOGIN: Final = re.compile(r"[\w-]{1,39}")
_ENDS_BOLD: Final = re.compile(r"(?:\*\*|__)[ \t]*(?:$|[\r\n]|<)")
_ENDS_LINE: Final = re.compile(r"[*_]{0,2}[ \t]*(?:$|[\r\n]|<|,[ \t]*[\d\n])")
_ENDS_QUOTE: Final = re.compile(r"[ \t]*(?:$|[\r\n]|[<,(])")
_INITIALS: Final = re.compile(r"[^\W\d_]\.")
_BETWEEN: Final = re.compile(r"[ \t]*(?:,|&|/|;| and )[ \t]*")
_SIGNED: Final = re.compile(r"[ \t]*(?:#+|//+|--+|;+|%+|!+|/?\*+)[ \t]*(?:\*[ \t]+)?")
_BEFORE_DATE: Final = re.compile(
    r"[ \t]*[,(:]|[ \t]{2,}(?=[\dA-Z])|[ \t](?=\d{1,4}[-/.]\d)|[ \t]on[ \t]"
)
_HEADED: Final = frozenset({"md", "markdown", "rst", "adoc", "mdx"})
_MIN_IN_LOGIN: Final = 3
_MAX_NAMES: Final = 12


def before_profile(reading: Reading) -> Iterator[Hit]:
    """Read ``[Jane Quux](https://github.com/jquux)``: known by a list or by the login."""
    line = reading.line_behind
    closer = line.rfind("](")
    opener = line.rfind("[", 0, closer)
    run = _whole_name(reading, line[opener + 1 : closer]) if opener >= 0 else None
    login = _LOGIN.match(reading.ahead)
    if run is None or login is None:
        return
    account = login.group().lower()
    is_owner = any(w.lower() in account for w in run.words if len(w) > _MIN_IN_LOGIN)
    # an account that is called like the whole link is that of a project
    is_project = account.replace("-", "") == "".join(run.words).lower()
    if reading.judge.is_likely_person(run.words) or (
        is_owner and not is_project and reading.judge.is_plain(run.words)
    ):
        at = len(reading.behind) - len(line) + opener + 1
        yield reading.hit_behind("person.marked", (at, at + run.end))


def alone_in_bold(reading: Reading) -> Iterator[Hit]:
    """Read ``- **Jane Quux**`` where nothing else stands on the line and half of it is listed."""
    run = reading.run()
    if (
        run
        and _ENDS_BOLD.match(reading.ahead, run.end)
        and reading.judge.is_likely_person(run.words)
    ):
        yield reading.hit("person.hinted", (0, run.end))


def after_dash(reading: Reading) -> Iterator[Hit]:
    """Read ``-- Jane Quux``, the signature below a text, where half of it is listed."""
    run = reading.run()
    is_alone = run is not None and _ENDS_LINE.match(reading.ahead, run.end) is not None
    if run and is_alone and reading.judge.is_likely_person(run.words):
        yield reading.hit("person.hinted", (0, run.end))


def after_quote(reading: Reading) -> Iterator[Hit]:
    """Read ``"Great." — Jane Quux, Acme``, where half of it is listed."""
    run = reading.run()
    is_alone = run is not None and _ENDS_QUOTE.match(reading.ahead, run.end) is not None
    if run and is_alone and reading.judge.is_likely_person(run.words):
        yield reading.hit("person.hinted", (0, run.end))


def after_year(reading: Reading) -> Iterator[Hit]:
    """Read ``  2021, Jane Quux``, a further holder below a copyright, where half is listed."""
    run = reading.run()
    is_alone = run is not None and _ENDS_LINE.match(reading.ahead, run.end) is not None
    if run and is_alone and reading.judge.is_likely_person(run.words):
        yield reading.hit("person.hinted", (0, run.end))


def ends_entry(reading: Reading) -> Iterator[Hit]:
    """Read ``- Port to FreeBSD by Jane Quux.``: a whole entry of a list that ends in its doer."""
    run = reading.run()
    if run is None or not re.match(r"\.?[ \t]*(?:$|[\r\n]|\(#?\d)", reading.ahead[run.end :]):
        return
    if reading.judge.is_likely_person(run.words) or reading.judge.is_plain(run.words):
        yield reading.hit("person.hinted", (0, run.end))


def at_line_end(reading: Reading) -> Iterator[Hit]:
    """Read ``Fixed this. (Jane Quux, Joe Bar)``: each that is half listed."""
    # the match may end behind the bracket, with blanks
    line = (reading.line_behind + reading.ahead[:1]).rstrip().rstrip(".,;")
    opener = max(line.rfind("("), line.rfind("["))
    at, names = opener + 1, 0
    while opener >= 0 and names < _MAX_NAMES and (run := read_name(line, at)):
        judge = reading.judge
        is_short = _INITIALS.fullmatch(run.words[0]) and judge.is_plain(run.words[1:])
        is_known = is_short or judge.is_likely_person(run.words)
        is_known = is_known and not judge.reason_against(run.words)
        follows = _BETWEEN.match(line, run.end)
        if is_known and (follows or run.end == len(line) - 1):
            base = len(reading.behind) - len(reading.line_behind)
            yield reading.hit_behind("person.hinted", (base + run.start, base + run.end))
        if follows is None:
            return
        at, names = follows.end(), names + 1


def before_year(reading: Reading) -> Iterator[Hit]:
    """Read ``# Jane Quux, 2009``: a line of a comment that is a signature."""
    line = reading.line_behind
    # a line that begins with a hash is a heading there
    head = None if reading.suffix in _HEADED else _SIGNED.match(line)
    run = read_name(line, head.end()) if head else None
    if run is None or not _BEFORE_DATE.match(line, run.end):
        return
    judge = reading.judge
    if judge.reason_against(run.words):
        return
    if judge.is_likely_person(run.words) or judge.is_plain(run.words):
        base = len(reading.behind) - len(line)
        yield reading.hit_behind("person.hinted", (base + run.start, base + run.end))


def _whole_name(reading: Reading, text: str) -> NameRun | None:
    """Return the run that fills a text, if nothing speaks against it."""
    text = text.strip("*_`")
    run = read_name(text, 0)
    is_whole = run is not None and run.end == len(text)
    return run if run and is_whole and not reading.judge.reason_against(run.words) else None
