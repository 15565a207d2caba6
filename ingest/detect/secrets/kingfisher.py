"""Kingfisher's rules over the bytes of a blob, in process and without a path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import kingfisher_sdk

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.placeholders import is_filler
from ingest.domain.finding import Category, Confidence
from ingest.errors import ConfigurationError

DETECTOR_ID: Final = "kingfisher"
_PRIVATE_KEYS: Final = ("private-key", "privatekey", "age-secret-key")
_URIS: Final = ("credential-uri", "connection-string", "sensitive-url")
_PASSWORDS: Final = ("password",)
_GENERIC: Final = ("generic",)


class Kingfisher:
    """The engine with its own rules and any further packs."""

    def __init__(self, cache_dir: Path, packs: Sequence[Path] = ()) -> None:
        """Load rules and compile them, or read them from the private cache.

        `packs` are rule files in Kingfisher's YAML or Betterleaks' TOML.

        Raises:
            ConfigurationError: a rule file is refused.
        """
        # The engine ignores a cache directory that others could write to.
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            rules = kingfisher_sdk.Rules(packs, confidence="low", cache_dir=cache_dir)
        except (RuntimeError, ValueError, OSError) as error:
            raise ConfigurationError(f"a Kingfisher rule pack is refused: {error}") from error
        self._categories = {m["id"]: _category_of(m["id"]) for m in rules.metadata()}
        self._scanner = kingfisher_sdk.Scanner(
            rules,
            # Neither a remark in the file nor its being markup may hide a value.
            policy=kingfisher_sdk.DetectionPolicy(inline_ignores=False, markup_context=False),
        )

    def matches(self, data: bytes) -> list[Match]:
        """Return the reported values; for a base64 layer the span is the encoded text.

        Components that only complete another rule (user names, hosts) are not reported.
        """
        found = []
        for finding in self._scanner.scan(data):
            place = finding.location
            start, end = place["start_offset"], place["end_offset"]
            if not finding.visible or is_filler(data[start:end]):
                continue
            found.append(
                Match(
                    start=start,
                    end=end,
                    detector_id=DETECTOR_ID,
                    rule_id=finding.rule_id,
                    category=self._categories[finding.rule_id],
                    confidence=Confidence(finding.confidence),
                    evidence="base64" if finding.is_base64_encoded else "format",
                )
            )
        return found


def _category_of(rule_id: str) -> Category:
    """Return what a rule's value is; a rule is about a vendor's token unless its name says else."""
    tables = (
        (_PRIVATE_KEYS, Category.PRIVATE_KEY),
        (_URIS, Category.URI_CREDENTIAL),
        (_PASSWORDS, Category.PASSWORD),
        (_GENERIC, Category.GENERIC_SECRET),
    )
    for words, category in tables:
        if any(word in rule_id for word in words):
            return category
    return Category.PROVIDER_TOKEN
