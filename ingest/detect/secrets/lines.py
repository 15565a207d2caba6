"""The engines that read lines, and the one pass that tells where they and others should look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.detect.secrets import calls, cluster, columns, generic, keys, uuids
from ingest.detect.secrets.dull import DullLines, Hits
from ingest.detect.secrets.formats import FORMATS, Formats
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.named import named_values, values_over_lines
from ingest.detect.secrets.naming import NAME_EXPRESSIONS
from ingest.detect.secrets.nearby import values_near
from ingest.detect.secrets.phrases import PHRASES, Phrases
from ingest.detect.secrets.plausible import Kind
from ingest.detect.secrets.plugins import EntropyPlugins, KeywordPlugin, VendorPlugins
from ingest.detect.secrets.rules import (
    ALLOW_MARKER_EXPRESSION,
    CONTEXT_EXPRESSION,
    DENYLIST_EXPRESSION,
    ENTROPY_EXPRESSIONS,
    PLUGIN_RULES,
)
from ingest.detect.secrets.windows import open_window, window_spans

_ENTROPY: Final = 100
_DENYLIST: Final = 101
_CONTEXT: Final = 102
_MARKER: Final = 103
_ARMOUR: Final = 104
_PUTTY: Final = 105
_UUID: Final = 120
_CLUSTER: Final = 121
_CALL: Final = 122
_INSERT: Final = 123
_RULER: Final = 124
_FORMAT: Final = 200
_PHRASE: Final = 500
_GENERIC: Final = 1000
_NAMED: Final = {kind: 106 + n for n, kind in enumerate(Kind)}
_LOCAL: Final = frozenset(
    (*range(len(PLUGIN_RULES)), _ENTROPY, _DENYLIST, _CONTEXT, *_NAMED.values())
)
"""Patterns whose hits lead to engines that read the line of the hit and nothing else."""

_NAMING: Final = frozenset((_DENYLIST, _CONTEXT, *_NAMED.values()))
"""Patterns of words that say what the value beside them is."""
_TRANSLATIONS: Final = frozenset(("po", "pot"))
"""Name hints of files of GNU gettext: every string in them is a text of an interface."""


class LineEngine:
    """The engines that read lines, behind their funnel."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        """Compile the funnel, or load it from `cache_dir`."""
        self._funnel = Funnel(_patterns(), cache_dir=cache_dir)
        self._formats = Formats()
        self._phrases = Phrases()
        self._vendors = VendorPlugins()
        self._keywords = KeywordPlugin()
        self._entropy = EntropyPlugins()
        self._dull = DullLines()

    def scan(self, data: bytes, suffix: str) -> tuple[list[Match], int]:
        """Return matches, and how many allow markers the blob holds."""
        return self.read(data, suffix, self.hits(data))

    def hits(self, data: bytes) -> Hits:
        """Return what the funnel sees in a text."""
        return self._funnel.hits(data)

    def read(self, data: bytes, suffix: str, hits: Hits) -> tuple[list[Match], int]:
        """Return what `scan` does, where the hits are known."""
        if not hits:
            return list(columns.column_secrets(data, suffix, (), ())), 0
        if suffix in _TRANSLATIONS:
            hits = _of_remarks(data, hits)
        fresh, lines = self._dull.fresh(data, suffix, hits, _LOCAL)
        matches = list(self._line_matches(data, suffix, fresh))
        self._dull.learn(lines, matches)
        named = {kind: hits[index] for kind, index in _NAMED.items() if index in hits}
        matches += values_over_lines(data, named, suffix)
        matches += uuids.random_uuids(data, hits.get(_UUID, ()), suffix)
        tokens = {index - _FORMAT: at for index, at in hits.items() if _FORMAT <= index < _PHRASE}
        matches += self._formats.matches(data, tokens)
        phrases = {index - _PHRASE: at for index, at in hits.items() if _PHRASE <= index < _GENERIC}
        matches += self._phrases.matches(data, phrases)
        matches += calls.argument_secrets(data, hits.get(_CALL, ()))
        tables = (hits.get(_INSERT, ()), hits.get(_RULER, ()))
        matches += columns.column_secrets(data, suffix, *tables)
        matches += keys.private_keys(data, hits.get(_ARMOUR, ()), hits.get(_PUTTY, ()))
        return matches, len(hits.get(_MARKER, ()))

    def _line_matches(self, data: bytes, suffix: str, hits: Hits) -> Iterator[Match]:
        """Yield what the engines find that read nothing but the line of a hit."""
        yield from self._plugin_matches(data, suffix, hits)
        yield from values_near(data, hits.get(_CONTEXT, ()))
        named = {kind: hits[index] for kind, index in _NAMED.items() if index in hits}
        yield from named_values(data, named, suffix)

    @staticmethod
    def has_cluster(hits: Hits) -> bool:
        """Tell whether a text may hold a Kubernetes Secret."""
        return _CLUSTER in hits

    @staticmethod
    def generic_windows(data: bytes, hits: Hits) -> list[tuple[int, int]]:
        """Return the spans in which a generic rule of the engine could match."""
        certain = hits.get(_GENERIC + generic.CERTAIN, ())
        possible = hits.get(_GENERIC + generic.KEY, ())
        return generic.windows(data, certain, possible) if certain or possible else []

    def _plugin_matches(self, data: bytes, suffix: str, hits: Hits) -> Iterator[Match]:
        for index in sorted(index for index in hits if index < len(PLUGIN_RULES)):
            for start, end in window_spans(data, hits[index]):
                yield from self._vendors.matches(index, open_window(data, start, end))
        for start, end in window_spans(data, hits.get(_ENTROPY, ())):
            yield from self._entropy.matches(suffix, open_window(data, start, end))
        if _DENYLIST in hits:
            yield from self._keyword_matches(data, suffix, hits[_DENYLIST])

    def _keyword_matches(self, data: bytes, suffix: str, ends: Sequence[int]) -> Iterator[Match]:
        expressions = self._keywords.expressions_for(suffix)
        position = 0
        for start, end in window_spans(data, ends):
            while position < len(ends) and ends[position] <= start:
                position += 1
            window = open_window(data, start, end)
            yield from self._keywords.matches(expressions, window, ends[position] - window.start)


def _of_remarks(data: bytes, hits: Hits) -> Hits:
    """Return the hits of a file of translations without the words that are translated.

    Translators' remarks begin with a number sign and a blank (GNU gettext manual, *PO Files*).
    """
    kept = {}
    for id_, ends in hits.items():
        at = ends
        if id_ in _NAMING:
            at = [e for e in ends if data.startswith(b"# ", data.rfind(b"\n", 0, e - 1) + 1)]
        if at:
            kept[id_] = at
    return kept


def _patterns() -> list[Pattern]:
    vendors = [
        Pattern(id=index, expression=expression, flags=rule.flags)
        for index, rule in enumerate(PLUGIN_RULES)
        for expression in rule.expressions
    ]
    return [
        *vendors,
        *(Pattern(id=_ENTROPY, expression=expression) for expression in ENTROPY_EXPRESSIONS),
        Pattern(id=_DENYLIST, expression=DENYLIST_EXPRESSION, flags=CASELESS),
        Pattern(id=_CONTEXT, expression=CONTEXT_EXPRESSION, flags=CASELESS),
        *(Pattern(id=_NAMED[kind], expression=words) for kind, words in NAME_EXPRESSIONS),
        *(Pattern(id=_FORMAT + n, expression=row.expression) for n, row in enumerate(FORMATS)),
        *(
            Pattern(id=_GENERIC + n, expression=expression, flags=CASELESS)
            for n, expression in generic.EXPRESSIONS
        ),
        *(
            Pattern(id=_PHRASE + n, expression=row.head, flags=CASELESS if row.is_caseless else 0)
            for n, row in enumerate(PHRASES)
        ),
        *(Pattern(id=_CALL, expression=expression) for expression in calls.EXPRESSIONS),
        Pattern(id=_INSERT, expression=columns.INSERT_EXPRESSION, flags=CASELESS),
        Pattern(id=_RULER, expression=columns.RULER_EXPRESSION),
        Pattern(id=_CLUSTER, expression=cluster.KIND_EXPRESSION),
        Pattern(id=_UUID, expression=uuids.EXPRESSION),
        Pattern(id=_MARKER, expression=ALLOW_MARKER_EXPRESSION, flags=CASELESS),
        Pattern(id=_ARMOUR, expression=keys.HEADER_EXPRESSION),
        Pattern(id=_PUTTY, expression=keys.PUTTY_EXPRESSION),
    ]
