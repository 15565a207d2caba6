"""The object store beside the releasable root: filled by one command, read through links."""

from __future__ import annotations

from functools import cached_property

from ingest.errors import ConfigurationError, InputError, ReleaseRefused
from policies.decision import Tier
from release.pull.verify import verify_bytes
from store.catalog import ReleaseBook
from store.objects import ReleaseObjects
from workers.audit import record_export
from workers.context import Context, utc_now
from workers.published import check_not_recalled


class ObjectLinks:
    """Where shards are besides the root, if anywhere."""

    def __init__(self, context: Context) -> None:
        """Take the context; the store is opened when it is asked."""
        self._context = context

    def link(self, tier: Tier, release: str, path: str) -> str | None:
        """Return a URL that opens a shard for minutes; null where it is in no store."""
        if tier is not Tier.RELEASABLE or self._objects is None or not self._objects.has(release):
            return None
        return self._objects.link(release, path)

    @cached_property
    def _objects(self) -> ReleaseObjects | None:
        settings = self._context.settings
        if not settings.objects_url:
            return None
        return ReleaseObjects(settings.objects_url, settings.objects_endpoint)


def upload_release(context: Context, release_id: str, *, actor: str) -> int:
    """Verify a published releasable release and put it into the store; return files put.

    That it leaves the installation is an entry of the audit chain, by `actor`.

    Raises:
        ConfigurationError: no store is set.
        InputError: there is no such release.
        ReleaseRefused: it fails a check, was recalled, or is of the other tier.
    """
    settings = context.settings
    if not settings.objects_url:
        raise ConfigurationError("No object store is set: SHARDGATE_OBJECTS_URL.")
    record = ReleaseBook(context.catalog, clock=utc_now).find_release(release_id)
    if record is None or not record.is_out:
        raise InputError(f"There is no published release {release_id}.")
    if record.tier is not Tier.RELEASABLE:
        raise ReleaseRefused("Only releasable releases go into the store.")
    check_not_recalled(record)
    folder = settings.shards_dir(record.tier.value) / record.path
    manifest = verify_bytes(folder, context.keys.public, record.tier)
    record_export(
        context, actor, release_id, {"format": "upload", "manifest": record.manifest_digest}
    )
    return ReleaseObjects(settings.objects_url, settings.objects_endpoint).upload(folder, manifest)
