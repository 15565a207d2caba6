"""The dataset card: what a reader should know before a row is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Final

import yaml
from jinja2 import Environment, StrictUndefined, Template

from policies.decision import Tier
from release.documents.classes import CLASSES
from release.documents.difference import DIFFERENCE_FILE, Difference
from release.documents.draft import ReleaseDraft
from release.documents.figures import Measured
from release.documents.notice import NOTICE_FILE
from release.documents.totals import TOTALS_FILE, Totals
from release.documents.uses import TIER_WORDS, USES
from release.documents.words import (
    human_bytes,
    markdown,
    markdown_code,
    plural,
    signed,
    size_category,
)
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest

CARD_FILE: Final = "README.md"
_TEMPLATE: Final = "card.md.j2"
_MOST: Final = 20
"""Lines of a table."""
_FATES: Final = {
    "emitted": "in this release",
    "folded": "the same as a row of this release",
    "other_tier": "of the other tier",
    "held": "held until people have decided",
    "excluded": "excluded from training",
    "skipped": "not text, or too large",
    "withdrawn": "taken back",
}
_FILES: Final = {
    MANIFEST_FILE: "shards, digests, totals and counts",
    ENVELOPE_FILE: "the same, signed (DSSE, Ed25519)",
    NOTICE_FILE: "licenses with their texts, holders, notice files",
    TOTALS_FILE: "every total of this page, whole",
    DIFFERENCE_FILE: "what changed against the release before",
    "croissant.json": "Croissant 1.1 description, for catalogues and loaders",
}
_PLOTS: Final = {
    "languages.svg": "Bytes by language",
    "licenses.svg": "Bytes by license",
    "repositories.svg": "Bytes by repository",
    "reasons.svg": "Rows and files by reason",
}
_GROUPS: Final = {
    "repositories": "repository",
    "languages": "language",
    "licenses": "license",
    "reasons": "what the policy says",
}
_CLASS_WORDS: Final = "Classes of reasons are shown, not the rules of the policy."


def write_card(
    draft: ReleaseDraft,
    totals: Totals,
    difference: Difference | None,
    figures: tuple[Measured, ...],
) -> bytes:
    """Return the card as Markdown with the metadata that the Hugging Face hub reads."""
    manifest = draft.manifest
    has_difference = difference is not None
    card = template().render(
        manifest=manifest,
        totals=totals,
        difference=difference,
        figures=figures,
        front_matter=_front_matter(manifest),
        size=sum(total.bytes for total in totals.languages),
        is_releasable=manifest.tier is Tier.RELEASABLE,
        is_invented=manifest.tools.get("redaction") == "surrogate",
        tier_words=TIER_WORDS[manifest.tier],
        uses=USES[manifest.tier],
        plots=_PLOTS.items(),
        fates=_fates(manifest),
        classes=CLASSES,
        class_words=_CLASS_WORDS,
        change_groups=_GROUPS.items(),
        files=[(p, w) for p, w in _FILES.items() if has_difference or p != DIFFERENCE_FILE],
        most=_MOST,
    )
    return f"{card.rstrip()}\n".encode()


@cache
def template() -> Template:
    """Return the card's template; names reach it through filters that take their power away."""
    # Markdown is not HTML: what autoescape writes would be shown as it is inside code.
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    environment.filters |= {
        "name": markdown,
        "code": markdown_code,
        "size": human_bytes,
        "count": plural,
        "signed": signed,
    }
    return environment.from_string(template_text())


def template_text() -> str:
    """Return the packaged template."""
    return resources.files(__package__).joinpath(_TEMPLATE).read_text("utf-8")


def _fates(manifest: Manifest) -> list[tuple[str, str, int]]:
    counts = asdict(manifest.counts)
    return [(fate, words, counts[fate]) for fate, words in _FATES.items() if counts[fate]]


def _front_matter(manifest: Manifest) -> str:
    values: dict[str, object] = {
        "pretty_name": f"Shardgate {manifest.release_id} ({manifest.tier.value})",
        "license": "other",
        "license_name": "see-notice",
        "license_link": NOTICE_FILE,
        "language": ["code"],
        "size_categories": [size_category(manifest.counts.emitted)],
        "task_categories": ["text-generation"],
        "tags": ["code", "shardgate", manifest.tier.value],
    }
    if manifest.shards:
        values["configs"] = [_CONFIG]
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return text


_CONFIG: Final[Mapping[str, object]] = {
    "config_name": "default",
    "default": True,
    "data_files": [{"split": "train", "path": "data/*.parquet"}],
}
