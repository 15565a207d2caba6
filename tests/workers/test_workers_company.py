from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.domain.company import CompanyProfile, Term, TermCase, TermKind, TermPlace
from ingest.errors import ConfigurationError
from workers.company import (
    TERMS_FILE,
    TermList,
    load_company,
    load_terms,
    with_repository_hosts,
    write_terms,
)


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


TERMS = TermList(
    terms=(
        Term(kind=TermKind.CUSTOMERS, text="Fern, wick", case=TermCase.EXACT),
        Term(kind=TermKind.LOGINS, text="jroe", place=TermPlace.WORD, context=True),
    ),
    version=1,
)


def test_a_term_list_is_read_as_it_was_written_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / TERMS_FILE
    write_terms(path, TERMS)
    assert load_terms(path) == TERMS
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_profile_has_the_terms_of_the_list_beside_it(tmp_path: Path) -> None:
    write_terms(tmp_path / TERMS_FILE, TERMS)
    (tmp_path / "company.yaml").write_text("customers: [Initech]\n")
    profile = load_company(tmp_path / "company.yaml")
    assert [t.text for t in profile.all_terms()] == ["Fern, wick", "Initech", "jroe"]
    assert profile.list_versions == ("terms.csv 1",)


def test_terms_with_options_stand_in_the_profile_too(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    path.write_text("terms: [{kind: customers, text: Apple, case: exact, context: true}]\n")
    (term,) = load_company(path).all_terms()
    assert (term.case, term.context) == (TermCase.EXACT, True)


def test_a_list_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / TERMS_FILE
    write_terms(path, TERMS)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="other users"):
        load_terms(path)


def test_an_edited_list_says_so(tmp_path: Path) -> None:
    path = tmp_path / TERMS_FILE
    write_terms(path, TERMS)
    path.write_text(path.read_text() + "codenames,Zephyr,,,\n")
    assert load_terms(path).name == "1+edited"


@pytest.mark.parametrize("row", ["customers,zzq", "people,zzq,,,", "customers,zzq,odd,,"])
def test_a_wrong_row_is_refused_without_quoting_it(tmp_path: Path, row: str) -> None:
    path = tmp_path / TERMS_FILE
    write_terms(path, TERMS)
    path.write_text(path.read_text() + row + "\n")
    with pytest.raises(ConfigurationError, match="line 5") as caught:
        load_terms(path)
    assert "zzq" not in str(caught.value)


def test_merging_makes_a_version_only_where_something_changes() -> None:
    zephyr = Term(kind=TermKind.CODENAMES, text="Zephyr")
    merged = TERMS.merged([zephyr])
    assert (merged.version, len(merged.terms)) == (2, 3)
    assert merged.merged([zephyr]) is merged
    replaced = merged.merged([replace(zephyr, text="Orion")], instead_of=TermKind.CODENAMES)
    assert [t.text for t in replaced.terms] == ["Orion", "Fern, wick", "jroe"]


def test_hosts_of_own_repositories_are_the_company_s_and_those_of_public_forges_are_not() -> None:
    urls = [
        "https://git.umbra.example/pay.git",
        "ssh://git@Code.umbra.example:2222/x",
        "git@scm.umbra.example:x.git",
        "https://github.com/umbra/x",
        "file:///srv/x",
        "https://10.0.0.1/x",
        "ssh://git@gitbox/x",
    ]
    hosts = with_repository_hosts(CompanyProfile(hosts=("a.b",)), urls).hosts
    assert hosts == ("a.b", "code.umbra.example", "git.umbra.example", "scm.umbra.example")
