"""A webhook counts if it is signed, once, and only for a registered repository."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import ConfigurationError, InputError
from ingest.register.registry import RegistrationRequest, register
from store.catalog import PollBook
from workers.context import Context, utc_now
from workers.settings import Settings
from workers.webhook_secrets import Provider, load_secrets, make_secret
from workers.webhooks import HookOutcome, HookRequest, receive, signature_of

EVENTS = {"github": "push", "gitlab": "Push Hook", "gitea": "push"}
EVENT_HEADERS = {
    "github": "x-github-event",
    "gitlab": "x-gitlab-event",
    "gitea": "x-gitea-event",
}
SIGNATURES = {
    "github": "x-hub-signature-256",
    "gitlab": "x-gitlab-token",
    "gitea": "x-gitea-signature",
}
DELIVERIES = {
    "github": "x-github-delivery",
    "gitlab": "idempotency-key",
    "gitea": "x-gitea-delivery",
}


def payload(provider: str, path: str = "acme/app") -> bytes:
    """Return the part of a push that matters, as each host documents it."""
    if provider == "gitlab":
        project = {
            "path_with_namespace": path,
            "web_url": f"https://git.example.com/{path}",
            "git_http_url": f"https://git.example.com/{path}.git",
            "git_ssh_url": f"git@git.example.com:{path}.git",
        }
        return json.dumps(
            {"object_kind": "push", "event_name": "push", "project": project}
        ).encode()
    repository = {
        "full_name": path,
        "html_url": f"https://git.example.com/{path}",
        "clone_url": f"https://git.example.com/{path}.git",
        "ssh_url": f"git@git.example.com:{path}.git",
    }
    return json.dumps({"ref": "refs/heads/main", "repository": repository}).encode()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path_factory.mktemp("hooks") / "state"))
    for provider in Provider:
        make_secret(made.settings, provider, rotate=False)
    yield made
    made.catalog.close()


@pytest.fixture(scope="module")
def repository(context: Context) -> Repository:
    request = RegistrationRequest(
        url="ssh://git@git.example.com/acme/app.git",
        owner="team",
        rights=RightsBasis.OWNER_ATTESTED,
        license="MIT",
    )
    return register(request, context.catalog, today=context.today(), allow_local=False)


def hook(
    context: Context, provider: str, delivery: str, body: bytes | None = None, **headers: str
) -> HookRequest:
    data = payload(provider) if body is None else body
    secret = load_secrets(context.settings, Provider(provider))[0]
    sent = {
        EVENT_HEADERS[provider]: EVENTS[provider],
        SIGNATURES[provider]: signature_of(Provider(provider), secret, data),
        DELIVERIES[provider]: delivery,
    }
    return HookRequest(provider=provider, headers=sent | headers, body=data)


@pytest.mark.parametrize("provider", EVENTS)
def test_a_signed_push_of_a_registered_repository_counts_once(
    context: Context, repository: Repository, provider: str
) -> None:
    request = hook(context, provider, f"{provider}-1")
    assert receive(context, request) is HookOutcome.TAKEN
    assert receive(context, request) is HookOutcome.KNOWN
    poll = PollBook(context.catalog, utc_now).find(repository.id)
    assert poll is not None
    assert poll.hook_at is not None


@pytest.mark.parametrize("provider", EVENTS)
@pytest.mark.parametrize("signature", ["", "sha256=", "x", "ü", "sha256=" + "0" * 64, "0" * 64])
def test_what_is_not_signed_is_refused(
    context: Context, repository: Repository, provider: str, signature: str
) -> None:
    request = hook(context, provider, "unsigned", **{SIGNATURES[provider]: signature})
    assert receive(context, request) is HookOutcome.REFUSED


@pytest.mark.parametrize("provider", ["github", "gitea"])
def test_one_changed_byte_is_refused(
    context: Context, repository: Repository, provider: str
) -> None:
    signed = hook(context, provider, "changed")
    body = payload(provider).replace(b"acme", b"acmf")
    forged = HookRequest(provider=provider, headers=signed.headers, body=body)
    assert receive(context, forged) is HookOutcome.REFUSED


def test_a_secret_of_one_kind_of_host_says_nothing_for_another(
    context: Context, repository: Repository
) -> None:
    signed = hook(context, "gitea", "crossed")
    digest = signed.headers["x-gitea-signature"]
    headers = {"x-github-event": "push", "x-hub-signature-256": f"sha256={digest}"}
    request = HookRequest(provider="github", headers=headers, body=signed.body)
    assert receive(context, request) is HookOutcome.REFUSED
    unknown = HookRequest(provider="svn", headers=signed.headers, body=signed.body)
    assert receive(context, unknown) is HookOutcome.REFUSED


def test_other_events_and_other_repositories_are_taken_for_what_they_are(
    context: Context, repository: Repository
) -> None:
    for provider in EVENTS:
        other = hook(context, provider, "o", payload(provider, "acme/other"))
        assert receive(context, other) is HookOutcome.IGNORED
        event = hook(context, provider, "e", **{EVENT_HEADERS[provider]: "ping"})
        assert receive(context, event) is HookOutcome.IGNORED
    system = json.dumps({"event_name": "user_create", "project": {}}).encode()
    request = hook(context, "gitlab", "s", system, **{"x-gitlab-event": "System Hook"})
    assert receive(context, request) is HookOutcome.IGNORED


@settings(max_examples=25)
@given(
    st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["repository", "project", "clone_url"]), inner)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_a_signed_body_of_any_shape_is_only_ignored(context: Context, body: bytes) -> None:
    assert receive(context, hook(context, "github", "any", body)) is HookOutcome.IGNORED


def test_a_body_that_is_nested_deeper_than_can_be_read_is_ignored(context: Context) -> None:
    body = b"[" * 200_000
    assert receive(context, hook(context, "github", "deep", body)) is HookOutcome.IGNORED


def test_a_delivery_without_a_number_is_told_apart_by_its_bytes(
    context: Context, repository: Repository
) -> None:
    first = hook(context, "github", "", payload("github") + b" ")
    assert receive(context, first) is HookOutcome.TAKEN
    assert receive(context, first) is HookOutcome.KNOWN
    bad = hook(context, "github", "a b\n", payload("github") + b"  ")
    assert receive(context, bad) is HookOutcome.TAKEN


def test_a_secret_is_made_once_is_private_and_the_one_before_stays_valid_for_a_while(
    tmp_path: Path,
) -> None:
    home = Settings(home=tmp_path)
    assert load_secrets(home, Provider.GITHUB) == []
    first, is_new = make_secret(home, Provider.GITHUB, rotate=False)
    assert is_new
    assert make_secret(home, Provider.GITHUB, rotate=False) == (first, False)
    other, _ = make_secret(home, Provider.GITEA, rotate=False)
    second, _ = make_secret(home, Provider.GITHUB, rotate=True)
    assert load_secrets(home, Provider.GITHUB) == [second.encode(), first.encode()]
    third, _ = make_secret(home, Provider.GITHUB, rotate=True)
    assert load_secrets(home, Provider.GITHUB) == [third.encode(), second.encode()]
    assert load_secrets(home, Provider.GITEA) == [other.encode()]
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_mounted_file_of_secrets_is_read_and_never_written(tmp_path: Path) -> None:
    place = tmp_path / "mounted"
    value = "s" * 20
    place.write_text(f"gitlab {value}\n\n")
    place.chmod(0o400)
    home = Settings(home=tmp_path / "home", webhook_secrets=place)
    assert load_secrets(home, Provider.GITLAB) == [value.encode()]
    with pytest.raises(InputError, match="kept elsewhere"):
        make_secret(home, Provider.GITHUB, rotate=False)
    for text in ("gitlab short\n", "svn " + value, value):
        place.chmod(0o600)
        place.write_text(text)
        with pytest.raises(ConfigurationError, match="Line 1") as caught:
            load_secrets(home, Provider.GITLAB)
        assert value not in str(caught.value)
    place.chmod(0o644)
    with pytest.raises(ConfigurationError, match="every user"):
        load_secrets(home, Provider.GITLAB)


def test_without_a_secret_nothing_is_taken_and_a_broken_file_is_no_error_of_the_sender(
    tmp_path: Path,
) -> None:
    place = tmp_path / "broken"
    place.write_text("x")
    place.chmod(0o600)
    for made in (
        Context(settings=Settings(home=tmp_path / "a")),
        Context(settings=Settings(home=tmp_path / "b", webhook_secrets=place)),
    ):
        headers = {"x-gitlab-event": "Push Hook", "x-gitlab-token": ""}
        request = HookRequest(provider="gitlab", headers=headers, body=payload("gitlab"))
        assert receive(made, request) is HookOutcome.REFUSED
