"""What a company says of itself, so that detectors can tell its own from others'."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from ingest.domain.secret import HmacKey


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
    ticket_prefixes: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    codenames: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    def digest(self, key: HmacKey) -> str:
        """Return a keyed digest over all terms; part of the ruleset digests that use them.

        Keyed, because ruleset digests stand in releasable manifests and a plain hash would
        confirm a guessed customer list.
        """
        text = json.dumps(asdict(self), sort_keys=True)
        return key.digest("company-profile", text.encode())
