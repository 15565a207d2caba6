"""Versions of installed packages, which digests of rules are made over."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version(name: str) -> str:
    """Return the version of an installed package, as it was when it was first asked for.

    A process goes on with the code that it has loaded, and to read a package's metadata takes
    milliseconds, several times for each page.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    return metadata.version(name)
