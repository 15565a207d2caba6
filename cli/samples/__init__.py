"""Three repositories of an invented company, with everything planted that must not get out.

They show the whole path on a machine without any repository of its own, and they are what the
canary test looks for: no planted value may turn up where it has no business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cli.samples.canaries import PlantKind, canaries, company_profile_yaml
from cli.samples.repositories import write_repository
from cli.samples.scripts import Script, load_scripts
from ingest.domain.repository import RightsBasis

__all__ = [
    "PlantKind",
    "Planted",
    "Sample",
    "company_profile_yaml",
    "planted",
    "write_samples",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample repository and the terms under which it is registered."""

    name: str
    path: Path
    """The bare repository, absolute."""
    owner: str
    rights_basis: RightsBasis
    license: str
    release_consent: bool
    evidence: str
    note: str
    """What the sample shows, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A value that stands in a file of a sample's main branch."""

    kind: PlantKind
    value: str
    """One line; of a key block every line of its body is a value."""
    repository: str
    path: str


def write_samples(folder: Path) -> list[Sample]:
    """Write the samples below a folder and return them; what is there already stays.

    Raises:
        ConfigurationError: git is missing or refuses, or a name is taken by something else.
    """
    root = folder.resolve()
    root.mkdir(parents=True, exist_ok=True)
    return [_sample(script, write_repository(root, script)) for script in load_scripts()]


def planted() -> list[Planted]:
    """Return every planted value at every path of a main branch, sorted by repository and path."""
    found = {
        Planted(kind=canary.kind, value=value, repository=script.rights.name, path=file.path)
        for script in load_scripts()
        for file in script.head_files().values()
        for canary in map(canaries().__getitem__, file.plants)
        for value in canary.values
    }
    return sorted(found, key=lambda p: (p.repository, p.path, p.kind, p.value))


def _sample(script: Script, path: Path) -> Sample:
    rights = script.rights
    return Sample(
        name=rights.name,
        path=path,
        owner=rights.owner,
        rights_basis=rights.rights_basis,
        license=rights.license,
        release_consent=rights.release_consent,
        evidence=rights.evidence,
        note=rights.note,
    )
