"""What a tier may be used for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policies.decision import Tier

TIER_WORDS: Final[Mapping[Tier, str]] = {
    Tier.RELEASABLE: (
        "Every file was cleared for models that are given to others: license, consent of the"
        " owner, secrets, personal data and confidential names were decided on file by file."
    ),
    Tier.INTERNAL_ONLY: (
        "For models that stay inside the company. Files may be copyleft, a third party's, or"
        " confidential: neither the rows nor a model trained on them may leave."
    ),
}
USES: Final[Mapping[Tier, Mapping[str, str]]] = {
    Tier.RELEASABLE: {
        "public-model": "training of models that are given to others",
        "internal-model": "training of models that stay inside the company",
        "evaluation": "measuring of models",
    },
    Tier.INTERNAL_ONLY: {
        "internal-model": "training of models that stay inside the company",
        "evaluation": "measuring of models inside the company",
    },
}
"""Purposes for which a tier may be pulled, with their meaning."""
