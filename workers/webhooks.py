"""Webhooks: a host tells of a push, and the repository is looked at soon.

Nothing that a request says is acted on but *which registered repository it is about*; its address
is the registered one. The signature is checked over the bytes as they came, before anything is
read from them. Each delivery counts once.

Sources: GitHub "Validating webhook deliveries" (``X-Hub-Signature-256``, ``X-GitHub-Delivery``),
GitLab "Webhooks" (``X-Gitlab-Token``, ``Idempotency-Key``, ``X-Gitlab-Event-UUID``), Gitea
"Webhooks" (``X-Gitea-Signature``, ``X-Gitea-Delivery``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog

from ingest.errors import ConfigurationError, RegistrationRefused
from ingest.register.urls import canonicalise, repository_id
from store.catalog import PollBook
from workers.context import Context, utc_now
from workers.webhook_secrets import Provider, load_secrets

_DELIVERY: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_URL_FIELDS: Final = (
    "clone_url",
    "ssh_url",
    "html_url",
    "git_http_url",
    "git_ssh_url",
    "web_url",
)
_ABSENT: Final = secrets.token_bytes(32)
"""Compared with where there is no secret, so that its absence takes no other time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HookRequest:
    """A request as it came."""

    provider: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class HookOutcome(StrEnum):
    """What became of a request. Only `REFUSED` may show: the sender has not proved who it is."""

    REFUSED = "refused"
    TAKEN = "taken"
    KNOWN = "known"
    """The same delivery was taken before."""
    IGNORED = "ignored"
    """No push, or of a repository that is not registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a kind of host writes its requests."""

    signature: str
    event: str
    pushes: frozenset[str]
    deliveries: tuple[str, ...]


_FORMS: Final[Mapping[Provider, _Form]] = {
    Provider.GITHUB: _Form(
        signature="x-hub-signature-256",
        event="x-github-event",
        pushes=frozenset({"push"}),
        deliveries=("x-github-delivery",),
    ),
    Provider.GITLAB: _Form(
        signature="x-gitlab-token",
        event="x-gitlab-event",
        pushes=frozenset({"Push Hook", "Tag Push Hook", "System Hook"}),
        deliveries=("idempotency-key", "x-gitlab-event-uuid"),
    ),
    Provider.GITEA: _Form(
        signature="x-gitea-signature",
        event="x-gitea-event",
        pushes=frozenset({"push"}),
        deliveries=("x-gitea-delivery",),
    ),
}
_SYSTEM_PUSHES: Final = frozenset({"push", "tag_push", "repository_update"})


def receive(context: Context, request: HookRequest) -> HookOutcome:
    """Check a webhook and note that its repository is to be looked at; nothing is fetched here.

    The reconciler of a worker starts the visit within seconds.
    """
    if request.provider not in set(Provider):
        return HookOutcome.REFUSED
    provider = Provider(request.provider)
    form = _FORMS[provider]
    if not _is_signed(context, provider, request):
        log.warning("webhook refused", provider=provider.value)
        return HookOutcome.REFUSED
    if request.headers.get(form.event, "") not in form.pushes:
        return HookOutcome.IGNORED
    named = list(dict.fromkeys(_named(request.body)))
    known = [i for i in named if context.catalog.find_by_id(i) is not None]
    if not known:
        return HookOutcome.IGNORED
    is_new = PollBook(context.catalog, utc_now).tell(
        provider.value, _delivery_id(form, request), known
    )
    return HookOutcome.TAKEN if is_new else HookOutcome.KNOWN


def signature_of(provider: Provider, secret: bytes, body: bytes) -> str:
    """Return what a host of this kind sends to prove that it knows the secret."""
    if provider is Provider.GITLAB:
        return secret.decode("utf-8", "surrogateescape")
    digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return f"sha256={digest}" if provider is Provider.GITHUB else digest


def _is_signed(context: Context, provider: Provider, request: HookRequest) -> bool:
    """Compare with every valid secret, each in constant time."""
    given = request.headers.get(_FORMS[provider].signature, "").encode("utf-8", "surrogateescape")
    try:
        valid = load_secrets(context.settings, provider)
    except ConfigurationError as error:
        log.error("webhook secrets", code=error.code)  # noqa: TRY400 - it names a file
        valid = []
    wanted = [
        signature_of(provider, secret, request.body).encode("utf-8", "surrogateescape")
        for secret in valid or [_ABSENT]
    ]
    matches = [hmac.compare_digest(given, one) for one in wanted]
    return bool(valid) and any(matches)


def _delivery_id(form: _Form, request: HookRequest) -> str:
    """Return the host's number of a delivery; without one, what tells its content apart."""
    for name in form.deliveries:
        given = request.headers.get(name, "")
        if _DELIVERY.fullmatch(given):
            return given
    return "sha256:" + hashlib.sha256(request.body).hexdigest()


def _named(body: bytes) -> Iterator[str]:
    """Yield the ids that the repository of a payload has, by any of its addresses."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(payload, dict):
        return
    if str(payload.get("event_name", "push")) not in _SYSTEM_PUSHES:
        return
    for key in ("repository", "project"):
        fields: Any = payload.get(key)
        for name in _URL_FIELDS if isinstance(fields, dict) else ():
            address = fields.get(name)
            if isinstance(address, str):
                yield from _identified(address)


def _identified(address: str) -> Iterator[str]:
    try:
        yield repository_id(canonicalise(address, allow_local=False).identity)
    except RegistrationRefused:
        return
