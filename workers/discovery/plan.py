"""Discover a group's repositories, say what registering them would change, and do it.

A registration that exists is never changed by discovery, whoever made it. What is gone is only
told: what was released of it stays a matter for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import InputError, RegistrationRefused
from ingest.mirror.credentials import authorization, check_not_own
from ingest.mirror.guard import Resolve, resolve_addresses
from ingest.mirror.transport import check_credential_host
from ingest.register.registry import Action, RegistrationRequest, check_credential
from ingest.register.urls import canonicalise, repository_id
from store.catalog.found import FoundBook, FoundRecord
from workers.context import Context, utc_now
from workers.discovery.apis import api_of, read_entries
from workers.discovery.cache import AnswerCache
from workers.discovery.client import ApiClient, ApiSettings
from workers.discovery.filters import reason_to_leave_out
from workers.discovery.model import (
    DiscoveryPlan,
    Filters,
    FoundRepository,
    Group,
    Kind,
    PlannedRepository,
    Standing,
)
from workers.hosts import require_open
from workers.registering import Outcome, register_many

_ORDER: Final = {standing: number for number, standing in enumerate(Standing)}
_MAX_NAME_CHARS: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a person states of all repositories that are new.

    Discovery gives no release consent: that is one repository's owner's word, with a last day.
    """

    owner: str
    rights: RightsBasis
    license: str
    evidence: str = ""
    credential: str = ""
    """Reference for fetching; may be another than the one for listing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of one line of a plan."""

    item: PlannedRepository
    outcome: Outcome


def discover(
    context: Context,
    group: Group,
    filters: Filters,
    *,
    ssh: bool = False,
    resolve: Resolve = resolve_addresses,
) -> DiscoveryPlan:
    """Ask the host for a group's repositories and return the plan; no registration is written.

    Args:
        context: of the installation.
        group: whose repositories.
        filters: which of them.
        ssh: take their ssh addresses.
        resolve: looks names up.

    Raises:
        InputError: host, name or credential reference are none.
        MustWait: the host is paused, or its limit lasts longer than we wait.
        ShardgateError: the host cannot be asked, see `ApiClient`.
    """
    group = checked_group(group)
    with ApiClient(_api_settings(context, group, resolve)) as client:
        found = list(_listed(client, group))
        requests = client.requests
    planner = _Planner(
        group=group,
        filters=filters,
        ssh=ssh,
        registered={r.id: r for r in context.catalog.list_repositories()},
        seen={r.remote_id: r for r in _book(context).list_all(group.source)},
    )
    items = sorted(planner.plan(found), key=lambda i: (_ORDER[i.standing], i.full_name))
    plan = DiscoveryPlan(group=group, items=items, requests=requests)
    _remember(context, group, plan.of(Standing.KNOWN))
    return plan


def apply_discovery(  # noqa: PLR0913 - as many options as its faces have
    context: Context,
    plan: DiscoveryPlan,
    terms: Terms,
    *,
    actor: str,
    dry_run: bool = False,
    any_host: bool = False,
) -> list[Applied]:
    """Register what is new on these terms, and what was renamed on those it had; one outcome each.

    With `any_host` credentials may be named that are bound to no host: `workers.bound_credentials`.

    The registration of a renamed repository's old address stays, for a person to retire.
    """
    registered = {r.id: r for r in context.catalog.list_repositories()}
    wanted = [*plan.of(Standing.NEW), *plan.of(Standing.RENAMED)]
    requests = [_request(item, terms, registered) for item in wanted]
    outcomes = register_many(context, requests, actor=actor, dry_run=dry_run, any_host=any_host)
    applied = [Applied(item=i, outcome=o) for i, o in zip(wanted, outcomes, strict=True)]
    if not dry_run:
        written = [a.item for a in applied if a.outcome.action is not Action.REFUSED]
        _remember(context, plan.group, written)
    return applied


def checked_group(group: Group) -> Group:
    """Return a group as it may be asked for.

    Raises:
        InputError: host, name or credential reference are none.
    """
    url = canonicalise(f"https://{group.host}/x", allow_local=False)
    check_credential(group.credential, "https")
    name = group.name.strip("/")
    if not name or len(name) > _MAX_NAME_CHARS or not name.isprintable():
        raise InputError("The group has no name that a host could know.")
    authority = url.url.removeprefix("https://").removesuffix("/x")
    return replace(group, host=authority, name=name)


