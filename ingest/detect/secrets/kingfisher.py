"""Kingfisher's rules over the bytes of a blob, in process and without a path."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import kingfisher_sdk
from kingfisher_sdk.inputs import ScanInput

from ingest.detect.secrets.generic import RULES
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.placeholders import is_filler
from ingest.domain.finding import Category, Confidence
from ingest.errors import ConfigurationError

DETECTOR_ID: Final = "kingfisher"
_PRIVATE_KEYS: Final = (
    "private-key",
    "privatekey",
    "age-secret-key",
    "kingfisher1.pem.",
    "kingfisher1.privkey.",
    "kingfisher1.wireguard.",
)
_URIS: Final = (
    "credential-uri",
    "connection-string",
    "sensitive-url",
    "kingfisher1.uri.",
    "kingfisher1.credentials.",
    "kingfisher1.ftp.",
    "kingfisher1.jdbc.",
    "kingfisher1.ldap.2",
    "kingfisher1.mongodb.3",
    "kingfisher1.mysql.",
    "kingfisher1.oracle.",
    "kingfisher1.postgres.",
    "kingfisher1.redis.1",
    "kingfisher1.redshift.",
    "kingfisher1.smb.",
    "kingfisher1.snowflake.",
    "kingfisher1.solr.",
)
_PASSWORDS: Final = (
    "password",
    "curl-auth-user",
    "kingfisher1.auth.1",
    "kingfisher1.cisco.",
    "kingfisher1.db2.",
    "kingfisher1.dbconn.",
    "kingfisher1.dotnet.",
    "kingfisher1.gpp.",
    "kingfisher1.gradle.",
    "kingfisher1.ldap.1",
    "kingfisher1.mariadb.",
    "kingfisher1.maven.",
    "kingfisher1.mssql.",
    "kingfisher1.netrc.",
    "kingfisher1.odbc.",
    "kingfisher1.phpmailer.",
    "kingfisher1.powershell.",
    "kingfisher1.psexec.",
    "kingfisher1.pwhash.",
    "kingfisher1.rabbitmq.",
    "kingfisher1.rdp.",
    "kingfisher1.smtp.",
    "kingfisher1.sqlddl.",
    "kingfisher1.unattend.",
    "kingfisher1.vmware.",
    "kingfisher1.wincmd.",
)
_GENERIC: Final = ("generic", "kingfisher1.auth.2", "kingfisher1.unkey.")
_IN_ADDRESS: Final = (
    re.compile(rb"://[^/\s:@]*:([^\s/@]+)@"),
    re.compile(rb"://[^/\s:@]*:([^\s@]+)@"),
    re.compile(rb"[?;&](?:password|pwd)=([^&;\s\"'<>]+)", re.IGNORECASE),
)
_INVENTED_NAMES: Final = {
    "yaml": "f.yaml",
    "yml": "f.yaml",
    "tf": "f.tf",
    "hcl": "f.hcl",
    "config": "nuget.config",
    "php": "f.php",
}
"""Name hints for which the engine's catalogue has rules of their own."""
_SAMPLE: Final = b'api_key = "%s"\n' % hashlib.sha256().hexdigest()[:40].encode()
"""A line with a value that all filters of the generic rules are asked about; nobody's key."""


class Kingfisher:
    """The engine with its own rules and any further packs."""

    def __init__(self, cache_dir: Path, packs: Sequence[Path] = ()) -> None:
        """Load rules and compile them, or read them from the private cache.

        `packs` are rule files in Kingfisher's YAML or Betterleaks' TOML.

        Raises:
            ConfigurationError: a rule file is refused.
        """
        # The engine ignores a cache directory that others could write to.
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        generic = [pack for pack in packs if _is_generic(pack)]
        others = [pack for pack in packs if pack not in generic]
        self._scanner = _scanner(_rules(others, cache_dir, builtins=True))
        self._generic: kingfisher_sdk.Scanner | None = None
        if generic:
            self._generic = _scanner(_rules(generic, cache_dir, builtins=False))
            # Its filters, a thousand words, are compiled for the first value that they are asked
            # of: a tenth of a second, and once for each process that is forked before.
            self._generic.scan(_SAMPLE)

    def matches_all(
        self, texts: Sequence[tuple[bytes, str]], generic: Sequence[Sequence[tuple[int, int]]]
    ) -> list[list[Match]]:
        """Return the reported values of each text (bytes and name hint), in their order.

        `generic` are the spans, of each text, that the generic rules are shown. Components that
        only complete another rule (user names, hosts) are not reported. A few rules look at files
        of one kind only; they are given an invented name of that kind, beside a scan without any,
        since a name also makes other rules look away.
        """
        found = [self._scanner.scan(data) for data, _ in texts]
        for pieces, (data, suffix) in zip(found, texts, strict=True):
            name = _INVENTED_NAMES.get(suffix)
            if name is not None:
                pieces.extend(self._scanner.scan_input(ScanInput(path=name, data=data)))
        # Most texts show nothing, and get nothing built.
        matches = [
            _matches(data, 0, pieces) if pieces else []
            for pieces, (data, _) in zip(found, texts, strict=True)
        ]
        if self._generic is not None:
            for kept, (data, _), spans in zip(matches, texts, generic, strict=True):
                for start, end in spans:
                    kept.extend(_matches(data, start, self._generic.scan(data[start:end])))
        return matches


