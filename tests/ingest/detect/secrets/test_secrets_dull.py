from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.secrets.dull import DullLines, Hits
from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category, Confidence

LOCAL = frozenset((1, 2))
WORD, OTHER, FOREIGN = 1, 2, 9


def match_at(start: int) -> Match:
    return Match(
        start=start,
        end=start + 1,
        detector_id="t",
        rule_id="t",
        category=Category.PASSWORD,
        confidence=Confidence.LOW,
    )


def hits_of(data: bytes) -> Hits:
    """Return the ends of ``a`` and ``b`` as hits of two patterns, and of ``a`` as another's."""
    ends = {c: [n + 1 for n, byte in enumerate(data) if byte == ord(c)] for c in "ab"}
    hits = {WORD: ends["a"], OTHER: ends["b"], FOREIGN: ends["a"]}
    return {id_: found for id_, found in hits.items() if found}


def read(lines: DullLines, data: bytes, suffix: str = "", at: tuple[int, ...] = ()) -> Hits:
    """Return the hits that are left to read, having said that matches begin at some places."""
    fresh, asked = lines.fresh(data, suffix, hits_of(data), LOCAL)
    lines.learn(asked, [match_at(start) for start in at])
    return fresh


def test_a_line_without_a_finding_is_read_once() -> None:
    lines = DullLines()
    assert read(lines, b"\na b\n") == {WORD: [2], OTHER: [4], FOREIGN: [2]}
    assert read(lines, b"\nx\na b\nb\n") == {OTHER: [8], FOREIGN: [4]}


def test_a_line_with_a_finding_is_read_again() -> None:
    lines = DullLines()
    read(lines, b"\na b\nb\n", at=(1,))
    assert read(lines, b"\na b\nb\n") == {WORD: [2], OTHER: [4], FOREIGN: [2]}


def test_the_same_line_is_another_at_the_beginning_and_under_another_hint() -> None:
    lines = DullLines()
    read(lines, b"\na\n", "py")
    assert read(lines, b"a\n", "py") == {WORD: [1], FOREIGN: [1]}
    assert read(lines, b"\na\n", "yaml") == {WORD: [2], FOREIGN: [2]}


def test_a_long_line_is_read_every_time() -> None:
    lines, data = DullLines(), b"\n" + b"a" * 513 + b"\n"
    assert read(lines, data) == read(lines, data) == hits_of(data)


def test_old_lines_are_forgotten() -> None:
    lines = DullLines()
    for n in range(120_000):
        read(lines, b"\na%d\n" % n)
    assert read(lines, b"\na0\n")[WORD] == [2]
    assert WORD not in read(lines, b"\na119999\n")


@given(st.lists(st.text("ab c\n", max_size=40).map(str.encode), max_size=6), st.data())
def test_no_hit_is_lost_but_in_lines_that_were_read_and_held_nothing(
    texts: list[bytes], data: st.DataObject
) -> None:
    lines = DullLines()
    held_nothing: set[bytes] = set()
    for text in texts:
        found = data.draw(st.sets(st.sampled_from(range(len(text))), max_size=3)) if text else set()
        fresh = read(lines, text, at=tuple(found))
        for id_ in (WORD, OTHER):
            for end in set(hits_of(text).get(id_, ())) - set(fresh.get(id_, ())):
                start = text.rfind(b"\n", 0, end - 1) + 1
                assert (
                    text[max(0, start - 1) : start] + text[start:].split(b"\n")[0] in held_nothing
                )
        start = 0
        for line in text.split(b"\n"):
            stop = start + len(line)
            if not any(start <= place <= stop for place in found):
                held_nothing.add(text[max(0, start - 1) : stop])
            start = stop + 1
