"""The company's own words: its profile in YAML, and the versioned list of its terms beside it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter, ValidationError

from ingest.domain.company import CompanyProfile, Term, TermCase, TermKind, TermPlace
from ingest.domain.private import write_private
from ingest.errors import ConfigurationError

TERMS_FILE: Final = "terms.csv"
"""Name of the term list; it stands beside the company file."""
_COLUMNS: Final = ("kind", "term", "case", "place", "context")
_HEAD: Final = re.compile(r"# shardgate terms, version (\d{1,9}), sha256 ([0-9a-f]{64})\n")
_CONTEXT: Final = {"": None, "any": False, "needed": True}
_CONTEXT_NAMES: Final = {value: name for name, value in _CONTEXT.items()}
_PUBLIC_FORGES: Final = frozenset(
    (
        "github.com",
        "gitlab.com",
        "bitbucket.org",
        "codeberg.org",
        "sr.ht",
        "git.sr.ht",
        "gitee.com",
        "sourceforge.net",
        "dev.azure.com",
        "ssh.dev.azure.com",
        "localhost",
    )
)
"""Hosts that everybody's repositories stand on: naming one gives nothing away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermList:
    """The term list: what it holds, and which version of it this is."""

    terms: tuple[Term, ...] = ()
    version: int = 0
    is_edited: bool = False
    """The rows are not those that the version was given to."""

    @property
    def name(self) -> str:
        """Return the version as it is shown, for example ``3`` or ``3+edited``."""
        return f"{self.version}+edited" if self.is_edited else str(self.version)

    def merged(self, terms: Iterable[Term], *, instead_of: TermKind | None = None) -> TermList:
        """Return the next version, with some terms added; the same list where nothing changes.

        `instead_of` names a kind whose present terms are dropped.
        """
        kept = {(t.kind, t.text): t for t in self.terms if t.kind is not instead_of}
        merged = kept | {(t.kind, t.text): t for t in terms}
        ordered = tuple(merged[key] for key in sorted(merged))
        if ordered == self.terms and not self.is_edited and self.version:
            return self
        return TermList(terms=ordered, version=self.version + 1)

    def digest(self) -> str:
        """Return the SHA-256 hex of the rows, as the head of the file gives it."""
        return hashlib.sha256(_rows(self.terms).encode()).hexdigest()


def load_company(path: Path) -> CompanyProfile:
    """Return the profile of a YAML file and the term list beside it; empty where there is none.

    Raises:
        ConfigurationError: a file has unknown keys or values that are no lists of text.
    """
    terms = load_terms(path.with_name(TERMS_FILE))
    profile = _load_profile(path) if path.exists() else CompanyProfile()
    if not terms.version:
        return profile
    return replace(
        profile, terms=(*profile.terms, *terms.terms), list_versions=(f"{TERMS_FILE} {terms.name}",)
    )


def _load_profile(path: Path) -> CompanyProfile:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}  # noqa: S506 - safe
    known = set(CompanyProfile.__dataclass_fields__) - {"list_versions"}
    unknown = sorted(set(raw) - known) if isinstance(raw, dict) else ["(not a mapping)"]
    if unknown:
        raise ConfigurationError(
            f"{path}: unknown keys {', '.join(unknown)}.", hint=f"Known: {', '.join(sorted(known))}"
        )
    try:
        return TypeAdapter(CompanyProfile).validate_json(json.dumps(raw))
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        raise ConfigurationError(
            f"{path}: {'.'.join(map(str, where))} is not a list of text."
        ) from None


def with_repository_hosts(profile: CompanyProfile, urls: Iterable[str]) -> CompanyProfile:
    """Return the profile with the hosts of the registered repositories; public forges are none."""
    found = {_host_of(url) for url in urls}
    hosts = {host for host in found if "." in host and host not in _PUBLIC_FORGES}
    return replace(profile, hosts=tuple(sorted({*profile.hosts, *hosts})))


def _host_of(url: str) -> str:
    if "://" not in url:
        url = f"ssh://{url.replace(':', '/', 1)}"
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return "" if re.fullmatch(r"[0-9.]+|.*:.*", host) else host


def load_terms(path: Path) -> TermList:
    """Return a term list; an empty one of version 0 where there is no file.

    Raises:
        ConfigurationError: the file can be read by others, or a row is not understood.
    """
    if not path.exists():
        return TermList()
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"{path} can be read by other users.", hint=f"Run: chmod 600 {path}"
        )
    text = path.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ConfigurationError(
            f"{path} has no head with a version.", hint="Make it with: shardgate terms import"
        )
    body = text[head.end() :]
    return TermList(
        terms=tuple(_read_rows(path, body)),
        version=int(head[1]),
        is_edited=hashlib.sha256(body.encode()).hexdigest() != head[2],
    )


def write_terms(path: Path, terms: TermList) -> None:
    """Write a term list whole or not at all, readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = f"# shardgate terms, version {terms.version}, sha256 {terms.digest()}\n"
    write_private(path, [(head + _rows(terms.terms)).encode()])


def _rows(terms: Iterable[Term]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(
        (t.kind.value, t.text, t.case.value, t.place.value, _CONTEXT_NAMES[t.context])
        for t in terms
    )
    return buffer.getvalue()


def _read_rows(path: Path, body: str) -> Iterable[Term]:
    reader = csv.reader(io.StringIO(body, newline=""))
    if tuple(next(reader, ())) != _COLUMNS:
        raise ConfigurationError(f"{path} needs the columns {', '.join(_COLUMNS)}.")
    for row in reader:
        try:
            kind, text, case, place, context = row
            yield Term(
                kind=TermKind(kind),
                text=text,
                case=TermCase(case),
                place=TermPlace(place),
                context=_CONTEXT[context],
            )
        except (ValueError, KeyError):
            # Neither the row nor the error is quoted: both hold the term.
            raise ConfigurationError(
                f"{path}: line {reader.line_num + 1} is not understood."
            ) from None
