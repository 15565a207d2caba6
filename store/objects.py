"""Releases in an object store, as a mirror of the releasable root that clients read from.

Only this tier: what a presigned URL opens is open to whoever has the URL.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from ingest.errors import ConfigurationError, ReleaseRefused, TransientError
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest

LINK_LIFETIME: Final = timedelta(minutes=5)
"""How long a URL opens a shard: a grant that ends cannot take URLs back."""


class ReleaseObjects:
    """A bucket, or a folder of one, with releases; safe to share between threads."""

    def __init__(self, url: str, endpoint: str = "") -> None:
        """Take ``s3://bucket[/folder]`` and where S3 is answered, if not at Amazon.

        Credentials and region are taken from the environment, as AWS names it.

        Raises:
            ConfigurationError: the URL names no store.
        """
        options: dict[str, Any] = {}
        if endpoint:
            options = {"endpoint": endpoint, "virtual_hosted_style_request": False}
            # Plain http is for a store on a network of one's own; TLS is asked for by the URL.
            options["client_options"] = {"allow_http": endpoint.startswith("http:")}
        try:
            self._store = S3Store.from_url(url, **options)
        except (BaseError, ValueError, TypeError) as error:
            # The message could hold a key.
            raise ConfigurationError(
                f"The object store cannot be used: {type(error).__name__}."
            ) from None
        self._present: set[str] = set()

    def upload(self, folder: Path, manifest: Manifest) -> int:
        """Put a release's files into the store where they are missing; return how many were.

        The signed manifest comes last: a release without it is not there.

        Raises:
            ReleaseRefused: another file of that name is in the store.
            TransientError: the store does not answer.
        """
        names = [*(file.path for file in manifest.files), MANIFEST_FILE, ENVELOPE_FILE]
        return sum(self._put(folder / name, f"{folder.name}/{name}") for name in names)

    def has(self, release: str) -> bool:
        """Tell whether a whole release is in the store; what was seen once is remembered."""
        if release not in self._present:
            try:
                obstore.head(self._store, f"{release}/{ENVELOPE_FILE}")
            except (BaseError, OSError):
                # Not there, or a store that is away: files come from here.
                return False
            self._present.add(release)
        return True

    def link(self, release: str, path: str) -> str:
        """Return a URL that opens one file for `LINK_LIFETIME`."""
        return str(obstore.sign(self._store, "GET", f"{release}/{path}", LINK_LIFETIME))

    def _put(self, file: Path, key: str) -> bool:
        try:
            obstore.put(self._store, key, file, mode="create")
        except AlreadyExistsError:
            if obstore.head(self._store, key)["size"] != file.stat().st_size:
                raise ReleaseRefused(f"The store has another {key}.") from None
            return False
        except (BaseError, OSError) as error:
            raise TransientError(f"The store took no {key}: {type(error).__name__}.") from None
        return True
