"""Detection figures: what was measured, of which rules, and whether a release used those rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

FIGURES_FILE: Final = "detection_figures.json"
"""Kept by `python -m benchmarks.accuracy --write`; see docs/detection.md."""


class SameRules(StrEnum):
    """Whether a release was made by the rules that were measured."""

    YES = "the rules of this release"
    NO = "other rules than those of this release"
    UNKNOWN = "rules that cannot be compared with those of this release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A share of cases, in per cent, with its 95 % Wilson interval."""

    what: str
    measure: str
    percent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The figures of one benchmark."""

    benchmark: str
    family: str
    command: str
    rules_digest: str
    """Of the rules that were measured (`neutral_digests`)."""
    used_digest: str
    """Of the rules that the release was made with; empty where nobody knows."""
    figures: tuple[Figure, ...]

    @property
    def same(self) -> SameRules:
        """Whether the figures are those of the release's own rules."""
        if not self.used_digest:
            return SameRules.UNKNOWN
        return SameRules.YES if self.used_digest == self.rules_digest else SameRules.NO


def load_figures(rules: Mapping[str, str]) -> tuple[Measured, ...]:
    """Return all figures beside the digests of a release's rules, by benchmark."""
    return tuple(
        Measured(
            benchmark=name,
            family=entry["family"],
            command=entry["command"],
            rules_digest=entry["rules_digest"],
            used_digest=rules.get(entry["family"], ""),
            figures=tuple(Figure(**figure) for figure in entry["figures"]),
        )
        for name, entry in sorted(json.loads(figures_text()).items())
    )


@cache
def figures_text() -> str:
    """Return the packaged file."""
    return resources.files(__package__).joinpath(FIGURES_FILE).read_text("utf-8")
