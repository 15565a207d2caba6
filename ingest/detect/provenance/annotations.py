"""What stands beside a file and speaks of it by name: side files and files of statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ingest.detect.provenance.facts import UNKNOWN_LICENSE
from ingest.detect.provenance.reuse import (
    REUSE_NAME,
    Precedence,
    Statement,
    Statements,
    foreign_holders,
    read_statements,
    stating_directory,
)
from ingest.detect.provenance.scopes import Scope
from ingest.detect.provenance.terms import all_of, worst_of

LicenseReader = Callable[[str], tuple[str, str, bool]]
"""Takes an SPDX expression as written; returns it in normal form, its category, and whether it
restricts training."""

_UNREAD = Scope(
    directory=b"?",
    expression=UNKNOWN_LICENSE,
    category="unknown",
    evidence=b"",
    training_restricted=False,
    has_foreign_holder=False,
    has_company_holder=False,
    is_unread=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    path: bytes
    directory: bytes
    statements: Statements

    def relative(self, path: bytes) -> bytes:
        return path[len(self.directory) + 1 :] if self.directory else path


class AnnotationFinder:
    """Finds the statements on a path."""

    def __init__(
        self,
        files: Iterable[tuple[bytes, bytes | None]],
        read_license: LicenseReader,
        company_names: Iterable[str],
    ) -> None:
        """Take (path, text or None) of every file of statements."""
        names = "|".join(re.escape(n) for n in company_names if n)
        self._company = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if names else None
        self._read_license = read_license
        self._read: dict[int, Scope] = {}
        self._by_directory: dict[bytes, list[_Source]] = {}
        for path, text in files:
            directory = stating_directory(path)
            if directory is not None:
                source = _Source(
                    path=path, directory=directory, statements=read_statements(path, text)
                )
                self._by_directory.setdefault(directory, []).append(source)

    def __bool__(self) -> bool:
        """Tell whether there is anything to find."""
        return bool(self._by_directory)

    def find(self, path: bytes, vendor_root: bytes | None, *, is_silent: bool) -> Scope | None:
        """Return what is stated of a path, as a scope of that path alone.

        An override or an addition holds beside the file's own notice; anything else only fills
        what a silent file leaves out. The topmost override wins, else the nearest statement. A
        catch-all above a vendored directory says nothing of what was copied in.
        """
        nearest: Scope | None = None
        override: Scope | None = None
        for source in self._above(path):
            found = self._stated(source, path, vendor_root)
            if found is None:
                continue
            precedence, scope = found
            if precedence is Precedence.OVERRIDE:
                override = scope
            elif nearest is None and (is_silent or precedence is not Precedence.CLOSEST):
                nearest = scope
        return override or nearest

    def _above(self, path: bytes) -> Iterator[_Source]:
        """Yield sources from the nearest directory upwards."""
        directory = path
        while directory:
            directory = directory.rpartition(b"/")[0]
            yield from self._by_directory.get(directory, ())

    def _stated(
        self, source: _Source, path: bytes, vendor_root: bytes | None
    ) -> tuple[Precedence, Scope] | None:
        if source.statements.items is None:
            is_reuse = source.path.endswith(REUSE_NAME)
            return (Precedence.AGGREGATE if is_reuse else Precedence.CLOSEST), _UNREAD
        statement = source.statements.find(source.relative(path))
        if statement is None or not statement.licenses:
            return None
        if vendor_root is not None and not _reaches(source, statement, vendor_root):
            return None
        return statement.precedence, self._scope(source, statement, path)

    def _scope(self, source: _Source, statement: Statement, path: bytes) -> Scope:
        # Statements live as long as this finder: their ids name them.
        key = id(statement)
        if key not in self._read:
            self._read[key] = self._read_scope(source, statement)
        return replace(self._read[key], directory=path)

    def _read_scope(self, source: _Source, statement: Statement) -> Scope:
        read = [self._read_license(text) for text in statement.licenses]
        return Scope(
            directory=source.directory,
            expression=all_of(expression for expression, _, _ in read),
            category=worst_of(category for _, category, _ in read),
            evidence=source.path,
            training_restricted=any(restricts for _, _, restricts in read),
            has_foreign_holder=foreign_holders(statement.holders, self._company),
            has_company_holder=bool(statement.holders)
            and not foreign_holders(statement.holders, self._company),
            is_unread=False,
        )


def _reaches(source: _Source, statement: Statement, vendor_root: bytes) -> bool:
    if (source.directory + b"/").startswith(vendor_root + b"/"):
        return True
    return statement.names_into(source.relative(vendor_root))
