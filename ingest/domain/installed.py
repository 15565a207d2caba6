"""Versions of installed packages, each read from the disk once in a process."""

from __future__ import annotations

import importlib.metadata
from functools import cache


@cache
def version(package: str) -> str:
    """Return the version of a package as this process has it.

    Digests of rules are asked for again and again, and a process goes on with the engines that
    it has loaded, whatever is installed meanwhile.

    Raises:
        PackageNotFoundError: the package is not installed.
    """
    return importlib.metadata.version(package)
