"""What owners state of repositories: each change is one transaction with its chain entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.domain.repository import Repository
from ingest.errors import ArtefactCorrupt
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog, replace_stated, save_stated, set_state
from store.catalog.chain_check import EDITED_HINT
from store.catalog.database import Database
from store.catalog.ids import checked_ids
from store.catalog.records import RepositoryState
from store.catalog.tables import AuditRow


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


def unedited_repositories(catalog: Catalog) -> list[Repository]:
    """Return all repositories, if each is as the audit chain says that it was stated last.

    A license that was edited by hand would let out what its owner never offered. What was
    registered by a version whose entries do not tell everything is not compared, nor what the
    chain does not know; `store.catalog.chain_faults` tells of that.

    Raises:
        ArtefactCorrupt: one is not.
    """
    good = _GOOD.setdefault(catalog.database, set())
    for _ in range(_TRIES):
        last = catalog.database.read(_last_stated)
        found = catalog.list_repositories()
        mark = (last, *found)
        if mark in good:
            return found
        stated = catalog.database.read(_stated)
        edited = [r for r in found if not _is_stated(r, stated.get(r.id))]
        if not edited:
            good.clear()
            good.add(mark)
            return found
    raise ArtefactCorrupt(
        f"The catalog was edited: repository {edited[0].id} is not as its owner stated it.",
        hint=EDITED_HINT,
    )


def is_as_stated(repository: Repository, detail: Mapping[str, Any]) -> bool:
    """Tell whether a repository is as the detail of its last entry says."""
    said = _said(repository)
    return all(detail.get(name) == said[name] for name in said if name in detail or name != STATED)


STATED: Final = "stated"
"""Key of the digest over all that was stated; entries of earlier versions have none."""
_TRIES: Final = 3
"""What is stated between two reads looks like an edit."""
_GOOD: Final[WeakKeyDictionary[Database, set[tuple[object, ...]]]] = WeakKeyDictionary()
"""What was found to be as the chain says, by the last entry about any: asked for with each page."""
_STATING: Final = ("repository.register", "repository.restate")


def _last_stated(session: Session) -> int:
    return session.scalar(select(func.max(AuditRow.seq)).where(AuditRow.action.in_(_STATING))) or 0


def _stated(session: Session) -> dict[str, Mapping[str, Any]]:
    """Return the detail of the last entry about each repository."""
    query = select(AuditRow.subject, AuditRow.detail).where(AuditRow.action.in_(_STATING))
    return dict(map(tuple, session.execute(query.order_by(AuditRow.seq))))


def _is_stated(repository: Repository, detail: Mapping[str, Any] | None) -> bool:
    return detail is None or is_as_stated(repository, detail)


def _said(repository: Repository) -> dict[str, object]:
    """Return the rights that somebody attested, with what they said of release.

    The digest is over everything else too, of which some words may not stand in the chain.
    """
    until = repository.consent_until
    told = {
        "rights": repository.rights_basis.value,
        "consent": repository.release_consent,
        "consent_until": until.isoformat() if until else None,
    }
    words = (
        *(repository.id, repository.url, repository.name, repository.owner),
        *(repository.license, repository.evidence, repository.credential),
    )
    text = json.dumps([*words, *told.values()])
    return {**told, STATED: hashlib.sha256(text.encode()).hexdigest()}
