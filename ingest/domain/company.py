"""What a company says of itself, so that detectors can tell its own from others'."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import StrEnum

from ingest.domain.secret import HmacKey


class TermKind(StrEnum):
    """What a term of the company is; the values are the keys of the company file."""

    LOGINS = "logins"
    CODENAMES = "codenames"
    CUSTOMERS = "customers"


class TermCase(StrEnum):
    """Which spellings of a term count."""

    DEFAULT = ""
    ANY = "any"
    EXACT = "exact"


class TermPlace(StrEnum):
    """Where a term counts."""

    DEFAULT = ""
    PART = "part"
    """As a word, and as a word inside an identifier."""
    WORD = "word"
    """Only as a whole identifier or word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term with its options; what is left at its default follows from kind and length.

    Raises:
        ValueError: the text is empty or holds a line end.
    """

    kind: TermKind
    text: str
    case: TermCase = TermCase.DEFAULT
    place: TermPlace = TermPlace.DEFAULT
    context: bool | None = None
    """Count only beside a word that introduces such a term (``owner:``, ``customer``)."""

    def __post_init__(self) -> None:
        """Check the text."""
        if not self.text.strip() or "\n" in self.text:
            msg = "a term is one line of text"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyProfile:
    """Names and terms of the company; the configured half of the confidential family."""

    names: tuple[str, ...] = ()
    """Legal and short names, as they stand in copyright lines."""
    domains: tuple[str, ...] = ()
    """Public mail and web domains."""
    internal_suffixes: tuple[str, ...] = (
        "internal",
        "corp",
        "intranet",
        "lan",
        "local",
        "home.arpa",
    )
    """DNS suffixes of hosts that outsiders cannot resolve."""
    hosts: tuple[str, ...] = ()
    """Full names of git, registry and artefact hosts; hosts below them count too."""
    packages: tuple[str, ...] = ()
    """Package scopes and prefixes: ``@acme``, ``com.acme``, ``acme_``, ``go.acme.dev/``."""
    ticket_prefixes: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    codenames: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    """Further logins, codenames and customers, with options; usually from the term list."""
    list_versions: tuple[str, ...] = ()
    """Version of the term list that was read; no part of the digest, its terms are."""

    def all_terms(self) -> list[Term]:
        """Return every login, codename and customer once, sorted; blank ones are left out.

        Options of the term list win over a plain mention of the same term.
        """
        plain = {
            (kind.value, text): Term(kind=kind, text=text)
            for kind, texts in (
                (TermKind.LOGINS, self.logins),
                (TermKind.CODENAMES, self.codenames),
                (TermKind.CUSTOMERS, self.customers),
            )
            for text in texts
            if text.strip()
        }
        listed = {(term.kind.value, term.text): term for term in self.terms}
        terms = plain | listed
        return [terms[key] for key in sorted(terms)]

    def digest(self, key: HmacKey) -> str:
        """Return a keyed digest over all terms; part of the ruleset digests that use them.

        Keyed, because ruleset digests stand in releasable manifests and a plain hash would
        confirm a guessed customer list.
        """
        parts: dict[str, object] = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("terms", "list_versions")
        }
        parts["terms"] = sorted(
            [t.kind.value, t.text, t.case.value, t.place.value, str(t.context)] for t in self.terms
        )
        return key.digest("company-profile", json.dumps(parts, sort_keys=True).encode())
