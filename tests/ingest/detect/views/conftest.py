"""A decoder, compiled once."""

from __future__ import annotations

import pytest

from ingest.detect.views import Decoder


@pytest.fixture(scope="session")
def decoder() -> Decoder:
    return Decoder()
