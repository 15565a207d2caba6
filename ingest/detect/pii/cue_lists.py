"""The reader of lists of people: of several names in one list each makes the others likelier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_names import is_given_name
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import WORD, read_name

_NEXT: Final = re.compile(
    r"[ \t]*(?:\([^()\n]{0,40}\)|<[^<>\n]{0,64}>)?[\"'`]?"
    r"\s*(?:,\s*(?:and\s+)?|;\s*|\s(?:and|und|et|&)\s+)"
    r"u?[\"'`]?(?=[^\W\d_a-z])"
)
_STOP: Final = re.compile(
    r"[ \t]*(?:\([^()\n]{0,40}\)|<[^<>\n]{0,64}>)?[\"'`]?,?\s*(?:$|[\])}\n]|\.\s|\.$)"
)
_MAX_MEMBERS: Final = 20
_MIN_MEMBERS: Final = 2


def after_heading(reading: Reading) -> Iterator[Hit]:
    """Read ``Attendees: Jane Quux, Joe, A. Bar``: all of them names, half of them known."""
    spans: list[tuple[int, int]] = []
    known, at = 0, 0
    while len(spans) < _MAX_MEMBERS:
        run = read_name(reading.ahead, at)
        if run and not reading.judge.reason_against(run.words):
            spans.append((run.start, run.end))
            known += reading.judge.is_half_listed(run.words)
        else:
            word = WORD.match(reading.ahead, at)
            if word is None or not is_given_name(reading, word.group().rstrip(".")):
                break
            spans.append((at, at + len(word.group().rstrip("."))))
        follows = _NEXT.match(reading.ahead, spans[-1][1])
        if follows is None:
            break
        at = follows.end()
    # a list that goes on with what is no name is a list of something else
    is_whole = spans and _STOP.match(reading.ahead, spans[-1][1])
    is_cut = spans and len(reading.ahead) - spans[-1][1] < 40  # noqa: PLR2004 - the text ends here
    if len(spans) >= _MIN_MEMBERS and 2 * known >= len(spans) and (is_whole or is_cut):
        yield from (reading.hit("person.field", span) for span in spans)
