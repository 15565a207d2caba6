"""The reader of first names that are whole literals, as test data and seeds have them.

``User("Jane")`` says little by itself: a word for people close by, or another such literal, says
that the literals are people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_names import is_given_name, is_plain_surname
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit

GIVEN: Final = r"[\"'][A-Z\xc3-\xc5][a-z\x80-\xff-]{3,15}[\"'][),;\]}:. \r\n-]"
"""What `given_literal` reads from, for Hyperscan: the literal and what may follow it."""
_LITERAL: Final = re.compile(r"([\"'])([^\W\d_a-z][^\W\d_A-Z]{3,14}(?:-[^\W\d_]{3,14})?)\1")
_SURNAME: Final = re.compile(r",[ ]?([\"'])([^\W\d_a-z][^\W\d_]{2,20}(?:-[^\W\d_]{2,20})?)\1[,)\]]")
_PEOPLE: Final = re.compile(
    r"(?i:person|people|employee|customer|student|teacher|member|friend|contact|patient|owner"
    r"|player|author|manager|users?\b|users?[._(:]|user_?name|first_?name|greet|hello|speaker|guest"
    r"|parent|child|husband|wife|mother|father|staff|client|respondent|attendee|participant"
    r"|(?:\b|_)names?\b)"
)
_NEAR: Final = 100


def given_literal(reading: Reading) -> Iterator[Hit]:
    """Read ``User("Jane")`` and ``["Jane", "Arthur"]``, and the surname in the next literal."""
    # nearly all literals are no names, so this comes before any text is read
    data, closer = reading.data, reading.end - 2
    opener = data.rfind(data[closer : closer + 1], 0, closer)
    value = data[opener + 1 : closer].decode("utf-8", "replace")
    if not reading.judge.gazetteer.is_first(value) or not is_given_name(reading, value):
        return
    around = reading.around(_NEAR, _NEAR)
    if not (_PEOPLE.search(around) or _has_other(reading, around, value)):
        return
    size = len(reading.behind) - 1
    yield reading.hit_behind("person.hinted", (size - len(value), size))
    surname = _SURNAME.match(reading.ahead)
    if (
        surname
        and not is_given_name(reading, surname[2])
        and reading.judge.gazetteer.is_last(surname[2])
        and is_plain_surname(reading, surname[2])
    ):
        yield reading.hit("person.hinted", surname.span(2))


def _has_other(reading: Reading, around: str, name: str) -> bool:
    """Tell whether another first name is a literal close by."""
    return any(
        found[2] != name and is_given_name(reading, found[2]) for found in _LITERAL.finditer(around)
    )
