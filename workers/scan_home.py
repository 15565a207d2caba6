"""Where a scan without installation gets its key, its caches, and the company's terms.

In this order: the home that is asked for, or that `SHARDGATE_HOME` or the working folder has, if
an installation of this user has made its key there, and what is scanned cannot have brought it
along (a tarball can hold a key, rules that find nothing, and a company); else a folder of the
user's cache, with a key of its own, so that fingerprints are the same from run to run on this
machine; else, where that cannot be written, a key that ends with the process.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.domain.company import CompanyProfile
from ingest.domain.private import is_private_file, private_folder
from ingest.domain.secret import MIN_KEY_BYTES, HmacKey
from ingest.errors import InputError
from workers.keys import is_installed, load_identity_key
from workers.settings import Settings, user_cache_dir

_PREFIX: Final = "scan-"
_REMOVALS: Final = 200
_PAUSE_SECONDS: Final = 0.05
"""A process that waits for a busy disk dies only after that."""
_FRESH_SECONDS: Final = 60.0
"""A folder this young may be one whose owner has not locked it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanHome:
    """What a scan takes from its surroundings."""

    settings: Settings
    key: HmacKey
    cache_dir: Path
    """Compiled rules; private."""
    work_dir: Path
    """Where folders of single scans are made."""
    company: CompanyProfile
    is_installation: bool
    """Whether key and terms are those of an installation, so that its catalog may be read."""
    notes: tuple[str, ...] = ()
    """What was not taken from where it was looked for, and why: for the person who scans."""


def find_home(
    settings: Settings,
    company_file: Path | None,
    *,
    target: Path | None = None,
    sample_company: str = "",
) -> ScanHome:
    """Return the surroundings of a scan; `company_file` comes before the installation's.

    Nothing is taken from where the `target` may have brought it: from below it, or from the
    working folder that holds it too, unless that home was named. An installation's file that says
    what `sample_company` says is left alone: the invented company of a trial run is not the one
    whose folder is looked at.

    Raises:
        ConfigurationError: a key or the company's terms are not as they must be.
        InputError: there is no such company file.
    """
    if company_file is not None and not company_file.is_file():
        raise InputError(f"There is no company file {company_file}.")
    installed = is_installed(settings.keys_dir)
    notes: list[str] = []
    if installed and (reason := _distrust_of(settings, target)):
        installed = False
        notes.append(f"The installation in {settings.home} is not used: {reason}.")
    rules_dir = settings.rules_dir
    if rules_dir is not None and target is not None and _is_below(rules_dir, target):
        notes.append(f"The rules in {rules_dir} are not used: they are in what is scanned.")
        rules_dir = None
    try:
        root = settings.root if installed else user_cache_dir()
        cache = private_folder(rules_dir.absolute() if rules_dir else root / "cache")
        work = private_folder(root / "scans")
        if not installed:
            private_folder(root / "keys")
        key = load_identity_key(settings.keys_dir if installed else root / "keys")
    except (OSError, RuntimeError) as error:  # no home at all is a RuntimeError
        notes.append(f"Rules are compiled and the key is made for this scan alone: {error}.")
        cache = work = Path(tempfile.mkdtemp(prefix="shardgate-"))
        atexit.register(shutil.rmtree, cache, ignore_errors=True)
        key = HmacKey(key_id="ephemeral", material=secrets.token_bytes(MIN_KEY_BYTES))
    return ScanHome(
        settings=settings,
        key=key,
        cache_dir=cache,
        work_dir=work,
        company=_company(settings, company_file, sample_company, installed=installed),
        is_installation=installed,
        notes=tuple(notes),
    )


def _distrust_of(settings: Settings, target: Path | None) -> str:
    """Return why an installation may be one that was planted; empty where it is the user's."""
    home = settings.root
    if target is not None and _is_below(home, target):
        return "it is in what is scanned"
    is_named = "home" in settings.model_fields_set
    if target is not None and not is_named and _is_below(target, home.parent):
        return "it stands beside what is scanned, and was not named by SHARDGATE_HOME or --home"
    if not is_private_file(settings.keys_dir / "identity.key"):
        return "its key is not a file of this user alone"
    try:
        for folder in (settings.keys_dir, settings.root / "cache"):
            private_folder(folder)
    except OSError as error:
        return str(error)
    return ""


def _is_below(path: Path, folder: Path) -> bool:
    """Tell whether a path is in a folder, or is it: by any of its names, links followed or not."""
    folder, way = folder.resolve(), Path(os.path.abspath(path))  # noqa: PTH100 - without ".."
    # A link on the way that is in the folder is the folder's, wherever it leads.
    names = {path.resolve(), *(p.parent.resolve() / p.name for p in (way, *way.parents))}
    return any(name.is_relative_to(folder) for name in names)


def _company(
    settings: Settings, file: Path | None, sample: str, *, installed: bool
) -> CompanyProfile:
    named = file or settings.company_file
    if named is None and not installed:
        return CompanyProfile()
    path = named or settings.root / "company.yaml"
    if named is None and sample and path.exists() and path.read_text("utf-8") == sample:
        return CompanyProfile()
    from workers.company import load_company  # noqa: PLC0415 - most scans have no such file

    return load_company(path)


@contextlib.contextmanager
def work_folder(work_dir: Path) -> Iterator[Path]:
    """Make a private folder for one scan and remove it however the scan ends.

    A scan that was killed leaves its folder behind without its lock; the next one removes it.
    """
    _sweep(work_dir)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=work_dir))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def _remove(folder: Path) -> None:
    """Remove a folder into which processes that were just killed may still write a last file."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_PAUSE_SECONDS)


def _sweep(work_dir: Path) -> None:
    for folder in work_dir.glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < _FRESH_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
