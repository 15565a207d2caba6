from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import RegistrationRefused
from ingest.register.urls import canonicalise, repository_id

HOST = "git.example.com"


@pytest.mark.parametrize(
    ("given_url", "url", "name"),
    [
        ("https://git.example.com/team/app", "https://git.example.com/team/app", "app"),
        ("https://git.example.com/team/app.git", "https://git.example.com/team/app.git", "app"),
        ("HTTPS://Git.Example.COM:443/team/app/", "https://git.example.com/team/app", "app"),
        ("https://git.example.com:8443/a//b", "https://git.example.com:8443/a/b", "b"),
        ("ssh://git@git.example.com/team/app", "ssh://git@git.example.com/team/app", "app"),
        ("ssh://git@git.example.com:2222/a/b", "ssh://git@git.example.com:2222/a/b", "b"),
        ("git@git.example.com:team/app.git", "ssh://git@git.example.com/team/app.git", "app"),
        ("git@git.example.com:/team/app.git", "ssh://git@git.example.com/team/app.git", "app"),
        ("https://[2001:db8::1]/a/b", "https://[2001:db8::1]/a/b", "b"),
        ("https://git.example.com/a/b%20c", "https://git.example.com/a/b%20c", "b c"),
        ("https://git.example.com/a/$HOME", "https://git.example.com/a/$HOME", "$HOME"),
        ("https://git.example.com/~me/app", "https://git.example.com/~me/app", "app"),
    ],
)
def test_a_url_has_one_canonical_spelling(given_url: str, url: str, name: str) -> None:
    canonical = canonicalise(given_url, allow_local=False)
    assert (canonical.url, canonical.name) == (url, name)


@pytest.mark.parametrize(
    "other",
    [
        "https://git.example.com/team/app/",
        "https://git.example.com/team/app.git",
        "https://GIT.example.com:443/team/app",
        "ssh://git@git.example.com/team/app",
        "ssh://git@git.example.com:22/team/app.git",
        "git@git.example.com:team/app.git",
        "https://git.example.com/team/%61pp",
    ],
)
def test_two_spellings_of_one_repository_share_an_identity(other: str) -> None:
    one = canonicalise("https://git.example.com/team/app", allow_local=False)
    assert canonicalise(other, allow_local=False).identity == one.identity


@pytest.mark.parametrize(
    "other",
    [
        "https://git.example.com/team/apple",
        "https://git.example.org/team/app",
        "https://git.example.com:8443/team/app",
        "https://git.example.com/Team/app",
    ],
)
def test_another_repository_has_another_identity(other: str) -> None:
    one = canonicalise("https://git.example.com/team/app", allow_local=False)
    assert canonicalise(other, allow_local=False).identity != one.identity


HOSTILE = [
    ("", "characters"),
    ("-oProxyCommand=touch x", "dash"),
    ("--upload-pack=touch x", "dash"),
    ("ext::sh -c touch% x", "remote helper"),
    ("fd::17/foo", "remote helper"),
    ("https::https://git.example.com/a/b", "remote helper"),
    ("http://git.example.com/a/b", "scheme http "),
    ("git://git.example.com/a/b", "scheme git "),
    ("ftp://git.example.com/a/b", "scheme ftp "),
    ("ext://git.example.com/a/b", "scheme ext "),
    ("git+ssh://git@git.example.com/a", "scheme git+ssh "),
    ("https://user@git.example.com/a/b", "password or token"),
    ("https://user:" + "pw" + "@git.example.com/a/b", "password or token"),
    ("https://@git.example.com/a/b", "password or token"),
    ("ssh://git:" + "pw" + "@git.example.com/a/b", "password or token"),
    ("ssh://-oProxyCommand=x/a", "host is no plain name"),
    ("ssh://-oProxyCommand=x@git.example.com/a", "no plain login"),
    ("-git@git.example.com:a/b", "dash"),
    ("git@-oProxyCommand=x:a/b", "host is no plain name"),
    ("ssh://$USER@git.example.com/a", "no plain login"),
    ("https://git.example.com/a%0ab", "escape %0a"),
    ("https://git.example.com/a%0Db", "escape %0D"),
    ("https://git.example.com/a%00b", "escape %00"),
    ("https://git.example.com/a%2f..%2fb", "escape %2f"),
    ("https://git.example.com/%2e%2e/b", "escape %2e"),
    ("https://git.example.com/100%", "starts no escape"),
    ("https://git.example.com/a\nb", "nobody can see"),
    ("https://git.example.com/a\x00b", "nobody can see"),
    ("https://git.example.com/a\u202eb", "nobody can see"),
    (" https://git.example.com/a", "spaces around"),
    ("https://git.example.com/a/../b", "'..'"),
    ("https://git.example.com/-a/b", "starts like an option"),
    ("https://git.example.com/a\\b", "backslash"),
    ("https://git.example.com/a?b=c", "query or fragment"),
    ("https://git.example.com/a#b", "query or fragment"),
    ("https://git.example.com/", "no repository"),
    ("https://git.example.com/.git", "no repository"),
    ("https:///a/b", "host is no plain name"),
    ("https://git.example.com:99999/a", "cannot be read"),
    ("https://git.example.com:0/a", "between 1 and 65535"),
    ("https://git.example.com:x/a", "cannot be read"),
    ("https://2130706433/a/b", "host is no plain name"),
    ("https://0x7f.0.0.1/a/b", "host is no plain name"),
    ("https://0177.0.0.1/a/b", "host is no plain name"),
    ("https://127.1/a/b", "host is no plain name"),
    ("https://b\u00fccher.example/a", "host is no plain name"),
    ("https://git_example/a", "host is no plain name"),
    ("https://[fe80::1%25eth0]/a", "zone"),
    ("https://[::1/a", "cannot be read"),
    ("git.example.com:team/app", "no user name"),
    ("/srv/git/app.git", "local"),
    ("../app", "local"),
    ("file:///srv/git/app.git", "local"),
    ("https://git.example.com/" + "a" * 3000, "characters"),
]


