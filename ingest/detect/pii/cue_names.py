"""Readers of names in running text: after dates, marks, titles, closings, and before addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.given_names import MIN_ALONE, is_given
from ingest.detect.pii.names import WORD, NameRun, read_name
from ingest.detect.pii.words import split_words

_TABLE_HEAD: Final = re.compile(
    r"[\s#*/;!%'|\"(\[<>-]*(?:rem\b|v?\d[\d.]*)?[\s|:,;*(\[-]*$", re.IGNORECASE
)
"""What may stand on a line before the date of a revision: comment marks and a version."""
_TABLE_DATE: Final = re.compile(
    r"[\d/.\- ]*(?:[A-Z][a-z]{2}[- ]\d{2,4})?[ \t]{0,2}[-:,|]?(?:[ \t]+by)?[ \t]+$"
)
_COLUMN_GAP: Final = re.compile(r"  |\t|\n")
_AFTER_ENTRY: Final = re.compile(r"[ \t]*(?:$|\r?\n|[:;|<(\[,*\t]|[-\u2013]|  |\d)|[ \t]{2,}")
_END: Final = re.compile(
    r"[ \t]*(?:$|[\r\n]|[<(\[,;:.\"'*\-\u2013/)}\]&|#!?@\\]|\d|(?:and|at|am|on|und|in)\b)"
)
_INITIAL: Final = re.compile(r"[^\W\d_]\.")
_WIDE: Final = r"[\u0590-\u06ff\u0900-\u0fff\u3005\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{1,12}"
_WIDE_RUN: Final = re.compile(rf"{_WIDE}(?:[ \u3000\u30fb]{_WIDE}){{0,4}}")
_EAST_ASIAN: Final = re.compile(r"[\u3005\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3 \u3000\u30fb]+")
_REQUEST: Final = re.compile(r"[\u8bf7\u8acb\u81f3\u5230\u7ed9\u7d66\u90ae\u90f5]")
"""Chinese for *please*, *to* and *mail*: such a run asks to write to a list."""
_HAN_SENTENCE: Final = re.compile(r"[\u4e00-\u9fff]{6,}")
"""More than any name of China, Japan or Korea has, in Chinese characters alone."""
_WIDE_MARKS: Final = "\uff08\uff0c\u3001\u3002\uff1b\uff09\u3011\u3000"
_EAST_ASIAN_LENGTHS: Final = range(2, 9)
_LINE_LEAD: Final = re.compile(
    r"(?:^|\n|[:\uff1a=,;*#>\"'@\u3001]|\bby|[-\u2013])[ \t\"'*#/-]{0,8}$"
)
_JOBS: Final = frozenset(
    split_words(
        "pr\u00e4sident pr\u00e4sidentin professor professorin doktor direktor direktorin kollege "
        "kollegin minister ministerin kanzler kanzlerin president chairman speaker secretary robot "
        "bean big right wrong everybody und and or oder gott jesus holle"
    )
)
_SURE_TITLES: Final = frozenset(split_words("mr mrs ms herr herrn frau sra srta mme mlle dhr mevr"))
_NOT_GIVEN: Final = re.compile(r" [A-Z]|[\w(=/@:_]|\.\w|'s? [A-Z]")
_VERB: Final = re.compile(
    r" (?:will|says|said|wants|wanted|asked|wrote|told|suggested|noted|mentioned|promised|thinks) $"
)


def after_date(reading: Reading) -> Iterator[Hit]:
    """Read ``2014-07-19  J. Quux  text`` and ``2014-07-19 Jane Quux: text``."""
    match = _TABLE_DATE.search(reading.line_behind)
    # the columns of a table stand two blanks apart
    run = read_name(_COLUMN_GAP.split(reading.ahead, 1)[0], 0)
    if run is None or match is None or not _AFTER_ENTRY.match(reading.ahead, run.end):
        return
    is_shouted = all(map(str.isupper, run.words)) and _shouted(reading) is not None
    if not is_shouted and reading.judge.reason_against(run.words):
        return
    is_entry = _TABLE_HEAD.match(reading.line_behind[: match.start()]) is not None
    if is_entry and (is_shouted or _is_likely(reading, run)):
        yield reading.hit("person.marked", (0, run.end))


def after_author(reading: Reading) -> Iterator[Hit]:
    """Read the names that a mark of authorship introduces; shouted ones too."""
    run = reading.run() or _shouted(reading)
    if run and _END.match(reading.ahead, run.end):
        yield reading.hit("person.marked", (0, run.end))
    elif run is None:
        yield from after_verb(reading)


def after_change(reading: Reading) -> Iterator[Hit]:
    """Read ``modified: J. Quux``, ``CHANGED: 03/91 J. QUUX`` and ``geaendert von Jane Quux``."""
    run = reading.run() or _shouted(reading)
    if run and _END.match(reading.ahead, run.end) and _is_likely(reading, run):
        yield reading.hit("person.marked", (0, run.end))


def _is_likely(reading: Reading, run: NameRun) -> bool:
    """Tell whether a run has a listed name, or initials before a surname that is no plain word."""
    if reading.judge.is_half_listed(run.words):
        return True
    is_word = reading.judge.gazetteer.is_ordinary(run.words[-1])
    return _INITIAL.fullmatch(run.words[0]) is not None and not is_word


def _shouted(reading: Reading) -> NameRun | None:
    """Return a run in capitals, judged as if only its first letters were: COBOL knows no others."""
    run = read_name(reading.ahead, 0)
    if run is None or not all(word.isupper() for word in run.words):
        return None
    words = tuple(word.title() for word in run.words)
    if reading.judge.reason_against(words):
        return None
    has_initial = _INITIAL.fullmatch(words[0]) is not None
    return run if has_initial or reading.judge.is_half_listed(words) else None


def after_link(reading: Reading) -> Iterator[Hit]:
    """Read the text of a link to a mail address, where it is a name."""
    run = reading.run()
    if run and reading.ahead[run.end : run.end + 1] == "<" and _is_likely(reading, run):
        yield reading.hit("person.marked", (0, run.end))


def before_link(reading: Reading) -> Iterator[Hit]:
    """Read ``[Jane Quux](mailto:``."""
    text = reading.line_behind
    opener = text.rfind("[")
    closer = text.rfind("](")
    if not 0 <= opener < closer:
        return
    at = len(reading.behind) - len(text)
    run = read_name(reading.behind, at + opener + 1)
    if run is None or run.end != at + closer or reading.judge.reason_against(run.words):
        return
    if _is_likely(reading, run):
        yield reading.hit_behind("person.marked", (run.start, run.end))


def before_mail(reading: Reading) -> Iterator[Hit]:
    """Read the name before ``<login@``: after a wide gap, or in a script without capitals."""
    line = reading.line_behind
    line = line[: line.rfind("<")].rstrip(" \"'")
    at = len(reading.behind) - len(reading.line_behind)
    if line and line[-1].isalpha() and line[-1].lower() == line[-1].upper():
        runs = [run for run in _WIDE_RUN.finditer(line) if run.end() == len(line)]
        if runs and is_wide_name(runs[0].group()) and _LINE_LEAD.search(line[: runs[0].start()]):
            yield reading.hit_behind("person.marked", (at + runs[0].start(), at + runs[0].end()))
        return
    for word in WORD.finditer(line):
        run = read_name(line, word.start())
        if run and run.end >= len(line):
            if not reading.judge.reason_against(run.words):
                yield reading.hit_behind("person.marked", (at + run.start, at + run.end))
            return


def wide_after_author(reading: Reading) -> Iterator[Hit]:
    """Read a name in a script without capitals after a word for an author."""
    run = _WIDE_RUN.match(reading.ahead)
    if run is None or not is_wide_name(run.group()) or _HAN_SENTENCE.fullmatch(run.group()):
        return
    if _END.match(reading.ahead, run.end()) or reading.ahead[run.end()] in _WIDE_MARKS:
        yield reading.hit("person.marked", run.span())


def wide_run(text: str, at: int) -> re.Match[str] | None:
    """Return the run of words without capitals that begins at an offset, or None."""
    return _WIDE_RUN.match(text, at)


def is_wide_name(text: str) -> bool:
    """Tell whether a run is as long as a name: 2 to 8 East Asian characters, 2 to 5 other words."""
    if _REQUEST.search(text):
        return False
    if _EAST_ASIAN.fullmatch(text):
        return len(re.sub(r"[ \u3000\u30fb]", "", text)) in _EAST_ASIAN_LENGTHS
    return " " in text


def after_title(reading: Reading) -> Iterator[Hit]:
    """Read the surname behind a title, listed or not."""
    title = re.split(r"[^\w.-]", reading.line_behind.rstrip())[-1].strip(".").lower()
    run = reading.run()
    if run:
        if run.words[0].lower() not in _JOBS:
            yield reading.hit("person.hinted", (0, run.end))
        return
    word = WORD.match(reading.ahead)
    if word is None or read_name(reading.ahead, 0) or title not in _SURE_TITLES:
        return
    name = word.group().rstrip(".")
    if is_plain_surname(reading, name) and not re.match(
        r"[\w(=/@_]|\.\w", reading.ahead[len(name) :]
    ):
        yield reading.hit("person.hinted", (0, len(name)))


def is_plain_surname(reading: Reading, name: str) -> bool:
    """Tell whether one word could be a name that no list knows, and is no plain word or job."""
    judge = reading.judge
    return (
        len(name) >= MIN_ALONE
        and name[0].isupper()
        and not name.isupper()
        and name.lower().partition("-")[0] not in _JOBS
        and not judge.gazetteer.is_ordinary(name)
        and not judge.reason_against((name,))
    )


def after_closing(reading: Reading) -> Iterator[Hit]:
    """Read the line below ``Best regards,`` where it is a name and nothing else."""
    run = reading.run()
    end = run.end if run else 0
    if run is None:
        word = WORD.match(reading.ahead)
        if word and is_given_name(reading, word.group().rstrip(".")):
            end = word.end()
    if end and re.match(r"[ \t]*(?:$|\r?\n|\(|\\n|<br)", reading.ahead[end:]):
        yield reading.hit("person.hinted", (0, end))


def after_link_word(reading: Reading) -> Iterator[Hit]:
    """Read ``copy of Jane Quux`` where first name or surname is listed."""
    run = reading.run()
    if run and reading.judge.is_half_listed(run.words) and _END.match(reading.ahead, run.end):
        yield reading.hit("person.hinted", (0, run.end))


def after_verb(reading: Reading) -> Iterator[Hit]:
    """Read a first name alone after ``ask``, ``maintained by`` and the like."""
    word = WORD.match(reading.ahead)
    if word is None:
        return
    name = word.group().rstrip(".")
    if is_given_name(reading, name) and not _NOT_GIVEN.match(reading.ahead[len(name) :]):
        yield reading.hit("person.given", (0, len(name)))


def before_verb(reading: Reading) -> Iterator[Hit]:
    """Read a first name alone before ``will``, ``said`` and the like."""
    text = reading.line_behind
    verb = _VERB.search(text)
    name = re.search(
        r"(?:^|[.;:,(#*/>-] |[\u2013] |^[ \t]+)([^\W\d_][\w-]*)$",
        text[: verb.start()] if verb else "",
    )
    if name and name.group(1)[0].isupper() and is_given_name(reading, name.group(1)):
        at = len(reading.behind) - len(text)
        yield reading.hit_behind("person.given", (at + name.start(1), at + name.end(1)))


def is_given_name(reading: Reading, word: str) -> bool:
    """Tell whether one word is a listed first name and is called nothing else."""
    return is_given(reading.judge, word)
