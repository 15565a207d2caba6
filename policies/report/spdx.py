"""SPDX 3.0.1 as JSON-LD: elements that many documents share (ISO/IEC 5962 and its successor).

Ids are made of a digest over the inputs, and the moment is one of the data: the same inputs give
the same document.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
SPEC_VERSION: Final = "3.0.1"
NO_ASSERTION: Final = "expandedlicensing_NoAssertionLicense"
"""Nothing is said of the license: it was not looked at, or is not known."""
NO_LICENSE: Final = "expandedlicensing_NoneLicense"
"""It was looked at, and there is none."""
_CREATION: Final = "_:creation"
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)


class SpdxGraph:
    """Elements of one document, each with an id of its own."""

    def __init__(self, name: str, inputs: str, moment: datetime | None) -> None:
        """Begin a document.

        Args:
            name: of the document.
            inputs: digest over everything that it is made of.
            moment: of the data; a moment of the clock would make another document each time.
        """
        digest = hashlib.sha256(f"{name}\0{inputs}".encode()).digest()
        self._base = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=5)}"
        self._name = name
        self._graph: list[dict[str, Any]] = []
        self._licenses: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.moment = stamp(moment or _EPOCH)
        self._agent = self.add("SoftwareAgent", name="shardgate")

    def add(self, kind: str, **values: object) -> str:
        """Add an element and return its id; what is empty is left out."""
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        name = f"{self._base}#{kind}-{number}"
        told = {key: value for key, value in values.items() if value not in (None, "", [], ())}
        element = {"type": kind, "spdxId": name, "creationInfo": _CREATION, **told}
        self._graph.append(element)
        return name

    def license(self, expression: str) -> str:
        """Return the id of a license expression, the same for the same expression."""
        if expression not in self._licenses:
            self._licenses[expression] = self.add(
                "simplelicensing_LicenseExpression",
                simplelicensing_licenseExpression=expression,
            )
        return self._licenses[expression]

    def relate(self, source: str, kind: str, to: Sequence[str], comment: str = "") -> str:
        """Add a relationship; `from` is no name of a Python argument."""
        values = {"from": source, "relationshipType": kind, "to": list(to), "comment": comment}
        return self.add("Relationship", **values)

    def render(self, roots: Sequence[str], profiles: Iterable[str]) -> str:
        """Return the document, one element a line."""
        elements = [element["spdxId"] for element in self._graph]
        self.add(
            "SpdxDocument",
            name=self._name,
            rootElement=list(roots),
            element=elements,
            profileConformance=["core", *profiles],
        )
        creation = {
            "type": "CreationInfo",
            "@id": _CREATION,
            "specVersion": SPEC_VERSION,
            "created": self.moment,
            "createdBy": [self._agent],
        }
        lines = ",\n".join(json.dumps(e, sort_keys=True) for e in (creation, *self._graph))
        return f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [\n{lines}\n]}}\n'


def stamp(moment: datetime) -> str:
    """Return a moment as SPDX writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256_of(digest: str) -> Mapping[str, str]:
    """Return a SHA-256 as an integrity method."""
    return {"type": "Hash", "algorithm": "sha256", "hashValue": digest}


def git_object(blob_id: str) -> Mapping[str, str]:
    """Return a git blob id as a content identifier (gitoid, IANA URI scheme)."""
    algorithm = "sha1" if len(blob_id) == 40 else "sha256"  # noqa: PLR2004 - hex digits of SHA-1
    return {
        "type": "software_ContentIdentifier",
        "software_contentIdentifierType": "gitoid",
        "software_contentIdentifierValue": f"gitoid:blob:{algorithm}:{blob_id}",
    }
