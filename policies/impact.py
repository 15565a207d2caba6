"""What a new policy would change: files, bytes and tokens by repository, language and rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.decision import RANKS, Lane, Outcome
from policies.replay import Cell, Drift

BYTES_PER_TOKEN: Final = 3.1
"""Bytes of code per token, to estimate with: StarCoderData is 783 GB and about 250 billion tokens
(Li et al., 2023, "StarCoder: may the source be with you!", arXiv 2305.06161). The tokenizer
decides; this is the one estimate that every report and forecast makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much: files (occurrences) and their bytes as stored."""

    files: int = 0
    bytes: int = 0

    @property
    def tokens(self) -> int:
        """Estimated tokens, see `BYTES_PER_TOKEN`."""
        return round(self.bytes / BYTES_PER_TOKEN)

    def __add__(self, other: Volume) -> Volume:
        """Return both together."""
        return Volume(files=self.files + other.files, bytes=self.bytes + other.bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Files that go from one outcome to another."""

    before: Outcome
    after: Outcome
    volume: Volume

    @property
    def is_looser(self) -> bool:
        """Tell whether more becomes possible with them."""
        return RANKS[self.after] > RANKS[self.before]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What moves under one heading: a repository, a language."""

    name: str
    looser: Volume
    stricter: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A reason on files whose outcome changes."""

    rule_id: str
    added: Volume
    """Files that the reason newly speaks of."""
    removed: Volume
    """Files that it speaks of no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLine:
    """How the work of a lane changes."""

    lane: Lane
    added: Volume
    removed: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A published release with rows that the new policy does not allow."""

    release_id: str
    tier: str
    rows: int
    """Rows in all."""
    lost: int
    """Rows whose file may no longer be in this tier."""
    redact: int
    """Rows that stay, and in which more is to be redacted."""
    is_replayed: bool = True
    """False where the facts that it was decided by are not kept: every row counts as lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """A new policy against the one in force, over the same facts."""

    before: str
    """Digest of the policy in force."""
    after: str
    """Digest of the new one."""
    totals: Mapping[Outcome, tuple[Volume, Volume]]
    """Outcome to what has it before and after."""
    moves: tuple[Move, ...]
    """By (before, after); an empty tuple: no file changes its outcome."""
    repositories: tuple[Line, ...]
    languages: tuple[Line, ...]
    rules: tuple[RuleLine, ...]
    lanes: tuple[LaneLine, ...]
    redactions: Volume
    """Files that keep their outcome and in which other categories are redacted."""
    releases: tuple[ReleaseLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether the two policies decide alike."""
        return not (self.moves or self.redactions.files or self.releases)


_Volumes = defaultdict[str, Volume]


def _volumes() -> _Volumes:
    return defaultdict(Volume)


@dataclass(slots=True)
class _Sums:
    """Two volumes under each name."""

    first: _Volumes = field(default_factory=_volumes)
    second: _Volumes = field(default_factory=_volumes)

    def add(self, name: str, volume: Volume, *, is_first: bool) -> None:
        chosen = self.first if is_first else self.second
        chosen[name] += volume

    def add_lists(self, before: frozenset[str], after: frozenset[str], volume: Volume) -> None:
        """Add what is new under its names first, and what is gone second."""
        for name in after - before:
            self.add(name, volume, is_first=True)
        for name in before - after:
            self.add(name, volume, is_first=False)

    def sorted(self) -> list[tuple[str, Volume, Volume]]:
        """Return (name, first, second), the largest in bytes first."""
        rows = [(n, self.first[n], self.second[n]) for n in {*self.first, *self.second}]
        return sorted(rows, key=lambda row: (-(row[1] + row[2]).bytes, row[0]))


def weigh(
    cells: Iterable[Cell],
    drifts: Iterable[Drift],
    digests: tuple[str, str],
    *,
    name_of: Callable[[str], str] = str,
) -> Impact:
    """Return the impact that a `Replay` comes to.

    Args:
        cells: what the whole corpus comes to.
        drifts: what moves, by repository and by language.
        digests: of the policy in force and of the new one.
        name_of: repository id to the name that is shown.
    """
    totals = {outcome: (Volume(), Volume()) for outcome in Outcome}
    moved: defaultdict[tuple[Outcome, Outcome], Volume] = defaultdict(Volume)
    rules, lanes = _Sums(), _Sums()
    redactions = Volume()
    for cell in cells:
        volume = Volume(files=cell.files, bytes=cell.bytes)
        before, after = cell.before, cell.after
        totals[before.outcome] = (totals[before.outcome][0] + volume, totals[before.outcome][1])
        totals[after.outcome] = (totals[after.outcome][0], totals[after.outcome][1] + volume)
        lanes.add_lists(before.lanes, after.lanes, volume)
        if before.outcome is not after.outcome:
            moved[before.outcome, after.outcome] += volume
            rules.add_lists(before.reasons, after.reasons, volume)
        elif before.redactions != after.redactions:
            redactions += volume
    repositories, languages = _sum_drifts(drifts, name_of)
    return Impact(
        before=digests[0],
        after=digests[1],
        totals=totals,
        moves=tuple(
            Move(before=before, after=after, volume=volume)
            for (before, after), volume in sorted(
                moved.items(), key=lambda item: (-item[1].bytes, item[0])
            )
        ),
        repositories=_lines(repositories),
        languages=_lines(languages),
        rules=tuple(
            RuleLine(rule_id=name, added=added, removed=removed)
            for name, added, removed in rules.sorted()
        ),
        lanes=tuple(
            LaneLine(lane=Lane(name), added=added, removed=removed)
            for name, added, removed in lanes.sorted()
        ),
        redactions=redactions,
    )


def _sum_drifts(drifts: Iterable[Drift], name_of: Callable[[str], str]) -> tuple[_Sums, _Sums]:
    repositories, languages = _Sums(), _Sums()
    for drift in drifts:
        volume = Volume(files=drift.files, bytes=drift.bytes)
        if drift.repo_id is None:
            languages.add(drift.language or "unknown", volume, is_first=drift.is_looser)
        else:
            repositories.add(name_of(drift.repo_id), volume, is_first=drift.is_looser)
    return repositories, languages


def _lines(sums: _Sums) -> tuple[Line, ...]:
    return tuple(
        Line(name=name, looser=looser, stricter=stricter)
        for name, looser, stricter in sums.sorted()
    )