def _api_settings(context: Context, group: Group, resolve: Resolve) -> ApiSettings:
    api, settings = api_of(group), context.settings
    url = canonicalise(f"https://{group.host}/x", allow_local=False)
    headers = dict(api.headers)
    if group.credential:
        check_not_own(group.credential, settings.own_secrets)
        check_credential_host(group.credential, url.host, settings.credential_pairs)
        headers["Authorization"] = authorization(group.credential, api.scheme)

    def check() -> None:
        for host in dict.fromkeys((url.host, api.host)):
            require_open(context, host)

    return ApiSettings(
        host=api.host,
        port=url.port,
        headers=headers,
        allow_hosts=frozenset(settings.allow_hosts),
        ca_file=settings.ca_file,
        cache=AnswerCache(settings.root / "cache" / "discovery", group.credential),
        check=check,
        resolve=resolve,
    )


def _listed(client: ApiClient, group: Group) -> Iterator[FoundRepository]:
    api = api_of(group)
    known: set[str] = set()
    for page in client.pages(api.path, api.query):
        for found in read_entries(group.kind, page.body):
            # a repository that is made while we page moves others to the next page
            if found.remote_id not in known:
                known.add(found.remote_id)
                yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    """Compares what was found with what is registered."""

    group: Group
    filters: Filters
    ssh: bool
    registered: Mapping[str, Repository]
    seen: Mapping[str, FoundRecord]

    def plan(self, found: Iterable[FoundRepository]) -> Iterator[PlannedRepository]:
        """Yield a line for each that was found, and one for each that is gone."""
        listed = set()
        for one in found:
            listed.add(one.remote_id)
            yield self._line(one)
        for remote_id, record in self.seen.items():
            known = self.registered.get(record.repository_id)
            if remote_id not in listed and known is not None:
                yield PlannedRepository(
                    standing=Standing.GONE,
                    full_name=record.full_name,
                    url="",
                    repository_id=record.repository_id,
                    remote_id=remote_id,
                    reason=f"registered as {known.name}, and no longer in the list",
                    registered_id=known.id,
                )

    def _line(self, one: FoundRepository) -> PlannedRepository:
        try:
            address = canonicalise(one.ssh_url if self.ssh else one.https_url, allow_local=False)
        except RegistrationRefused as error:
            return _planned(one, Standing.REFUSED, ("", ""), str(error))
        if address.host != self.group.host.partition(":")[0]:
            elsewhere = f"Its address is on another host, {address.host}."
            return _planned(one, Standing.REFUSED, ("", ""), elsewhere)
        place = address.url, repository_id(address.identity)
        known = self.registered.get(place[1])
        if known is not None:
            reason = f"registered by {known.owner}"
            return _planned(one, Standing.KNOWN, place, reason, registered_id=known.id)
        if unwanted := reason_to_leave_out(one, self.filters):
            return _planned(one, Standing.LEFT_OUT, place, unwanted)
        before = self.seen.get(one.remote_id)
        old = self.registered.get(before.repository_id) if before is not None else None
        if before is not None and old is not None:
            reason = f"was {before.full_name}; that registration stays until somebody retires it"
            return _planned(one, Standing.RENAMED, place, reason, registered_id=old.id)
        return _planned(one, Standing.NEW, place, "")


def _planned(
    one: FoundRepository,
    standing: Standing,
    place: tuple[str, str],
    reason: str,
    *,
    registered_id: str = "",
) -> PlannedRepository:
    url, identity = place
    return PlannedRepository(
        standing=standing,
        full_name=one.full_name,
        url=url,
        repository_id=identity,
        remote_id=one.remote_id,
        reason=reason,
        visibility=one.visibility,
        kilobytes=one.kilobytes,
        registered_id=registered_id,
    )


def _request(
    item: PlannedRepository, terms: Terms, registered: Mapping[str, Repository]
) -> RegistrationRequest:
    old = registered.get(item.registered_id) if item.standing is Standing.RENAMED else None
    if old is None:
        return RegistrationRequest(
            url=item.url,
            owner=terms.owner,
            rights=terms.rights,
            license=terms.license,
            evidence=terms.evidence,
            credential=terms.credential,
        )
    return RegistrationRequest(
        url=item.url,
        owner=old.owner,
        rights=old.rights_basis,
        license=old.license,
        evidence=old.evidence,
        release_consent=old.release_consent,
        consent_until=old.consent_until,
        credential=old.credential,
    )


def _remember(context: Context, group: Group, items: Iterable[PlannedRepository]) -> None:
    records = [
        FoundRecord(
            remote_id=item.remote_id, repository_id=item.repository_id, full_name=item.full_name
        )
        for item in items
    ]
    _book(context).save(group.source, records)


def _book(context: Context) -> FoundBook:
    return FoundBook(context.catalog, utc_now)


_HOSTS: Final[Mapping[Kind, str]] = {Kind.GITHUB: "github.com", Kind.GITLAB: "gitlab.com"}


def default_host(kind: Kind) -> str:
    """Return the host that is meant where none is named.

    Raises:
        InputError: there is none, as with Gitea.
    """
    if kind not in _HOSTS:
        raise InputError("Say which host, such as git.example.com.", hint="Its option is --host.")
    return _HOSTS[kind]
