from __future__ import annotations

from pathlib import Path

import pytest

from ingest.domain.company import CompanyProfile
from ingest.errors import ConfigurationError
from workers.context import load_company


def test_without_a_file_the_profile_is_empty(tmp_path: Path) -> None:
    assert load_company(tmp_path / "none.yaml") == CompanyProfile()


def test_a_profile_is_read(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    path.write_text("names: [Example Works]\ncodenames: [bluebird]\n")
    assert load_company(path) == CompanyProfile(names=("Example Works",), codenames=("bluebird",))


@pytest.mark.parametrize(
    "text", ["name: [x]\n", "- a\n", "codenames: 5\n", "codenames: [[nested]]\n"]
)
def test_a_wrong_file_is_refused_by_name_of_the_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError):
        load_company(path)
