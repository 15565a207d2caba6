"""What owners state of repositories: each change is one transaction with its chain entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ingest.domain.repository import Repository
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog, replace_stated, save_stated, set_state
from store.catalog.ids import checked_ids
from store.catalog.records import RepositoryState


class RegistrationBook:
    """Writes registrations for somebody; a `RepositoryRegistry`."""

    def __init__(self, catalog: Catalog, clock: Clock, *, actor: str) -> None:
        """Take the catalog, the clock of all entries, and who registers."""
        self._catalog = catalog
        self._clock = clock
        self._actor = actor

    def list_repositories(self) -> list[Repository]:
        """Return all, sorted by name and id."""
        return self._catalog.list_repositories()

    def find_by_url(self, canonical_url: str) -> Repository | None:
        """Return the repository that is registered under this canonical URL."""
        return self._catalog.find_by_url(canonical_url)

    def save_repository(self, repository: Repository) -> None:
        """Insert, or replace the rights of the same id, as `Catalog.save_repository`.

        Raises:
            RegistrationRefused: another repository has this URL.
        """
        self._write(
            lambda session: save_stated(session, repository, self._clock()),
            ("repository.register", repository.id, _said(repository)),
        )

    def restate(
        self, before: Repository, after: Repository, changes: Sequence[str], cause: str
    ) -> bool:
        """Replace what is stated of a repository if it still is `before`; tell whether it was."""
        detail = {"changes": list(changes), "cause": cause, **_said(after)}
        return self._write(
            lambda session: replace_stated(session, before, after, self._clock()),
            ("repository.restate", after.id, detail),
        )

    def set_state(self, repository_id: str, state: RepositoryState, reason: str) -> None:
        """Take a repository out of the corpus or back into it.

        Raises:
            InputError: no such repository.
        """
        is_back = state is RepositoryState.ACTIVE
        action = "repository.restore" if is_back else "repository.retire"
        self._write(
            lambda session: set_state(session, repository_id, state, reason),
            (action, repository_id, {}),
        )

    def _write(
        self,
        change: Callable[[Session], bool | None],
        entry: tuple[str, str, Mapping[str, Any]],
    ) -> bool:
        """Make a change and its entry; neither where the change tells that it did nothing."""
        action, subject, detail = entry
        checked = checked_ids(detail)

        def transaction(session: Session) -> bool:
            if change(session) is False:
                return False
            append_entry(session, self._clock(), (self._actor, action, subject), checked)
            return True

        return self._catalog.database.write(transaction)


def _said(repository: Repository) -> dict[str, object]:
    """Return the rights that somebody attested, with what they said of release."""
    until = repository.consent_until
    return {
        "rights": repository.rights_basis.value,
        "consent": repository.release_consent,
        "consent_until": until.isoformat() if until else None,
    }
