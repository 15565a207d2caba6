from __future__ import annotations

from pathlib import Path

import pytest

from ingest.domain.company import Term, TermKind
from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import ArtefactCorrupt, ConfigurationError
from policies.decision import Lane
from policies.document import default_policy_text, load_policy
from store.catalog import PolicyBook, ReviewerBook
from workers.company import TERMS_FILE, TermList, write_terms
from workers.context import Context, utc_now
from workers.group_story import reviewers_by_lane
from workers.settings import Settings


def _repository(name: str, rights: RightsBasis) -> Repository:
    return Repository(
        id=f"repo_{name:0<20}",
        url=f"https://{name}.umbra.example/x",
        name=name,
        owner="team",
        rights_basis=rights,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="E-1",
    )


def test_without_a_catalog_none_is_made_to_learn_the_company_s_hosts(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    assert context.company.hosts == ()
    assert not list(tmp_path.iterdir())


def test_hosts_of_own_repositories_become_the_company_s(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    before = context.sources
    context.catalog.save_repository(_repository("a", RightsBasis.OWNER_ATTESTED))
    context.catalog.save_repository(_repository("b", RightsBasis.LICENSE))
    assert context.company.hosts == ("a.umbra.example",)
    assert context.sources != before


def test_a_new_term_list_is_a_new_source(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    before = context.sources
    term = Term(kind=TermKind.LOGINS, text="jroe")
    write_terms(tmp_path / TERMS_FILE, TermList().merged([term]))
    assert context.sources != before
    assert context.company.terms == (term,)


def test_what_was_read_counts_until_something_is_said_registered_or_edited(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    context.catalog.save_repository(_repository("a", RightsBasis.OWNER_ATTESTED))
    first = context.current()
    company, policy = first.company, first.policy
    assert context.current().company is company
    assert context.current().policy is policy

    context.catalog.save_repository(_repository("b", RightsBasis.OWNER_ATTESTED))
    assert context.current().company.hosts == ("a.umbra.example", "b.umbra.example")
    term = Term(kind=TermKind.LOGINS, text="jroe")
    write_terms(tmp_path / TERMS_FILE, TermList().merged([term]))
    assert context.current().company.terms == (term,)
    text = context.policy_text.replace("name: default", "name: ours")
    record = (load_policy(text).digest, "ours", text)
    PolicyBook(context.catalog, clock=utc_now).apply(record, plan="0" * 64, actor="ada")
    assert context.current().policy.digest == record[0] != policy.digest
    context.catalog.close()


def test_what_requests_read_is_kept_until_something_is_said_or_registered(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    context.catalog.save_repository(_repository("a", RightsBasis.OWNER_ATTESTED))
    held = context.current(is_kept=True)
    first = held.repositories()
    assert context.current(is_kept=True).repositories() is first
    # Whoever changes something, and whoever works, reads what there is.
    assert context.current().repositories() is not first
    context.catalog.save_repository(_repository("b", RightsBasis.OWNER_ATTESTED))
    assert list(context.current(is_kept=True).repository_names().values()) == ["a", "b"]

    reviewers = ReviewerBook(context.catalog, utc_now)
    assert reviewers_by_lane(context.current(is_kept=True))[Lane.LEGAL] == ()
    reviewers.add("ben", Lane.LEGAL, actor="ada")
    assert reviewers_by_lane(context.current(is_kept=True))[Lane.LEGAL] == ("ben",)
    context.catalog.close()


@pytest.mark.parametrize(("data", "why"), [(None, "No such file"), (b"\xff", "not UTF-8")])
def test_a_policy_file_that_cannot_be_read_is_told_by_its_path(
    tmp_path: Path, data: bytes | None, why: str
) -> None:
    file = tmp_path / "policy.yaml"
    if data is not None:
        file.write_bytes(data)
    context = Context(settings=Settings(home=tmp_path, policy_file=file))
    with pytest.raises(ConfigurationError, match=f"policy.yaml.*cannot be read: .*{why}"):
        _ = context.policy


def test_a_policy_that_was_edited_in_the_catalog_judges_nothing(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    text = default_policy_text()
    record = (context.policy.digest, "default", text.replace("pii_count > 50", "pii_count > 5000"))
    PolicyBook(context.catalog, clock=utc_now).apply(record, plan="p", actor="ada")
    with pytest.raises(ArtefactCorrupt, match="not the one that was applied"):
        _ = context.anew().policy
    context.catalog.close()