@pytest.mark.parametrize(("url", "says"), HOSTILE)
def test_a_hostile_or_mistaken_url_is_refused_with_its_reason(url: str, says: str) -> None:
    with pytest.raises(RegistrationRefused, match=re.escape(says)):
        canonicalise(url, allow_local=False)


def test_a_refusal_never_shows_the_password() -> None:
    password = "hun" + "ter2"
    with pytest.raises(RegistrationRefused) as caught:
        canonicalise(f"https://me:{password}@git.example.com/a", allow_local=False)
    assert password not in str(caught.value)
    assert "env:NAME" in caught.value.hint


@pytest.mark.parametrize(
    ("given_path", "expected"),
    [
        ("/srv/git/app.git", "file:///srv/git/app.git"),
        ("file:///srv/git/app.git", "file:///srv/git/app.git"),
        ("file://localhost/srv/git/app.git/", "file:///srv/git/app.git"),
        ("file:/srv/git/app.git", "file:///srv/git/app.git"),
        ("//srv//git/./app.git", "file:///srv/git/app.git"),
        ("/srv/with space/$HOME", "file:///srv/with%20space/$HOME"),
    ],
)
def test_local_paths_are_taken_where_allowed(given_path: str, expected: str) -> None:
    assert canonicalise(given_path, allow_local=True).url == expected


def test_a_relative_path_is_taken_from_the_working_folder() -> None:
    canonical = canonicalise("repos/app", allow_local=True)
    assert canonical.path == os.path.abspath("repos/app")  # noqa: PTH100 - the same notion


def test_a_work_tree_and_its_git_folder_are_one_repository() -> None:
    one, other = (canonicalise(p, allow_local=True) for p in ("/srv/app", "/srv/app/.git"))
    assert one.identity == other.identity
    assert other.name == "app"


@pytest.mark.parametrize("path", ["~/app", "file://elsewhere/app", "/", "file:///a%2fb", "a\tb"])
def test_local_paths_that_mislead_are_refused(path: str) -> None:
    with pytest.raises(RegistrationRefused):
        canonicalise(path, allow_local=True)


def test_a_variable_is_never_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARDGATE_TEST", "expanded")
    canonical = canonicalise("/srv/$SHARDGATE_TEST/${SHARDGATE_TEST}", allow_local=True)
    assert "expanded" not in canonical.url


@given(st.text(max_size=60), st.sampled_from(["", "https://", "ssh://git@", "git@h.example:"]))
def test_any_text_is_canonicalised_to_a_fixed_point_or_refused(text: str, prefix: str) -> None:
    try:
        first = canonicalise(prefix + text, allow_local=False)
    except RegistrationRefused:
        return
    second = canonicalise(first.url, allow_local=False)
    assert second == first
    assert re.fullmatch(r"repo_[0-9a-f]{20}", repository_id(first.identity))