def load_kingfisher(cache_dir: Path, packs: Sequence[Path] = ()) -> Kingfisher:
    """Return the engine, the one that this process loaded last where its rules are the same.

    It knows no key and no company, and loading takes more than a second.

    Raises:
        ConfigurationError: a rule file is refused.
    """
    return _loaded(cache_dir, tuple((pack, *_state(pack)) for pack in packs))


@lru_cache(maxsize=1)
def _loaded(cache_dir: Path, packs: tuple[tuple[Path, int, int], ...]) -> Kingfisher:
    return Kingfisher(cache_dir, [pack for pack, _, _ in packs])


def _state(pack: Path) -> tuple[int, int]:
    """Return what changes with a file's content; zeros where there is none, for the engine."""
    try:
        state = pack.stat()
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_size


def _matches(data: bytes, offset: int, findings: Iterable[kingfisher_sdk.Finding]) -> list[Match]:
    found = (_match(data, offset, finding) for finding in findings)
    return [match for match in found if match is not None]


def _match(data: bytes, offset: int, finding: kingfisher_sdk.Finding) -> Match | None:
    """Return what the engine says of a piece that begins at `offset`; None where it is nothing."""
    place = finding.location
    category = _category_of(finding.rule_id)
    start, end = offset + place["start_offset"], offset + place["end_offset"]
    if category in (Category.URI_CREDENTIAL, Category.PASSWORD):
        start, end = _narrowed(data, start, end)
    if not finding.visible or is_filler(data[start:end]):
        return None
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=finding.rule_id,
        category=category,
        confidence=Confidence(finding.confidence),
        evidence="format",
    )


def _narrowed(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the password's span where a rule reports the whole address around it."""
    for expression in _IN_ADDRESS:
        found = expression.search(data, start, end)
        if found is not None:
            return found.span(1)
    return start, end


def _rules(packs: Sequence[Path], cache_dir: Path, *, builtins: bool) -> kingfisher_sdk.Rules:
    try:
        return kingfisher_sdk.Rules(packs, builtins=builtins, confidence="low", cache_dir=cache_dir)
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(f"a Kingfisher rule pack is refused: {error}") from error


def _scanner(rules: kingfisher_sdk.Rules) -> kingfisher_sdk.Scanner:
    return kingfisher_sdk.Scanner(
        rules,
        # The views of a text are decoded once, for all engines.
        base64=False,
        # Neither a remark in the file nor its being markup may hide a value.
        policy=kingfisher_sdk.DetectionPolicy(inline_ignores=False, markup_context=False),
    )


def _is_generic(pack: Path) -> bool:
    """Say whether a pack holds nothing but the rules that the gate is for."""
    if pack.suffix != ".toml":
        return False
    try:
        rules = tomllib.loads(pack.read_text("utf-8"))["rules"]
        return {rule["id"] for rule in rules} <= RULES
    except (OSError, ValueError, KeyError, TypeError):
        return False  # the engine says what is wrong


@cache
def _category_of(rule_id: str) -> Category:
    """Return what a rule's value is; a rule is about a vendor's token unless its name says else."""
    tables = (
        (_PRIVATE_KEYS, Category.PRIVATE_KEY),
        (_URIS, Category.URI_CREDENTIAL),
        (_PASSWORDS, Category.PASSWORD),
        (_GENERIC, Category.GENERIC_SECRET),
    )
    for words, category in tables:
        if any(word in rule_id for word in words):
            return category
    return Category.PROVIDER_TOKEN
